"""Prizes that go to a linked wallet."""

from pathlib import Path
from typing import Any, Final

import simcord

from bot.preferences import Preference
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState
from tests.giveaways.after.stage import Drawn, answered_files, drawn, public, snapshot
from tests.harness import Answer, World, choose, components, forge, press, running_bot, say
from tests.wallets.stage import link
from tests.web.client import LOOPBACK

FIRST, SECOND, THIRD = ("0x" + pair * 20 for pair in ("a1", "b2", "c3"))
WEB: Final[dict[str, Any]] = {"web_listen": LOOPBACK, "web_public_url": "https://bot.example.org"}
PAGE: Final = "https://bot.example.org/link"
NEVER: Final = "never a payment, a seed phrase or an approval"


async def to_wallets(world: World) -> Drawn:
    return await drawn(world, 5, winners=3, claim=Claim.WALLET, claim_seconds=7_200)


async def test_without_the_feature_a_claim_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        stage = await to_wallets(world)
        before = await snapshot(world)
        answer = await press(stage.ranking[0], public(world)[-1], "gw.claim")
        assert "Wallets cannot be linked in this version" in say(answer)
        assert await snapshot(world) == before


async def test_a_winner_chooses_a_wallet_and_the_organiser_gets_the_list(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await to_wallets(world)
        winner, bare, other = stage.ranking[:3]
        keys = [str(await link(world, winner.id, wallet)) for wallet in (FIRST, SECOND)]
        await link(world, other.id, THIRD)
        result = public(world)[-1]
        assert "/wallet link" in say(await press(bare, result, "gw.claim"))
        asked = await press(winner, result, "gw.claim")
        (select, _) = components(asked)
        assert [option["label"] for option in select["options"]] == [FIRST, SECOND]
        taken = await choose(winner, asked, "gw.wallet", keys[0])
        assert FIRST in say(taken)
        prize = await stage.prize(1)
        assert (prize.claim_state, prize.wallet) == (ClaimState.CLAIMED, FIRST)
        again = await press(winner, result, "gw.claim")
        assert FIRST in say(again)
        await choose(winner, again, "gw.wallet", keys[1])
        assert (await stage.prize(1)).wallet == SECOND

        before = await snapshot(world)
        forged = await forge(other, world.general, f"gw.wallet:{stage.key}", values=[keys[0]])
        assert "not linked to you" in say(forged)
        assert await snapshot(world) == before

        answer = await world.organiser.slash(world.general, "giveaway export", giveaway="1")
        found = answered_files(world, answer)
        assert found["giveaway-1-wallets.csv"] == f"user,wallet\r\n{winner.id},{SECOND}\r\n".encode()

        await press(winner, result, "gw.received")
        fixed = await forge(winner, world.general, f"gw.wallet:{stage.key}", values=[keys[0]])
        assert "can no longer be changed" in say(fixed)
        assert (await stage.prize(1)).wallet == SECOND


async def claim_messages(world: World, stage: Drawn) -> dict[str, str]:
    """Go through a claim; returns everything that was said of it, but the message that only its winner gets."""
    winner, bare, _ = stage.ranking[:3]
    result = public(world)[-1]
    key = await link(world, winner.id, FIRST)
    asked = await press(winner, result, "gw.claim")
    said: dict[str, Answer] = {
        "result": result,
        "without a wallet": await press(bare, result, "gw.claim"),
        "choice": asked,
        "claimed": await choose(winner, asked, "gw.wallet", str(key)),
    }
    async with world.platform.database.write() as tx:
        await world.platform.preferences.save(tx, bare.id, Preference(direct=True))
    await world.advance(minutes=61)
    said["reminder"] = public(world)[-1]
    await world.organiser.slash(
        world.general, "giveaway reroll", giveaway="1", reason="Sold out", winner=stage.ranking[2]
    )
    await world.advance(minutes=60)
    await world.env.settle()
    said["passed on"] = public(world)[-1]
    return {what: say(message) for what, message in said.items()}


def direct(actor: simcord.MemberActor) -> str:
    assert actor.user.dm_channel is not None
    (message,) = actor.user.dm_channel.history()
    assert message.components == []
    return message.content + (message.embeds[0].description or "")


async def test_every_message_of_a_claim_names_the_one_genuine_address(tmp_path: Path) -> None:
    async with running_bot(tmp_path, **WEB) as world:
        stage = await to_wallets(world)
        for what, said in (await claim_messages(world, stage)).items():
            assert PAGE in said, f"{what}: {said}"
            assert NEVER in said, f"{what}: {said}"
        told = direct(stage.ranking[1])
        assert "`bot.example.org`" in told
        assert NEVER in told
        assert "http" not in told, "a direct message has no link but the jump"


async def test_where_signatures_are_pasted_it_is_the_domain_of_the_text(tmp_path: Path) -> None:
    async with running_bot(tmp_path, wallet_paste="studio.example") as world:
        stage = await to_wallets(world)
        for what, said in (await claim_messages(world, stage)).items():
            assert "only with a signed text that names **studio.example**" in said, f"{what}: {said}"
            assert NEVER in said, what
        assert "`studio.example`" in direct(stage.ranking[1])


async def test_other_claims_say_nothing_of_wallets(tmp_path: Path) -> None:
    async with running_bot(tmp_path, **WEB) as world:
        await drawn(world, 2, claim=Claim.BUTTON, claim_seconds=7_200)
        assert PAGE not in say(public(world)[-1])
        await world.advance(minutes=61)
        assert PAGE not in say(public(world)[-1])
