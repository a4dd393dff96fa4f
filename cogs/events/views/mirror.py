"""What Discord tells of its own scheduled events: changes that people make there."""

import discord
from discord.ext import commands

from bot import clock
from bot.mirror import native_state
from cogs.events.service.hand_edits import HandEdits


class NativeListener(commands.Cog):
    """Hands on what the gateway says; and after each new connection, what happened before it."""

    def __init__(self, hand_edits: HandEdits) -> None:
        self._hand_edits = hand_edits

    @commands.Cog.listener()
    async def on_scheduled_event_update(self, before: discord.ScheduledEvent, after: discord.ScheduledEvent) -> None:
        state, now = native_state(after), clock.now()
        await self._hand_edits.noticed(after.guild_id, state, now)
        if state.phase.is_final:
            await self._hand_edits.room_found(after.guild_id, now)

    @commands.Cog.listener()
    async def on_scheduled_event_delete(self, event: discord.ScheduledEvent) -> None:
        await self._hand_edits.deleted(event.id, clock.now())
        await self._hand_edits.room_found(event.guild_id, clock.now())

    @commands.Cog.listener()
    async def on_ready(self) -> None:
        """Look at what was changed while there was no connection."""
        for guild_id in await self._hand_edits.guilds():
            await self._hand_edits.reconcile(guild_id, clock.now())

    @commands.Cog.listener()
    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._hand_edits.reconcile(guild.id, clock.now())
