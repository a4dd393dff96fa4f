"""``/giveaway`` after the draw: passing prizes on, claims, entrants, files, pick-up codes; and airdrops."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.i18n import Text, t
from bot.tree import desc
from bot.ui.exchange import Exchange, actor_of, open_exchange, suggest
from cogs.giveaways.render.claims import redeem_modal, render_redeemed
from cogs.giveaways.render.draft import name_of
from cogs.giveaways.render.panel import CLAIMS_LIST, ENTRANTS_LIST, render_airdrop, render_files, render_moved
from cogs.giveaways.rules.airdrop import Asked
from cogs.giveaways.service.airdrop import Airdrops
from cogs.giveaways.service.exports import Exports, Files
from cogs.giveaways.service.finding import Finding
from cogs.giveaways.service.panel import ClaimsPanel
from cogs.giveaways.service.redeeming import Redeeming
from cogs.giveaways.service.redraw import Redraws, Reroll
from cogs.giveaways.tables import State

if TYPE_CHECKING:
    from bot.app import Platform
    from bot.client import Ikuzo

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]


@dataclass(frozen=True, slots=True)
class After:
    """What these commands call."""

    redraws: Redraws
    panel: ClaimsPanel
    exports: Exports
    redeeming: Redeeming
    airdrops: Airdrops


class AfterCommands(commands.Cog):
    """The commands of ``/giveaway`` from the draw on; a mixin of the one cog that holds the group."""

    _platform: "Platform"
    _finding: Finding
    _after: After

    @app_commands.command(name="reroll", description=desc("command.giveaway.reroll"))
    @app_commands.describe(
        giveaway=desc("option.giveaway.reroll.giveaway"),
        reason=desc("option.giveaway.reroll.reason"),
        winner=desc("option.giveaway.reroll.winner"),
        count=desc("option.giveaway.reroll.count"),
    )
    async def reroll(
        self,
        interaction: Interaction,
        giveaway: str,
        reason: str,
        winner: discord.User | None = None,
        count: int | None = None,
    ) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        asked = Reroll(reason, None if winner is None else winner.id, count)
        moved = await self._after.redraws.reroll(exchange.actor, giveaway, asked, clock.now())
        await exchange.reply(render_moved(moved, exchange.language))

    @app_commands.command(name="claims", description=desc("command.giveaway.claims"))
    @app_commands.describe(giveaway=desc("option.giveaway.claims.giveaway"))
    async def claims(self, interaction: Interaction, giveaway: str) -> None:
        exchange = await open_exchange(interaction)
        key = await self._after.panel.named(exchange.actor, giveaway)
        await self._platform.pager.show(exchange, CLAIMS_LIST, key)

    @app_commands.command(name="entrants", description=desc("command.giveaway.entrants"))
    @app_commands.describe(giveaway=desc("option.giveaway.entrants.giveaway"))
    async def entrants(self, interaction: Interaction, giveaway: str) -> None:
        exchange = await open_exchange(interaction)
        key = await self._after.exports.named(exchange.actor, giveaway)
        await self._platform.pager.show(exchange, ENTRANTS_LIST, key)

    @app_commands.command(name="export", description=desc("command.giveaway.export"))
    @app_commands.describe(giveaway=desc("option.giveaway.export.giveaway"))
    async def export(self, interaction: Interaction, giveaway: str) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        found = await self._after.exports.winners(exchange.actor, giveaway, clock.now())
        await _reply_files(exchange, found, t("giveaway.export.done"))

    @app_commands.command(name="proof", description=desc("command.giveaway.proof"))
    @app_commands.describe(giveaway=desc("option.giveaway.proof.giveaway"))
    async def proof(self, interaction: Interaction, giveaway: str) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        found = await self._after.exports.proof(exchange.actor, giveaway)
        await _reply_files(exchange, found, t("giveaway.proof.done"))

    @app_commands.command(name="redeem", description=desc("command.giveaway.redeem"))
    @app_commands.describe(code=desc("option.giveaway.redeem.code"))
    async def redeem(self, interaction: Interaction, code: str | None = None) -> None:
        exchange = await open_exchange(interaction)
        if code is None:
            await self._after.redeeming.require_staff(exchange.actor)
            await exchange.modal(redeem_modal(exchange.language))
            return
        redeemed = await self._after.redeeming.redeem(exchange.actor, code, clock.now())
        await exchange.reply(render_redeemed(redeemed, exchange.language))

    @app_commands.command(name="airdrop", description=desc("command.giveaway.airdrop"))
    @app_commands.describe(
        prize=desc("option.giveaway.airdrop.prize"),
        winners=desc("option.giveaway.airdrop.winners"),
        rule=desc("option.giveaway.airdrop.rule"),
        snapshot=desc("option.giveaway.airdrop.snapshot"),
        per_token=desc("option.giveaway.airdrop.per_token"),
        at=desc("option.giveaway.airdrop.at"),
    )
    async def airdrop(
        self,
        interaction: Interaction,
        prize: str,
        winners: int,
        rule: str | None = None,
        snapshot: str | None = None,
        per_token: bool = False,  # noqa: FBT001, FBT002 (an option)
        at: str | None = None,
    ) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        asked = Asked(prize, winners, rule, snapshot, per_token, at)
        info = await self._after.airdrops.announce(exchange.actor, asked, interaction.channel_id or 0, clock.now())
        await exchange.reply(render_airdrop(info, exchange.language))

    @reroll.autocomplete("giveaway")
    @claims.autocomplete("giveaway")
    @export.autocomplete("giveaway")
    async def _drawn(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offer(interaction, typed, (State.DRAWN,))

    @entrants.autocomplete("giveaway")
    async def _entered(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offer(interaction, typed, tuple(State))

    @proof.autocomplete("giveaway")
    async def _proved(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offer(interaction, typed, (State.DRAWN,), organisers_only=False)

    @airdrop.autocomplete("rule")
    async def _gate_rules(self, interaction: Interaction, typed: str) -> Choices:
        return await self._holders(interaction, typed, snapshots=False)

    @airdrop.autocomplete("snapshot")
    async def _snapshots(self, interaction: Interaction, typed: str) -> Choices:
        return await self._holders(interaction, typed, snapshots=True)

    async def _offer(
        self, interaction: Interaction, typed: str, states: Collection[State], *, organisers_only: bool = True
    ) -> Choices:
        actor = await actor_of(interaction)
        found = await self._finding.suggest(actor, typed, states, organisers_only=organisers_only)
        return await suggest(interaction, [(name_of(info), str(info.number)) for info in found])

    async def _holders(self, interaction: Interaction, typed: str, *, snapshots: bool) -> Choices:
        async with self._platform.database.read() as session:
            guild_id = interaction.guild_id or 0
            found = await self._platform.holders.suggest(session, guild_id, typed, snapshots=snapshots)
        return await suggest(interaction, [(name, name) for name in found])


async def _reply_files(exchange: Exchange, found: Files, said: Text) -> None:
    for message in render_files(found, exchange.language, said):
        await exchange.reply(message)
