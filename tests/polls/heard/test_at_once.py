"""Several at once, on both databases: one answer stands, every word counts once, nobody is reminded twice."""

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from sqlalchemy import func, select, text

from bot import clock
from bot.app import Platform, create_platform
from bot.custodians import forget_person
from bot.database import Base
from bot.delivery import Delivery, DeliveryState, Outcome
from bot.dispatch import Dispatcher
from bot.errors import UserError
from bot.guilds import Purpose, row_for_update
from bot.people import Actor, Permission
from bot.ports import Absent, MemberState
from bot.posts import Place
from bot.schedule import Due
from bot.settings import Settings
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.heard import MOST_PROPOSALS, Moment, Status
from cogs.polls.rules.proposing import Wish
from cogs.polls.rules.terms import Terms
from cogs.polls.service.heard.answering import Reply
from cogs.polls.service.heard.board import BOARD, board_of
from cogs.polls.service.heard.board import EDIT as BOARD_EDIT
from cogs.polls.service.heard.owing import ANSWERS
from cogs.polls.service.heard.proposing import DEADLINES, PROPOSAL
from cogs.polls.service.heard.proposing import EDIT as PROPOSAL_EDIT
from cogs.polls.service.heard.records import witnesses
from cogs.polls.service.heard.saying import ANSWER, OWED
from cogs.polls.service.heard.waiting import REMINDER
from cogs.polls.tables import AnswerState, Poll, PollAnswer, PollBoard, PollProposal, PollVoter, State
from cogs.polls.wiring import Services, build, register

GUILD = 1_400_000_000_000_000_001
CHANNEL = GUILD + 1
OWNER = GUILD + 2
VOTERS = [GUILD + 100 + number for number in range(20)]
WISH = Wish("A night market?", ("Yes", "No"), None)


class EverybodyHere:
    """Members of whom none has left."""

    async def fetch(self, guild_id: int, user_ids: Collection[int]) -> Mapping[int, MemberState | Absent]:
        return {user_id: MemberState(user_id, frozenset(), None, is_bot=False) for user_id in user_ids}

    async def role_count(self, guild_id: int, role_id: int) -> int | None:
        return None


@dataclass
class Desk:
    platform: Platform
    services: Services
    moderator: Actor
    now: datetime
    key: int

    async def count(self, kind: str) -> int:
        async with self.platform.database.read() as session:
            return await session.scalar(select(func.count()).select_from(Delivery).where(Delivery.kind == kind)) or 0

    async def forget(self, user_id: int) -> None:
        async with self.platform.database.write() as tx:
            await forget_person(tx, self.platform.custodians, self.platform.ledger, GUILD, user_id, self.now)

    async def settle(self, kind: str) -> None:
        """Have a message of a kind settled that Discord has just taken, as the dispatcher does it."""
        dispatcher = Dispatcher(discord.Client(intents=discord.Intents.none()), self.platform.deliveries, "one")
        async with self.platform.database.write() as tx:
            sent = (await tx.session.scalars(select(Delivery).where(Delivery.kind == kind))).one()
            sent.state, sent.owner, sent.attempts, sent.channel_id = DeliveryState.SENDING, "one", 1, CHANNEL
        outcome = Outcome(DeliveryState.SENT, message_id=sent.id)
        await dispatcher._settle(sent, self.platform.deliveries.kinds[kind], outcome)

    async def waits_with_empty_hands(self, action: Coroutine[Any, Any, object], table: type[Base]) -> None:
        """Run an action while somebody has the rows of a table; it waits for them before it locks anything else."""
        database = self.platform.database
        async with database.write() as tx:
            await tx.session.execute(select(table).with_for_update())
            acting = asyncio.create_task(action)
            blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            async with asyncio.timeout(30), database.read() as session:
                while not database.is_sqlite and not await session.scalar(blocked):
                    await session.rollback()
            for after in _ORDER[_ORDER.index(table) + 1 :]:
                await tx.session.execute(select(after).with_for_update(nowait=True))
        await acting


# What is locked first by whoever needs several.
_ORDER: list[type[Base]] = [Poll, PollAnswer, PollProposal, PollBoard, Delivery]


@pytest.fixture
async def desk(either_url: str) -> AsyncIterator[Desk]:
    """A closed poll whose answer is due in a week, its services, a board's channel, and nothing of Discord."""
    platform = create_platform(Settings(database_url=either_url, beacon_urls=()))
    async with platform.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    platform.members = EverybodyHere()
    services = build(platform)
    register(platform, services)
    now = datetime.now(UTC)
    async with platform.database.write() as tx:
        (await row_for_update(tx.session, GUILD)).places = {Purpose.ANSWERS.value: CHANNEL}
        row = _poll(now)
        tx.session.add(row)
        await tx.session.flush()
        tx.session.add_all(PollVoter(poll_id=row.id, user_id=voter) for voter in VOTERS)
        await services.posts.plan(tx, row.id, GUILD, [Place(CHANNEL, "en")])
        await services.heard.owing.closed(tx, row, now)
    yield Desk(platform, services, Actor(7, GUILD, "mina", "en", permissions=Permission.MANAGE_GUILD), now, row.id)
    await platform.close()


def _poll(now: datetime) -> Poll:
    return Poll(
        guild_id=GUILD,
        number=1,
        public_id="0" * 32,
        state=State.CLOSED,
        question="Sketches?",
        kind=Kind.SINGLE,
        secrecy=Secrecy.SECRET,
        terms=Terms().to_json(),
        zone="UTC",
        created_at=now,
        starts_at=now,
        opened_at=now,
        closes_at=now,
        closed_at=now,
        counted_at=now,
        answer_user=OWNER,
    )


