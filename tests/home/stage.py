"""What tests of ``/my`` put into a running bot: a feature that shows something, drafts, deliveries that went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import discord
import simcord
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Kind, Outcome, Parcel, Target
from bot.drafts import Draft, DraftKind, open_draft
from bot.i18n import Text, t
from bot.ports import Section
from bot.ui.outgoing import Outgoing
from bot.ui.router import Press
from tests.harness import GUILD_ID, World

KIND = "test.note"
STRICT = "test.strict"
DRAFT = "test.draft"


@dataclass
class Feature:
    """A feature in miniature."""

    mine_sections: Sequence[Section] = ()
    browse_sections: Sequence[Section] = ()
    opened: list[Draft] = field(default_factory=list)
    fates: list[tuple[int, DeliveryState, int | None]] = field(default_factory=list)

    async def mine(self, session: AsyncSession, guild_id: int, user_id: int, now: datetime) -> Sequence[Section]:
        return self.mine_sections

    async def browse(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Section]:
        return self.browse_sections

    def name(self, draft: Draft) -> Text:
        return t("home.draft.line", name=str(draft.values["title"]), changed="now")

    async def open(self, press: Press, draft: Draft) -> None:
        self.opened.append(draft)
        await press.reply(t("home.draft.title"))

    async def load(self, session: AsyncSession, delivery: Delivery) -> int:
        return delivery.subject

    def render(self, subject: int, language: str) -> Outgoing:
        return Outgoing(embeds=(discord.Embed(description=f"note {subject}"),))

    async def settled(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        self.fates.append((delivery.subject, outcome.state, outcome.message_id))

    async def about(self, session: AsyncSession, delivery: Delivery) -> Text:
        return t("ledger.subject.giveaway", number=str(delivery.subject))


def install(world: World) -> Feature:
    """Put the feature in, as a ``setup`` does."""
    feature = Feature()
    platform = world.platform
    platform.showcases.append(feature)
    platform.drafts.register(DRAFT, DraftKind(feature.name, feature.open))
    platform.deliveries.register(KIND, Kind(feature.load, feature.render, feature.settled, about=feature.about))
    platform.deliveries.register(STRICT, Kind(feature.load, feature.render, feature.settled, by_hand=False))
    return feature


async def draft(world: World, actor: simcord.MemberActor, title: str, guild_id: int = GUILD_ID) -> int:
    async with world.platform.database.write() as tx:
        values: Mapping[str, Any] = {"title": title}
        made = await open_draft(tx, DRAFT, guild_id, actor.id, world.general.id, values, world.env.now())
    return made.id


async def undelivered(world: World, subject: int, state: DeliveryState, **values: Any) -> int:
    """Write a delivery of the organiser's that ended like this; returns its key."""
    values = {
        "kind": KIND,
        "target": Target.MESSAGE,
        "channel_id": world.general.id,
        "organiser_id": world.organiser.id,
        **values,
    }
    fate = {name: values.pop(name) for name in ("error", "since") if name in values}
    with world.inside():
        now = clock.now()
        async with world.platform.database.write() as tx:
            parcel = Parcel(subject=subject, guild_id=GUILD_ID, language="en", **values)
            await world.platform.deliveries.put(tx, parcel, now)
            query = select(Delivery).where(Delivery.kind == parcel.kind, Delivery.subject == subject)
            row = (await tx.session.scalars(query)).one()
            row.state, row.error, row.since = state, fate.get("error"), fate.get("since", now)
    await world.env.settle()
    return row.id


async def delivery(world: World, key: int) -> Delivery:
    async with world.platform.database.read() as session:
        return await session.get_one(Delivery, key)
