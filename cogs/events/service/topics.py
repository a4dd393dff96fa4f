"""The pages of ``/help`` about going to events, and about running them."""

from collections.abc import Sequence

from bot.guilds import Feature
from bot.i18n import t
from bot.people import Standing
from bot.ports import Example, Topic


def event_topics() -> Sequence[Topic]:
    """Return the pages for members, staff and organisers."""
    return (_going(), _checking_in(), _organising())


def _going() -> Topic:
    return Topic(
        "going",
        Standing.MEMBER,
        "event",
        title=t("help.going.title"),
        summary=t("help.going.summary"),
        text=t("help.going.text"),
        examples=(Example(t("help.going.list"), t("help.going.list.command")),),
        feature=Feature.EVENTS,
    )


def _checking_in() -> Topic:
    return Topic(
        "checkin",
        Standing.STAFF,
        "event",
        title=t("help.checkin.title"),
        summary=t("help.checkin.summary"),
        text=t("help.checkin.text"),
        examples=(Example(t("help.checkin.show"), t("help.checkin.show.command")),),
        feature=Feature.EVENTS,
    )


def _organising() -> Topic:
    return Topic(
        "events",
        Standing.ORGANISER,
        "event",
        title=t("help.events.title"),
        summary=t("help.events.summary"),
        text=t("help.events.text"),
        examples=(
            Example(t("help.events.draft"), t("help.events.draft.command")),
            Example(t("help.events.create"), t("help.events.create.command")),
            Example(t("help.events.series"), t("help.events.series.command")),
            Example(t("help.events.edit"), t("help.events.edit.command")),
            Example(t("help.events.attendees"), t("help.events.attendees.command")),
            Example(t("help.events.cancel"), t("help.events.cancel.command")),
            Example(t("help.events.export"), t("help.events.export.command")),
        ),
        feature=Feature.EVENTS,
    )
