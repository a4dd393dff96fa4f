"""Which Discord permissions the bot uses, by feature: what an invitation asks for, and what a check looks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.guilds import Feature
from bot.i18n import Text, t


class Need(StrEnum):
    """Permissions of the bot, by Discord's names; a member of :class:`discord.Permissions` has each."""

    VIEW = "view_channel"
    SEND = "send_messages"
    SEND_THREADS = "send_messages_in_threads"
    CREATE_THREADS = "create_public_threads"
    EMBED = "embed_links"
    ATTACH = "attach_files"
    HISTORY = "read_message_history"
    CREATE_EVENTS = "create_events"
    MANAGE_ROLES = "manage_roles"


@dataclass(frozen=True, slots=True)
class Uses:
    """What a feature needs: in each channel it posts in, and in the server as a whole."""

    channel: tuple[Need, ...]
    server: tuple[Need, ...] = ()


# Discord's bits of what would hand the server to whoever gets a role: kick, ban, administrator, manage channels,
# server, messages, roles, webhooks, emojis, threads, events; mention everyone; moderate members; view the audit log.
DANGEROUS: Final = sum(1 << bit for bit in (1, 2, 3, 4, 5, 7, 13, 17, 22, 23, 24, 27, 28, 29, 30, 33, 34, 40))

# History, since after a crash the bot looks for its own message before it sends one again.
POSTS: Final = (Need.VIEW, Need.SEND, Need.EMBED, Need.HISTORY)
POSTS_FILES: Final = (*POSTS, Need.ATTACH)
# The live log is text; a channel for it needs no files.
LOG: Final = POSTS

USES: Final[Mapping[Feature, Uses]] = {
    Feature.GIVEAWAYS: Uses(POSTS_FILES),
    Feature.POLLS: Uses(POSTS_FILES),
    Feature.EVENTS: Uses(
        (*POSTS_FILES, Need.CREATE_THREADS, Need.SEND_THREADS), (Need.CREATE_EVENTS, Need.MANAGE_ROLES)
    ),
    Feature.WALLETS: Uses(POSTS, (Need.MANAGE_ROLES,)),
}


def all_needs() -> frozenset[Need]:
    """Return everything an invitation asks for."""
    return frozenset(need for uses in USES.values() for need in (*uses.channel, *uses.server)) | frozenset(LOG)


_NAMES: Final[Mapping[Need, Text]] = {
    Need.VIEW: t("permission.view_channel"),
    Need.SEND: t("permission.send_messages"),
    Need.SEND_THREADS: t("permission.send_messages_in_threads"),
    Need.CREATE_THREADS: t("permission.create_public_threads"),
    Need.EMBED: t("permission.embed_links"),
    Need.ATTACH: t("permission.attach_files"),
    Need.HISTORY: t("permission.read_message_history"),
    Need.CREATE_EVENTS: t("permission.create_events"),
    Need.MANAGE_ROLES: t("permission.manage_roles"),
}


def need_names(needs: Collection[Need]) -> list[Text]:
    """Return permissions by the names Discord gives them, in the order of :class:`Need`."""
    return [_NAMES[need] for need in Need if need in needs]
