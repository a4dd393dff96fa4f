"""A beacon that stays away: the draw waits and says so, until a moderator goes on without it after a day."""

import json
from pathlib import Path

from bot.beacon import Beacon, BeaconUnavailable
from bot.demo.beacon import DemoBeacon, TestChain
from bot.verify import VerifyOptions, verify_files
from cogs.giveaways.tables import State, Waiting
from tests.giveaways.after.stage import bundles, public
from tests.giveaways.organising.desk import post
from tests.giveaways.stage import freezes, giveaway
from tests.harness import World, forge, labels, press, running_bot, say


class DeadBeacon(DemoBeacon):
    """A network that exists, and of which nothing is heard any more."""

    async def fetch(self, round_: int) -> Beacon:
        raise BeaconUnavailable(round_, ())


async def test_after_a_day_a_moderator_goes_on_and_the_bundle_says_so(tmp_path: Path) -> None:
    chain = TestChain()
    async with running_bot(tmp_path) as world:
        world.platform.beacon = DeadBeacon(chain, world.env.now)
        key = (await post(world, ends="1h")).id
        shown = world.general.history()[0]
        for person in (world.member, world.other):
            await press(person, shown, "gw.enter")
        await world.advance(hours=1, minutes=5)
        row = await giveaway(world, key)
        assert (row.state, row.waiting) == (State.FROZEN, Waiting.BEACON)
        assert "beacon" in say(world.general.history()[0]).lower()
        assert not [label for label in labels(world.general.history()[0]) if "without" in label]
        early = await forge(world.moderator, world.general, f"gw.trust_sure:{key}")
        assert "<t:" in say(early)
        assert (await giveaway(world, key)).trusted is None

        # The bot itself is down for most of the day, which makes no difference.
        await world.sleep(hours=23)
        await world.restart()
        world.platform.beacon = DeadBeacon(chain, world.env.now)
        await world.advance(hours=1, minutes=5)
        assert (await giveaway(world, key)).waiting is Waiting.BEACON_GIVE_UP
        question = await press(world.moderator, world.general.history()[0], "gw.trust")
        await press(world.moderator, question, "gw.trust_sure")
        await world.advance(minutes=1)

        row = await giveaway(world, key)
        assert row.state is State.DRAWN
        (freeze,) = await freezes(world, key)
        (written,) = [line for line in await world.ledger() if line.kind == "giveaway.untrusted"]
        assert written.actor is not None
        assert written.actor.value == str(world.moderator.id)
        assert written.facts == {"abandoned_round": freeze.round}
        assert "Operator-trusted draw" in say(public(world)[0])
        _verify(world, tmp_path, chain, freeze.round or 0)


def _verify(world: World, folder: Path, chain: TestChain, abandoned: int) -> None:
    """Hold that the bundle names the round given up, and verifies only for who allows such draws."""
    (data,) = bundles(world)
    bundle = json.loads(data)
    assert bundle["beacon"] is None
    assert bundle["operator_trusted"]["abandoned_round"] == abandoned
    (folder / "chain.json").write_text(json.dumps(chain.info_json()))
    path = folder / "draw-1.json"
    path.write_bytes(data)
    lines: list[str] = []
    options = VerifyOptions(chain=folder / "chain.json")
    assert verify_files([path], options, lines.append) == 1
    assert any("✗ trust" in line for line in lines)
    allowed = VerifyOptions(chain=folder / "chain.json", allow_operator_trusted=True)
    assert verify_files([path], allowed, lines.append) == 0, "\n".join(lines)
