"""Reading what is shown of a giveaway: its post, and the announcement of its draw."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.delivery import NEW_FILES, Delivery
from bot.i18n import Text
from bot.images import load_image
from bot.posts import Post
from bot.web.verify import verify_url
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.freezing import freeze_info
from cogs.giveaways.service.proof import proof_files
from cogs.giveaways.service.records import info, post_url
from cogs.giveaways.service.showing import FreezeInfo, PlaceInfo, PostView, ResultView
from cogs.giveaways.tables import Giveaway, GiveawayEntry, GiveawayFreeze, GiveawayPrize, Source, State

if TYPE_CHECKING:
    from bot.app import Platform


class Loading:
    """Loaders of a giveaway's deliveries."""

    def __init__(self, platform: "Platform", mentions: int) -> None:
        self._platform = platform
        self._mentions = mentions

    async def post(self, session: AsyncSession, delivery: Delivery) -> PostView | None:
        """Read a post, for sending or bringing it up to date; None when the giveaway is gone."""
        post = await session.get(Post, int(delivery.recipient))
        row = await session.get(Giveaway, delivery.subject)
        if row is None or post is None or post.lost:
            return None
        view = await self.view(session, row, title=post.title, text=post.text)
        return replace(view, new_picture=NEW_FILES in delivery.params)

    async def view(
        self, session: AsyncSession, row: Giveaway, *, title: str | None = None, text: str | None = None
    ) -> PostView:
        """Read what a giveaway's post shows now."""
        drawn = row.state is State.DRAWN
        return PostView(
            info=info(row),
            title=title,
            text=text,
            picture=await load_image(session, row.picture_id),
            chain=await self._chain(session, row),
            freezes=await freezes_of(session, row),
            waiting=row.waiting,
            places=await places_of(session, row) if drawn else (),
            result_url=_result_url(row) if drawn else None,
            corrected=row.revision > 0,
        )

    async def result(self, session: AsyncSession, delivery: Delivery) -> ResultView | None:
        """Read an announcement; only the first channel's mentions anyone and carries the bundle."""
        row = await session.get(Giveaway, delivery.subject)
        if row is None or row.state is not State.DRAWN:
            return None
        part, parts, first = delivery.params["part"], delivery.params["parts"], delivery.params["first"]
        # As drawn: a place that passed on meanwhile is another message's matter.
        drawn = [place for place in await places_of(session, row) if place.rank <= _drawn(row)]
        own = drawn[part * self._mentions : (part + 1) * self._mentions]
        silent = row.cancelled_at is not None or row.source is Source.HOLDERS or not first
        freezes = [freeze for freeze in await freezes_of(session, row) if freeze.counts]
        return ResultView(
            info=info(row),
            places=own,
            mentioned=() if silent else [int(p.who) for p in own if p.who is not None and p.outcome is Outcome.WON],
            part=part,
            parts=parts,
            chain=await self._chain(session, row),
            freeze=freezes[-1] if freezes else None,
            files=await proof_files(session, self._platform.compute, row) if first and part == 0 else (),
            post_url=await post_url(session, row),
            proof_url=None if first else _result_url(row),
            verify_url=verify_url(self._platform.web),
            genuine=genuine(self._platform, row),
        )

    async def _chain(self, session: AsyncSession, row: Giveaway) -> str | None:
        """Return the beacon that decides: the one its freeze named, whatever the operator has set up since."""
        if row.trusted is not None:
            return None
        query = select(GiveawayFreeze.chain).where(GiveawayFreeze.giveaway_id == row.id)
        named = (await session.execute(query.order_by(GiveawayFreeze.ordinal.desc()).limit(1))).one_or_none()
        if named is not None:
            return named.chain
        beacon = self._platform.beacon
        return None if beacon is None else beacon.chain.hash


def genuine(platform: "Platform", row: Giveaway, *, bare: bool = False) -> Text | None:
    """Say where wallets are linked, where a prize goes to one."""
    return platform.wallets.genuine(bare=bare) if row.claim is Claim.WALLET else None


async def freezes_of(session: AsyncSession, row: Giveaway) -> Sequence[FreezeInfo]:
    """Return a giveaway's freezes in order."""
    query = select(GiveawayFreeze).where(GiveawayFreeze.giveaway_id == row.id).order_by(GiveawayFreeze.ordinal)
    return [freeze_info(freeze, row.guild_id) for freeze in (await session.scalars(query)).all()]


async def places_of(session: AsyncSession, row: Giveaway) -> Sequence[PlaceInfo]:
    """Return the places that prizes reached, in order."""
    query = (
        select(GiveawayPrize, GiveawayEntry.address)
        .outerjoin(
            GiveawayEntry,
            (GiveawayEntry.giveaway_id == GiveawayPrize.giveaway_id) & (GiveawayEntry.token == GiveawayPrize.token),
        )
        .where(GiveawayPrize.giveaway_id == row.id)
        .order_by(GiveawayPrize.rank)
    )
    return [
        PlaceInfo(
            prize_id=prize.id,
            rank=prize.rank,
            who=address or (None if prize.user_id is None else str(prize.user_id)),
            is_address=address is not None,
            outcome=prize.outcome,
            reason=prize.reason,
            at=prize.at,
            claim_state=prize.claim_state,
            claim_until=prize.claim_until,
            received=prize.received,
        )
        for prize, address in (await session.execute(query))
    ]


def _drawn(row: Giveaway) -> int:
    """Return how many places were drawn at first, before anything passed on."""
    return min(row.drawn_winners or row.winners, row.entries or 0)


def _result_url(row: Giveaway) -> str | None:
    if row.result_channel_id is None or row.result_message_id is None:
        return None
    return markup.jump(row.guild_id, row.result_channel_id, row.result_message_id)
