"""Puts the feature's services together and tells the platform about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.chain.reader import ChainReader
from bot.chain.rpc import Rpc
from bot.delivery import Kind
from bot.guilds import Feature
from cogs.wallets.render import gates as render
from cogs.wallets.render.linking import render_outcome
from cogs.wallets.service import applying as applied
from cogs.wallets.service import breaking, snapshots
from cogs.wallets.service.applying import Applying
from cogs.wallets.service.breaking import Breakers
from cogs.wallets.service.checking import Checking
from cogs.wallets.service.custody import WalletCustodian
from cogs.wallets.service.explaining import Explaining
from cogs.wallets.service.gates import Gates
from cogs.wallets.service.keeping import Records
from cogs.wallets.service.linking import Linking
from cogs.wallets.service.measuring import Measuring
from cogs.wallets.service.offers import (
    GateBalances,
    GateHolders,
    GateReading,
    GateRequirements,
    GateRoles,
    GatesRunning,
    OfferedWallets,
)
from cogs.wallets.service.outcomes import LINK, REPLY, Outcomes
from cogs.wallets.service.planning import RECHECK, Planning
from cogs.wallets.service.proving import Proving
from cogs.wallets.service.rechecking import Rechecking
from cogs.wallets.service.showcase import WalletShowcase
from cogs.wallets.service.snapshots import Snapshots
from cogs.wallets.service.telling import Telling
from cogs.wallets.service.topics import topics
from cogs.wallets.service.wallets import LinkedWallets

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Services:
    """One of each service of wallets and gates."""

    chains: Mapping[int, ChainReader]
    proving: Proving
    measuring: Measuring
    applying: Applying
    breakers: Breakers
    planning: Planning
    rechecking: Rechecking
    gates: Gates
    explaining: Explaining
    snapshots: Snapshots
    wallets: LinkedWallets
    records: Records
    telling: Telling
    outcomes: Outcomes
    linking: Linking


def build(platform: "Platform", chains: Mapping[int, ChainReader] | None = None) -> Services:
    """Put the services together; nothing is read yet. *chains* take the place of those in the settings."""
    if chains is None:
        chains = {chain.id: ChainReader(Rpc(chain.id, chain.urls)) for chain in platform.settings.chains}
    measuring, applying, breakers = Measuring(chains), Applying(platform), Breakers(platform)
    planning = Planning(platform)
    rechecking = Rechecking(platform, measuring, applying, breakers, planning)
    gates = Gates(platform, Checking(chains), applying, breakers, planning)
    proving, wallets, outcomes = Proving(chains), LinkedWallets(platform, rechecking), Outcomes(platform, rechecking)
    return Services(
        chains=chains,
        proving=proving,
        measuring=measuring,
        applying=applying,
        breakers=breakers,
        planning=planning,
        rechecking=rechecking,
        gates=gates,
        explaining=Explaining(platform, measuring),
        snapshots=Snapshots(platform, gates, chains),
        wallets=wallets,
        records=Records(platform, gates),
        telling=Telling(platform),
        outcomes=outcomes,
        linking=Linking(platform, proving, wallets, outcomes),
    )


def register(platform: "Platform", services: Services) -> None:
    """Tell schedule, deliveries, other features and the overviews who handles what."""
    reading = GateReading(platform, services.measuring)
    platform.gates = GateRequirements(reading)
    platform.balances = GateBalances(reading)
    platform.wallets = OfferedWallets(platform, services.wallets)
    platform.holders = GateHolders(platform, reading)
    platform.role_givers.append(GateRoles())
    platform.running[Feature.WALLETS] = GatesRunning(platform)
    platform.config_followers.append(services.planning)
    platform.custodians.append(WalletCustodian(platform, services.applying))
    platform.showcases.append(WalletShowcase())
    platform.topics.extend(topics())
    platform.schedule.every("wallets", timedelta(hours=1), services.wallets.tidy)
    platform.schedule.register(RECHECK, services.rechecking.due)
    platform.schedule.register(LINK, services.outcomes.due)
    for reader in services.chains.values():
        platform.closing.append(reader.rpc.close)
    _register_deliveries(platform, services)


def _register_deliveries(platform: "Platform", services: Services) -> None:
    deliveries, telling = platform.deliveries, services.telling
    role = Kind(load=telling.load_role, render=None, settled=telling.role_settled)
    deliveries.register(applied.ROLE, role)
    deliveries.register(applied.GRACE_BEGAN, Kind(load=telling.load_grace, render=render.render_grace))
    deliveries.register(breaking.ASKED, Kind(load=services.breakers.load, render=render.render_breaker))
    deliveries.register(snapshots.PUBLISHED, Kind(load=services.snapshots.load, render=render.render_snapshot))
    reply = Kind(load=services.outcomes.load, render=render_outcome, token=lambda outcome: outcome.reply_token)
    deliveries.register(REPLY, reply)
    deliveries.register("gate.panel", Kind(load=telling.load_panel, render=render.render_panel))
