"""Options of commands that several features have."""

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import AppCommandChannel, AppCommandThread

from bot.reads import POSTABLE_TYPES


class Postable(app_commands.Transformer):
    """A channel to post in, by its id: one the bot cannot see is refused with a sentence, not by discord.py."""

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return list(POSTABLE_TYPES)

    async def transform(
        self, interaction: "discord.Interaction[Any]", value: AppCommandChannel | AppCommandThread, /
    ) -> int:
        return value.id
