"""Who is asking, as plain values, and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bot import markup
from bot.errors import NotAllowed
from bot.guilds import GuildConfig, Purpose
from bot.i18n import t


class Permission(IntEnum):
    """The Discord permissions that decide who may do what here."""

    ADMINISTRATOR = 1 << 3
    MANAGE_GUILD = 1 << 5
    MANAGE_EVENTS = 1 << 33


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in a server, reduced to what decisions need.

    ``role_ids`` leaves out @everyone; ``permissions`` are those in the channel of the interaction, as Discord sent
    them; ``language`` is the catalog in which they are answered.
    """

    user_id: int
    guild_id: int
    name: str
    language: str
    role_ids: frozenset[int] = frozenset()
    permissions: int = 0
    created_at: datetime | None = None
    joined_at: datetime | None = None
    is_bot: bool = False
    zone: str | None = None

    def has(self, permission: Permission) -> bool:
        return bool(self.permissions & (permission | Permission.ADMINISTRATOR))


class Standing(StrEnum):
    """What someone is in a server; each includes the ones before it."""

    MEMBER = "member"
    STAFF = "staff"
    ORGANISER = "organiser"
    MODERATOR = "moderator"


def standing(actor: Actor, config: GuildConfig) -> Standing:
    """Return the highest standing of someone.

    Moderators have *Manage Server*; organisers the configured role, or *Manage Events* while none is configured;
    staff the configured staff role.
    """
    if actor.has(Permission.MANAGE_GUILD):
        return Standing.MODERATOR
    organiser = config.place(Purpose.ORGANISER)
    if organiser in actor.role_ids if organiser else actor.has(Permission.MANAGE_EVENTS):
        return Standing.ORGANISER
    if config.place(Purpose.STAFF) in actor.role_ids:
        return Standing.STAFF
    return Standing.MEMBER


def require_moderator(actor: Actor, config: GuildConfig) -> None:
    """Raise NotAllowed unless *actor* is a moderator."""
    if standing(actor, config) is not Standing.MODERATOR:
        raise NotAllowed(t("people.moderators_only"))


def require_organiser(actor: Actor, config: GuildConfig) -> None:
    """Raise NotAllowed, saying who may, unless *actor* is an organiser or moderator."""
    if standing(actor, config) in (Standing.ORGANISER, Standing.MODERATOR):
        return
    role_id = config.place(Purpose.ORGANISER)
    if role_id is None:
        raise NotAllowed(t("people.organisers_only"))
    raise NotAllowed(t("people.organisers_only_role", role=markup.role(role_id)))


def require_staff(actor: Actor, config: GuildConfig) -> None:
    """Raise NotAllowed, saying who may, unless *actor* is staff, an organiser or a moderator."""
    if standing(actor, config) is not Standing.MEMBER:
        return
    role_id = config.place(Purpose.STAFF)
    if role_id is None:
        raise NotAllowed(t("people.staff_only"))
    raise NotAllowed(t("people.staff_only_role", role=markup.role(role_id)))