def member(user_id: int) -> Actor:
    return Actor(user_id, GUILD, "someone", "en")


async def test_of_several_answers_the_first_is_posted_and_the_others_correct_it(desk: Desk) -> None:
    replies = [Reply(Status.DECLINED, f"Reason {number}", None) for number in range(5)]
    who = [member(OWNER), desk.moderator]
    answering = desk.services.heard.answering
    given = await asyncio.gather(
        *(answering.respond(who[at % 2], "1", reply, desk.now) for at, reply in enumerate(replies))
    )
    assert sorted(each.corrected for each in given) == [False, True, True, True, True]
    assert await desk.count(ANSWER) == 1


async def kept(desk: Desk) -> None:
    """Have the poll's promise made and reported done."""
    answering = desk.services.heard.answering
    await answering.respond(member(OWNER), "1", Reply(Status.ACCEPTED, "We will.", "3 weeks"), desk.now)
    await answering.done(member(OWNER), "1", "It is there.", desk.now)


async def test_whoever_locks_several_locks_the_poll_first(desk: Desk) -> None:
    await kept(desk)
    telling = desk.services.heard.telling
    await telling.witness(member(VOTERS[0]), desk.key, desk.now, happened=True)
    for action in (
        telling.witness(member(VOTERS[1]), desk.key, desk.now, happened=True),
        desk.settle(ANSWER),
        desk.forget(VOTERS[0]),
        desk.forget(OWNER),
    ):
        await desk.waits_with_empty_hands(action, Poll)


async def test_proposals_and_the_board_are_locked_before_what_shows_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = desk.services.heard
    made = await heard.proposing.propose(member(VOTERS[0]), WISH, CHANNEL, desk.now)
    await desk.settle(BOARD)
    monkeypatch.setattr(clock, "now", lambda: made.due_at)
    overdue = Due(DEADLINES[Moment.DUE], made.id, GUILD, made.due_at, 1)
    for action in (desk.settle(PROPOSAL), heard.waiting.due(overdue), desk.forget(VOTERS[0])):
        await desk.waits_with_empty_hands(action, PollProposal)
    for kind, table in ((PROPOSAL_EDIT, PollProposal), (BOARD_EDIT, PollBoard)):
        await desk.waits_with_empty_hands(desk.settle(kind), table)


async def test_every_voter_counts_once_also_while_someone_is_forgotten(desk: Desk) -> None:
    heard, database = desk.services.heard, desk.platform.database
    await kept(desk)
    said = [(voter, at % 2 == 0) for at, voter in enumerate(VOTERS)] * 2
    await heard.telling.witness(member(VOTERS[0]), desk.key, desk.now, happened=True)

    await asyncio.gather(
        *(heard.telling.witness(member(voter), desk.key, desk.now, happened=yes) for voter, yes in said),
        desk.forget(OWNER),
    )
    async with database.read() as session:
        assert await witnesses(session, desk.key) == (10, 10)
        board = await board_of(session, GUILD, desk.now)
        answer = await session.get_one(PollAnswer, desk.key)
    assert [(entry.happened, entry.not_yet) for entry in board.done] == [(10, 10)]
    assert (answer.state, answer.owner_user, answer.answered_by, answer.done_by) == (AnswerState.DONE, None, None, None)


async def test_nobody_has_more_proposals_than_there_may_be(desk: Desk) -> None:
    proposing = desk.services.heard.proposing
    made = await asyncio.gather(
        *(proposing.propose(member(VOTERS[0]), WISH, CHANNEL, desk.now) for _ in range(8)), return_exceptions=True
    )
    assert sum(isinstance(each, UserError) for each in made) == 8 - MOST_PROPOSALS
    numbers = sorted(each.number for each in made if not isinstance(each, BaseException))
    assert numbers == [1, 2, 3]


async def test_a_proposal_is_decided_once(desk: Desk) -> None:
    proposing = desk.services.heard.proposing
    info = await proposing.propose(member(VOTERS[0]), WISH, CHANNEL, desk.now)
    decided = await asyncio.gather(
        proposing.approve(desk.moderator, info.id, CHANNEL, desk.now),
        proposing.decline(desk.moderator, info.id, "Not now.", desk.now),
        proposing.withdraw(member(VOTERS[0]), info.id, desk.now),
        return_exceptions=True,
    )
    assert sum(isinstance(each, UserError) for each in decided) == 2


async def test_reminders_that_run_twice_or_side_by_side_are_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = desk.services.heard
    for voter in VOTERS[:5]:
        await heard.proposing.propose(member(voter), WISH, CHANNEL, desk.now)
    later = desk.now + timedelta(days=3.6)
    monkeypatch.setattr(clock, "now", lambda: later)
    owed = Due(ANSWERS[Moment.HALF], desk.key, GUILD, later, 1)
    await asyncio.gather(*(heard.owing.due(owed) for _ in range(4)))
    assert await desk.count(OWED) == 1
    async with desk.platform.database.read() as session:
        keys = (await session.scalars(select(PollProposal.id))).all()
    dues = [Due(DEADLINES[Moment.HALF], key, GUILD, later, 1) for key in keys]
    await asyncio.gather(*(heard.waiting.due(due) for due in dues))
    await asyncio.gather(*(heard.waiting.due(due) for due in dues))
    assert await desk.count(REMINDER) == 1


async def test_there_is_one_board_whatever_happens_at_once(desk: Desk) -> None:
    async def refresh() -> None:
        async with desk.platform.database.write() as tx:
            await desk.services.heard.boards.refresh(tx, GUILD, desk.now)

    await asyncio.gather(*(refresh() for _ in range(6)))
    assert await desk.count(BOARD) == 1
