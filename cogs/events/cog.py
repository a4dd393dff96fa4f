"""``/event``: looking, announcing, cancelling, checking in. Creating and changing are in ``cog_drafts.py``."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.people import Standing
from bot.tree import desc
from bot.ui.exchange import actor_of, open_exchange, suggest
from cogs.events.cog_drafts import SCOPES, DraftCommands
from cogs.events.render.calendar import render_feeds
from cogs.events.render.checkin import render_checkin
from cogs.events.render.overview import render_announced, render_cancelled, render_export
from cogs.events.render.words import choice_name
from cogs.events.rules.kinds import Scope
from cogs.events.service.dates import LIVE
from cogs.events.service.finding import PUBLIC
from cogs.events.tables import OccurrenceState
from cogs.events.views.desk import ATTENDEES, MONTH
from cogs.events.views.drafts import EventPanel

if TYPE_CHECKING:
    from bot.app import Platform
    from bot.client import Ikuzo
    from cogs.events.wiring import Services

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]

_HELD: Final = (OccurrenceState.OPEN, OccurrenceState.RUNNING, OccurrenceState.OVER)


class EventCommands(commands.Cog):
    """The commands of ``/event`` on what is there; a mixin of the one cog that holds the group.

    Every command asks for itself who may: Discord shows the group to everyone.
    """

    _platform: "Platform"
    _services: "Services"

    @app_commands.command(name="list", description=desc("command.event.list"))
    async def list(self, interaction: Interaction) -> None:
        await self._platform.pager.show(await open_exchange(interaction), MONTH)

    @app_commands.command(name="cancel", description=desc("command.event.cancel"))
    @app_commands.describe(
        event=desc("option.event.cancel.event"),
        reason=desc("option.event.cancel.reason"),
        scope=desc("option.event.cancel.scope"),
    )
    @app_commands.choices(scope=SCOPES)
    async def cancel(self, interaction: Interaction, event: str, reason: str, scope: str = Scope.THIS.value) -> None:
        exchange = await open_exchange(interaction)
        found = await self._services.finding.named(exchange.actor, event)
        cancelled = await self._services.cancelling.cancel(exchange.actor, found.id, Scope(scope), reason, clock.now())
        await exchange.reply(render_cancelled(cancelled, exchange.language))

    @app_commands.command(name="announce", description=desc("command.event.announce"))
    @app_commands.describe(event=desc("option.event.announce.event"))
    async def announce(self, interaction: Interaction, event: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._services.finding.named(exchange.actor, event)
        announced = await self._services.announcing.announce(exchange.actor, found.id, clock.now())
        await exchange.reply(render_announced(announced, exchange.language))

    @app_commands.command(name="attendees", description=desc("command.event.attendees"))
    @app_commands.describe(event=desc("option.event.attendees.event"))
    async def attendees(self, interaction: Interaction, event: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._services.finding.named(exchange.actor, event, least=Standing.MEMBER)
        await self._platform.pager.show(exchange, ATTENDEES, found.id)

    @app_commands.command(name="checkin", description=desc("command.event.checkin"))
    @app_commands.describe(event=desc("option.event.checkin.event"))
    async def checkin(self, interaction: Interaction, event: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._services.finding.named(exchange.actor, event, least=Standing.STAFF)
        view = await self._services.checking_in.show(exchange.actor, found.id, clock.now())
        await exchange.reply(render_checkin(view, exchange.language))

    @app_commands.command(name="export", description=desc("command.event.export"))
    @app_commands.describe(event=desc("option.event.export.event"))
    async def export(self, interaction: Interaction, event: str) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        found = await self._services.finding.named(exchange.actor, event)
        exported = await self._services.exports.export(exchange.actor, found.id)
        await exchange.reply(render_export(exported, exchange.language))

    @app_commands.command(name="calendar", description=desc("command.event.calendar"))
    async def calendar(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        view = await self._services.feeds.show(exchange.actor, clock.now())
        await exchange.reply(render_feeds(view, exchange.language))

    @cancel.autocomplete("event")
    async def _live(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, LIVE)

    @announce.autocomplete("event")
    async def _announceable(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, LIVE)

    @attendees.autocomplete("event")
    async def _public(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, PUBLIC, least=Standing.MEMBER)

    @checkin.autocomplete("event")
    async def _for_staff(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, _HELD, least=Standing.STAFF)

    @export.autocomplete("event")
    async def _held(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, _HELD)

    async def _suggest(
        self,
        interaction: Interaction,
        typed: str,
        states: Collection[OccurrenceState],
        *,
        least: Standing = Standing.ORGANISER,
    ) -> Choices:
        """Suggest dates in these states, to whoever may act on them."""
        actor = await actor_of(interaction)
        found = await self._services.finding.suggest(actor, typed, states, least=least)
        return await suggest(interaction, [(choice_name(info, actor.language), info.name) for info in found])


@app_commands.guild_only()
class EventCog(
    DraftCommands, EventCommands, commands.GroupCog, group_name="event", group_description=desc("command.event")
):
    """The group ``/event``. Commands are gathered from mixins, so that no file grows too long."""

    def __init__(self, platform: "Platform", services: "Services", panel: EventPanel) -> None:
        self._platform = platform
        self._services = services
        self._panel = panel
