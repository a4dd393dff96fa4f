"""Prizes that go to a linked wallet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.ports import Wallet
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState
from tests.giveaways.after.stage import Drawn, answered_files, drawn, public, snapshot
from tests.harness import World, choose, components, forge, press, running_bot, say

FIRST = Wallet(7, "0x" + "a1" * 20)
SECOND = Wallet(8, "0x" + "b2" * 20)


class LinkedWallets:
    """Wallets by member, in place of the feature that links them."""

    def __init__(self, wallets: dict[int, Sequence[Wallet]]) -> None:
        self._wallets = wallets

    async def of(self, session: Any, guild_id: int, user_id: int) -> Sequence[Wallet]:
        return self._wallets.get(user_id, ())


async def to_wallets(world: World) -> Drawn:
    return await drawn(world, 5, winners=3, claim=Claim.WALLET, claim_seconds=7_200)


async def test_without_the_feature_a_claim_is_refused_in_a_sentence(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await to_wallets(world)
        before = await snapshot(world)
        answer = await press(stage.ranking[0], public(world)[-1], "gw.claim")
        assert "Wallets cannot be linked in this version" in say(answer)
        assert await snapshot(world) == before


async def test_a_winner_chooses_a_wallet_and_the_organiser_gets_the_list(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await to_wallets(world)
        winner, bare, other = stage.ranking[:3]
        world.platform.wallets = LinkedWallets({winner.id: (FIRST, SECOND), other.id: (SECOND,)})
        result = public(world)[-1]
        assert "/wallet link" in say(await press(bare, result, "gw.claim"))
        asked = await press(winner, result, "gw.claim")
        (select, _) = components(asked)
        assert [option["label"] for option in select["options"]] == [FIRST.address, SECOND.address]
        taken = await choose(winner, asked, "gw.wallet", "7")
        assert FIRST.address in say(taken)
        prize = await stage.prize(1)
        assert (prize.claim_state, prize.wallet) == (ClaimState.CLAIMED, FIRST.address)
        again = await press(winner, result, "gw.claim")
        assert FIRST.address in say(again)
        await choose(winner, again, "gw.wallet", "8")
        assert (await stage.prize(1)).wallet == SECOND.address

        before = await snapshot(world)
        forged = await forge(other, world.general, f"gw.wallet:{stage.key}", values=["7"])
        assert "not linked to you" in say(forged)
        assert await snapshot(world) == before

        answer = await world.organiser.slash(world.general, "giveaway export", giveaway="1")
        found = answered_files(world, answer)
        assert found["giveaway-1-wallets.csv"] == f"user,wallet\r\n{winner.id},{SECOND.address}\r\n".encode()

        await press(winner, result, "gw.received")
        fixed = await forge(winner, world.general, f"gw.wallet:{stage.key}", values=["7"])
        assert "can no longer be changed" in say(fixed)
        assert (await stage.prize(1)).wallet == SECOND.address
