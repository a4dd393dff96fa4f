"""What an event's draft is: its options, what is asked of the server for them, and what they become."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.drafting.craft import Craft, Findings, Saved, Subject
from bot.drafting.problems import WHEN, WHERE, WHO, Fault, Problem, Review
from bot.drafting.reading import Typed
from bot.drafting.values import changed
from bot.errors import BadInput, NotFound, WrongState
from bot.guilds import Feature, GuildConfig, Purpose
from bot.i18n import Text, t
from bot.natives import HUNDRED
from bot.numbers import upcoming_number
from bot.people import Actor
from bot.permissions import DANGEROUS, Need
from bot.ports import ChannelKind, RoleState
from bot.posts import Place
from cogs.events.rules import reading
from cogs.events.rules.kinds import Answer, Scope, Where
from cogs.events.rules.options import (
    REMINDERS,
    REPEAT,
    VENUE,
    Options,
    Proposal,
    answers_close,
    channel_fits,
    closes_early,
    review,
)
from cogs.events.service.changing import Changing
from cogs.events.service.dates import AHEAD, leading
from cogs.events.service.loading import PostView
from cogs.events.service.mirroring import MOST
from cogs.events.service.posting import Posting
from cogs.events.service.previews import imagine, preview
from cogs.events.service.records import (
    OccurrenceInfo,
    details_of,
    event_numbered,
    next_occurrence,
    occurrence_info,
    occurrence_of,
    with_overrides,
)
from cogs.events.service.standing import options_of
from cogs.events.tables import KIND, Event, Occurrence, OccurrenceState, Rsvp

if TYPE_CHECKING:
    from bot.app import Platform

# Beside the options of a draft that changes something: which dates of a series.
SCOPE: Final = "scope"
# What belongs to all dates of a series, and the step in which it is said.
OF_ALL: Final[Mapping[str, str]] = {
    "repeat": REPEAT,
    "until": REPEAT,
    "remind": REMINDERS,
    "rsvp_role": WHO,
    "going_role": WHO,
    "shows_names": WHO,
    "ping": WHERE,
    "spots": WHERE,
}
_KINDS: Final[Mapping[ChannelKind, Where]] = {
    ChannelKind.TEXT: Where.TEXT,
    ChannelKind.VOICE: Where.VOICE,
    ChannelKind.STAGE: Where.STAGE,
}
_THREADS: Final = (Need.CREATE_THREADS, Need.SEND_THREADS)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a draft changes: a date, its event, which dates; ``coming`` are those going to the ones announced."""

    row: Occurrence
    event: Event
    scope: Scope
    coming: int

    @property
    def is_one_of_many(self) -> bool:
        """Whether it is one date of a series, changed alone."""
        return self.event.rule is not None and self.scope is Scope.THIS

    @property
    def begins_anew(self) -> bool:
        """Whether the dates changed become an event of their own, with a number of its own."""
        return self.scope is Scope.FOLLOWING and self.row.ordinal > 1


