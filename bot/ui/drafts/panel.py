"""The draft's panel at work: what pressing, choosing and typing in it does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Generic

import discord

from bot import clock
from bot.drafting.craft import Craft, I, Posted, V
from bot.drafting.drafting import Drafting
from bot.drafting.filling import Fields, Upload
from bot.drafting.problems import WHEN, WHERE, P
from bot.drafting.steps import Steps
from bot.drafting.values import O
from bot.drafts import Draft, DraftKind, DraftKinds
from bot.errors import BadInput, NotFound, TryAgain
from bot.i18n import Text, t
from bot.images import LARGEST
from bot.ui.drafts import cards, forms
from bot.ui.drafts.face import COPY, MAIN, Asking, Face
from bot.ui.exchange import Exchange
from bot.ui.forms import changed_fields
from bot.ui.router import Press, Router

if TYPE_CHECKING:
    from bot.app import Platform

Show = Callable[[Press, Sequence[Text]], Awaitable[None]]
_OLD: Final = "number"


class DraftPanel(Generic[O, P, V, I]):
    """Answers everything in a draft's private message; the draft's id stands in each component, its values in its row.

    Who presses is checked each time: only the draft's owner, and only while they are an organiser. A feature whose
    steps need more than forms, lists and screens says so in :meth:`further` of a subclass.
    """

    def __init__(
        self,
        platform: "Platform",
        craft: Craft[O, P, V, I],
        drafting: Drafting[O, P, V, I],
        steps: Steps[O, P, V, I],
        face: Face[O, P, V, I],
    ) -> None:
        self._platform = platform
        self._craft = craft
        self._drafting = drafting
        self._steps = steps
        self._face = face
        self._shows: Mapping[str, Show] = {
            MAIN: self._main,
            WHERE: self._where,
            COPY: self._copies,
            **{name: self._screen(name) for name in face.screens},
        }

    def register(self, router: Router, drafts: DraftKinds) -> None:
        """Name who answers what."""
        face = self._face
        for name, show in self._shows.items():
            router.on(face.kind(name), self._showing(show))
        when = Asking(self._when_form, values=self._times, moved=("starts", "ends"), opened=self._when_form_opened)
        for name, asking in {WHEN: when, **face.forms}.items():
            router.on(face.kind(name), self._opening(asking))
            router.on(face.form_kind(name), self._submitted(asking))
        for name, (option, screen) in {**face.selects, cards.PING: ("ping", WHERE)}.items():
            router.on(face.kind(name), self._choosing(option, screen))
        for name, handler in {
            cards.PLACE: self._ask_translation,
            cards.NUMBER: self._ask_number,
            cards.CHANNELS: self._channels,
            cards.PING_USUAL: self._usual_ping,
            cards.COPIED: self._copied,
            cards.POST: self._post,
            cards.DISCARD: self._discard,
        }.items():
            router.on(face.kind(name), handler)
        for name, handler in {
            forms.NEW: self._begun,
            forms.TRANSLATE: self._translated,
            forms.NUMBER: self._numbered,
        }.items():
            router.on(face.form_kind(name), handler)
        drafts.register(self._craft.kind, DraftKind(name=face.draft_name, open=self._reopen))
        self.further(router)

    def further(self, router: Router) -> None:
        """Name who answers what only this kind of draft has."""

    # From commands

    async def ask_essentials(self, exchange: Exchange) -> None:
        """Open the short form something new begins with."""
        await self._steps.allow(exchange.actor)
        await exchange.modal(self._face.new_form(exchange.language))

    async def start(
        self, exchange: Exchange, channel_id: int, fields: Fields, picture: discord.Attachment | None, *, post: bool
    ) -> None:
        """Begin a draft from a command's options, or post at once."""
        if picture is not None:
            await self._steps.allow(exchange.actor)
            await exchange.defer()
        upload = None if picture is None else await _read(picture.filename, picture.size, picture.read)
        begun = await self._drafting.start(exchange.actor, channel_id, fields, upload, clock.now(), post=post)
        if isinstance(begun, Posted):
            await exchange.reply(self._face.posted(begun, exchange.language))
        else:
            await self._reply(exchange, begun.id)

    async def edit(
        self, exchange: Exchange, channel_id: int, typed: str, origin: Mapping[str, str] | None = None
    ) -> None:
        """Begin changing something posted, or what of it *origin* says."""
        draft = await self._drafting.begin_edit(exchange.actor, channel_id, typed, clock.now(), origin)
        await self._reply(exchange, draft.id)

    async def _reopen(self, press: Press, draft: Draft) -> None:
        await self._reply(press, draft.id)

    async def _reply(self, exchange: Exchange, key: int, refusals: Sequence[Text] = ()) -> None:
        sheet = await self._drafting.sheet(exchange.actor, key, clock.now())
        await exchange.reply(cards.render_panel(self._face, sheet, exchange.language, refusals))

    # What is shown

    async def show(self, press: Press, screen: str, refusals: Sequence[Text] = ()) -> None:
        """Show a screen by its name, with what could not be taken."""
        await self._shows[screen](press, refusals)

    def _showing(self, show: Show) -> Callable[[Press], Awaitable[None]]:
        async def handler(press: Press) -> None:
            await press.acknowledge()
            await show(press, ())

        return handler

    def _screen(self, name: str) -> Show:
        async def show(press: Press, refusals: Sequence[Text]) -> None:
            sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
            await press.update(self._face.screens[name](sheet, press.language, refusals))

        return show

    async def _main(self, press: Press, refusals: Sequence[Text]) -> None:
        sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
        await press.update(cards.render_panel(self._face, sheet, press.language, refusals))

    async def _where(self, press: Press, refusals: Sequence[Text]) -> None:
        sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
        guilds, guild_id = self._platform.guilds, press.actor.guild_id
        names: dict[int, str] = {}
        for place in sheet.findings.places:
            channel = guilds.channel(guild_id, place.channel_id)
            if channel is not None:
                names[place.channel_id] = channel.name
        usual = sheet.findings.offered_ping
        role = guilds.role(guild_id, usual) if usual is not None and usual != sheet.findings.options.ping else None
        ping_name = None if role is None else role.name
        await press.update(cards.render_where(self._face, sheet, press.language, ping_name, names, refusals))

    async def _copies(self, press: Press, refusals: Sequence[Text]) -> None:
        await self._steps.options(press.actor, press.number(0), clock.now())
        copies = await self._steps.copies(press.actor)
        await press.update(cards.render_copies(self._face, press.number(0), copies, press.language))

    # Forms that are opened

    def _opening(self, asking: Asking[O]) -> Callable[[Press], Awaitable[None]]:
        async def handler(press: Press) -> None:
            options, opened_at = await self._steps.options(press.actor, press.number(0), clock.now())
            form = asking.form if opened_at is None or asking.opened is None else asking.opened
            made = form(press.language, press.number(0), options)
            # What could not be taken is there to be put right, and not to be typed again.
            made.put_back(await self._steps.refused(press.actor, press.number(0)))
            await press.modal(made)

        return handler

    def _when_form(self, language: str, key: int, options: O) -> forms.Form:
        return forms.when_form(self._face, language, key, options, opened=False)

    def _when_form_opened(self, language: str, key: int, options: O) -> forms.Form:
        return forms.when_form(self._face, language, key, options, opened=True)

    def _times(self, options: O) -> Mapping[str, str]:
        return {**forms.time_values(options), **self._face.more_time_values(options)}

    async def _ask_translation(self, press: Press) -> None:
        channel_id = ids(press.values, least=1)[0]
        spot = await self._steps.spot(press.actor, press.number(0), channel_id)
        channel = self._platform.guilds.channel(press.actor.guild_id, channel_id)
        name = channel.name if channel is not None else "?"
        form = forms.translate_form(self._face, press.language, press.number(0), spot, name)
        refused = await self._steps.refused(press.actor, press.number(0))
        form.put_back({field: refused.get(f"{field}:{channel_id}", "") for field in ("title", "text")})
        await press.modal(form)

    async def _ask_number(self, press: Press) -> None:
        await self._steps.options(press.actor, press.number(0), clock.now())
        await press.modal(forms.number_form(self._face, press.language, press.number(0)))

    # What was chosen

    def _choosing(self, option: str, screen: str) -> Callable[[Press], Awaitable[None]]:
        """Return what answers a list: of roles, by id, or of an option's values."""

        async def handler(press: Press) -> None:
            if option in self._craft.roles:
                await self.take(press, {option: next(iter(ids(press.values)), 0)}, screen)
            else:
                await self.take(press, {option: next(iter(press.values), "")}, screen)

        return handler

    async def _channels(self, press: Press) -> None:
        await press.acknowledge()
        await self._steps.set_channels(press.actor, press.number(0), ids(press.values, least=1), clock.now())
        await self._where(press, ())

    async def _usual_ping(self, press: Press) -> None:
        await press.acknowledge()
        sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
        usual = sheet.findings.offered_ping
        if usual is None:
            raise NotFound(t("draft.no_usual_ping"))
        await self.take(press, {"ping": usual}, WHERE)

    async def _copied(self, press: Press) -> None:
        await self._copy(press, next(iter(press.values), ""))

    async def _copy(self, press: Press, typed: str) -> None:
        await press.acknowledge()
        await self._steps.copy(press.actor, press.number(0), typed, clock.now())
        await self._main(press, ())

    # Forms that come back

    async def _begun(self, press: Press) -> None:
        await press.defer()
        picture, refusals = await self._uploaded(press)
        draft, more = await self._drafting.begin(
            press.actor, press.interaction.channel_id or 0, self._typed(press), picture, clock.now()
        )
        await self._reply(press, draft.id, [*refusals, *more])

    def _submitted(self, asking: Asking[O]) -> Callable[[Press], Awaitable[None]]:
        async def handler(press: Press) -> None:
            await press.acknowledge()
            key, now, typed = press.number(0), clock.now(), self._typed(press)
            seen = typed.keys()
            if asking.values is not None:
                options, _ = await self._steps.options(press.actor, key, now)
                before = asking.values(options)
                # In another zone the same words are other times.
                moved = typed.get("zone", "").strip() != before.get("zone", "")
                typed = changed_fields(typed, before, always=asking.moved if moved else ())
            picture, refusals = await self._uploaded(press)
            refusals += await self._steps.change(press.actor, key, typed, now, seen=seen)
            if picture is not None or press.picked.get(forms.PRESENT) == (forms.REMOVE,):
                try:
                    await self._steps.set_picture(press.actor, key, picture, now)
                except BadInput as refusal:
                    refusals.append(refusal.text)
            await self.show(press, asking.then, refusals)

        return handler

    def _typed(self, press: Press) -> dict[str, str]:
        """Return what was typed and chosen in a form, by the names of options."""
        chosen = {name: values[0] for name, values in press.picked.items() if values}
        return {name: text for name, text in {**press.fields, **chosen}.items() if name in self._craft.takes}

    async def _translated(self, press: Press) -> None:
        await press.acknowledge()
        language = next(iter(press.picked.get("language", ())), "")
        title, text = press.fields.get("title", ""), press.fields.get("text", "")
        refusals = await self._steps.translate(
            press.actor, press.number(0), press.number(1), language, title, text, clock.now()
        )
        await self._where(press, refusals)

    async def _numbered(self, press: Press) -> None:
        await self._copy(press, press.fields.get(_OLD, ""))

    async def take(self, press: Press, fields: Fields, screen: str) -> None:
        """Take fields and show the screen they belong to, with what could not be taken."""
        await press.acknowledge()
        refusals = await self._steps.change(press.actor, press.number(0), fields, clock.now())
        await self.show(press, screen, refusals)

    # The end of a draft

    async def _post(self, press: Press) -> None:
        await press.acknowledge()
        posted = await self._drafting.post(press.actor, press.number(0), clock.now())
        await press.update(self._face.posted(posted, press.language))

    async def _discard(self, press: Press) -> None:
        await self._steps.discard(press.actor, press.number(0), clock.now())
        await press.update(t("draft.discarded"))

    async def _uploaded(self, press: Press) -> tuple[Upload | None, list[Text]]:
        """Return the picture given in a form, and why it was not taken."""
        for given in press.uploads.get(forms.PICTURE, ()):

            async def fetch(url: str = given.url) -> bytes:
                return await press.bot.http.get_from_cdn(url)

            try:
                return await _read(given.filename, given.size, fetch), []
            except BadInput as refusal:
                return None, [refusal.text]
        return None, []


async def _read(name: str, size: int, read: Callable[[], Awaitable[bytes]]) -> Upload:
    """Return a file's bytes; raises BadInput before reading one that is too large, TryAgain when it cannot be read."""
    if size > LARGEST:
        raise BadInput(t("image.too_large", name=name))
    try:
        return Upload(name, await read())
    except discord.HTTPException as error:
        raise TryAgain(t("draft.picture.unread", name=name)) from error


def ids(values: Sequence[str], *, least: int = 0) -> list[int]:
    """Return ids that were chosen; raises NotFound for forged ones."""
    if len(values) < least or not all(value.isascii() and value.isdigit() and len(value) <= 20 for value in values):
        raise NotFound(t("error.stale_component"))
    return [int(value) for value in values]
