"""The Discord client: which intents, when work starts and stops, and the one listener for components."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import discord
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL

from bot import clock
from bot.delivery import Delivery, Target
from bot.guilds import row_for_update
from bot.state import remember, remembered
from bot.tree import CatalogTranslator, Tree
from bot.ui.exchange import open_exchange
from bot.ui.router import Router

if TYPE_CHECKING:
    from bot.app import Platform

# What others ask of a feature (gates, attendance) is there before those who ask.
FEATURES: Final = ("home", "config", "privacy", "wallets", "events", "giveaways", "polls")
_TREE_DIGEST: Final = "commands"

log = logging.getLogger(__name__)

# Nobody is to be told that voice, which the bot does not use, is not installed.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


class Ikuzo(commands.AutoShardedBot):
    """The bot. What it is made of is put together in ``app.py`` and reached through ``platform``."""

    def __init__(self, platform: "Platform", features: Sequence[str] = FEATURES, **options: Any) -> None:
        super().__init__(
            command_prefix=(),
            help_command=None,
            tree_cls=Tree,
            intents=intents(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.platform = platform
        self._features = features
        self.preferences = platform.preferences
        self.router: Router = platform.router
        self._spawned: set[asyncio.Task[None]] = set()
        self._working = False

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something on the side; kept until done, and its failure is logged."""
        task = asyncio.create_task(work)
        self._spawned.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._spawned.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work on the side failed", exc_info=error)

    async def login(self, token: str) -> None:
        await super().login(token)
        if self.platform.settings.discord_api_url is not None:
            # Asked only without a fixed shard count otherwise, and not again after an invalid session.
            gateway = await self.http.get_bot_gateway()
            DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway[1])

    async def setup_hook(self) -> None:
        await self.tree.set_translator(CatalogTranslator())
        self.platform.attach(self)
        for feature in self._features:
            await self.load_extension(f"cogs.{feature}")
        database = self.platform.database
        async with database.read() as session:
            known = await remembered(session, _TREE_DIGEST)
        digest = await cast("Tree", self.tree).sync_if_changed(known)
        if digest != known:
            async with database.write() as tx:
                await remember(tx, _TREE_DIGEST, digest)
        await self.platform.web.start()
        await self.platform.metrics.start()

    def gateway_ready(self) -> bool:
        """Whether Discord's picture of the servers is there, and every shard is connected."""
        return self.is_ready() and not any(shard.is_closed() for shard in self.shards.values())

    async def on_ready(self) -> None:
        """Start work once Discord's picture of the servers is there; a reconnect starts nothing twice."""
        if not self._working:
            self._working = True
            await self.platform.dispatcher.start()
            await self.platform.schedule.start()
        await self._note_departures()

    async def on_interaction(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        if interaction.guild_id is not None:
            self.platform.presence.note(interaction.guild_id, interaction.user.id)
        if interaction.type in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            await self.router.dispatch(interaction)

    async def on_app_command_completion(
        self, interaction: discord.Interaction["Ikuzo"], command: discord.app_commands.Command[Any, ..., Any]
    ) -> None:
        if not interaction.response.is_done():
            log.error("/%s gave no answer", command.qualified_name)
            await (await open_exchange(interaction)).defer()

    # What was refused for want of a permission is tried again when permissions or channels change.

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        if before.permissions != after.permissions or before.position != after.position:
            await self._retry(after.guild.id)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        await self._retry(after.guild.id)

    async def on_thread_update(self, before: discord.Thread, after: discord.Thread) -> None:
        await self._retry(after.guild.id)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        if self.user is not None and after.id == self.user.id:
            await self._retry(after.guild.id)

    async def _retry(self, guild_id: int) -> None:
        places = Delivery.target != Target.DIRECT
        await self.platform.deliveries.retry(Delivery.guild_id == guild_id, places, now=clock.now())

    async def on_guild_join(self, guild: discord.Guild) -> None:
        async with self.platform.database.write() as tx:
            row = await row_for_update(tx.session, guild.id)
            row.left_at, row.locale = None, str(guild.preferred_locale)
        await self._retry(guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        async with self.platform.database.write() as tx:
            row = await row_for_update(tx.session, guild.id)
            row.left_at = clock.now()

    async def _note_departures(self) -> None:
        """Learn which servers removed the bot, or came back, while it was away."""
        await self.platform.upkeep.compare_guilds({guild.id for guild in self.guilds}, self.shard_count, self.shard_ids)

    async def close(self) -> None:
        """Stop in order: nothing new is begun, what runs is finished, then the connections go."""
        await self.platform.web.stop()
        if self._working:
            await self.platform.schedule.stop()
            await self.platform.dispatcher.stop()
            self._working = False
        await super().close()
        await self.platform.close()


def intents() -> discord.Intents:
    """What the bot listens to: servers with their channels and roles, and scheduled events; nothing privileged."""
    return discord.Intents(guilds=True, guild_scheduled_events=True)


def use_api(base_url: str) -> None:
    """Talk to another address than Discord's; *base_url* goes up to and with ``/api/v10``."""
    Route.BASE = base_url.rstrip("/")
