"""The steps in which a draft is changed, each checked for itself and written at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from bot.database import Transaction
from bot.drafts import Draft, change_draft, discard_draft, draft_of
from bot.errors import NotFound, UserError, WrongState
from bot.guilds import GuildConfig, Purpose
from bot.i18n import Text, t
from bot.images import keep_image
from bot.people import Actor
from bot.posts import Posts
from cogs.giveaways.rules import reading
from cogs.giveaways.rules.correcting import changed
from cogs.giveaways.rules.options import Options, Spot
from cogs.giveaways.rules.reading import Reader
from cogs.giveaways.service.changing import BASE, NUMBER, copied
from cogs.giveaways.service.filling import Fields, Filling, Upload, checked
from cogs.giveaways.service.preflight import Preflight, with_spots
from cogs.giveaways.service.records import GiveawayInfo, giveaway_numbered, giveaway_of, info
from cogs.giveaways.tables import KIND, Giveaway, Source

if TYPE_CHECKING:
    from bot.app import Platform

COPIES: Final = 25


class Steps:
    """Change a draft. Every step raises NotAllowed for who is no organiser, NotFound for another's draft."""

    def __init__(self, platform: "Platform", posts: Posts, preflight: Preflight, filling: Filling) -> None:
        self._platform = platform
        self._posts = posts
        self._preflight = preflight
        self._filling = filling

    async def change(self, actor: Actor, key: int, fields: Fields, now: datetime) -> Sequence[Text]:
        """Take the fields of a step; returns what could not be taken, each with the reason."""
        await self._filling.allow(actor)
        draft, options = await self._draft(actor, key)
        reader = Reader(now, actor.language, await self._opened_at(draft))
        found, refusals = await self._filling.read_each(actor, options, fields, reader)
        await self._write(actor, key, lambda current: _bring(options, found, current), now)
        return [refusal.text for refusal in refusals]

    async def set_bonus_roles(self, actor: Actor, key: int, roles: Sequence[int], now: datetime) -> None:
        """Choose which roles have extra tickets."""
        await self._filling.allow(actor)
        await self._draft(actor, key)
        for role in roles:
            self._preflight.check_role(actor.guild_id, role)
        await self._write(actor, key, lambda options: reading.with_bonus_roles(options, roles), now)

    async def set_tickets(self, actor: Actor, key: int, typed: Mapping[int, str], now: datetime) -> Sequence[Text]:
        """Set the extra tickets of roles that have some; returns what could not be taken."""
        await self._filling.allow(actor)
        extras: dict[int, int] = {}
        refusals: list[Text] = []
        for role, text in typed.items():
            try:
                extras[role] = reading.read_extra(text, role)
            except UserError as refusal:
                refusals.append(refusal.text)
        await self._write(
            actor,
            key,
            lambda options: replace(
                options, bonuses=tuple((role, extras.get(role, extra)) for role, extra in options.bonuses)
            ),
            now,
        )
        return refusals

    async def set_channels(self, actor: Actor, key: int, channels: Sequence[int], now: datetime) -> None:
        """Choose where it is posted."""
        config = await self._filling.allow(actor)
        draft, _ = await self._draft(actor, key)
        for channel in channels:
            self._preflight.check_channel(actor.guild_id, channel)

        def change(options: Options) -> Options:
            return reading.with_channels(with_spots(options, config, draft.channel_id), channels)

        await self._write(actor, key, change, now)

    async def translate(
        self, actor: Actor, key: int, channel_id: int, language: str, title: str, text: str, now: datetime
    ) -> None:
        """Set a channel's language, and the organiser's own title and text there."""
        config = await self._filling.allow(actor)
        draft, _ = await self._draft(actor, key)

        def change(options: Options) -> Options:
            spotted = with_spots(options, config, draft.channel_id)
            return reading.with_translation(spotted, channel_id, language, title, text)

        await self._write(actor, key, change, now)

    async def set_picture(self, actor: Actor, key: int, picture: Upload | None, now: datetime) -> None:
        """Set the picture, or take it away."""
        await self._filling.allow(actor)
        image = await checked(picture)
        async with self._platform.database.write() as tx:
            await draft_of(tx.session, key, actor.guild_id, actor.user_id, KIND)
            kept = None
            if image is not None:
                kept = await keep_image(tx, actor.guild_id, actor.user_id, image, now)
            await self._change(tx, actor, key, lambda options: replace(options, picture_id=kept), now)

    async def copies(self, actor: Actor) -> Sequence[GiveawayInfo]:
        """Return what can be copied, newest first."""
        query = (
            select(Giveaway)
            .where(Giveaway.guild_id == actor.guild_id, Giveaway.source == Source.ENTRY)
            .order_by(Giveaway.number.desc())
            .limit(COPIES)
        )
        await self._filling.allow(actor)
        async with self._platform.database.read() as session:
            return [info(row) for row in (await session.scalars(query)).all()]

    async def copy(self, actor: Actor, key: int, typed: str, now: datetime) -> None:
        """Fill a draft with all of an earlier giveaway but its dates."""
        config = await self._filling.allow(actor)
        draft, options = await self._draft(actor, key)
        if draft.subject is not None:
            raise WrongState(t("giveaway.copy.editing"))
        async with self._platform.database.read() as session:
            row = await giveaway_numbered(session, actor.guild_id, typed)
            if row.source is not Source.ENTRY:
                raise NotFound(t("giveaway.copy.airdrop", number=str(row.number)))
            posts = await self._posts.of(session, row.id)
        old = copied(row, posts, config.place(Purpose.EXCLUDED), options.zone)
        await self._write(actor, key, lambda current: old, now)

    async def discard(self, actor: Actor, key: int) -> None:
        """Give a draft up; its owner may, whatever else they may do by now."""
        async with self._platform.database.write() as tx:
            await draft_of(tx.session, key, actor.guild_id, actor.user_id, KIND)
            await discard_draft(tx, key)

    async def allow(self, actor: Actor) -> GuildConfig:
        """Raise NotAllowed for who is no organiser, WrongState while giveaways are turned off."""
        return await self._filling.allow(actor)

    async def options(self, actor: Actor, key: int) -> tuple[Options, datetime | None]:
        """Return a draft's options as said so far, and when the giveaway it changes was opened."""
        await self._filling.allow(actor)
        draft, options = await self._draft(actor, key)
        return options, await self._opened_at(draft)

    async def spot(self, actor: Actor, key: int, channel_id: int) -> Spot:
        """Return what was said of a channel, its language filled in; raises NotFound for one it is not posted to."""
        config = await self._filling.allow(actor)
        draft, options = await self._draft(actor, key)
        for spot in with_spots(options, config, draft.channel_id).spots:
            if spot.channel_id == channel_id:
                return replace(spot, language=spot.language or config.language)
        raise NotFound(t("error.stale_component"))

    async def _draft(self, actor: Actor, key: int) -> tuple[Draft, Options]:
        async with self._platform.database.read() as session:
            draft = await draft_of(session, key, actor.guild_id, actor.user_id, KIND)
        return draft, Options.from_json(draft.values)

    async def _opened_at(self, draft: Draft) -> datetime | None:
        if draft.subject is None:
            return None
        async with self._platform.database.read() as session:
            return (await giveaway_of(session, draft.guild_id, draft.subject)).opened_at

    async def _write(self, actor: Actor, key: int, change: Callable[[Options], Options], now: datetime) -> None:
        async with self._platform.database.write() as tx:
            await self._change(tx, actor, key, change, now)

    async def _change(
        self, tx: Transaction, actor: Actor, key: int, change: Callable[[Options], Options], now: datetime
    ) -> None:
        draft = await draft_of(tx.session, key, actor.guild_id, actor.user_id, KIND)
        values = change(Options.from_json(draft.values)).to_json()
        gone = dict.fromkeys(draft.values.keys() - values.keys() - {BASE, NUMBER})
        await change_draft(tx, key, actor.guild_id, actor.user_id, KIND, {**gone, **values}, now)


def _bring(before: Options, after: Options, current: Options) -> Options:
    """Return the present options of a draft with what a step changed of those it was shown for."""
    return replace(current, **{name: getattr(after, name) for name in changed(before, after)})
