"""``/poll``: closing, extending, results, files, the list. What comes before a post and after a result are mixins."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.i18n import plain, t
from bot.times import parse_duration
from bot.tree import desc
from bot.ui.exchange import Exchange, actor_of, open_exchange, suggest
from bot.ui.outgoing import Attachment
from bot.ui.pager import Page
from cogs.polls.cog_create import CreatingCommands
from cogs.polls.cog_heard import HeardCommands
from cogs.polls.render.overview import choice_name, render_files, render_list
from cogs.polls.service.changing import Changing
from cogs.polls.service.finding import Finding
from cogs.polls.service.results import Form, ResultsService
from cogs.polls.tables import State
from cogs.polls.views.drafts import PollPanel
from cogs.polls.views.overview import OverviewButtons
from cogs.polls.wiring_heard import HeardServices

if TYPE_CHECKING:
    from bot.app import Platform
    from bot.client import Ikuzo

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]

LIST: Final = "poll.list"
FORMS: Final = [
    app_commands.Choice(name=desc("choice.poll.csv"), value=Form.CSV.value),
    app_commands.Choice(name=desc("choice.poll.json"), value=Form.JSON.value),
]


@dataclass(frozen=True, slots=True)
class Running:
    """What these commands call."""

    changing: Changing
    finding: Finding
    results: ResultsService
    overview: OverviewButtons


class RunningCommands(commands.Cog):
    """The commands of ``/poll`` from its opening to its result; a mixin of the one cog that holds the group.

    Every command asks for itself who may: Discord shows the group to everyone.
    """

    _running: Running

    @app_commands.command(name="close", description=desc("command.poll.close"))
    @app_commands.describe(poll=desc("option.poll.close.poll"))
    async def close(self, interaction: Interaction, poll: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._running.finding.named(exchange.actor, poll)
        closed = await self._running.changing.close(exchange.actor, found.id, clock.now())
        number = str(closed.number)
        withdrawn = closed.state is State.CANCELLED
        await exchange.reply(
            t("poll.close.withdrawn", number=number)
            if withdrawn
            else t("poll.close.done", number=number, votes=t("poll.count.votes", n=closed.vote_count))
        )

    @app_commands.command(name="extend", description=desc("command.poll.extend"))
    @app_commands.describe(poll=desc("option.poll.extend.poll"), by=desc("option.poll.extend.by"))
    async def extend(self, interaction: Interaction, poll: str, by: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._running.finding.named(exchange.actor, poll)
        extended = await self._running.changing.extend(exchange.actor, found.id, parse_duration(by), clock.now())
        await exchange.reply(t("poll.extend.done", number=str(extended.number), closes=extended.closes_at))

    @app_commands.command(name="results", description=desc("command.poll.results"))
    @app_commands.describe(poll=desc("option.poll.results.poll"))
    async def results(self, interaction: Interaction, poll: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._running.finding.named(exchange.actor, poll, organisers_only=False)
        await self._running.overview.show(exchange, found.id)

    @app_commands.command(name="export", description=desc("command.poll.export"))
    @app_commands.rename(form="format")
    @app_commands.describe(poll=desc("option.poll.export.poll"), form=desc("option.poll.export.format"))
    @app_commands.choices(form=FORMS)
    async def export(self, interaction: Interaction, poll: str, form: str = Form.CSV.value) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        info, files = await self._running.results.export(exchange.actor, poll, form=Form(form), now=clock.now())
        described = plain(exchange.language, t("poll.export.file", number=str(info.number)))
        attached = [Attachment(file.name, file.data, described) for file in files]
        await exchange.reply(render_files(info, attached, exchange.language))

    @app_commands.command(name="list", description=desc("command.poll.list"))
    async def list(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await exchange.bot.platform.pager.show(exchange, LIST)

    @close.autocomplete("poll")
    async def _closable(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, (State.SCHEDULED, State.OPEN))

    @extend.autocomplete("poll")
    async def _extendable(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, (State.OPEN,))

    @results.autocomplete("poll")
    async def _any(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, (State.OPEN, State.CLOSED), organisers_only=False)

    @export.autocomplete("poll")
    async def _exportable(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, (State.OPEN, State.CLOSED))

    async def _suggest(
        self, interaction: Interaction, typed: str, states: Collection[State], *, organisers_only: bool = True
    ) -> Choices:
        """Suggest polls in these states."""
        actor = await actor_of(interaction)
        found = await self._running.finding.suggest(actor, typed, states, organisers_only=organisers_only)
        return await suggest(interaction, [(choice_name(info), str(info.number)) for info in found])


@app_commands.guild_only()
class PollCog(
    CreatingCommands,
    RunningCommands,
    HeardCommands,
    commands.GroupCog,
    group_name="poll",
    group_description=desc("command.poll"),
):
    """The group ``/poll``. Commands are gathered from mixins, so that no file grows too long."""

    def __init__(self, platform: "Platform", panel: PollPanel, running: Running, heard: HeardServices) -> None:
        self._platform = platform
        self._panel = panel
        self._finding = running.finding
        self._running = running
        self._heard = heard
        platform.pager.register(LIST, self._page)

    async def _page(self, exchange: Exchange, args: object, number: int) -> Page:
        listed, more = await self._running.finding.page(exchange.actor, number)
        return Page(render_list(listed, exchange.language), number, None, more)
