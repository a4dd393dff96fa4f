"""``/event announce``: a date that is only planned is announced now; one whose posts were deleted, again."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.errors import WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.posts import Place, Posts
from cogs.events.service.posting import Posting
from cogs.events.service.records import OccurrenceInfo, occurrence_info, occurrence_of, post_url
from cogs.events.tables import OccurrenceState

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Announced:
    """What came of it: in which channels it is announced now."""

    info: OccurrenceInfo
    channels: tuple[int, ...]


class Announcing:
    """Announce at an organiser's word."""

    def __init__(self, platform: "Platform", posts: Posts, posting: Posting) -> None:
        self._platform = platform
        self._posts = posts
        self._posting = posting

    async def announce(self, actor: Actor, key: int, now: datetime) -> Announced:
        """Announce a date now; raises WrongState for one that is announced, is over, or was cancelled."""
        async with self._platform.database.write() as tx:
            config = await config_of(tx.session, actor.guild_id)
            require_organiser(actor, config)
            require_enabled(config, Feature.EVENTS)
            row, event = await occurrence_of(tx.session, actor.guild_id, key, lock=True)
            again = row.state in (OccurrenceState.OPEN, OccurrenceState.RUNNING)
            if row.state is OccurrenceState.PLANNED and row.starts_at > now:
                await self._posting.announce(tx, row, event, now)
            elif again:
                lost = [post for post in await self._posts.of(tx.session, row.id) if post.lost]
                if not lost:
                    raise WrongState(
                        t("event.announce.there", title=event.title, url=await post_url(tx.session, row) or "")
                    )
                places = [Place(post.channel_id, post.language, post.title, post.text) for post in lost]
                for post in lost:
                    await tx.session.delete(post)
                await tx.session.flush()
                await self._posts.plan(tx, row.id, row.guild_id, places)
                await self._posts.publish(tx, row.id, organiser_id=event.organiser_id, now=now)
            else:
                raise WrongState(t("event.answer.over", title=event.title))
            await self._platform.ledger.append(
                tx,
                Entry(
                    guild_id=row.guild_id,
                    kind="event.announced",
                    actor_id=actor.user_id,
                    subject=f"event:{event.number}",
                    texts={"title": event.title},
                    facts={"occurrence": row.ordinal, "again": again},
                ),
                now=now,
            )
            channels = tuple(post.channel_id for post in await self._posts.of(tx.session, row.id))
            return Announced(occurrence_info(row, event), channels)