class EventCraft(Craft[Options, Proposal, PostView, OccurrenceInfo]):
    """Drafts of events."""

    kind = KIND
    feature = Feature.EVENTS
    channel = Purpose.EVENTS
    usual_ping = Purpose.EVENT_PING
    posted_in = "post_in"
    options = Options
    takes = reading.TAKES
    roles: ClassVar = {"rsvp_role": WHO, "going_role": WHO, "ping": WHERE}

    def __init__(self, platform: "Platform", posting: Posting, changing: Changing) -> None:
        self._platform = platform
        self._posting = posting
        self._changing = changing

    def read_title(self, text: str) -> str:
        return reading.read_title(text)

    def read_text(self, text: str) -> str:
        return reading.read_description(text)

    async def found(self, actor: Actor, name: str, value: Typed) -> Typed:
        if name == "channel" and isinstance(value, int) and value and self._unseen(actor.guild_id, value):
            raise BadInput(t("draft.where.unseen", channel=markup.channel(value)))
        return value

    def review(self, options: Options, now: datetime, opened_at: datetime | None) -> Review[Proposal]:
        return review(options, now, opened_at)

    def objections(self, subject: Subject[Options], now: datetime) -> Sequence[Problem]:
        chosen, names = _chosen(subject), changed(subject.before, subject.after)
        found = _closed_by(subject, now)
        if chosen.is_one_of_many:
            steps = dict.fromkeys(OF_ALL[name] for name in OF_ALL if name in names)
            return [*found, *(_wrong(step, t("event.draft.of_all")) for step in steps)]
        if subject.opened_at is None:
            return found
        if "announce_at" in names:
            found.append(_wrong(WHEN, t("event.draft.announced_already", at=subject.opened_at)))
        if chosen.event.rule is None:
            # The dates of a series that come later are announced with the new ping, and in the new places.
            there = {spot.channel_id for spot in subject.after.spots}
            gone = [spot.channel_id for spot in subject.before.spots if spot.channel_id not in there]
            found += [_wrong(WHERE, t("draft.fixed.post", channel=markup.channel(each))) for each in gone]
            if "ping" in names:
                found.append(_wrong(WHERE, t("draft.fixed.ping")))
        return found

    async def further(
        self, session: AsyncSession, actor: Actor, options: Options, names: frozenset[str] | None
    ) -> Sequence[Problem]:
        found: list[Problem] = []
        if options.channel is not None and (names is None or names & {"where", "channel"}):
            found += self._venue(actor.guild_id, options, options.channel)
        if options.going_role is not None and (names is None or "going_role" in names):
            role = self._platform.guilds.role(actor.guild_id, options.going_role)
            why = None if role is None else self._not_givable(actor.guild_id, role)
            found += [] if why is None else [_wrong(WHO, why)]
        return found

    def _venue(self, guild_id: int, options: Options, channel_id: int) -> list[Problem]:
        if self._unseen(guild_id, channel_id):
            return [_wrong(VENUE, t("draft.where.unseen", channel=markup.channel(channel_id)))]
        state = self._platform.guilds.channel(guild_id, channel_id)
        if options.where is None or state is None:
            return []
        misfit = channel_fits(options.where, _KINDS.get(state.kind))
        return [] if misfit is None else [_wrong(VENUE, misfit)]

    def suits(self, guild_id: int, where: Where, channel_id: int) -> bool:
        """Whether an event of this kind can take place in a channel."""
        state = self._platform.guilds.channel(guild_id, channel_id)
        return where.in_channel and state is not None and channel_fits(where, _KINDS.get(state.kind)) is None

    def _unseen(self, guild_id: int, channel_id: int) -> bool:
        state = self._platform.guilds.channel(guild_id, channel_id, (Need.VIEW,))
        return state is None or bool(state.missing)

    def _not_givable(self, guild_id: int, role: RoleState) -> Text | None:
        """Say why I cannot give a role, or why it would give too much to whoever presses a button."""
        name = markup.role(role.role_id)
        if role.managed:
            return t("event.role.managed", role=name)
        if role.permissions & DANGEROUS:
            return t("event.role.dangerous", role=name)
        if self._platform.guilds.lacking(guild_id, (Need.MANAGE_ROLES,)):
            return t("event.role.not_allowed", role=name)
        return None if role.assignable else t("event.role.above", role=name)

    def audience(self, options: Options) -> tuple[int | None, bool]:
        return options.rsvp_role, False

    def advice(self, guild_id: int, options: Options, subject: Subject[Options] | None) -> Sequence[Text]:
        guilds, found = self._platform.guilds, list[Text]()
        if guilds.lacking(guild_id, (Need.CREATE_EVENTS,)):
            found.append(t("event.advice.not_mirrored"))
        elif subject is None and not self._has_room(guild_id, options.starts):
            found.append(t("event.advice.list_full", most=MOST, hundred=HUNDRED))
        for spot in options.spots:
            state = guilds.channel(guild_id, spot.channel_id, _THREADS)
            if state is not None and state.kind is ChannelKind.TEXT and not state.is_thread and state.missing:
                found.append(t("event.advice.no_thread", channel=markup.channel(spot.channel_id)))
        if subject is not None and options.capacity is not None:
            coming = _chosen(subject).coming
            if options.capacity < coming and "capacity" in changed(subject.before, options):
                found.append(t("event.advice.fewer", n=coming, capacity=options.capacity))
        return found

    def _has_room(self, guild_id: int, starts: datetime | None) -> bool:
        """Whether a date would be among Discord's own events now, as far as the gateway knows."""
        there = [each for each in self._platform.natives.listed(guild_id) or () if not each.phase.is_final]
        nearer = [each for each in there if each.linked and (starts is None or each.starts_at <= starts)]
        return len(there) < HUNDRED and len(nearer) < MOST

    async def preview(
        self,
        session: AsyncSession,
        actor: Actor,
        findings: Findings[Options, Proposal],
        times: tuple[datetime, datetime | None],
        subject: Subject[Options] | None,
    ) -> PostView | None:
        chosen = None if subject is None else _chosen(subject)
        if subject is None or (chosen is not None and chosen.begins_anew):
            number = await upcoming_number(session, actor.guild_id, KIND)
        else:
            number = subject.number
        organiser = actor.user_id if chosen is None else chosen.event.organiser_id
        there = None if chosen is None else (chosen.row, chosen.event, chosen.scope)
        imagined = imagine(findings.options, actor.guild_id, number, organiser, times[0], there)
        if imagined is None:
            return None
        held = None if chosen is None else (chosen.row, chosen.event)
        return await preview(session, findings.options, findings.places[0], imagined, held)

    async def find(self, session: AsyncSession, guild_id: int, typed: str) -> int:
        _, row = await event_numbered(session, guild_id, typed)
        if row is None:
            raise NotFound(t("event.no_such_number", value=typed))
        return row.id

    async def stands(
        self, session: AsyncSession, config: GuildConfig, key: int, now: datetime, *, lock: bool = False
    ) -> Subject[Options]:
        return await self.chosen(session, config, key, {}, now, lock=lock)

    async def chosen(
        self,
        session: AsyncSession,
        config: GuildConfig,
        key: int,
        origin: Mapping[str, Any],
        now: datetime,
        *,
        lock: bool = False,
    ) -> Subject[Options]:
        whole = origin.get(SCOPE, Scope.THIS) != Scope.THIS
        row, event = await occurrence_of(session, config.guild_id, key, lock=lock, whole=whole)
        scope = Scope.ALL if event.rule is None else Scope(origin.get(SCOPE, Scope.THIS))
        if scope is Scope.ALL:
            # What is said of all dates is said of the first that is still ahead.
            row = await _first_ahead(session, event, now) or row
        if row.state not in AHEAD or row.starts_at <= now:
            raise WrongState(t("event.change.begun", title=with_overrides(details_of(event), row.overrides).title))
        options = options_of(row, event, scope)
        chosen = Chosen(row, event, scope, await _coming(session, row, scope))
        return Subject(chosen, event.number, row.announced_at, options, options)

    async def post(
        self,
        tx: Transaction,
        actor: Actor,
        proposal: Proposal,
        places: Sequence[Place],
        origin: Mapping[str, Any],
        now: datetime,
    ) -> OccurrenceInfo:
        event, row = await self._posting.post(tx, actor.guild_id, actor.user_id, proposal, places, now)
        return occurrence_info(row, event)

    async def save(
        self,
        tx: Transaction,
        actor: Actor,
        subject: Subject[Options],
        proposal: Proposal,
        places: Sequence[Place],
        now: datetime,
    ) -> Saved[OccurrenceInfo]:
        chosen, names = _chosen(subject), changed(subject.before, subject.after)
        if not names:
            return Saved(occurrence_info(chosen.row, chosen.event), anything=False)
        done = await self._changing.change(
            tx, chosen.row, chosen.event, chosen.scope, proposal, places, actor.user_id, now, names
        )
        return Saved(occurrence_info(done.occurrence, done.event), anything=True, told=done.told)

    async def copies(self, session: AsyncSession, guild_id: int, most: int) -> Sequence[OccurrenceInfo]:
        query = select(Event).where(Event.guild_id == guild_id).order_by(Event.number.desc()).limit(most)
        events = (await session.scalars(query)).all()
        dated = [(event, await next_occurrence(session, event.id)) for event in events]
        return [occurrence_info(row, event) for event, row in dated if row is not None]

    async def copied(self, session: AsyncSession, config: GuildConfig, typed: str, zone: str) -> Options:
        event, row = await event_numbered(session, config.guild_id, typed)
        if row is None:
            raise NotFound(t("event.no_such_number", value=typed))
        options = options_of(row, event, Scope.ALL)
        return replace(options, starts=None, ends=None, runs=options.length(), until=None, announce_at=None, zone=zone)


