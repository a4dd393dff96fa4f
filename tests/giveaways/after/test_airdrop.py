"""Airdrops: announced, frozen and proved like every draw, among members of a rule or the holders of a token."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.errors import NotFound, TryAgain
from bot.i18n import t
from bot.ports import Holding, SnapshotInfo
from bot.preferences import Preference
from cogs.giveaways.rules.draw import holder_token
from cogs.giveaways.tables import Source, State, Waiting
from tests.giveaways.after.stage import answered_files, bundles, deadlines, public, results, snapshot, verify
from tests.giveaways.stage import entries, freezes, giveaway, prizes
from tests.harness import GUILD_ID, World, press, running_bot, say


class Snapshots:
    """Rules and snapshots by name, in place of the feature that reads chains."""

    def __init__(self) -> None:
        self.rules: dict[str, list[Holding]] = {}
        self.snapshots: dict[str, list[Holding]] = {}
        self.unread = False

    async def by_rule(self, guild_id: int, rule: str) -> Sequence[Holding]:
        assert guild_id == GUILD_ID
        if self.unread:
            raise TryAgain(t("gate.holders.unread", rule=rule))
        if rule not in self.rules:
            raise NotFound(t("giveaway.no_such_number", value=rule))
        return self.rules[rule]

    async def by_snapshot(self, guild_id: int, snapshot: str) -> tuple[SnapshotInfo, Sequence[Holding]]:
        assert guild_id == GUILD_ID
        held = self.snapshots[snapshot]
        lines = "".join(sorted(f"{holding.holder.lower()}:{holding.tokens}\n" for holding in held))
        digest = hashlib.sha256(lines.encode()).hexdigest()
        return SnapshotInfo(snapshot, 1, "0x" + "CC" * 20, 21_000_000, digest), held

    async def suggest(self, session: Any, guild_id: int, typed: str, *, snapshots: bool) -> Sequence[str]:
        names = self.snapshots if snapshots else self.rules
        return [name for name in names if typed in name]


def offer(world: World) -> Snapshots:
    world.platform.holders = found = Snapshots()
    return found


def addresses(count: int) -> list[str]:
    return [f"0x{number:040x}" for number in range(1, count + 1)]


async def airdrop(world: World, who: str = "organiser", **options: Any) -> str:
    values = {"prize": "An airdropped print", "winners": 1, **options}
    return say(await getattr(world, who).slash(world.general, "giveaway airdrop", **values))


async def test_among_members_who_pass_a_rule(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        holders = [world.add_member(f"holder{number}") for number in range(4)]
        gone = world.add_member("gone")
        passing = [Holding(str(member.id), 3) for member in (*holders, gone, world.organiser)]
        offer(world).rules["clonex"] = passing
        assert "announced" in await airdrop(world, rule="clonex", winners=2, per_token=True)
        row = await giveaway(world, 1)
        assert (row.source, row.state) == (Source.MEMBERS, State.OPEN)
        assert row.closes_at - row.created_at >= timedelta(seconds=60)
        await world.env.settle()
        assert "clonex" in say(public(world)[0])
        assert "gw.enter" not in str(public(world)[0].components)
        world.guild.remove_member(gone)
        await world.advance(minutes=1, seconds=30)
        found = {entry.user_id: (entry.tickets, entry.dropped) for entry in await entries(world, 1)}
        assert found == {
            **{member.id: (3, None) for member in holders},
            gone.id: (3, "left"),
            world.organiser.id: (3, "organiser"),
        }
        winners = {prize.user_id for prize in await prizes(world, 1)}
        assert len(winners) == 2
        assert winners < {member.id for member in holders}
        bundle = verify(tmp_path, bundles(world)[-1])
        assert bundle["snapshot"] is None
        assert sorted(reason for _, reason in bundle["excluded"]) == ["left", "organiser"]
        assert all(f"<@{winner}>" in public(world)[-1].content for winner in winners)


async def test_whoever_was_kept_off_the_list_reads_why(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        tokens = {world.organiser: 3, world.member: 0, world.other: 1}
        offer(world).rules["clonex"] = [Holding(str(person.id), count) for person, count in tokens.items()]
        await airdrop(world, rule="clonex", per_token=True)
        await world.advance(minutes=1, seconds=30)
        for person, why in ((world.organiser, "You started it yourself."), (world.member, "You held no whole token.")):
            assert why in say(await person.slash(world.general, "my show"))
            info = say(await press(person, public(world)[0], "gw.info"))
            assert f"You were not on the list. {why}" in info
            assert "You entered" not in info


async def test_a_rule_that_is_removed_before_the_list_is_made_ends_it_in_public(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        found = offer(world)
        found.rules["clonex"] = [Holding(str(world.member.id), 1)]
        await airdrop(world, rule="clonex", at="1 hour")
        del found.rules["clonex"]
        await world.advance(hours=1, minutes=1)
        row = await giveaway(world, 1)
        assert (row.state, row.waiting) == (State.CANCELLED, None)
        assert "“clonex”, which says who takes part, was removed" in say(public(world)[-1])
        assert (await world.ledger())[-1].kind == "giveaway.cancelled"
        assert not await deadlines(world, "giveaway.recheck")


async def test_a_rule_that_cannot_be_read_is_waited_for(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        async with world.platform.database.write() as tx:
            await world.platform.preferences.save(tx, world.organiser.id, Preference(direct=True))
        found = offer(world)
        found.rules["clonex"] = [Holding(str(world.member.id), 1)]
        await airdrop(world, rule="clonex", at="1 hour")
        found.unread = True
        await world.advance(hours=1, minutes=20)
        row = await giveaway(world, 1)
        assert (row.state, row.waiting) == (State.CLOSING, Waiting.RULE)
        assert "The draw waits" in say(public(world)[-1])
        assert "Who passes the gate rule cannot be read now" in say(public(world)[-1])
        assert world.organiser.user.dm_channel is not None
        (notice,) = world.organiser.user.dm_channel.history()
        assert "/giveaway cancel" in say(notice)
        assert [each.kind for each in await world.ledger()].count("giveaway.waiting") == 1
        found.unread = False
        await world.advance(minutes=7)
        row = await giveaway(world, 1)
        assert (row.state, row.waiting) == (State.DRAWN, None)
        assert [prize.user_id for prize in await prizes(world, 1)] == [world.member.id]


async def test_among_the_holders_of_a_snapshot_anyone_can_rebuild_the_list(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        held = [Holding(address, tokens) for address, tokens in zip(addresses(4), (1, 7, 250, 0), strict=True)]
        offer(world).snapshots["genesis"] = held
        said = await airdrop(world, snapshot="genesis", winners=2, per_token=True)
        assert "addresses" in said
        await world.advance(minutes=1, seconds=30)
        bundle = verify(tmp_path, bundles(world)[-1])
        token = {holding.holder: holder_token(bundle["giveaway"]["id"], holding.holder) for holding in held}
        assert dict(bundle["entrants"]) == {token[a]: n for a, n in zip(addresses(3), (1, 7, 100), strict=True)}
        assert bundle["excluded"] == [[token[addresses(4)[3]], "no_whole_token"]]
        assert bundle["snapshot"]["name"] == "genesis"
        assert bundle["snapshot"]["contract"] == "0x" + "cc" * 20
        winners = [row["user_id"] for row in bundle["results"]]
        assert set(winners) <= set(addresses(3))
        assert len(winners) == 2
        assert all(row["salt"] == "" for row in bundle["results"])
        assert public(world)[-1].content == ""
        answer = await world.organiser.slash(world.general, "giveaway export", giveaway="1")
        wallets = answered_files(world, answer)["giveaway-1-wallets.csv"].decode()
        assert wallets == "user,wallet\r\n" + "".join(f",{winner}\r\n" for winner in winners)


async def test_a_thousand_winners_are_announced_in_several_messages(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        offer(world).snapshots["all"] = [Holding(address, 1) for address in addresses(1_200)]
        await airdrop(world, snapshot="all", winners=1_000)
        await world.advance(minutes=2)
        assert len(await prizes(world, 1)) == 1_000
        bundle = verify(tmp_path, bundles(world)[-1])
        assert results(bundle) == [("won", None)] * 1_000
        announced = [message for message in public(world) if "of 17" in say(message)]
        assert len(announced) == 17
        assert len(bundles(world)) == 1


async def test_further_places_of_a_holders_airdrop(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        offer(world).snapshots["all"] = [Holding(address, 1) for address in addresses(5)]
        await airdrop(world, snapshot="all", winners=2)
        await world.advance(minutes=2)
        values = {"giveaway": "1", "reason": "Two more were minted", "count": 2}
        answer = await world.organiser.slash(world.general, "giveaway reroll", **values)
        assert "Place 3 and Place 4" in say(answer)
        assert results(verify(tmp_path, bundles(world)[-1])) == [("won", None)] * 4


async def test_it_can_be_set_for_later_and_ends_empty_when_nobody_is_left(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        found = offer(world)
        found.rules["clonex"] = [Holding(str(world.member.id), 1)]
        await airdrop(world, rule="clonex", at="2 hours")
        row = await giveaway(world, 1)
        assert row.closes_at == row.created_at.replace(microsecond=0) + timedelta(hours=2)
        found.rules["clonex"] = []
        await world.advance(hours=2, minutes=1)
        assert (await giveaway(world, 1)).state is State.EMPTY
        assert await freezes(world, 1) == []


async def test_an_abandoned_airdrop_is_published_all_the_same(tmp_path: Path) -> None:
    from bot.demo.beacon import DemoBeacon, TestChain

    async with running_bot(tmp_path) as world:
        world.platform.beacon = DemoBeacon(TestChain(), world.env.now)
        offer(world).snapshots["all"] = [Holding(address, 1) for address in addresses(5)]
        await airdrop(world, snapshot="all", winners=2)
        await world.advance(seconds=65)
        assert (await giveaway(world, 1)).state is State.FROZEN
        answer = await world.organiser.slash(
            world.general, "giveaway cancel", giveaway="1", reason="The contract has a fault"
        )
        assert "cancelled" in say(answer)
        await world.advance(minutes=2)
        assert len(bundles(world)) == 1
        assert "The contract has a fault" in say(public(world)[-1])


async def test_what_an_airdrop_refuses_it_leaves_as_it_is(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        before = await snapshot(world)
        assert "Gate rules are not available" in await airdrop(world, rule="clonex")
        assert "Snapshots of holders are not available" in await airdrop(world, snapshot="all")
        found = offer(world)
        found.rules |= {"clonex": [Holding(str(world.member.id), 1)], "none": [], "dust": [Holding("5", 0)]}
        cases: dict[str, dict[str, Any]] = {
            "either a rule or a snapshot": {},
            "not both": {"rule": "clonex", "snapshot": "all"},
            "1 to 1,000 winners, not 1,001": {"rule": "clonex", "winners": 1_001},
            "not 0": {"rule": "clonex", "winners": 0},
            "too soon": {"rule": "clonex", "at": "59s"},
            "too far away": {"rule": "clonex", "at": "200 days"},
            "whenever": {"rule": "clonex", "at": "whenever"},
            "Nobody could win": {"rule": "none"},
            "with a ticket": {"rule": "dust", "per_token": True},
            "unheard": {"rule": "unheard"},
            "201 characters": {"rule": "clonex", "prize": "x" * 201},
        }
        for said, options in cases.items():
            assert said in await airdrop(world, **options), said
        assert "Only organisers" in await airdrop(world, "member", rule="clonex")
        assert await snapshot(world) == before
        choices = await world.organiser.autocomplete(world.general, "giveaway airdrop", "rule", "clo")
        assert [choice["value"] for choice in choices] == ["clonex"]


async def test_a_channel_that_cannot_be_posted_to_is_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        offer(world).rules["clonex"] = [Holding(str(world.member.id), 1)]
        mute = world.channel_without("mute", "send_messages")
        before = await snapshot(world)
        answer = await world.organiser.slash(mute, "giveaway airdrop", prize="A print", winners=1, rule="clonex")
        assert f"<#{mute.id}>" in say(answer)
        assert await snapshot(world) == before
