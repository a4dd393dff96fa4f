"""What deliveries are said to be about, to an organiser who is told that they did not arrive."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import Delivery
from bot.i18n import Text, t
from cogs.giveaways.tables import Giveaway, GiveawayFreeze

GONE: Final = "?"

About: TypeAlias = Callable[[AsyncSession, Delivery], Awaitable[Text]]


def post(number: str) -> Text:
    return t("giveaway.about.post", number=number)


def result(number: str) -> Text:
    return t("giveaway.about.result", number=number)


def pass_on(number: str) -> Text:
    return t("giveaway.about.pass", number=number)


def reminder(number: str) -> Text:
    return t("giveaway.about.reminder", number=number)


def about(word: Callable[[str], Text]) -> About:
    """Return how a delivery is named whose subject is a giveaway."""

    async def name(session: AsyncSession, delivery: Delivery) -> Text:
        return word(await _number(session, delivery.subject))

    return name


async def about_freeze(session: AsyncSession, delivery: Delivery) -> Text:
    """Name a freeze message."""
    freeze = await session.get(GiveawayFreeze, delivery.subject)
    return t("giveaway.about.freeze", number=await _number(session, 0 if freeze is None else freeze.giveaway_id))


async def _number(session: AsyncSession, key: int) -> str:
    row = await session.get(Giveaway, key)
    return GONE if row is None else str(row.number)
