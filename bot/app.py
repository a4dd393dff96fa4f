"""The composition root: the one file that knows everything, and puts it together once."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import aiohttp
import discord

from bot.absences import Presence, ReportingMembers
from bot.beacon import QUICKNET, BeaconClient, load_chain
from bot.client import FEATURES, Ikuzo, use_api
from bot.compute import Compute
from bot.custodians import platform_custodians
from bot.database import Database
from bot.delivery import Deliveries
from bot.dispatch import Dispatcher
from bot.drafts import DraftKinds
from bot.export import Exporter
from bot.guilds import Feature
from bot.ledger.custody import LedgerCustodian
from bot.ledger.service import Ledger
from bot.ledger.setup import register as register_ledger
from bot.migrate import upgrade
from bot.mirror import CachedNatives
from bot.ports import (
    Balances,
    ConfigFollower,
    Custodian,
    Duties,
    Guilds,
    Holders,
    Members,
    Messages,
    Natives,
    Randomness,
    Requirements,
    RoleGiver,
    Running,
    Showcase,
    Topic,
    Wallets,
)
from bot.preferences import Preferences
from bot.reads import CachedGuilds, ChannelMessages, GatewayMembers
from bot.refusal import Refusal
from bot.schedule import LOOK_ALONE, LOOK_SHARED, Schedule
from bot.settings import Settings
from bot.shards import Share
from bot.sweep import Sweeper
from bot.ui.pager import Pager
from bot.ui.router import Router
from bot.unavailable import NoBalances, NoHolders, NoRequirements, NoWallets
from bot.upkeep import Upkeep
from bot.web import Web
from bot.web.health import Health
from bot.web.metrics import Metrics
from bot.web.verify import VerifyPage
from bot.writer import Writer


@dataclass
class Platform:
    """What features are given in their setup: one of everything, and the places where they offer something.

    The ports of features that are not there answer with a refusal that says so, until such a feature replaces them.
    """

    settings: Settings
    database: Database
    writer: Writer
    compute: Compute
    schedule: Schedule
    deliveries: Deliveries
    preferences: Preferences
    presence: Presence
    ledger: Ledger
    router: Router
    pager: Pager
    web: Web
    beacon: Randomness | None
    gates: Requirements = field(default_factory=NoRequirements.for_gates)
    attendance: Requirements = field(default_factory=NoRequirements.for_events)
    wallets: Wallets = field(default_factory=NoWallets)
    balances: Balances = field(default_factory=NoBalances)
    holders: Holders = field(default_factory=NoHolders)
    running: dict[Feature, Running] = field(default_factory=dict[Feature, Running])
    config_followers: list[ConfigFollower] = field(default_factory=list[ConfigFollower])
    role_givers: list[RoleGiver] = field(default_factory=list[RoleGiver])
    showcases: list[Showcase] = field(default_factory=list[Showcase])
    duties: list[Duties] = field(default_factory=list[Duties])
    custodians: list[Custodian] = field(default_factory=list[Custodian])
    drafts: DraftKinds = field(default_factory=DraftKinds)
    topics: list[Topic] = field(default_factory=list[Topic])
    # What features opened themselves, and is to be closed with the bot.
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list[Callable[[], Awaitable[None]]])
    # Set once there is a client.
    dispatcher: Dispatcher = field(init=False)
    members: Members = field(init=False)
    guilds: Guilds = field(init=False)
    messages: Messages = field(init=False)
    natives: Natives = field(init=False)
    upkeep: Upkeep = field(init=False)
    metrics: Metrics = field(init=False)

    def attach(self, client: Ikuzo) -> None:
        """Add what needs the client."""
        self.dispatcher = Dispatcher(client, self.deliveries, self.schedule.owner, self.schedule.share)
        members = GatewayMembers(client)
        self.members = ReportingMembers(members, self.database)
        self.guilds = CachedGuilds(client)
        self.messages = ChannelMessages(client)
        self.natives = CachedNatives(client)
        sweeper = Sweeper(self.database, self.custodians, self.ledger, self.guilds.known, members, self.schedule.owner)
        self.upkeep = Upkeep(self.database, self.deliveries, self.custodians, self.presence, sweeper)

        async def look() -> None:
            self.dispatcher.wake()

        self.web.get("/healthz", Health(self.database, client.gateway_ready).answer)
        self.metrics = Metrics(
            self.settings.metrics_listen, self.database, client.gateway_ready, lambda: len(client.guilds)
        )
        self.closing.append(self.metrics.stop)
        if self.web.listens:
            VerifyPage(self.web)
        self.schedule.every("deliveries", LOOK_ALONE if self.database.is_sqlite else LOOK_SHARED, look)
        self.schedule.every("upkeep", timedelta(hours=1), self.upkeep.hourly)

    async def close(self) -> None:
        """Let go of connections and the worker process."""
        await self.web.stop()
        for close in self.closing:
            await close()
        if self.beacon is not None:
            await self.beacon.close()
        await self.writer.close()
        await self.compute.close()
        await self.database.close()


def create_platform(settings: Settings, beacon: Randomness | None = None) -> Platform:
    """Put the platform together; nothing is opened or read yet but the beacon's chain file.

    *beacon* takes the place of the one in the settings.
    """
    database = Database(settings.database_url)
    deliveries = Deliveries(database)
    ids = None if settings.shard_ids is None else frozenset(settings.shard_ids)
    share = Share(settings.shard_count or 1, ids)
    schedule = Schedule(database, share)
    router = Router()
    compute = Compute()
    if beacon is None and not settings.beacon_off:
        chain = load_chain(settings.beacon_chain) if settings.beacon_chain is not None else QUICKNET
        beacon = BeaconClient(settings.beacon_urls, chain, compute=compute)
    ledger = register_ledger(database, deliveries, schedule)
    preferences, presence = Preferences(database), Presence(database)
    return Platform(
        settings=settings,
        database=database,
        writer=Writer(database, deliveries.wake),
        compute=compute,
        schedule=schedule,
        deliveries=deliveries,
        preferences=preferences,
        presence=presence,
        ledger=ledger,
        router=router,
        pager=Pager(router),
        web=Web(settings.web_listen, settings.web_public_url),
        beacon=beacon,
        custodians=[LedgerCustodian(ledger), *platform_custodians(preferences, presence)],
    )


def create_bot(settings: Settings, features: Sequence[str] = FEATURES, *, beacon: Randomness | None = None) -> Ikuzo:
    """Return the bot, ready to be started on Discord or on a simulated one; the schema must be up to date.

    *beacon* takes the place of the one in the settings; the demo has its own.
    """
    if settings.discord_api_url is not None:
        use_api(settings.discord_api_url)
    options: dict[str, object] = {}
    if settings.shard_count is not None:
        options |= {"shard_count": settings.shard_count}
    if settings.shard_ids is not None:
        options |= {"shard_ids": list(settings.shard_ids)}
    return Ikuzo(create_platform(settings, beacon), features, **options)


def exporters() -> list[Exporter]:
    """Return what features add to ``ikuzo export``."""
    from cogs.events.service.exports import EventExporter
    from cogs.giveaways.service.exporting import GiveawayExporter
    from cogs.polls.service.exporting import PollExporter
    from cogs.wallets.service.keeping import WalletExporter

    return [GiveawayExporter(), PollExporter(), EventExporter(), WalletExporter()]


def run(settings: Settings) -> int:
    """Run the bot on Discord until it is told to stop; returns the exit code.

    Raises :class:`~bot.refusal.Refusal` where it cannot start.
    """
    return asyncio.run(_run(settings))


def settle_heap() -> None:
    """Take what is there by now, and stays as long as the process, out of what the garbage collector walks through.

    A full collection otherwise keeps the event loop for a tenth of a second, as often as a list of thousands is made.
    """
    gc.collect()
    gc.freeze()


async def _run(settings: Settings) -> int:
    token = settings.token()
    await upgrade(settings.database_url)
    async with create_bot(settings) as bot:
        try:
            await bot.login(token)
            settle_heap()
            await bot.connect()
        except discord.LoginFailure:
            raise Refusal("Discord does not accept DISCORD_TOKEN; copy it again from the developer portal.") from None
        except (OSError, aiohttp.ClientError, discord.HTTPException, discord.GatewayNotFound) as error:
            raise Refusal(f"Discord cannot be reached ({type(error).__name__}); try again later.") from error
    return 0
