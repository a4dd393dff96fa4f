"""Calendar feeds: private addresses, and what stands in them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Transaction
from bot.errors import NotFound
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, Standing, require_organiser, standing
from bot.posts import Post
from cogs.events.rules.kinds import Answer
from cogs.events.service.records import EventInfo, OccurrenceInfo, info, occurrence_info
from cogs.events.tables import KIND, Event, EventState, Feed, FeedScope, Occurrence, OccurrenceState, Rsvp

if TYPE_CHECKING:
    from bot.app import Platform

# What is over or was cancelled stays in a feed for a while, so that calendars see that it did not just vanish.
KEPT: Final = timedelta(days=60)
TOKEN_BYTES: Final = 32
_ANSWERED: Final = (Answer.GOING, Answer.MAYBE, Answer.WAITING, Answer.OFFERED)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date in a feed; ``answer`` is its owner's, where the feed is about that."""

    info: OccurrenceInfo
    url: str | None
    channel: str | None
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An event in a feed of all, with the dates that have rows; ``url`` leads to its latest post."""

    event: EventInfo
    dates: Sequence[Dated]
    url: str | None
    channel: str | None


@dataclass(frozen=True, slots=True)
class FeedContent:
    """What a feed holds: whole events, or single dates."""

    scope: FeedScope
    server: str | None
    language: str
    events: Sequence[Listed] = ()
    dates: Sequence[Dated] = ()


@dataclass(frozen=True, slots=True)
class FeedsView:
    """A member's feeds by their addresses; without web pages there is only the content, as a file."""

    addresses: Mapping[FeedScope, str]
    may_renew_server: bool
    content: FeedContent | None
    now: datetime


