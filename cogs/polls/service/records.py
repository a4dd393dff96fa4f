"""Polls as the rest of the feature sees them: frozen values instead of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.errors import NotFound
from bot.i18n import t
from bot.posts import Post
from cogs.polls.rules.ballots import Kind, Quorum, Rule, Secrecy, most_choices
from cogs.polls.rules.terms import Results, Terms
from cogs.polls.tables import KIND, Poll, PollOption, State


@dataclass(frozen=True, slots=True)
class Option:
    """What can be voted for; its place in a list of options is its index in ballots."""

    text: str
    write_in: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """Who owes an answer and until when: a time after closing, or a date.

    Neither a member nor a role where who owed it was forgotten: then moderators do.
    """

    user_id: int | None
    role_id: int | None
    within: timedelta | None
    by: datetime | None


@dataclass(frozen=True, slots=True)
class PollInfo:
    """A poll at one instant. ``answer`` is None where none was promised; ``result`` is there once it is closed."""

    id: int
    guild_id: int
    number: int
    public_id: str
    state: State
    revision: int
    organiser_id: int | None
    question: str
    options: tuple[Option, ...]
    picture_id: int | None
    kind: Kind
    secrecy: Secrecy
    results: Results
    max_choices: int | None
    terms: Terms
    quorum: Quorum | None
    threshold: int | None
    write_ins: bool
    receipts: bool
    ping_role: int | None
    zone: str
    starts_at: datetime
    opened_at: datetime | None
    closes_at: datetime
    extended_from: datetime | None
    ended_early: bool
    vote_count: int
    closed_at: datetime | None
    counted_at: datetime | None
    result: Mapping[str, Any] | None
    answer: Owed | None

    @property
    def is_secret(self) -> bool:
        return self.secrecy is Secrecy.SECRET

    @property
    def is_over(self) -> bool:
        return self.state in (State.CLOSED, State.CANCELLED)

    @property
    def rule(self) -> Rule:
        """How it is counted."""
        most = self.max_choices if self.kind is Kind.MULTIPLE else None
        return Rule(self.kind, self.secrecy, most, self.terms.is_weighted, self.quorum, self.threshold)

    @property
    def most_choices(self) -> int:
        """How many options one ballot may name."""
        return most_choices(self.rule, len(self.options))


def info(row: Poll, options: Sequence[PollOption]) -> PollInfo:
    """Return a row's values, with its options in order."""
    answer = None
    if row.answer_user is not None or row.answer_role is not None or row.answer_orphaned:
        within = None if row.answer_seconds is None else timedelta(seconds=row.answer_seconds)
        answer = Owed(row.answer_user, row.answer_role, within, row.answer_by)
    return PollInfo(
        id=row.id,
        guild_id=row.guild_id,
        number=row.number,
        public_id=row.public_id,
        state=row.state,
        revision=row.revision,
        organiser_id=row.organiser_id,
        question=row.question,
        options=tuple(Option(option.text, option.write_in) for option in options),
        picture_id=row.picture_id,
        kind=row.kind,
        secrecy=row.secrecy,
        results=row.results,
        max_choices=row.max_choices,
        terms=Terms.from_json(row.terms),
        quorum=None if row.quorum is None else Quorum(row.quorum, row.quorum_is_percent),
        threshold=row.threshold,
        write_ins=row.write_ins,
        receipts=row.receipts,
        ping_role=row.ping_role,
        zone=row.zone,
        starts_at=row.starts_at,
        opened_at=row.opened_at,
        closes_at=row.closes_at,
        extended_from=row.extended_from,
        ended_early=row.ended_early,
        vote_count=row.vote_count,
        closed_at=row.closed_at,
        counted_at=row.counted_at,
        result=row.result,
        answer=answer,
    )


async def options_of(session: AsyncSession, key: int) -> list[PollOption]:
    """Return a poll's options in order."""
    query = select(PollOption).where(PollOption.poll_id == key).order_by(PollOption.position)
    return list((await session.scalars(query)).all())


async def info_of(session: AsyncSession, row: Poll) -> PollInfo:
    """Return a row's values, its options read with it."""
    return info(row, await options_of(session, row.id))


async def poll_of(session: AsyncSession, guild_id: int, key: int, *, lock: bool = False) -> Poll:
    """Return a poll of this server by its key; raises NotFound for another server's, as if it did not exist."""
    row = await session.get(Poll, key, with_for_update=lock)
    if row is None or row.guild_id != guild_id:
        raise NotFound(t("poll.not_found"))
    return row


async def poll_numbered(session: AsyncSession, guild_id: int, typed: str) -> Poll:
    """Return the poll an option names, by the number people see; raises NotFound with what was typed."""
    digits = typed.strip().removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        query = select(Poll).where(Poll.guild_id == guild_id, Poll.number == int(digits))
        row = (await session.scalars(query)).one_or_none()
        if row is not None:
            return row
    raise NotFound(t("poll.no_such_number", value=typed))


async def post_url(session: AsyncSession, row: Poll) -> str | None:
    """Return the address of a poll's first post that is there."""
    query = select(Post).where(
        Post.kind == KIND, Post.subject == row.id, Post.message_id.is_not(None), Post.lost.is_(False)
    )
    post = (await session.scalars(query.order_by(Post.id).limit(1))).one_or_none()
    return None if post is None else markup.jump(row.guild_id, post.channel_id, post.message_id or 0)


def result_url(row: Poll) -> str | None:
    """Return the address of the announcement that carries the bundle."""
    if row.result_channel_id is None or row.result_message_id is None:
        return None
    return markup.jump(row.guild_id, row.result_channel_id, row.result_message_id)
