"""The steps in which a draft is changed, each checked for itself and written at once."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Final, Generic

from bot.database import Transaction
from bot.drafting.changing import subject_of
from bot.drafting.checks import Checks
from bot.drafting.craft import Craft, I, V
from bot.drafting.filling import Fields, Filling, Upload, checked
from bot.drafting.preflight import with_spots
from bot.drafting.problems import P
from bot.drafting.reading import Reader, with_translation
from bot.drafting.values import O, Spot, bring, refused_in, with_channels, with_refused
from bot.drafts import Draft, change_draft, discard_draft, draft_of
from bot.errors import BadInput, NotFound, WrongState
from bot.guilds import GuildConfig
from bot.i18n import Text, t
from bot.images import keep_image
from bot.people import Actor

if TYPE_CHECKING:
    from bot.app import Platform

COPIES: Final = 25


class Steps(Generic[O, P, V, I]):
    """Change a draft. Every step raises NotAllowed for who is no organiser, NotFound for another's draft."""

    def __init__(self, platform: "Platform", craft: Craft[O, P, V, I]) -> None:
        self._platform = platform
        self._craft = craft
        self.checks = Checks(platform, craft.needs, craft.lacking)
        self._filling = Filling(platform, craft, self.checks)

    async def change(
        self, actor: Actor, key: int, fields: Fields, now: datetime, *, seen: Collection[str] = ()
    ) -> Sequence[Text]:
        """Take the fields of a step; returns what could not be taken, each with the reason.

        *seen* are those that stood in a form, changed or not: what is refused of them is kept, to stand there again.
        """
        options, opened_at = await self.options(actor, key, now)
        reader = Reader(now, actor.language, opened_at)
        found, refusals = await self._filling.read_each(actor, options, fields, reader)
        async with self._platform.database.write() as tx:
            read = {name: fields.get(name) for name in seen}
            await self._change(tx, actor, key, lambda current: bring(options, found, current), now, (read, refusals))
        return [refusal.text for refusal in refusals.values()]

    async def refused(self, actor: Actor, key: int) -> Mapping[str, str]:
        """Return what was typed into a draft and could not be taken."""
        draft, _ = await self._draft(actor, key)
        return refused_in(draft.values)

    async def set_channels(self, actor: Actor, key: int, channels: Sequence[int], now: datetime) -> None:
        """Choose where it is posted."""
        config = await self._filling.allow(actor)
        draft, _ = await self._draft(actor, key)
        for channel in channels:
            self.checks.channel(actor.guild_id, channel)

        def change(options: O) -> O:
            return with_channels(with_spots(options, config, self._craft.channel, draft.channel_id), channels)

        await self.write(actor, key, change, now)

    async def translate(
        self, actor: Actor, key: int, channel_id: int, language: str, title: str, text: str, now: datetime
    ) -> Sequence[Text]:
        """Set a channel's language, and the organiser's own title and text there; empty is as it stands.

        Returns why it could not be taken; what was typed is then kept, to stand in the form again.
        """
        config = await self._filling.allow(actor)
        draft, _ = await self._draft(actor, key)
        craft = self._craft

        def change(options: O) -> O:
            spotted = with_spots(options, config, craft.channel, draft.channel_id)
            return with_translation(spotted, channel_id, language, title, text, craft.read_title, craft.read_text)

        typed = {f"title:{channel_id}": title, f"text:{channel_id}": text}
        try:
            async with self._platform.database.write() as tx:
                await self._change(tx, actor, key, change, now, (typed, ()))
        except BadInput as refusal:
            await self.spot(actor, key, channel_id)
            async with self._platform.database.write() as tx:
                await self._change(tx, actor, key, lambda options: options, now, (typed, typed))
            return [refusal.text]
        return ()

    async def set_picture(self, actor: Actor, key: int, picture: Upload | None, now: datetime) -> None:
        """Set the picture, or take it away."""
        await self._filling.allow(actor)
        image = await checked(picture)
        async with self._platform.database.write() as tx:
            await draft_of(tx.session, key, actor.guild_id, actor.user_id, self._craft.kind)
            kept = None
            if image is not None:
                kept = await keep_image(tx, actor.guild_id, actor.user_id, image, now)
            await self._change(tx, actor, key, lambda options: replace(options, picture_id=kept), now)

    async def copies(self, actor: Actor) -> Sequence[I]:
        """Return what can be copied, newest first."""
        await self._filling.allow(actor)
        async with self._platform.database.read() as session:
            return await self._craft.copies(session, actor.guild_id, COPIES)

    async def copy(self, actor: Actor, key: int, typed: str, now: datetime) -> None:
        """Fill a draft with all of an earlier one but its dates; raises WrongState for one that changes a post."""
        config = await self._filling.allow(actor)
        draft, options = await self._draft(actor, key)
        if draft.subject is not None:
            raise WrongState(t("draft.copy.editing"))
        async with self._platform.database.read() as session:
            old = await self._craft.copied(session, config, typed, options.zone)
        async with self._platform.database.write() as tx:
            await self._change(tx, actor, key, lambda current: old, now, (dict.fromkeys(self._craft.takes), ()))

    async def discard(self, actor: Actor, key: int, now: datetime) -> None:
        """Give a draft up; its owner may, whatever else they may do by now."""
        async with self._platform.database.write() as tx:
            draft = await draft_of(tx.session, key, actor.guild_id, actor.user_id, self._craft.kind)
            await discard_draft(tx, key)
            await self._craft.given_up(tx, draft, now)

    async def allow(self, actor: Actor) -> GuildConfig:
        """Raise NotAllowed for who is no organiser, WrongState while the feature is turned off."""
        return await self._filling.allow(actor)

    async def options(self, actor: Actor, key: int, now: datetime) -> tuple[O, datetime | None]:
        """Return a draft's options as said so far, and when what it changes was opened."""
        await self._filling.allow(actor)
        draft, options = await self._draft(actor, key)
        async with self._platform.database.read() as session:
            subject = await subject_of(session, self._craft, draft, now)
        return options, None if subject is None else subject.opened_at

    async def spot(self, actor: Actor, key: int, channel_id: int) -> Spot:
        """Return what was said of a channel, its language filled in; raises NotFound for one it is not posted to."""
        config = await self._filling.allow(actor)
        draft, options = await self._draft(actor, key)
        for spot in with_spots(options, config, self._craft.channel, draft.channel_id).spots:
            if spot.channel_id == channel_id:
                return replace(spot, language=spot.language or config.language)
        raise NotFound(t("error.stale_component"))

    async def write(self, actor: Actor, key: int, change: Callable[[O], O], now: datetime) -> None:
        """Change the options as they are by now; for steps of a feature's own, once they have asked :meth:`allow`."""
        async with self._platform.database.write() as tx:
            await self._change(tx, actor, key, change, now)

    async def _draft(self, actor: Actor, key: int) -> tuple[Draft, O]:
        async with self._platform.database.read() as session:
            draft = await draft_of(session, key, actor.guild_id, actor.user_id, self._craft.kind)
        return draft, self._craft.options.from_json(draft.values)

    async def _change(
        self,
        tx: Transaction,
        actor: Actor,
        key: int,
        change: Callable[[O], O],
        now: datetime,
        read: tuple[Mapping[str, object], Collection[str]] = ({}, ()),
    ) -> None:
        """Change the options; *read* are the fields that were read for it, and the names of those refused."""
        kind = self._craft.kind
        draft = await draft_of(tx.session, key, actor.guild_id, actor.user_id, kind)
        values = change(self._craft.options.from_json(draft.values)).to_json()
        # What is no option stays: what a draft changes, or came from.
        gone = dict.fromkeys({option.name for option in fields(self._craft.options)} - values.keys())
        await change_draft(
            tx, key, actor.guild_id, actor.user_id, kind, {**gone, **values, **with_refused(draft.values, *read)}, now
        )
