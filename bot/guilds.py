"""What moderators configured for a server; a server without a row has the defaults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Snowflake, insert_for
from bot.errors import WrongState
from bot.i18n import Text, language_of, t


class Feature(StrEnum):
    GIVEAWAYS = "giveaways"
    POLLS = "polls"
    EVENTS = "events"
    WALLETS = "wallets"


class Purpose(StrEnum):
    """What a configured channel or role is for; the values are the choices of ``/config``."""

    ANNOUNCEMENTS = "announcements"
    GIVEAWAYS = "giveaways"
    POLLS = "polls"
    EVENTS = "events"
    LOG = "log"
    ANSWERS = "answers"
    ORGANISER = "organiser"
    STAFF = "staff"
    EXCLUDED = "excluded"
    EVENT_PING = "event-ping"
    GIVEAWAY_PING = "giveaway-ping"


CHANNELS: Final = (
    Purpose.ANNOUNCEMENTS,
    Purpose.GIVEAWAYS,
    Purpose.POLLS,
    Purpose.EVENTS,
    Purpose.LOG,
    Purpose.ANSWERS,
)
ROLES: Final = (Purpose.ORGANISER, Purpose.STAFF, Purpose.EXCLUDED, Purpose.EVENT_PING, Purpose.GIVEAWAY_PING)


class GuildRow(Base):
    """A server that was configured or left: its settings, and when the bot was removed from it.

    ``places`` maps a :class:`Purpose` to a channel or role id. ``left_at`` starts the 30 days after which everything
    of the server is erased; it is cleared when the bot is invited again.
    """

    __tablename__ = "guilds"

    guild_id: Mapped[Snowflake] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str | None]
    zone: Mapped[str | None]
    places: Mapped[dict[str, Any]] = mapped_column(default=dict)
    disabled: Mapped[list[Any]] = mapped_column(default=list)
    locale: Mapped[str | None] = mapped_column(doc="the server's own language in Discord, while none is configured")
    greeted: Mapped[bool] = mapped_column(default=False, doc="setup was offered on joining")
    left_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class GuildConfig:
    """A server's settings with the defaults filled in."""

    guild_id: int
    language: str = "en"
    zone: str = "UTC"
    zone_is_set: bool = False
    places: Mapping[Purpose, int] = field(default_factory=dict[Purpose, int])
    disabled: frozenset[Feature] = frozenset()
    language_is_set: bool = False

    def place(self, purpose: Purpose) -> int | None:
        """Return the channel or role configured for *purpose*."""
        return self.places.get(purpose)

    @property
    def log_channel_id(self) -> int | None:
        return self.place(Purpose.LOG)

    def enabled(self, feature: Feature) -> bool:
        return feature not in self.disabled


async def config_of(session: AsyncSession, guild_id: int) -> GuildConfig:
    """Read a server's settings."""
    row = await session.get(GuildRow, guild_id)
    if row is None:
        return GuildConfig(guild_id)
    return GuildConfig(
        guild_id,
        language=row.language or language_of(row.locale),
        zone=row.zone or "UTC",
        zone_is_set=row.zone is not None,
        places={Purpose(name): int(value) for name, value in row.places.items()},
        disabled=frozenset(Feature(name) for name in row.disabled),
        language_is_set=row.language is not None,
    )


async def row_for_update(session: AsyncSession, guild_id: int) -> GuildRow:
    """Return a server's row, locked until the transaction ends; made where there is none."""
    new = insert_for(session)(GuildRow).values(guild_id=guild_id, places={}, disabled=[], greeted=False)
    await session.execute(new.on_conflict_do_nothing())
    return (await session.scalars(select(GuildRow).where(GuildRow.guild_id == guild_id).with_for_update())).one()


def feature_name(feature: Feature) -> Text:
    """Return what a feature is called, as a word that can stand alone or begin a sentence."""
    match feature:
        case Feature.GIVEAWAYS:
            return t("feature.giveaways")
        case Feature.POLLS:
            return t("feature.polls")
        case Feature.EVENTS:
            return t("feature.events")
        case Feature.WALLETS:
            return t("feature.wallets")


def require_enabled(config: GuildConfig, feature: Feature) -> None:
    """Raise WrongState, saying who may turn it on, while a feature is turned off; each of its commands asks this first.

    What was running goes on unless the moderator cancelled it, so its buttons do not ask.
    """
    if not config.enabled(feature):
        raise WrongState(t("feature.off", feature=feature_name(feature)))
