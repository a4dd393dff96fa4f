"""One interaction and our answer to it: private by default, in the person's language, always in time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.figures import ANSWERS
from bot.i18n import Text, language_of, render
from bot.people import Actor
from bot.ui.outgoing import Outgoing

if TYPE_CHECKING:
    from bot.client import Ikuzo

# Discord gives 3 s for the first answer; whoever has not given one by then is deferred.
PATIENCE: Final = timedelta(seconds=1.5)
UNKNOWN_MESSAGE: Final = 10008
_LOCK: Final = "ikuzo.lock"
_TIMER: Final = "ikuzo.timer"
_BEGAN: Final = "ikuzo.began"


def text_embed(language: str, text: Text, *, colour: discord.Colour | None = None) -> discord.Embed:
    """Return an embed that says one text."""
    return discord.Embed(description=render(language, text), colour=colour or discord.Colour.blurple())


class Exchange:
    """The way everybody answers an interaction, whatever was answered before.

    The first answer goes out as the response, later ones as follow-ups; a lock keeps the safety net, which defers
    after :data:`PATIENCE`, and the handler from answering at once.
    """

    def __init__(self, interaction: discord.Interaction["Ikuzo"], actor: Actor) -> None:
        self.interaction = interaction
        self.actor = actor

    @property
    def language(self) -> str:
        return self.actor.language

    @property
    def bot(self) -> "Ikuzo":
        return self.interaction.client

    async def defer(self) -> None:
        """Say that an answer is coming; for work that can outlast a second."""
        async with _answering(self.interaction):
            if not self.interaction.response.is_done():
                await self.interaction.response.defer(ephemeral=True, thinking=True)

    async def acknowledge(self) -> None:
        """Acknowledge a component whose message will be edited, without showing that anything is coming."""
        async with _answering(self.interaction):
            if not self.interaction.response.is_done():
                await self.interaction.response.defer()

    async def reply(self, answer: Text | Outgoing) -> None:
        """Answer, seen by this person only."""
        await answer_privately(self.interaction, self._outgoing(answer))

    async def update(self, answer: Text | Outgoing) -> None:
        """Replace the private message the pressed component is on; falls back to a reply where there is none.

        What is public is never replaced here: it belongs to everybody, and is edited by deliveries.
        """
        message = self._outgoing(answer)
        interaction = self.interaction
        if interaction.message is None or not interaction.message.flags.ephemeral:
            await self.reply(message)
            return
        async with _answering(interaction):
            arguments: dict[str, Any] = {
                "content": message.content or None,
                "embeds": list(message.embeds),
                "view": message.view(),
                "attachments": [] if message.keep_files and not message.files else [f.to_file() for f in message.files],
                "allowed_mentions": discord.AllowedMentions.none(),
            }
            if not interaction.response.is_done():
                await interaction.response.edit_message(**arguments)
                return
            try:
                await interaction.edit_original_response(**arguments)
            except discord.NotFound as error:
                # Dismissed by its reader meanwhile; what was done is still to be said.
                if error.code != UNKNOWN_MESSAGE:
                    raise
            else:
                return
        await self.reply(message)

    async def modal(self, modal: discord.ui.Modal) -> None:
        """Open a modal; only possible as the first answer."""
        async with _answering(self.interaction):
            await self.interaction.response.send_modal(modal)

    def _outgoing(self, answer: Text | Outgoing) -> Outgoing:
        if isinstance(answer, Outgoing):
            return answer
        return Outgoing(embeds=(text_embed(self.language, answer),))


async def open_exchange(interaction: discord.Interaction["Ikuzo"]) -> Exchange:
    """Read who is asking; arm the safety net."""
    return Exchange(interaction, await actor_of(interaction))


async def actor_of(interaction: discord.Interaction["Ikuzo"]) -> Actor:
    """Reduce the person behind an interaction to plain values; outside a server the guild id is 0."""
    preference = await interaction.client.preferences.of(interaction.user.id)
    user = interaction.user
    is_member = isinstance(user, discord.Member)
    return Actor(
        user_id=user.id,
        guild_id=interaction.guild_id or 0,
        name=user.display_name,
        language=preference.language or language_of(str(interaction.locale)),
        role_ids=frozenset(role.id for role in user.roles if role.id != user.guild.id) if is_member else frozenset(),
        permissions=interaction.permissions.value,
        created_at=user.created_at,
        joined_at=user.joined_at if is_member else None,
        is_bot=user.bot,
        zone=preference.zone,
    )


def watch(interaction: discord.Interaction["Ikuzo"]) -> None:
    """Arm the safety net: whoever has not been answered after :data:`PATIENCE` is told that an answer is coming."""
    loop = asyncio.get_running_loop()

    def overdue() -> None:
        interaction.client.spawn(_defer_overdue(interaction))

    interaction.extras[_BEGAN] = perf_counter()
    interaction.extras[_TIMER] = loop.call_later(PATIENCE.total_seconds(), overdue)


async def answer_privately(interaction: discord.Interaction["Ikuzo"], message: Outgoing) -> None:
    """Send an ephemeral answer, as response or follow-up, whichever is possible now."""
    view = message.view()
    async with _answering(interaction):
        arguments: dict[str, Any] = {
            "content": message.content or "",
            "embeds": list(message.embeds),
            "files": [file.to_file() for file in message.files],
            "ephemeral": True,
            "allowed_mentions": discord.AllowedMentions.none(),
        }
        if view is not None:
            arguments["view"] = view
        if interaction.response.is_done():
            await interaction.followup.send(**arguments)
        else:
            await interaction.response.send_message(**arguments)


async def suggest(
    interaction: discord.Interaction["Ikuzo"], choices: Sequence[tuple[str, str]]
) -> list[discord.app_commands.Choice[str]]:
    """Return autocomplete choices (name, value), within Discord's 25 of 100 characters."""
    return [discord.app_commands.Choice(name=name[:100], value=value[:100]) for name, value in choices[:25]]


class _answering:  # noqa: N801 (reads as a verb where it is used)
    """Hold the interaction's lock while answering, and disarm the safety net once there is an answer."""

    def __init__(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        self._interaction = interaction
        self._extras = interaction.extras
        self._lock: asyncio.Lock = self._extras.setdefault(_LOCK, asyncio.Lock())

    async def __aenter__(self) -> None:
        timer: asyncio.TimerHandle | None = self._extras.pop(_TIMER, None)
        if timer is not None:
            timer.cancel()
        await self._lock.acquire()

    async def __aexit__(self, *exc: object) -> None:
        self._lock.release()
        if self._interaction.response.is_done() and (began := self._extras.pop(_BEGAN, None)) is not None:
            ANSWERS.labels(self._interaction.type.name).observe(perf_counter() - began)


async def _defer_overdue(interaction: discord.Interaction["Ikuzo"]) -> None:
    async with _answering(interaction):
        if not interaction.response.is_done() and interaction.type is not discord.InteractionType.autocomplete:
            await interaction.response.defer(ephemeral=True, thinking=True)
