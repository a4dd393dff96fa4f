"""A prize that goes to a wallet: from the link, over the claim and the organiser's list, to its erasure."""

from pathlib import Path

from bot.client import FEATURES
from tests.chain.anvil import Anvil, Key
from tests.desk import everything
from tests.giveaways.after.stage import answered_files
from tests.giveaways.stage import prizes
from tests.harness import choose, components, press, say
from tests.wallets import stage
from tests.wallets.linking.ceremony import PUBLIC, desk, linked

FOX, RAINBOW = Key("fox"), Key("rainbow")


async def test_a_winner_links_picks_is_exported_and_is_forgotten(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, FOX.address)
    async with desk(tmp_path, features=FEATURES, **stage.chains(anvil.url)) as at:
        world, winner = at.world, at.world.member
        await stage.add_rule(world, "collector", world.guild.create_role("Collectors"), art)
        options = {"prize": "A token", "ends": "1h", "claim": "wallet", "holders_of": "collector"}
        await world.organiser.slash(world.general, "giveaway start", **options, post=True)
        await world.env.settle()
        post = world.general.history()[-1]
        assert "collector" in say(await press(winner, post, "gw.enter")), "nothing is linked yet"
        for key in (RAINBOW, FOX):
            _, token = await at.link(winner)
            assert (await at.sign(token, key)).status == 200
        assert "ticket" in say(await press(winner, post, "gw.enter"))
        await world.advance(minutes=61)
        result = world.general.history()[-1]
        assert winner.mention in say(result)
        assert f"{PUBLIC}/link" in say(result)

        asked = await press(winner, result, "gw.claim")
        assert f"{PUBLIC}/link" in say(asked)
        choices = {each["label"]: each["value"] for each in components(asked)[0]["options"]}
        assert list(choices) == [RAINBOW.address, FOX.address]
        assert FOX.address in say(await choose(winner, asked, "gw.wallet", choices[FOX.address]))
        answer = await world.organiser.slash(world.general, "giveaway export", giveaway="1")
        found = answered_files(world, answer)
        assert found["giveaway-1-wallets.csv"] == f"user,wallet\r\n{winner.id},{FOX.address}\r\n".encode()
        everyone = "\n".join(say(message) for message in world.general.history())
        assert FOX.address[2:10] not in everyone, "only the winner and the organiser see it"

        question = await winner.slash(world.general, "privacy forget")
        await press(winner, question, "privacy.erase")
        await world.advance(seconds=30)
        assert await linked(world) == []
        (prize,) = await prizes(world, 1)
        assert (prize.user_id, prize.wallet) == (None, None)
        kept = str(await everything(world)).lower()
        assert FOX.address[2:] not in kept
        assert RAINBOW.address[2:] not in kept
        again = await world.organiser.slash(world.general, "giveaway export", giveaway="1")
        assert FOX.address.encode() not in b"".join(answered_files(world, again).values())