def _chosen(subject: Subject[Options]) -> Chosen:
    chosen: Chosen = subject.row
    return chosen


def _wrong(step: str, text: Text) -> Problem:
    return Problem(step, Fault.FORBIDDEN, text)


def _closed_by(subject: Subject[Options], now: datetime) -> list[Problem]:
    """Refuse a change by which answers to what was announced would be closed from now on: mostly a slip."""
    closes = answers_close(subject.after)
    if subject.opened_at is None or closes is None or closes > now or closes == answers_close(subject.before):
        return []
    return [closes_early(closes)]


async def _first_ahead(session: AsyncSession, event: Event, now: datetime) -> Occurrence | None:
    query = (
        select(Occurrence)
        .where(Occurrence.event_id == event.id, Occurrence.state.in_(AHEAD), Occurrence.starts_at > now)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    ahead = (await session.scalars(query)).all()
    return leading(ahead, event, now) if ahead else None


async def _coming(session: AsyncSession, row: Occurrence, scope: Scope) -> int:
    """Count those who are going to, or were offered a place at, the announced dates a change is about."""
    dates = select(Occurrence.id).where(Occurrence.event_id == row.event_id, Occurrence.state == OccurrenceState.OPEN)
    if scope is Scope.THIS:
        dates = dates.where(Occurrence.id == row.id)
    if scope is Scope.FOLLOWING:
        dates = dates.where(Occurrence.starts_at >= row.starts_at)
    query = select(func.count(Rsvp.user_id.distinct())).where(
        Rsvp.occurrence_id.in_(dates), Rsvp.answer.in_((Answer.GOING, Answer.OFFERED))
    )
    return (await session.scalar(query)) or 0
