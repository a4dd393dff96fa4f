"""What a poll's draft is: its options, what is asked of the server for them, and what they become."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.drafting.craft import Craft, Findings, Saved, Subject
from bot.drafting.problems import Problem, Review, beyond_recall
from bot.drafting.reading import Typed
from bot.drafts import Draft
from bot.errors import BadInput
from bot.guilds import Feature, GuildConfig, Purpose
from bot.i18n import Text, t
from bot.images import load_image
from bot.numbers import upcoming_number
from bot.people import Actor
from bot.ports import Absent, MemberState, Requirements
from bot.posts import Place, Posts
from cogs.polls.rules import reading
from cogs.polls.rules.options import Options, Proposal, Step, review
from cogs.polls.rules.proposing import Wish
from cogs.polls.service.editing import Editing, copied, options_of, require_editable
from cogs.polls.service.heard.proposing import FROM, Proposing
from cogs.polls.service.heard.records import Heard, Owner
from cogs.polls.service.posting import Maker, Posting
from cogs.polls.service.records import Option, PollInfo, info_of, poll_numbered, poll_of
from cogs.polls.service.showing import PostView, translated
from cogs.polls.tables import KIND, Poll, State

if TYPE_CHECKING:
    from bot.app import Platform

# Its id is drawn when it is posted, so that nobody can choose how ties are decided.
TO_COME: Final = "…"


class PollCraft(Craft[Options, Proposal, PostView, PollInfo]):
    """Drafts of polls."""

    kind = KIND
    feature = Feature.POLLS
    channel = Purpose.POLLS
    options = Options
    takes = reading.TAKES
    roles: ClassVar = {"voters": Step.WHO, "weights": Step.WHO, "answer_owner": Step.ANSWER, "ping": Step.WHERE}
    named: ClassVar = {"holders_of": Step.WHO, "attended": Step.WHO, "balance": Step.WHO}

    def __init__(self, platform: "Platform", posts: Posts, posting: Posting, proposing: Proposing) -> None:
        self._platform = platform
        self._posts = posts
        self._posting = posting
        self._editing = Editing(platform, posts)
        self._proposing = proposing

    def requirement(self, name: str) -> Requirements:
        return self._platform.attendance if name == "attended" else self._platform.gates

    def roles_in(self, options: Options, name: str) -> Sequence[int | None]:
        match name:
            case "weights":
                return [role for role, _ in options.weights]
            case "answer_owner":
                return [options.answer_role]
            case _:
                return super().roles_in(options, name)

    def read_title(self, text: str) -> str:
        return reading.read_question(text)

    def read_text(self, text: str) -> str:
        return reading.read_translation(text)

    async def found(self, actor: Actor, name: str, value: Typed) -> Typed:
        if name == "weights" and isinstance(value, str) and value.strip() and not reading.names_roles(value):
            async with self._platform.database.read() as session:
                rule = await self._platform.gates.resolve(session, actor.guild_id, value)
            return reading.Named(rule.key, rule.name)
        if name == "answer_owner" and isinstance(value, str) and value.strip():
            _, user, _ = reading.read_owner(value.strip())
            if user is not None:
                await self._require_member(actor.guild_id, user)
        return value

    async def _require_member(self, guild_id: int, user_id: int) -> None:
        state = (await self._platform.members.fetch(guild_id, [user_id])).get(user_id, Absent.UNKNOWN)
        if state is Absent.LEFT:
            raise BadInput(t("poll.owner.left", who=markup.user(user_id)))
        if isinstance(state, MemberState) and state.is_bot:
            raise BadInput(t("poll.owner.bot", who=markup.user(user_id)))

    def review(self, options: Options, now: datetime, opened_at: datetime | None) -> Review[Proposal]:
        return review(options, now, opened_at=opened_at)

    def objections(self, subject: Subject[Options], now: datetime) -> Sequence[Problem]:
        return beyond_recall(subject.before, subject.after, subject.opened_at)

    def audience(self, options: Options) -> tuple[int | None, bool]:
        return options.voters, any(each is not None for each in (options.holders_of, options.attended, options.balance))

    def advice(self, guild_id: int, options: Options, subject: Subject[Options] | None) -> Sequence[Text]:
        if options.balance is not None:
            return (t("poll.advice.balance"),)
        return () if options.holders_of is None else (t("poll.advice.holders"),)

    async def preview(
        self,
        session: AsyncSession,
        actor: Actor,
        findings: Findings[Options, Proposal],
        times: tuple[datetime, datetime | None],
        subject: Subject[Options] | None,
    ) -> PostView | None:
        options, place, (opens, closes) = findings.options, findings.places[0], times
        if options.question is None or not options.choices or closes is None:
            return None
        number = await upcoming_number(session, actor.guild_id, KIND) if subject is None else subject.number
        organiser = actor.user_id if subject is None else subject.row.organiser_id
        view = preview_of(options, options.question, actor.guild_id, number, organiser, (opens, closes))
        return replace(
            view,
            question=place.title or options.question,
            options=translated(options.choices, place.text),
            picture=await load_image(session, options.picture_id),
        )

    async def find(self, session: AsyncSession, guild_id: int, typed: str) -> int:
        return (await poll_numbered(session, guild_id, typed)).id

    async def stands(
        self, session: AsyncSession, config: GuildConfig, key: int, now: datetime, *, lock: bool = False
    ) -> Subject[Options]:
        row = await poll_of(session, config.guild_id, key, lock=lock)
        found = await info_of(session, row)
        require_editable(row, found, now)
        options = options_of(found, await self._posts.of(session, key))
        return Subject(row, row.number, row.opened_at, options, options)

    async def post(
        self,
        tx: Transaction,
        actor: Actor,
        proposal: Proposal,
        places: Sequence[Place],
        origin: Mapping[str, Any],
        now: datetime,
    ) -> PollInfo:
        row = await self._posting.post(tx, Maker(actor.guild_id, actor.user_id), proposal, places, now)
        if FROM in origin:
            await self._proposing.posted(tx, int(origin[FROM]), row, now)
        return await info_of(tx.session, row)

    async def given_up(self, tx: Transaction, draft: Draft, now: datetime) -> None:
        if FROM in draft.values:
            await self._proposing.given_up(tx, int(draft.values[FROM]), now)

    async def save(
        self,
        tx: Transaction,
        actor: Actor,
        subject: Subject[Options],
        proposal: Proposal,
        places: Sequence[Place],
        now: datetime,
    ) -> Saved[PollInfo]:
        return await self._editing.apply(tx, actor, subject, proposal, places, now)

    async def copies(self, session: AsyncSession, guild_id: int, most: int) -> Sequence[PollInfo]:
        rows = await session.scalars(
            select(Poll).where(Poll.guild_id == guild_id).order_by(Poll.number.desc()).limit(most)
        )
        return [await info_of(session, row) for row in rows.all()]

    async def copied(self, session: AsyncSession, config: GuildConfig, typed: str, zone: str) -> Options:
        row = await poll_numbered(session, config.guild_id, typed)
        return copied(await info_of(session, row), await self._posts.of(session, row.id), zone)


def draft_values(wish: Wish) -> Mapping[str, Any]:
    """Return the values of a draft for what a member wishes for."""
    return Options(question=wish.question, choices=wish.options).to_json()


def _heard(options: Options, organiser: int | None) -> Heard:
    """Return what is promised, as it will stand on the post."""
    if not options.is_answered:
        return Heard(None)
    named = options.answer_user is not None or options.answer_role is not None
    owner = Owner(options.answer_user, options.answer_role) if named else Owner(organiser)
    return Heard(owner, within=options.answer_within, due_at=options.answer_by)


def preview_of(
    options: Options,
    question: str,
    guild_id: int,
    number: int,
    organiser_id: int | None,
    times: tuple[datetime, datetime],
) -> PostView:
    """Return the post of a poll that is not there yet, in its organiser's own words."""
    return PostView(
        info=_imagined(options, question, guild_id, number, organiser_id, times),
        question=question,
        options=options.choices,
        picture=None,
        tally=None,
        proposed=0,
        result_url=None,
        heard=_heard(options, organiser_id),
    )


def _imagined(
    options: Options,
    question: str,
    guild_id: int,
    number: int,
    organiser_id: int | None,
    times: tuple[datetime, datetime],
) -> PollInfo:
    """Return a poll that is not there yet, as it will be when it opens."""
    opens, closes = times
    return PollInfo(
        id=0,
        guild_id=guild_id,
        number=number,
        public_id=TO_COME,
        # Whatever starts later appears when it opens, so nobody sees it before.
        state=State.OPEN,
        revision=0,
        organiser_id=organiser_id,
        question=question,
        options=tuple(Option(text) for text in options.choices),
        picture_id=options.picture_id,
        kind=options.kind,
        secrecy=options.secrecy,
        results=options.results,
        max_choices=options.max_choices,
        terms=options.terms,
        quorum=options.quorum,
        threshold=options.threshold,
        write_ins=options.write_ins,
        receipts=options.receipts,
        ping_role=options.ping,
        zone=options.zone,
        starts_at=opens,
        opened_at=opens,
        closes_at=closes,
        extended_from=None,
        ended_early=False,
        vote_count=0,
        closed_at=None,
        counted_at=None,
        result=None,
        answer=None,
    )
