"""Voting: judged by plain facts, answered after the commit. What was voted is in the box and nowhere else."""

import secrets
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot import markup
from bot.errors import BadInput, NotAllowed, NotFound, TryAgain, UserError, WrongState
from bot.i18n import Text, t
from bot.people import Actor
from bot.ports import Requirements, Verdict
from cogs.polls.rules.ballots import Fault, canonical, choices_text, fault
from cogs.polls.rules.receipts import RECEIPT_BYTES, new_receipt
from cogs.polls.rules.terms import Answer, Bar, Facts, Terms, judge, weight
from cogs.polls.service.hot import CANDIDATES, Cast, Vote, VoteResult, vote
from cogs.polls.service.records import PollInfo, info_of, poll_of
from cogs.polls.tables import PollVoter, State

if TYPE_CHECKING:
    from bot.app import Platform

REMEMBERED: Final = 256
_ANSWERS: Final = {Verdict.YES: Answer.MET, Verdict.NO: Answer.UNMET, Verdict.UNKNOWN: Answer.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Paper:
    """What someone who may vote is given to fill in; ``weight`` is what their vote will count."""

    info: PollInfo
    voted: bool
    weight: int


@dataclass(frozen=True, slots=True)
class VoteAnswer:
    """What is said after a vote: the first or a changed one, its receipt where there are any, how many have voted."""

    info: PollInfo
    new: bool
    receipt: str | None
    weight: int
    count: int
    blank: bool


class Voting:
    """Members' side of an open poll.

    Polls are remembered to spare a read per click. That is safe: the write compares revision and state, and what was
    judged by an older revision is judged again. Secrets are read by the write itself and never remembered.
    """

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform
        self._known: OrderedDict[int, PollInfo] = OrderedDict()

    async def paper(self, actor: Actor, key: int, now: datetime) -> Paper:
        """Return what a member fills in; raises a UserError that says why they may not vote, or that it is over."""
        found = await self._info(actor.guild_id, key, fresh=True)
        _require_open(found, now)
        worth = await self._judge(actor, found.terms)
        query = select(PollVoter.user_id).where(PollVoter.poll_id == key, PollVoter.user_id == actor.user_id)
        async with self._platform.database.read() as session:
            voted = await session.scalar(query) is not None
        return Paper(found, voted, worth)

    async def shown(self, actor: Actor, key: int, revision: int, now: datetime) -> PollInfo:
        """Return the poll whose ballot is being filled in; raises like :meth:`cast`, but for who may vote."""
        found = await self._info(actor.guild_id, key)
        _require_open(found, now)
        if found.revision != revision:
            found = await self._info(actor.guild_id, key, fresh=True)
        _require_same(found, revision)
        return found

    async def cast(
        self, actor: Actor, key: int, revision: int, choices: Sequence[int | None], now: datetime
    ) -> VoteAnswer:
        """Put a ballot into the box, in place of the member's own before it.

        *revision* is that of the options it was filled in for. Raises a UserError that says why not; then nothing of it
        is kept.
        """
        found = await self._info(actor.guild_id, key)
        try:
            worth = await self._check(actor, found, revision, choices, now)
        except UserError:
            # Nobody is refused for what was corrected meanwhile, or for an option they are shown and we do not know.
            before, found = found, await self._info(actor.guild_id, key, fresh=True)
            if before == found:
                raise
            worth = await self._check(actor, found, revision, choices, now)
        final = canonical(found.kind, choices)
        result = await self._write(actor, found, choices_text(final), worth, now)
        match result.outcome:
            case Cast.IN | Cast.CHANGED:
                return VoteAnswer(found, result.outcome is Cast.IN, result.receipt, worth, result.count, not final)
            case Cast.KEPT:
                raise WrongState(t("poll.vote.kept"))
            case Cast.REVISED:
                raise WrongState(t("poll.vote.revised"))
            case Cast.OVER:
                raise over(await self._info(actor.guild_id, key, fresh=True))

    async def _check(
        self, actor: Actor, found: PollInfo, revision: int, choices: Sequence[int | None], now: datetime
    ) -> int:
        _require_open(found, now)
        _require_same(found, revision)
        wrong = fault(found.rule, len(found.options), canonical(found.kind, choices))
        if wrong is Fault.TOO_MANY:
            raise BadInput(t("poll.vote.too_many", n=found.most_choices))
        if wrong is not None:
            raise NotFound(t("error.stale_component"))
        return await self._judge(actor, found.terms)

    async def _judge(self, actor: Actor, terms: Terms) -> int:
        """Return what a member's vote weighs; raises NotAllowed with what is missing, TryAgain for what is unknown."""
        holds = attended = Answer.UNKNOWN
        balance: int | None = None
        if terms.holders_of is not None:
            holds = await _verdict(self._platform.gates, actor, terms.holders_of.key)
        if terms.attended is not None:
            attended = await _verdict(self._platform.attendance, actor, terms.attended.key)
        if terms.balance is not None:
            held = await self._platform.balances.of(actor.guild_id, terms.balance.key, [actor.user_id])
            balance = held.get(actor.user_id)
        facts = Facts(actor.role_ids, actor.is_bot, holds, attended, balance)
        judged = judge(terms, facts)
        missing = [bar for bar, answer in judged.items() if answer is Answer.UNMET]
        if missing:
            raise NotAllowed(why_barred(terms, missing[0]))
        if Answer.UNKNOWN in judged.values():
            raise TryAgain(t("poll.vote.unread"))
        return weight(terms, actor.role_ids, balance)

    async def _write(self, actor: Actor, found: PollInfo, choices: str, worth: int, now: datetime) -> VoteResult:
        row = Vote(
            poll_id=found.id,
            revision=found.revision,
            user_id=actor.user_id,
            choices=choices,
            weight=worth,
            receipts=tuple(new_receipt(secrets.token_bytes(RECEIPT_BYTES)) for _ in range(CANDIDATES))
            if found.receipts
            else (),
            at=now,
        )
        return await self._platform.writer.submit(vote, row)

    async def _info(self, guild_id: int, key: int, *, fresh: bool = False) -> PollInfo:
        held = self._known.get(key)
        if held is None or fresh or held.state is not State.OPEN:
            async with self._platform.database.read() as session:
                held = await info_of(session, await poll_of(session, guild_id, key))
            self._known[key] = held
            self._known.move_to_end(key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        if held.guild_id != guild_id:
            raise NotFound(t("poll.not_found"))
        return held


def _require_open(found: PollInfo, now: datetime) -> None:
    if found.state is State.SCHEDULED:
        raise WrongState(t("poll.vote.not_yet", opens=found.starts_at))
    if found.state is not State.OPEN or found.closes_at <= now:
        raise over(found)


def _require_same(found: PollInfo, revision: int) -> None:
    if found.revision != revision:
        raise WrongState(t("poll.vote.revised"))


def why_barred(terms: Terms, bar: Bar) -> Text:
    """Say what is missing and how to meet it."""
    match bar:
        case Bar.VOTERS if terms.voters is not None:
            return t("poll.bar.voters", role=markup.role(terms.voters))
        case Bar.HOLDERS_OF if terms.holders_of is not None:
            return t("poll.bar.holders_of", rule=terms.holders_of.name)
        case Bar.ATTENDED if terms.attended is not None:
            return t("poll.bar.attended", event=terms.attended.name)
        case Bar.BALANCE if terms.balance is not None:
            return t("poll.bar.balance", rule=terms.balance.name)
        case _:
            return t("poll.bar.bot")


def over(found: PollInfo) -> UserError:
    """Return the refusal for a poll that takes no votes any more."""
    match found.state:
        case State.CANCELLED:
            return WrongState(t("poll.over.cancelled", number=str(found.number)))
        case State.CLOSED:
            return WrongState(t("poll.over.closed", number=str(found.number)))
        case _:
            return WrongState(t("poll.over.counting", number=str(found.number)))


async def _verdict(requirements: Requirements, actor: Actor, key: int) -> Answer:
    users: Collection[int] = (actor.user_id,)
    return _ANSWERS[(await requirements.check(actor.guild_id, key, users)).get(actor.user_id, Verdict.UNKNOWN)]
