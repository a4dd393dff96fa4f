"""``/gate``: roles for what members hold; ``/wallet``: what they hold it in."""

from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock, markup
from bot.errors import BadInput, TryAgain
from bot.i18n import t
from bot.tree import desc
from bot.ui.exchange import open_exchange, suggest
from bot.ui.pager import Pager
from cogs.wallets.render import gates as render
from cogs.wallets.render import linking
from cogs.wallets.rules.holders import MAX_BYTES
from cogs.wallets.rules.terms import Standard
from cogs.wallets.service.gates import Wish
from cogs.wallets.service.snapshots import SnapshotWish
from cogs.wallets.tables import Cause
from cogs.wallets.views.gates import RECORDS
from cogs.wallets.views.linking import LinkButtons
from cogs.wallets.wiring import Services

if TYPE_CHECKING:
    from bot.app import Platform
    from bot.client import Ikuzo

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]

STANDARD_CHOICES = [app_commands.Choice(name=render.STANDARDS[each], value=each.value) for each in Standard]


@app_commands.default_permissions(manage_guild=True)
@app_commands.guild_only()
class GateCog(commands.GroupCog, group_name="gate", group_description=desc("command.gate")):
    """The commands of moderators; Discord shows them to *Manage Server*, and the services ask again."""

    def __init__(self, platform: "Platform", services: Services) -> None:
        self._platform = platform
        self._services = services
        self._pager: Pager = platform.pager

    @app_commands.command(name="add", description=desc("command.gate.add"))
    @app_commands.rename(minimum="min", maximum="max")
    @app_commands.choices(standard=STANDARD_CHOICES)
    @app_commands.describe(
        name=desc("option.gate.add.name"),
        role=desc("option.gate.add.role"),
        chain=desc("option.gate.add.chain"),
        contract=desc("option.gate.add.contract"),
        standard=desc("option.gate.add.standard"),
        minimum=desc("option.gate.add.min"),
        maximum=desc("option.gate.add.max"),
        token_ids=desc("option.gate.add.token_ids"),
    )
    async def add(
        self,
        interaction: Interaction,
        name: str,
        role: discord.Role,
        chain: str,
        contract: str,
        standard: str,
        minimum: str = "1",
        maximum: str | None = None,
        token_ids: str | None = None,
    ) -> None:
        exchange = await open_exchange(interaction)
        await exchange.defer()
        wish = Wish(name, role.id, chain, contract, Standard(standard), minimum, maximum, token_ids)
        view = await self._services.gates.add(exchange.actor, wish, clock.now())
        await exchange.reply(render.render_added(view, exchange.language))

    @app_commands.command(name="combine", description=desc("command.gate.combine"))
    @app_commands.describe(
        name=desc("option.gate.combine.name"),
        role=desc("option.gate.combine.role"),
        expression=desc("option.gate.combine.expression"),
    )
    async def combine(self, interaction: Interaction, name: str, role: discord.Role, expression: str) -> None:
        exchange = await open_exchange(interaction)
        view = await self._services.gates.combine(exchange.actor, name, role.id, expression, clock.now())
        await exchange.reply(render.render_added(view, exchange.language))

    @app_commands.command(name="list", description=desc("command.gate.list"))
    async def list(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        overview = await self._services.gates.overview(exchange.actor)
        await exchange.reply(render.render_overview(overview, exchange.language))

    @app_commands.command(name="remove", description=desc("command.gate.remove"))
    @app_commands.describe(rule=desc("option.gate.remove.rule"))
    async def remove(self, interaction: Interaction, rule: str) -> None:
        exchange = await open_exchange(interaction)
        view = await self._services.gates.one(exchange.actor, rule)
        await exchange.reply(render.render_remove(view, exchange.language))

    @app_commands.command(name="test", description=desc("command.gate.test"))
    @app_commands.describe(rule=desc("option.gate.test.rule"), member=desc("option.gate.test.member"))
    async def test(self, interaction: Interaction, rule: str, member: discord.Member) -> None:
        exchange = await open_exchange(interaction)
        await self._services.gates.moderated(exchange.actor)
        await exchange.defer()
        status = await self._services.explaining.test(exchange.actor, rule, member.id)
        await exchange.reply(render.render_test(status, exchange.language))

    @app_commands.command(name="recheck", description=desc("command.gate.recheck"))
    async def recheck(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._services.gates.moderated(exchange.actor)
        await exchange.defer()
        report = await self._services.rechecking.server(exchange.actor.guild_id, Cause.ASKED, clock.now())
        await exchange.reply(render.render_report(report, exchange.language))

    @app_commands.command(name="records", description=desc("command.gate.records"))
    async def records(self, interaction: Interaction) -> None:
        await self._pager.show(await open_exchange(interaction), RECORDS)

    @app_commands.command(name="panel", description=desc("command.gate.panel"))
    async def panel(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._services.gates.panel(exchange.actor, _channel_of(interaction), clock.now())
        await exchange.reply(t("gate.panel.posted"))

    @app_commands.command(name="protect", description=desc("command.gate.protect"))
    @app_commands.describe(member=desc("option.gate.protect.member"))
    async def protect(self, interaction: Interaction, member: discord.Member) -> None:
        exchange = await open_exchange(interaction)
        protected = await self._services.gates.protect(exchange.actor, member.id, clock.now())
        if protected:
            await exchange.reply(t("gate.protect.on", member=member.display_name))
        else:
            await exchange.reply(t("gate.protect.off", member=member.display_name))

    @app_commands.command(name="grace", description=desc("command.gate.grace"))
    @app_commands.describe(length=desc("option.gate.grace.length"), rule=desc("option.gate.grace.rule"))
    async def grace(self, interaction: Interaction, length: str, rule: str | None = None) -> None:
        exchange = await open_exchange(interaction)
        kept = await self._services.gates.set_grace(exchange.actor, length, rule, clock.now())
        await exchange.reply(t("gate.grace.set", length=render.length(kept)))

    @app_commands.command(name="snapshot", description=desc("command.gate.snapshot"))
    @app_commands.describe(
        name=desc("option.gate.snapshot.name"),
        chain=desc("option.gate.snapshot.chain"),
        contract=desc("option.gate.snapshot.contract"),
        block=desc("option.gate.snapshot.block"),
        file=desc("option.gate.snapshot.file"),
    )
    async def snapshot(
        self,
        interaction: Interaction,
        name: str,
        chain: str | None = None,
        contract: str | None = None,
        block: int | None = None,
        file: discord.Attachment | None = None,
    ) -> None:
        exchange = await open_exchange(interaction)
        await self._services.gates.moderated(exchange.actor)
        await exchange.defer()
        wish = SnapshotWish(name, chain, contract, block, None if file is None else await _download(file))
        view = await self._services.snapshots.take(exchange.actor, wish, _channel_of(interaction), clock.now())
        await exchange.reply(render.render_snapshot_taken(view, exchange.language))

    @remove.autocomplete("rule")
    @test.autocomplete("rule")
    @grace.autocomplete("rule")
    async def _suggest_rules(self, interaction: Interaction, typed: str) -> Choices:
        exchange = await open_exchange(interaction)
        found = await self._services.gates.suggest(exchange.actor, typed)
        return await suggest(interaction, [(f"#{each.number} {each.name}", each.name) for each in found])

    @add.autocomplete("chain")
    @snapshot.autocomplete("chain")
    async def _suggest_chains(self, interaction: Interaction, typed: str) -> Choices:
        known = [str(each) for each in self._services.gates.checking.known()]
        return await suggest(interaction, [(each, each) for each in known if typed.strip() in each])


async def _download(file: discord.Attachment) -> bytes:
    if file.size > MAX_BYTES:
        raise BadInput(t("gate.snapshot.large"))
    try:
        return await file.read()
    except discord.HTTPException:
        raise TryAgain(t("gate.snapshot.unread", name=file.filename)) from None


def _channel_of(interaction: Interaction) -> int:
    return interaction.channel_id or 0


@app_commands.guild_only()
class WalletCog(commands.GroupCog, group_name="wallet", group_description=desc("command.wallet")):
    """The commands of members; what they answer is seen by nobody else."""

    def __init__(self, services: Services, buttons: LinkButtons) -> None:
        self._services = services
        self._buttons = buttons

    @app_commands.command(name="link", description=desc("command.wallet.link"))
    @app_commands.describe(address=desc("option.wallet.link.address"))
    async def link(self, interaction: Interaction, address: str | None = None) -> None:
        await self._buttons.offer(await open_exchange(interaction), address)

    @app_commands.command(name="list", description=desc("command.wallet.list"))
    async def list(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        wallets = await self._services.wallets.own(exchange.actor)
        await exchange.reply(linking.render_wallets(wallets, exchange.language))

    @app_commands.command(name="unlink", description=desc("command.wallet.unlink"))
    @app_commands.describe(wallet=desc("option.wallet.unlink.wallet"), member=desc("option.wallet.unlink.member"))
    async def unlink(
        self, interaction: Interaction, wallet: str | None = None, member: discord.Member | None = None
    ) -> None:
        exchange = await open_exchange(interaction)
        whose = None if member is None or member.id == exchange.actor.user_id else member.id
        if wallet is None:
            found = await self._services.wallets.of_member(exchange.actor, whose)
            name = None if whose is None else markup.user(whose)
            await exchange.reply(linking.render_unlink(found, name, exchange.language))
            return
        await exchange.defer()
        key = await self._services.wallets.named(exchange.actor, wallet, whose)
        shown = await self._services.wallets.unlink(exchange.actor, key, clock.now())
        await exchange.reply(linking.render_unlinked(shown, exchange.language))

    @app_commands.command(name="status", description=desc("command.wallet.status"))
    async def status(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._services.wallets.enabled(exchange.actor)
        status = await self._services.explaining.status(exchange.actor.guild_id, exchange.actor.user_id)
        await exchange.reply(render.render_status(status, exchange.language))

    @app_commands.command(name="refresh", description=desc("command.wallet.refresh"))
    async def refresh(self, interaction: Interaction) -> None:
        exchange = await open_exchange(interaction)
        await self._services.wallets.enabled(exchange.actor)
        await exchange.defer()
        await self._services.wallets.refresh(exchange.actor, clock.now())
        status = await self._services.explaining.status(exchange.actor.guild_id, exchange.actor.user_id)
        await exchange.reply(render.render_status(status, exchange.language))

    @unlink.autocomplete("wallet")
    async def _suggest_wallets(self, interaction: Interaction, typed: str) -> Choices:
        exchange = await open_exchange(interaction)
        found = await self._services.wallets.own(exchange.actor)
        wanted = [each for each in found if typed.strip().lower() in each.address]
        return await suggest(interaction, [(each.shortened, str(each.key)) for each in wanted])