class Feeds:
    """Give out the addresses of calendars, and read what is behind them."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def show(self, actor: Actor, now: datetime) -> FeedsView:
        """Return a member's feeds and the server's, made where there are none yet."""
        web = self._platform.web
        async with self._platform.database.write() as tx:
            config = await config_of(tx.session, actor.guild_id)
            require_enabled(config, Feature.EVENTS)
            organises = standing(actor, config) in (Standing.ORGANISER, Standing.MODERATOR)
            if web.public_url is None:
                content = await self._all(tx.session, actor.guild_id, FeedScope.ALL, actor.language, now)
                return FeedsView({}, organises, content, now)
            feeds = {scope: await self._feed(tx, actor, scope, config.language, now) for scope in FeedScope}
        return FeedsView({scope: self._address(feed) for scope, feed in feeds.items()}, organises, None, now)

    async def renew(self, actor: Actor, scope: FeedScope, now: datetime) -> FeedsView:
        """Replace a feed's address; the old one is nobody's from now on. The server's is for organisers to renew."""
        async with self._platform.database.write() as tx:
            config = await config_of(tx.session, actor.guild_id)
            require_enabled(config, Feature.EVENTS)
            if scope is FeedScope.SERVER:
                require_organiser(actor, config)
            feed = await self._feed(tx, actor, scope, config.language, now)
            feed.token, feed.created_at = secrets.token_urlsafe(TOKEN_BYTES), now
            if scope is FeedScope.SERVER:
                entry = Entry(actor.guild_id, "event.feed_renewed", actor.user_id)
                await self._platform.ledger.append(tx, entry, now=now)
        return await self.show(actor, now)

    async def read(self, token: str, now: datetime) -> FeedContent:
        """Return what a feed holds now; raises NotFound for an address that is nobody's."""
        async with self._platform.database.read() as session:
            feed = (await session.scalars(select(Feed).where(Feed.token == token))).one_or_none()
            if feed is None:
                raise NotFound(t("web.error.not_found"))
            if feed.scope is FeedScope.MINE:
                return await self._mine(session, feed, now)
            return await self._all(session, feed.guild_id, feed.scope, feed.language, now)

    async def _feed(self, tx: Transaction, actor: Actor, scope: FeedScope, language: str, now: datetime) -> Feed:
        user_id = 0 if scope is FeedScope.SERVER else actor.user_id
        query = select(Feed).where(Feed.guild_id == actor.guild_id, Feed.user_id == user_id, Feed.scope == scope)
        feed = (await tx.session.scalars(query.with_for_update())).one_or_none()
        if feed is None:
            feed = Feed(
                guild_id=actor.guild_id,
                user_id=user_id,
                scope=scope,
                token=secrets.token_urlsafe(TOKEN_BYTES),
                language=language if scope is FeedScope.SERVER else actor.language,
                created_at=now,
            )
            tx.session.add(feed)
            await tx.session.flush()
        return feed

    def _address(self, feed: Feed) -> str:
        return self._platform.web.url(f"/calendar/{feed.token}.ics") or ""

    async def _mine(self, session: AsyncSession, feed: Feed, now: datetime) -> FeedContent:
        query = (
            select(Occurrence, Event, Rsvp.answer)
            .join(Event, Event.id == Occurrence.event_id)
            .join(Rsvp, Rsvp.occurrence_id == Occurrence.id)
            .where(
                Rsvp.user_id == feed.user_id,
                Rsvp.answer.in_(_ANSWERED),
                Occurrence.guild_id == feed.guild_id,
                Occurrence.ends_at > now - KEPT,
            )
            .order_by(Occurrence.starts_at, Occurrence.id)
        )
        found = (await session.execute(query)).all()
        urls = await _urls(session, [row.id for row, _, _ in found])
        dates = [self._dated(row, event, urls, answer) for row, event, answer in found]
        return FeedContent(feed.scope, self._server(feed.guild_id), feed.language, dates=dates)

    async def _all(
        self, session: AsyncSession, guild_id: int, scope: FeedScope, language: str, now: datetime
    ) -> FeedContent:
        """Return every event that was announced: nothing is told here before it is told in the server."""
        announced = select(Occurrence.event_id).where(
            Occurrence.event_id == Event.id, Occurrence.announced_at.is_not(None)
        )
        lately = select(Occurrence.event_id).where(Occurrence.event_id == Event.id, Occurrence.ends_at > now - KEPT)
        query = select(Event).where(
            Event.guild_id == guild_id,
            announced.exists(),
            or_(Event.state == EventState.LIVE, lately.exists()),
        )
        events = (await session.scalars(query.order_by(Event.id))).all()
        rows = await _rows(session, [event.id for event in events])
        urls = await _urls(session, [row.id for some in rows.values() for row in some])
        listed: list[Listed] = []
        for event in events:
            own = [row for row in rows.get(event.id, ()) if event.rule is not None or row.announced_at is not None]
            dates = [self._dated(row, event, urls) for row in own]
            url = next((each.url for each in reversed(dates) if each.url is not None), None)
            whole = info(event)
            listed.append(Listed(whole, dates, url, self._channel(guild_id, whole.details.channel_id)))
        return FeedContent(scope, self._server(guild_id), language, events=listed)

    def _dated(self, row: Occurrence, event: Event, urls: Mapping[int, str], answer: Answer | None = None) -> Dated:
        found = occurrence_info(row, event)
        return Dated(found, urls.get(row.id), self._channel(row.guild_id, found.details.channel_id), answer)

    def _channel(self, guild_id: int, channel_id: int | None) -> str | None:
        channel = None if channel_id is None else self._platform.guilds.channel(guild_id, channel_id)
        return None if channel is None else f"#{channel.name}"

    def _server(self, guild_id: int) -> str | None:
        return self._platform.guilds.guild_name(guild_id)


async def _rows(session: AsyncSession, events: Sequence[int]) -> Mapping[int, Sequence[Occurrence]]:
    found: dict[int, list[Occurrence]] = {}
    query = select(Occurrence).where(Occurrence.event_id.in_(events)).order_by(Occurrence.starts_at, Occurrence.id)
    for row in (await session.scalars(query)).all():
        found.setdefault(row.event_id, []).append(row)
    return found


async def _urls(session: AsyncSession, keys: Sequence[int]) -> Mapping[int, str]:
    """Return the address of each date's first post that is there."""
    query = select(Post).where(
        Post.kind == KIND, Post.subject.in_(keys), Post.message_id.is_not(None), Post.lost.is_(False)
    )
    posts = (await session.scalars(query.order_by(Post.id.desc()))).all()
    return {post.subject: markup.jump(post.guild_id, post.channel_id, post.message_id or 0) for post in posts}


def is_cancelled(found: OccurrenceInfo) -> bool:
    """Whether a date does not take place."""
    return found.state is OccurrenceState.CANCELLED
