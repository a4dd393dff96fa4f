"""The daily sweep: who counts as left, who is erased and when, and that it goes on where it stopped."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot import clock
from bot.absences import APART, KEPT, Absence, ReportingMembers, record
from bot.guilds import GuildRow, row_for_update
from bot.ports import Absent, MemberState
from bot.sweep import PAGE, Sweep
from tests.household import ELSEWHERE, GUILD, Household, household

ALICE, BOB, CAROL = 101, 102, 103
HERE = MemberState(ALICE, frozenset(), None, is_bot=False)


@pytest.fixture
async def home(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Household]:
    async with household(database_url) as it:
        monkeypatch.setattr(clock, "now", lambda: it.now)
        await it.settle_in()
        yield it


@pytest.fixture
async def either_home(either_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Household]:
    async with household(either_url) as it:
        monkeypatch.setattr(clock, "now", lambda: it.now)
        await it.settle_in()
        yield it


async def note(home: Household, state: MemberState | Absent, user_id: int = ALICE) -> None:
    async with home.database.write() as tx:
        await record(tx, GUILD, {user_id: state}, home.now)


async def sweep_of(home: Household, guild_id: int = GUILD) -> Sweep | None:
    async with home.database.read() as session:
        return await session.get(Sweep, guild_id)


async def test_two_misses_half_a_day_apart_count_as_left(either_home: Household) -> None:
    home = either_home
    await note(home, Absent.LEFT)
    home.pass_time(minutes=1)
    await note(home, Absent.LEFT)
    row = await home.absence(ALICE)
    assert row is not None
    assert (row.missed, row.left_at) == (1, None)
    home.pass_time(seconds=APART.total_seconds())
    await note(home, Absent.LEFT)
    row = await home.absence(ALICE)
    assert row is not None
    assert (row.missed, row.left_at) == (2, home.now)
    left_at = home.now
    home.pass_time(days=1)
    await note(home, Absent.LEFT)
    row = await home.absence(ALICE)
    assert row is not None
    assert row.left_at == left_at


async def test_unknown_changes_nothing_and_being_found_clears(home: Household) -> None:
    await note(home, Absent.UNKNOWN)
    assert await home.absence(ALICE) is None
    await note(home, Absent.LEFT)
    home.pass_time(days=1)
    await note(home, Absent.UNKNOWN)
    row = await home.absence(ALICE)
    assert row is not None
    assert row.missed == 1
    await note(home, HERE)
    assert await home.absence(ALICE) is None


async def test_acting_clears_an_absence(home: Household) -> None:
    await note(home, Absent.LEFT)
    home.presence.note(GUILD, ALICE)
    assert await home.absence(ALICE) is not None
    await home.presence.flush()
    assert await home.absence(ALICE) is None


async def test_what_features_read_is_taken_down_on_the_way(either_home: Household) -> None:
    home = either_home
    members = ReportingMembers(home.town, home.database)
    home.town.gone = {ALICE}
    states = await members.fetch(GUILD, [ALICE, BOB])
    assert states[ALICE] is Absent.LEFT
    assert isinstance(states[BOB], MemberState)
    assert await home.absence(ALICE) is not None
    assert await home.absence(BOB) is None
    home.town.silent = True
    await members.fetch(GUILD, [ALICE])
    assert await home.absence(ALICE) is not None
    home.town.silent, home.town.gone = False, set()
    await members.fetch(GUILD, [BOB, ALICE])
    assert await home.absence(ALICE) is None
    assert await members.fetch(GUILD, []) == {}


async def test_a_feature_gets_its_answer_though_nothing_can_be_taken_down(
    home: Household, caplog: pytest.LogCaptureFixture
) -> None:
    async with home.database.engine.begin() as connection:
        await connection.run_sync(Absence.metadata.tables["absences"].drop)
    home.town.gone = {ALICE}
    assert await ReportingMembers(home.town, home.database).fetch(GUILD, [ALICE]) == {ALICE: Absent.LEFT}
    assert "could not be taken down" in caplog.text


async def test_many_are_recorded_at_once(either_home: Household) -> None:
    home = either_home
    there = range(1, 2_001)
    async with home.database.write() as tx:
        await record(tx, GUILD, dict.fromkeys(there, Absent.LEFT), home.now)
    async with home.database.write() as tx:
        await record(tx, GUILD, {n: HERE if n % 2 else Absent.UNKNOWN for n in there}, home.now)
    async with home.database.read() as session:
        left = (await session.scalars(select(Absence.user_id).order_by(Absence.user_id))).all()
    assert left == list(range(2, 2_001, 2))


async def test_leavers_are_erased_after_thirty_days(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE, BOB]
    await home.draft(ALICE)
    home.town.gone = {ALICE}
    for _ in range(2):
        await home.sweeper().run()
        home.pass_time(days=1)
    left_at = home.now - timedelta(days=1)
    while home.now < left_at + KEPT:
        await home.sweeper().run()
        assert home.crowd.people[GUILD] == [ALICE, BOB]
        home.pass_time(days=1)
    await home.sweeper().run()
    assert home.crowd.people[GUILD] == [BOB]
    assert await home.exported(ALICE) == {}
    assert await home.absence(ALICE) is None


async def test_who_comes_back_stays(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    home.town.gone = {ALICE}
    for _ in range(20):
        await home.sweeper().run()
        home.pass_time(days=1)
    home.town.gone = set()
    await home.sweeper().run()
    home.town.gone = {ALICE}
    for _ in range(20):
        home.pass_time(days=1)
        await home.sweeper().run()
    assert home.crowd.people[GUILD] == [ALICE]


async def test_who_comes_back_in_the_last_moment_stays(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    home.town.gone = {ALICE}
    for _ in range(31):
        await home.sweeper().run()
        home.pass_time(days=1)
    home.town.asked = []

    def come_back() -> None:
        if len(home.town.asked) == 2:
            home.town.gone = set()

    home.town.before_answer = come_back
    await home.sweeper().run()
    assert len(home.town.asked) == 2, "once for the sweep, once more before erasing"
    assert home.crowd.people[GUILD] == [ALICE]
    assert await home.absence(ALICE) is None


async def test_silence_is_not_absence(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    home.town.silent = True
    for _ in range(50):
        await home.sweeper().run()
        home.pass_time(days=1)
    assert home.crowd.people[GUILD] == [ALICE]
    assert await home.absence(ALICE) is None


async def test_a_leaver_is_not_erased_while_discord_is_silent(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    home.town.gone = {ALICE}
    for _ in range(3):
        await home.sweeper().run()
        home.pass_time(days=1)
    home.town.silent = True
    home.pass_time(days=40)
    await home.sweeper().run()
    assert home.crowd.people[GUILD] == [ALICE]
    home.town.silent = False
    home.pass_time(hours=1)
    await home.sweeper().run()
    assert home.crowd.people[GUILD] == []


async def test_once_a_day_in_pages(home: Household) -> None:
    everyone = list(range(1, 3 * PAGE + 2))
    home.crowd.people[GUILD] = everyone
    for _ in range(24):
        await home.sweeper().run()
        home.pass_time(hours=1)
    assert [len(page) for page in home.town.asked] == [PAGE, PAGE, PAGE, 1]
    assert [user_id for page in home.town.asked for user_id in page] == everyone
    await home.sweeper().run()
    assert len(home.town.asked) == 8


async def test_it_goes_on_after_a_restart_where_it_stopped(home: Household) -> None:
    home.crowd.people[GUILD] = list(range(1, 3 * PAGE + 1))

    def die() -> None:
        if len(home.town.asked) == 2:
            raise KeyboardInterrupt

    home.town.before_answer = die
    with pytest.raises(KeyboardInterrupt):
        await home.sweeper("died").run()
    home.town.before_answer, home.town.asked = None, []
    await home.sweeper("next").run()
    assert home.town.asked == [], "the lease of the dead one is not over"
    home.pass_time(hours=1)
    await home.sweeper("next").run()
    assert [page[0] for page in home.town.asked] == [PAGE + 1, 2 * PAGE + 1]


async def test_it_stops_when_discord_stops_answering_and_passes_that_page(home: Household) -> None:
    home.crowd.people[GUILD] = list(range(1, 2 * PAGE + 1))
    home.town.silent = True
    await home.sweeper().run()
    assert len(home.town.asked) == 1
    home.town.silent = False
    home.pass_time(hours=1)
    await home.sweeper().run()
    assert [page[0] for page in home.town.asked] == [1, PAGE + 1]
    row = await sweep_of(home)
    assert row is not None
    assert row.after == 0
    assert row.due_at > home.now


async def test_two_processes_read_each_page_once(either_home: Household) -> None:
    home = either_home
    home.crowd.people[GUILD] = list(range(1, 5 * PAGE + 1))
    await asyncio.gather(home.sweeper("one").run(), home.sweeper("two").run())
    assert sorted(page[0] for page in home.town.asked) == [n * PAGE + 1 for n in range(5)]


async def test_a_process_that_lost_its_lease_records_nothing(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    home.town.gone = {ALICE}

    async def take() -> None:
        async with home.database.write() as tx:
            row = await tx.session.get_one(Sweep, GUILD)
            row.owner = "another"

    fetch = home.town.fetch

    async def slow(guild_id: int, user_ids: list[int]) -> dict[int, MemberState | Absent]:
        await take()
        return dict(await fetch(guild_id, user_ids))

    home.town.fetch = slow  # pyright: ignore[reportAttributeAccessIssue]
    await home.sweeper("slow").run()
    assert await home.absence(ALICE) is None


async def test_servers_of_other_processes_are_left_to_them(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    home.town.visible = False
    await home.sweeper().run()
    assert home.town.asked == []


async def test_one_broken_server_does_not_keep_the_others(home: Household, caplog: pytest.LogCaptureFixture) -> None:
    await home.settle_in(ELSEWHERE)
    home.crowd.people = {GUILD: [ALICE], ELSEWHERE: [BOB]}

    def fail() -> None:
        if home.town.asked[-1] == [ALICE]:
            raise RuntimeError("this page cannot be read")

    home.town.before_answer = fail
    await home.sweeper().run()
    assert home.town.asked == [[ALICE], [BOB]]
    assert "sweep of server" in caplog.text


async def test_absences_of_people_about_whom_nothing_is_kept_go_too(home: Household) -> None:
    await note(home, Absent.LEFT, CAROL)
    for _ in range(32):
        home.pass_time(days=1)
        await home.sweeper().run()
    assert await home.absence(CAROL) is None


async def test_removed_servers_are_erased_after_thirty_days(home: Household) -> None:
    home.crowd.people = {GUILD: [ALICE], ELSEWHERE: [BOB]}
    await home.settle_in(ELSEWHERE)
    await home.draft(ALICE)
    async with home.database.write() as tx:
        (await row_for_update(tx.session, GUILD)).left_at = home.now
    home.pass_time(days=29, hours=23)
    await home.upkeep().hourly()
    assert GUILD in home.crowd.people
    home.pass_time(hours=1)
    await home.upkeep().hourly()
    assert home.crowd.people == {ELSEWHERE: [BOB]}
    assert await home.exported(ALICE) == {}
    assert await sweep_of(home) is None
    async with home.database.read() as session:
        assert (await session.scalars(select(GuildRow.guild_id))).all() == [ELSEWHERE]


async def test_a_server_that_came_back_is_not_erased(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    async with home.database.write() as tx:
        (await row_for_update(tx.session, GUILD)).left_at = home.now
    home.pass_time(days=20)
    await home.upkeep().compare_guilds({GUILD}, None, None)
    home.pass_time(days=20)
    await home.upkeep().hourly()
    assert home.crowd.people[GUILD] == [ALICE]


async def test_a_server_that_cannot_be_erased_does_not_keep_the_others(
    home: Household, caplog: pytest.LogCaptureFixture
) -> None:
    await home.settle_in(ELSEWHERE)
    home.crowd.people = {ELSEWHERE: [BOB]}

    async def refuse(tx: object, guild_id: int) -> None:
        if guild_id == GUILD:
            raise RuntimeError("this server cannot be erased")
        home.crowd.people.pop(guild_id)

    home.crowd.erase_guild = refuse  # pyright: ignore[reportAttributeAccessIssue]
    async with home.database.write() as tx:
        for guild_id in (GUILD, ELSEWHERE):
            (await row_for_update(tx.session, guild_id)).left_at = home.now
    home.pass_time(days=31)
    await home.upkeep().hourly()
    assert home.crowd.people == {}
    assert "could not be erased" in caplog.text
