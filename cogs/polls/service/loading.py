"""Reading what is shown of a poll: its post, and the announcement of its result."""

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.delivery import NEW_FILES, Delivery
from bot.images import load_image
from bot.posts import Post
from bot.web.verify import verify_url
from cogs.polls.rules.bundle import bundle_files
from cogs.polls.rules.chart import chart
from cogs.polls.rules.tally import from_json
from cogs.polls.rules.terms import Results
from cogs.polls.service.heard.records import heard_of
from cogs.polls.service.records import info_of, post_url, result_url
from cogs.polls.service.showing import Extended, PostView, ResultView, translated
from cogs.polls.service.tallying import live_tally
from cogs.polls.tables import KIND, Poll, PollBundle, PollWriteIn, State

if TYPE_CHECKING:
    from bot.app import Platform


class Loading:
    """Loaders of a poll's deliveries."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def post(self, session: AsyncSession, delivery: Delivery) -> PostView | None:
        """Read a post, for sending or bringing it up to date; None when the poll is gone."""
        post = await session.get(Post, int(delivery.recipient))
        row = await session.get(Poll, delivery.subject)
        if row is None or post is None or post.lost:
            return None
        view = await self.view(session, row, title=post.title, text=post.text)
        return replace(view, new_picture=NEW_FILES in delivery.params)

    async def view(
        self, session: AsyncSession, row: Poll, *, title: str | None = None, text: str | None = None
    ) -> PostView:
        """Read what a poll's post shows now; *title* and *text* are the post's translation."""
        found = await info_of(session, row)
        tally = None if found.result is None else from_json(found.result)
        if row.state is State.OPEN and row.results is Results.LIVE and not found.is_secret:
            tally = await live_tally(self._platform.compute, session, found)
        waiting = select(func.count()).select_from(PollWriteIn).where(PollWriteIn.poll_id == row.id)
        return PostView(
            info=found,
            question=title or found.question,
            options=translated([option.text for option in found.options], text),
            picture=await load_image(session, row.picture_id),
            tally=tally,
            proposed=await session.scalar(waiting) or 0,
            result_url=result_url(row),
            heard=await heard_of(session, row, clock.now()),
        )

    async def result(self, session: AsyncSession, delivery: Delivery) -> ResultView | None:
        """Read an announcement; only the first channel's carries the bundle."""
        row = await session.get(Poll, delivery.subject)
        if row is None or row.state is not State.CLOSED:
            return None
        same_channel = select(Post).where(
            Post.kind == KIND, Post.subject == row.id, Post.channel_id == delivery.channel_id
        )
        post = (await session.scalars(same_channel)).one_or_none()
        view = await self.view(
            session, row, title=None if post is None else post.title, text=None if post is None else post.text
        )
        if view.tally is None:
            return None
        first = bool(delivery.params.get("first"))
        bundle = await session.get(PollBundle, row.id) if first else None
        files = [] if bundle is None else await self._platform.compute(bundle_files, row.number, bundle.data)
        drawn = await self._platform.compute(chart, view.info.kind, view.tally)
        return ResultView(
            info=view.info,
            question=view.question,
            options=view.options,
            tally=view.tally,
            chart=drawn,
            files=files,
            post_url=await post_url(session, row),
            proof_url=None if first else result_url(row),
            verify_url=verify_url(self._platform.web),
        )

    async def extended(self, session: AsyncSession, delivery: Delivery) -> Extended | None:
        """Read what is said of a poll's extension; None once it is no news any more."""
        row = await session.get(Poll, delivery.subject)
        if row is None or row.state is not State.OPEN or row.extended_from is None:
            return None
        return Extended(await info_of(session, row), row.question, await post_url(session, row))
