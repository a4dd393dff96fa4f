"""What settings are called."""

from collections.abc import Mapping
from typing import Final

from bot.guilds import Purpose
from bot.i18n import Text, t

PURPOSES: Final[Mapping[Purpose, Text]] = {
    Purpose.ANNOUNCEMENTS: t("purpose.announcements"),
    Purpose.GIVEAWAYS: t("purpose.giveaways"),
    Purpose.POLLS: t("purpose.polls"),
    Purpose.EVENTS: t("purpose.events"),
    Purpose.LOG: t("purpose.log"),
    Purpose.ANSWERS: t("purpose.answers"),
    Purpose.ORGANISER: t("purpose.organiser"),
    Purpose.STAFF: t("purpose.staff"),
    Purpose.EXCLUDED: t("purpose.excluded"),
    Purpose.EVENT_PING: t("purpose.event_ping"),
    Purpose.GIVEAWAY_PING: t("purpose.giveaway_ping"),
}
# In one line, what follows from setting it.
HINTS: Final[Mapping[Purpose, Text]] = {
    Purpose.ANNOUNCEMENTS: t("purpose.hint.announcements"),
    Purpose.GIVEAWAYS: t("purpose.hint.giveaways"),
    Purpose.POLLS: t("purpose.hint.polls"),
    Purpose.EVENTS: t("purpose.hint.events"),
    Purpose.LOG: t("purpose.hint.log"),
    Purpose.ANSWERS: t("purpose.hint.answers"),
    Purpose.ORGANISER: t("purpose.hint.organiser"),
    Purpose.STAFF: t("purpose.hint.staff"),
    Purpose.EXCLUDED: t("purpose.hint.excluded"),
    Purpose.EVENT_PING: t("purpose.hint.event_ping"),
    Purpose.GIVEAWAY_PING: t("purpose.hint.giveaway_ping"),
}
