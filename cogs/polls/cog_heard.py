"""``/poll`` after the result: answering, reporting what was done; and proposing a poll."""

from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.tree import desc
from bot.ui.exchange import actor_of, open_exchange, suggest
from cogs.polls.render.heard import render_reported, render_responded, respond_form
from cogs.polls.render.proposals import propose_form
from cogs.polls.rules.heard import Status
from cogs.polls.service.heard.answering import Reply
from cogs.polls.service.heard.words import shortened
from cogs.polls.wiring_heard import HeardServices

if TYPE_CHECKING:
    from bot.client import Ikuzo

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]

STATUSES: Final = [
    app_commands.Choice(name=desc("poll.heard.status.accepted"), value=Status.ACCEPTED.value),
    app_commands.Choice(name=desc("poll.heard.status.partly"), value=Status.PARTLY.value),
    app_commands.Choice(name=desc("poll.heard.status.declined"), value=Status.DECLINED.value),
]


class HeardCommands(commands.Cog):
    """The commands of ``/poll`` by which people are answered; a mixin of the one cog that holds the group."""

    _heard: HeardServices

    @app_commands.command(name="respond", description=desc("command.poll.respond"))
    @app_commands.describe(
        poll=desc("option.poll.respond.poll"),
        status=desc("option.poll.respond.status"),
        text=desc("option.poll.respond.text"),
        due=desc("option.poll.respond.due"),
    )
    @app_commands.choices(status=STATUSES)
    async def respond(
        self, interaction: Interaction, poll: str, status: str, text: str, due: str | None = None
    ) -> None:
        exchange = await open_exchange(interaction)
        reply = Reply(Status(status), text, due)
        if due is None and reply.status.promises:
            asked = await self._heard.answering.ask_due(exchange.actor, poll, reply, clock.now())
            await exchange.modal(respond_form(asked, exchange.language, status=reply.status, text=text))
            return
        responded = await self._heard.answering.respond(exchange.actor, poll, reply, clock.now())
        await exchange.reply(render_responded(responded, exchange.language))

    @app_commands.command(name="done", description=desc("command.poll.done"))
    @app_commands.describe(poll=desc("option.poll.done.poll"), text=desc("option.poll.done.text"))
    async def done(self, interaction: Interaction, poll: str, text: str) -> None:
        exchange = await open_exchange(interaction)
        view = await self._heard.answering.done(exchange.actor, poll, text, clock.now())
        await exchange.reply(render_reported(view, exchange.language))

    @app_commands.command(name="propose", description=desc("command.poll.propose"))
    async def propose(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._heard.proposing.require_room(exchange.actor, clock.now())
        await exchange.modal(propose_form(exchange.language))

    @respond.autocomplete("poll")
    async def _answerable(self, interaction: Interaction, typed: str) -> Choices:
        return await self._owed(interaction, typed, done=False)

    @done.autocomplete("poll")
    async def _promised(self, interaction: Interaction, typed: str) -> Choices:
        return await self._owed(interaction, typed, done=True)

    async def _owed(self, interaction: Interaction, typed: str, *, done: bool) -> Choices:
        actor = await actor_of(interaction)
        found = await self._heard.answering.suggest(actor, typed, clock.now(), done=done)
        named = [(f"#{info.number} {shortened(info.question)}", str(info.number)) for info in found]
        return await suggest(interaction, named)
