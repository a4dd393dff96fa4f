"""The draft's panel at work: what pressing, choosing and typing in it does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import discord

from bot import clock
from bot.drafts import Draft, DraftKind, DraftKinds
from bot.errors import BadInput, NotFound, TryAgain
from bot.i18n import Text, t
from bot.images import LARGEST
from bot.ui.exchange import Exchange
from bot.ui.router import Press, Router
from cogs.giveaways.render import draft as panel
from cogs.giveaways.render import forms
from cogs.giveaways.rules.options import Options
from cogs.giveaways.rules.reading import Typed
from cogs.giveaways.service.changing import NUMBER
from cogs.giveaways.service.drafting import Drafting, Posted
from cogs.giveaways.service.filling import Fields, Upload
from cogs.giveaways.service.steps import Steps
from cogs.giveaways.tables import KIND

if TYPE_CHECKING:
    from bot.app import Platform

Show = Callable[[Press, Sequence[Text]], Awaitable[None]]

# What each select of one role sets.
_ROLE_FIELDS: Final = {panel.REQUIRED: "required_role", panel.EXCLUDED: "excluded_role", panel.PING: "ping"}


class DraftPanel:
    """Answers everything in a draft's private message; the draft's id stands in each component, its values in its row.

    Who presses is checked each time: only the draft's owner, and only while they are an organiser.
    """

    def __init__(self, platform: "Platform", drafting: Drafting, steps: Steps) -> None:
        self._platform = platform
        self._drafting = drafting
        self._steps = steps

    def register(self, router: Router, drafts: DraftKinds) -> None:
        """Name who answers what."""
        shows: Mapping[str, Show] = {
            panel.PANEL: self._main,
            panel.WHO: self._who,
            panel.TICKETS: self._tickets,
            panel.WHERE: self._where,
            panel.COPY: self._copies,
        }
        for kind, show in shows.items():
            router.on(kind, self._showing(show))
        for kind in _ROLE_FIELDS:
            router.on(kind, self._role)
        for kind, handler in {
            panel.LOOK: self._ask_look,
            panel.WHEN: self._ask_when,
            panel.CLAIM: self._ask_claim,
            panel.AGES: self._ask_ages,
            panel.GATE: self._ask_gate,
            panel.EXTRAS: self._ask_extras,
            panel.PLACE: self._ask_translation,
            panel.NUMBER: self._ask_number,
            panel.ROLES: self._bonus_roles,
            panel.CHANNELS: self._channels,
            panel.PING_USUAL: self._usual_ping,
            panel.COPIED: self._copied,
            panel.POST: self._post,
            panel.DISCARD: self._discard,
            forms.NEW: self._begun,
            forms.LOOK: self._look,
            forms.WHEN: self._when,
            forms.CLAIM: self._claim,
            forms.AGES: self._ages,
            forms.GATE: self._gate,
            forms.EXTRAS: self._extras,
            forms.TRANSLATE: self._translated,
            forms.NUMBER: self._numbered,
        }.items():
            router.on(kind, handler)
        drafts.register(KIND, DraftKind(name=draft_name, open=self._reopen))

    # From commands

    async def ask_essentials(self, exchange: Exchange) -> None:
        """Open the short form a new giveaway begins with."""
        await self._steps.allow(exchange.actor)
        await exchange.modal(forms.new_form(exchange.language))

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
            await exchange.reply(panel.render_posted(begun, exchange.language))
        else:
            await self._reply(exchange, begun.id)

    async def edit(self, exchange: Exchange, channel_id: int, typed: str) -> None:
        """Begin changing a giveaway."""
        draft = await self._drafting.begin_edit(exchange.actor, channel_id, typed, clock.now())
        await self._reply(exchange, draft.id)

    async def _reopen(self, press: Press, draft: Draft) -> None:
        await self._reply(press, draft.id)

    async def _reply(self, exchange: Exchange, key: int, refusals: Sequence[Text] = ()) -> None:
        sheet = await self._drafting.sheet(exchange.actor, key, clock.now())
        await exchange.reply(panel.render_panel(sheet, exchange.language, refusals))

    # What is shown

    def _showing(self, show: Show) -> Callable[[Press], Awaitable[None]]:
        async def handler(press: Press) -> None:
            await press.acknowledge()
            await show(press, ())

        return handler

    async def _main(self, press: Press, refusals: Sequence[Text]) -> None:
        sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
        await press.update(panel.render_panel(sheet, press.language, refusals))

    async def _who(self, press: Press, refusals: Sequence[Text]) -> None:
        sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
        await press.update(panel.render_who(sheet, press.language, refusals))

    async def _tickets(self, press: Press, refusals: Sequence[Text]) -> None:
        sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
        await press.update(panel.render_tickets(sheet, press.language, refusals))

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
        await press.update(panel.render_where(sheet, press.language, None if role is None else role.name, names))

    async def _copies(self, press: Press, refusals: Sequence[Text]) -> None:
        await self._steps.options(press.actor, press.number(0))
        copies = await self._steps.copies(press.actor)
        await press.update(panel.render_copies(press.number(0), copies, press.language))

    # Forms that are opened

    async def _ask_look(self, press: Press) -> None:
        options, _ = await self._steps.options(press.actor, press.number(0))
        await press.modal(forms.look_form(press.language, press.number(0), options))

    async def _ask_when(self, press: Press) -> None:
        options, opened_at = await self._steps.options(press.actor, press.number(0))
        await press.modal(forms.when_form(press.language, press.number(0), options, opened=opened_at is not None))

    async def _ask_claim(self, press: Press) -> None:
        options, _ = await self._steps.options(press.actor, press.number(0))
        await press.modal(forms.claim_form(press.language, press.number(0), options))

    async def _ask_ages(self, press: Press) -> None:
        options, _ = await self._steps.options(press.actor, press.number(0))
        await press.modal(forms.ages_form(press.language, press.number(0), options))

    async def _ask_gate(self, press: Press) -> None:
        options, _ = await self._steps.options(press.actor, press.number(0))
        await press.modal(forms.gate_form(press.language, press.number(0), options))

    async def _ask_extras(self, press: Press) -> None:
        options, _ = await self._steps.options(press.actor, press.number(0))
        if not options.bonuses:
            raise BadInput(t("giveaway.draft.tickets.none"))
        await press.modal(forms.extras_form(press.language, press.number(0), options, self._role_names(press, options)))

    async def _ask_translation(self, press: Press) -> None:
        channel_id = _ids(press.values, least=1)[0]
        spot = await self._steps.spot(press.actor, press.number(0), channel_id)
        channel = self._platform.guilds.channel(press.actor.guild_id, channel_id)
        name = channel.name if channel is not None else "?"
        await press.modal(forms.translate_form(press.language, press.number(0), spot, name))

    async def _ask_number(self, press: Press) -> None:
        await self._steps.options(press.actor, press.number(0))
        await press.modal(forms.number_form(press.language, press.number(0)))

    # What was chosen

    async def _role(self, press: Press) -> None:
        kind = str((press.interaction.data or {}).get("custom_id", "")).partition(":")[0]
        role = next(iter(_ids(press.values)), 0)
        show = self._where if kind == panel.PING else self._who
        await self._take(press, {_ROLE_FIELDS[kind]: role}, show)

    async def _bonus_roles(self, press: Press) -> None:
        await press.acknowledge()
        await self._steps.set_bonus_roles(press.actor, press.number(0), _ids(press.values), clock.now())
        await self._tickets(press, ())

    async def _channels(self, press: Press) -> None:
        await press.acknowledge()
        await self._steps.set_channels(press.actor, press.number(0), _ids(press.values, least=1), clock.now())
        await self._where(press, ())

    async def _usual_ping(self, press: Press) -> None:
        await press.acknowledge()
        sheet = await self._drafting.sheet(press.actor, press.number(0), clock.now())
        usual = sheet.findings.offered_ping
        if usual is None:
            raise NotFound(t("giveaway.draft.no_usual_ping"))
        await self._take(press, {"ping": usual}, self._where)

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
            press.actor, press.interaction.channel_id or 0, press.fields, picture, clock.now()
        )
        await self._reply(press, draft.id, [*refusals, *more])

    async def _look(self, press: Press) -> None:
        await press.acknowledge()
        key, now = press.number(0), clock.now()
        picture, refusals = await self._uploaded(press)
        refusals += await self._steps.change(press.actor, key, press.fields, now)
        if picture is not None or press.picked.get("present") == (forms.REMOVE,):
            try:
                await self._steps.set_picture(press.actor, key, picture, now)
            except BadInput as refusal:
                refusals.append(refusal.text)
        await self._main(press, refusals)

    async def _when(self, press: Press) -> None:
        options, _ = await self._steps.options(press.actor, press.number(0))
        before = forms.when_values(options)
        typed = {**press.fields, **_picked(press, "repeat")}
        # In another zone the same words are other times.
        moved = typed.get("zone", "").strip() != before["zone"]
        again = ("starts", "ends") if moved else ()
        await self._take(press, forms.changed_fields(typed, before, always=again), self._main)

    async def _claim(self, press: Press) -> None:
        options, _ = await self._steps.options(press.actor, press.number(0))
        typed = {**press.fields, **_picked(press, "claim")}
        await self._take(press, forms.changed_fields(typed, forms.claim_values(options)), self._main)

    async def _ages(self, press: Press) -> None:
        await self._take(press, press.fields, self._who)

    async def _gate(self, press: Press) -> None:
        await self._take(press, press.fields, self._who)

    async def _extras(self, press: Press) -> None:
        await press.acknowledge()
        typed = forms.extras_typed(press.fields)
        refusals = await self._steps.set_tickets(press.actor, press.number(0), typed, clock.now())
        await self._tickets(press, refusals)

    async def _translated(self, press: Press) -> None:
        await press.acknowledge()
        language = next(iter(press.picked.get("language", ())), "")
        title, text = press.fields.get("title", ""), press.fields.get("text", "")
        await self._steps.translate(press.actor, press.number(0), press.number(1), language, title, text, clock.now())
        await self._where(press, ())

    async def _numbered(self, press: Press) -> None:
        await self._copy(press, press.fields.get("giveaway", ""))

    async def _take(self, press: Press, fields: Mapping[str, Typed], show: Show) -> None:
        """Take fields and show the step they belong to, with what could not be taken."""
        await press.acknowledge()
        refusals = await self._steps.change(press.actor, press.number(0), fields, clock.now())
        await show(press, refusals)

    # The end of a draft

    async def _post(self, press: Press) -> None:
        await press.acknowledge()
        posted = await self._drafting.post(press.actor, press.number(0), clock.now())
        await press.update(panel.render_posted(posted, press.language))

    async def _discard(self, press: Press) -> None:
        await self._steps.discard(press.actor, press.number(0))
        await press.update(t("giveaway.draft.discarded"))

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

    def _role_names(self, press: Press, options: Options) -> dict[int, str]:
        roles = (self._platform.guilds.role(press.actor.guild_id, role) for role, _ in options.bonuses)
        return {role.role_id: role.name for role in roles if role is not None}


def draft_name(draft: Draft) -> Text:
    """Return how a draft is called in a list."""
    if draft.subject is not None:
        return t("giveaway.draft.name_edit", number=str(draft.values.get(NUMBER, "")))
    prize = draft.values.get("prize")
    return t("giveaway.draft.name_empty") if not prize else t("giveaway.draft.name", prize=str(prize))


async def _read(name: str, size: int, read: Callable[[], Awaitable[bytes]]) -> Upload:
    """Return a file's bytes; raises BadInput before reading one that is too large, TryAgain when it cannot be read."""
    if size > LARGEST:
        raise BadInput(t("image.too_large", name=name))
    try:
        return Upload(name, await read())
    except discord.HTTPException as error:
        raise TryAgain(t("giveaway.picture.unread", name=name)) from error


def _picked(press: Press, name: str) -> dict[str, str]:
    chosen = press.picked.get(name, ())
    return {name: chosen[0]} if chosen else {}


def _ids(values: Sequence[str], *, least: int = 0) -> list[int]:
    """Return ids that were chosen; raises NotFound for forged ones."""
    if len(values) < least or not all(value.isascii() and value.isdigit() and len(value) <= 20 for value in values):
        raise NotFound(t("error.stale_component"))
    return [int(value) for value in values]
