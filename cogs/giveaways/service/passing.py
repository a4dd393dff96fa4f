"""Passing prizes on along the published ranking: nothing is ever rolled again."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery
from bot.errors import TryAgain
from bot.i18n import t
from bot.ledger.rules import Fact
from bot.ledger.service import Entry
from bot.posts import Posts
from bot.web.verify import verify_url
from cogs.giveaways.rules.draw import Outcome, PassReason
from cogs.giveaways.service.announcing import MENTIONS, PASSED_ON, Announcing
from cogs.giveaways.service.claims import Claims
from cogs.giveaways.service.loading import genuine, places_of
from cogs.giveaways.service.prizes import PrizeInfo, prize_info
from cogs.giveaways.service.proof import proof_files
from cogs.giveaways.service.ranking import Ahead, look_ahead, people_of, reached
from cogs.giveaways.service.records import GiveawayInfo, info, post_url
from cogs.giveaways.service.showing import PassView
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayPrize, Source, State

if TYPE_CHECKING:
    from bot.app import Platform

# Some of the next places may have left the server, and pass the prize on at once.
SPARE: Final = 10
ATTEMPTS: Final = 4
# With reasons beside them fewer people fit a message.
LINES: Final = 30


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done: which prizes pass on, each with its reason, or how many further places win.

    ``words`` is the reason an organiser gave; ``because`` the rule by which they may, for the ledger.
    """

    kind: str
    passes: Sequence[tuple[GiveawayPrize, str]] = ()
    more: int = 0
    actor_id: int | None = None
    words: str | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of it, by rank: who was passed over, and who wins now; fewer when the ranking is at its end."""

    info: GiveawayInfo
    passed: Sequence[PrizeInfo]
    risen: Sequence[PrizeInfo]


# Decides inside the transaction, on what is stored then; None when there is nothing to do any more.
Choose = Callable[[Transaction, Giveaway, Ahead], Awaitable[Wish | None]]


class _Short(Exception):
    """More places are needed than were read; nothing was changed."""


class Passing:
    """The one way by which a prize reaches another place than at the draw."""

    def __init__(self, platform: "Platform", posts: Posts, announcing: Announcing, claims: Claims) -> None:
        self._platform = platform
        self._posts = posts
        self._announcing = announcing
        self._claims = claims

    async def run(self, key: int, choose: Choose, *, expected: int = 1, others: Collection[int] = ()) -> Moved | None:
        """Carry out what *choose* wants of a drawn giveaway, in one transaction; None when that is nothing.

        *expected* places are likely needed. *others* are members whose presence *choose* asks for. Raises TryAgain when
        others keep passing prizes on meanwhile, and whatever *choose* raises.
        """
        count = expected + SPARE
        for _ in range(ATTEMPTS):
            ahead = await look_ahead(self._platform, key, count, others)
            if ahead is None:
                return None
            try:
                return await self._once(key, choose, ahead)
            except _Short:
                count *= 4
        raise TryAgain(t("giveaway.reroll.busy"))

    async def _once(self, key: int, choose: Choose, ahead: Ahead) -> Moved | None:
        now = clock.now()
        async with self._platform.database.write() as tx:
            row = await tx.session.get(Giveaway, key, with_for_update=True)
            if row is None or row.state is not State.DRAWN:
                return None
            wish = await choose(tx, row, ahead)
            if wish is None:
                return None
            passed, risen = await self._apply(tx, row, wish, ahead, now)
            await self._announce(tx, row, wish, passed, risen, now)
            await self._posts.refresh(tx, row.id, now)
            await self._note(tx, row, wish, passed, risen, now)
            return Moved(
                info(row), [prize_info(row, each) for each in passed], [prize_info(row, each) for each in risen]
            )

    async def _apply(
        self, tx: Transaction, row: Giveaway, wish: Wish, ahead: Ahead, now: datetime
    ) -> tuple[list[GiveawayPrize], list[GiveawayPrize]]:
        """Pass over, and let the next places win; the head of the ranking stays without gaps."""
        whole = now.replace(microsecond=0)
        passed = [prize for prize, _ in wish.passes]
        for prize, reason in wish.passes:
            prize.outcome, prize.reason, prize.at = Outcome.PASSED, reason, whole
            await self._claims.drop_deadlines(tx, prize.id)
        # Whose turn came since the ranking was read is not asked again.
        rank = await reached(tx.session, row.id)
        tokens = list(ahead.tokens[rank - ahead.start :])
        people = await people_of(tx.session, row.id, tokens)
        risen: list[GiveawayPrize] = []
        for token in tokens:
            if len(risen) == len(wish.passes) + wish.more:
                break
            rank += 1
            user_id = people[token]
            gone = row.source is not Source.HOLDERS and ahead.has_left(user_id)
            prize = GiveawayPrize(
                giveaway_id=row.id,
                rank=rank,
                token=token,
                user_id=user_id,
                outcome=Outcome.PASSED if gone else Outcome.WON,
                reason=PassReason.LEFT.value if gone else None,
                at=whole,
                claim_state=ClaimState.NONE,
            )
            tx.session.add(prize)
            (passed if gone else risen).append(prize)
        if len(risen) < len(wish.passes) + wish.more and not ahead.complete:
            raise _Short
        if wish.more:
            row.winners += len(risen)
        await tx.session.flush()
        for prize in risen:
            await self._claims.open_claim(tx, row, prize, now)
        return sorted(passed, key=lambda prize: prize.rank), risen

    async def _announce(
        self,
        tx: Transaction,
        row: Giveaway,
        wish: Wish,
        passed: Sequence[GiveawayPrize],
        risen: Sequence[GiveawayPrize],
        now: datetime,
    ) -> None:
        """Say it in public, in as many messages as the people take."""
        parts = max(1, -(-len(passed) // LINES), -(-len(risen) // MENTIONS))
        event = f"pass-{passed[0].rank}" if passed else f"more-{risen[0].rank}"
        for part in range(parts):
            params = {
                "part": part,
                "passed": [prize.id for prize in _share(passed, part, parts)],
                "risen": [prize.id for prize in _share(risen, part, parts)],
                "reason": wish.words,
            }
            await self._announcing.everywhere(tx, row, PASSED_ON, f"{event}.{part}", params, now)

    async def _note(
        self,
        tx: Transaction,
        row: Giveaway,
        wish: Wish,
        passed: Sequence[GiveawayPrize],
        risen: Sequence[GiveawayPrize],
        now: datetime,
    ) -> None:
        facts: dict[str, Fact] = {"passed": len(passed), "winners": row.winners}
        reasons = {prize.reason for prize in passed if prize.reason in set(PassReason)}
        if wish.because is not None:
            facts["because"] = wish.because
        if len(reasons) == 1 and wish.words is None:
            facts["reason"] = reasons.pop()
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind=wish.kind,
                actor_id=wish.actor_id,
                subject=f"giveaway:{row.number}",
                persons=_numbered("member", passed) | _numbered("winner", risen),
                texts={} if wish.words is None else {"reason": wish.words},
                facts=facts,
            ),
            now=now,
        )

    async def load(self, session: AsyncSession, delivery: Delivery) -> PassView | None:
        """Read a public line; only the first channel's mentions anyone and carries the new bundle."""
        row = await session.get(Giveaway, delivery.subject)
        if row is None or row.state is not State.DRAWN:
            return None
        params = delivery.params
        places = await places_of(session, row)
        risen = [place for place in places if place.prize_id in params["risen"]]
        silent = row.source is Source.HOLDERS or not params["first"]
        winning = [place for place in risen if place.outcome is Outcome.WON and place.who is not None]
        carries = params["first"] and params["part"] == 0
        return PassView(
            info=info(row),
            passed=[place for place in places if place.prize_id in params["passed"]],
            risen=risen,
            reason=params["reason"],
            mentioned=() if silent else [int(place.who) for place in winning if place.who is not None],
            files=await proof_files(session, self._platform.compute, row) if carries else (),
            post_url=await post_url(session, row),
            verify_url=verify_url(self._platform.web),
            genuine=genuine(self._platform, row),
        )


def _share(prizes: Sequence[GiveawayPrize], part: int, parts: int) -> Sequence[GiveawayPrize]:
    """Return one of *parts* shares, as even as can be."""
    return prizes[len(prizes) * part // parts : len(prizes) * (part + 1) // parts]


def _numbered(name: str, prizes: Sequence[GiveawayPrize]) -> dict[str, int]:
    people = [prize.user_id for prize in prizes if prize.user_id is not None]
    if len(people) == 1:
        return {name: people[0]}
    return {f"{name}_{number}": user_id for number, user_id in enumerate(people, 1)}
