"""What deliveries of polls are said to be about, to whoever is told that they did not arrive."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import Delivery
from bot.i18n import Text, t
from cogs.polls.tables import Poll, PollProposal

GONE: Final = "?"

About: TypeAlias = Callable[[AsyncSession, Delivery], Awaitable[Text]]


def post(number: str) -> Text:
    return t("poll.about.post", number=number)


def result(number: str) -> Text:
    return t("poll.about.result", number=number)


def extended(number: str) -> Text:
    return t("poll.about.extended", number=number)


def answer(number: str) -> Text:
    return t("poll.about.answer", number=number)


def done(number: str) -> Text:
    return t("poll.about.done", number=number)


def reminder(number: str) -> Text:
    return t("poll.about.reminder", number=number)


def about(word: Callable[[str], Text]) -> About:
    """Return how a delivery is named whose subject is a poll."""

    async def name(session: AsyncSession, delivery: Delivery) -> Text:
        row = await session.get(Poll, delivery.subject)
        return word(GONE if row is None else str(row.number))

    return name


async def about_proposal(session: AsyncSession, delivery: Delivery) -> Text:
    """Name a proposal that organisers are shown."""
    row = await session.get(PollProposal, delivery.subject)
    return t("poll.about.proposal", number=GONE if row is None else str(row.number))


async def about_proposals(session: AsyncSession, delivery: Delivery) -> Text:
    """Name a reminder of all proposals that wait."""
    return t("poll.about.proposals")


async def about_board(session: AsyncSession, delivery: Delivery) -> Text:
    """Name the board."""
    return t("poll.about.board")
