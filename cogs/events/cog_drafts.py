"""``/event create`` and ``/event edit``: an event before it takes place."""

from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.drafting.reading import Typed
from bot.tree import desc
from bot.ui.exchange import actor_of, open_exchange, suggest
from bot.ui.options import Postable
from cogs.events.render.words import choice_name
from cogs.events.rules.kinds import Scope, Where
from cogs.events.rules.suggesting import suggested
from cogs.events.service.dates import AHEAD
from cogs.events.views.drafts import EventPanel

if TYPE_CHECKING:
    from bot.client import Ikuzo
    from cogs.events.wiring import Services

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]

KINDS: Final = [
    app_commands.Choice(name=desc("event.where.voice"), value=Where.VOICE.value),
    app_commands.Choice(name=desc("event.where.stage"), value=Where.STAGE.value),
    app_commands.Choice(name=desc("event.where.text"), value=Where.TEXT.value),
    app_commands.Choice(name=desc("event.where.online"), value=Where.ONLINE.value),
    app_commands.Choice(name=desc("event.where.in_person"), value=Where.IN_PERSON.value),
]
SCOPES: Final = [
    app_commands.Choice(name=desc("event.scope.this"), value=Scope.THIS.value),
    app_commands.Choice(name=desc("event.scope.following"), value=Scope.FOLLOWING.value),
    app_commands.Choice(name=desc("event.scope.all"), value=Scope.ALL.value),
]


class DraftCommands(commands.Cog):
    """The commands of ``/event`` that begin drafts; a mixin of the one cog that holds the group.

    Every command asks for itself who may: Discord shows the group to everyone.
    """

    _services: "Services"
    _panel: EventPanel

    @app_commands.command(name="create", description=desc("command.event.create"))
    @app_commands.describe(
        title=desc("option.event.create.title"),
        starts=desc("option.event.create.starts"),
        ends=desc("option.event.create.ends"),
        where=desc("option.event.create.where"),
        channel=desc("option.event.create.channel"),
        place=desc("option.event.create.place"),
        description=desc("option.event.create.description"),
        image=desc("option.event.create.image"),
        capacity=desc("option.event.create.capacity"),
        rsvp_role=desc("option.event.create.rsvp_role"),
        rsvp_closes=desc("option.event.create.rsvp_closes"),
        going_role=desc("option.event.create.going_role"),
        bring=desc("option.event.create.bring"),
        repeat=desc("option.event.create.repeat"),
        until=desc("option.event.create.until"),
        remind=desc("option.event.create.remind"),
        post_in=desc("option.event.create.post_in"),
        announce_at=desc("option.event.create.announce_at"),
        ping=desc("option.event.create.ping"),
        post=desc("option.event.create.post"),
    )
    @app_commands.choices(where=KINDS)
    async def create(
        self,
        interaction: Interaction,
        title: str | None = None,
        starts: str | None = None,
        ends: str | None = None,
        where: str | None = None,
        channel: app_commands.Transform[int, Postable] | None = None,
        place: str | None = None,
        description: str | None = None,
        image: discord.Attachment | None = None,
        capacity: int | None = None,
        rsvp_role: discord.Role | None = None,
        rsvp_closes: str | None = None,
        going_role: discord.Role | None = None,
        bring: str | None = None,
        repeat: str | None = None,
        until: str | None = None,
        remind: str | None = None,
        post_in: app_commands.Transform[int, Postable] | None = None,
        announce_at: str | None = None,
        ping: discord.Role | None = None,
        post: bool = False,  # noqa: FBT001, FBT002 (an option of the command)
    ) -> None:
        given: dict[str, Typed | None] = {
            "title": title,
            "starts": starts,
            "ends": ends,
            "where": where,
            "channel": channel,
            "place": place,
            "description": description,
            "capacity": capacity,
            "rsvp_role": None if rsvp_role is None else rsvp_role.id,
            "rsvp_closes": rsvp_closes,
            "going_role": None if going_role is None else going_role.id,
            "bring": bring,
            "repeat": repeat,
            "until": until,
            "remind": remind,
            "post_in": post_in,
            "announce_at": announce_at,
            "ping": None if ping is None else ping.id,
        }
        fields = {name: value for name, value in given.items() if value is not None}
        exchange = await open_exchange(interaction)
        if not fields and image is None and not post:
            await self._panel.ask_essentials(exchange)
        else:
            await self._panel.start(exchange, interaction.channel_id or 0, fields, image, post=post)

    @app_commands.command(name="edit", description=desc("command.event.edit"))
    @app_commands.describe(event=desc("option.event.edit.event"), scope=desc("option.event.edit.scope"))
    @app_commands.choices(scope=SCOPES)
    async def edit(self, interaction: Interaction, event: str, scope: str = Scope.THIS.value) -> None:
        exchange = await open_exchange(interaction)
        await self._panel.change(exchange, interaction.channel_id or 0, event, Scope(scope))

    @edit.autocomplete("event")
    async def _editable(self, interaction: Interaction, typed: str) -> Choices:
        actor = await actor_of(interaction)
        found = await self._services.finding.suggest(actor, typed, AHEAD)
        return await suggest(interaction, [(choice_name(info, actor.language), info.name) for info in found])

    @create.autocomplete("repeat")
    async def _phrases(self, interaction: Interaction, typed: str) -> Choices:
        phrases = suggested(typed, (await actor_of(interaction)).language)
        return await suggest(interaction, [(phrase, phrase) for phrase in phrases])
