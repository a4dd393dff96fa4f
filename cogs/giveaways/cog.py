"""``/giveaway``: creating, changing, ending, looking at. What comes after the draw is in ``cog_after.py``."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot import clock
from bot.drafting.reading import Typed
from bot.ports import Requirements
from bot.tree import desc
from bot.ui.exchange import Exchange, actor_of, open_exchange, suggest
from bot.ui.options import Postable
from bot.ui.pager import Page
from cogs.giveaways.cog_after import After, AfterCommands
from cogs.giveaways.render.draft import name_of
from cogs.giveaways.render.overview import render_cancelled, render_ended, render_list, render_shown
from cogs.giveaways.rules.terms import Claim, Repeats
from cogs.giveaways.service.correcting import Correcting
from cogs.giveaways.service.finding import CANCELLABLE, CHANGEABLE, Finding
from cogs.giveaways.tables import State
from cogs.giveaways.views.drafts import GiveawayPanel

if TYPE_CHECKING:
    from bot.app import Platform
    from bot.client import Ikuzo

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]

LIST: Final = "gw.list"
CLAIMS: Final = [
    app_commands.Choice(name=desc("giveaway.claim.none"), value=Claim.NONE.value),
    app_commands.Choice(name=desc("giveaway.claim.button"), value=Claim.BUTTON.value),
    app_commands.Choice(name=desc("giveaway.claim.in_person"), value=Claim.IN_PERSON.value),
    app_commands.Choice(name=desc("giveaway.claim.wallet"), value=Claim.WALLET.value),
]
REPEATS: Final = [
    app_commands.Choice(name=desc("giveaway.repeat.daily"), value=Repeats.DAILY.value),
    app_commands.Choice(name=desc("giveaway.repeat.weekly"), value=Repeats.WEEKLY.value),
    app_commands.Choice(name=desc("giveaway.repeat.monthly"), value=Repeats.MONTHLY.value),
]


class GiveawayCommands(commands.Cog):
    """The commands of ``/giveaway`` before the draw; a mixin of the one cog that holds the group.

    Every command asks for itself who may: Discord shows the group to everyone.
    """

    _platform: "Platform"
    _panel: GiveawayPanel
    _correcting: Correcting
    _finding: Finding

    @app_commands.command(name="start", description=desc("command.giveaway.start"))
    @app_commands.describe(
        prize=desc("option.giveaway.start.prize"),
        ends=desc("option.giveaway.start.ends"),
        winners=desc("option.giveaway.start.winners"),
        description=desc("option.giveaway.start.description"),
        image=desc("option.giveaway.start.image"),
        channel=desc("option.giveaway.start.channel"),
        starts=desc("option.giveaway.start.starts"),
        required_role=desc("option.giveaway.start.required_role"),
        excluded_role=desc("option.giveaway.start.excluded_role"),
        bonuses=desc("option.giveaway.start.bonuses"),
        account_age=desc("option.giveaway.start.account_age"),
        member_for=desc("option.giveaway.start.member_for"),
        holders_of=desc("option.giveaway.start.holders_of"),
        attended=desc("option.giveaway.start.attended"),
        cooldown=desc("option.giveaway.start.cooldown"),
        claim=desc("option.giveaway.start.claim"),
        claim_within=desc("option.giveaway.start.claim_within"),
        ping=desc("option.giveaway.start.ping"),
        repeat=desc("option.giveaway.start.repeat"),
        post=desc("option.giveaway.start.post"),
    )
    @app_commands.choices(claim=CLAIMS, repeat=REPEATS)
    async def start(
        self,
        interaction: Interaction,
        prize: str | None = None,
        ends: str | None = None,
        winners: int | None = None,
        description: str | None = None,
        image: discord.Attachment | None = None,
        channel: app_commands.Transform[int, Postable] | None = None,
        starts: str | None = None,
        required_role: discord.Role | None = None,
        excluded_role: discord.Role | None = None,
        bonuses: str | None = None,
        account_age: str | None = None,
        member_for: str | None = None,
        holders_of: str | None = None,
        attended: str | None = None,
        cooldown: str | None = None,
        claim: str | None = None,
        claim_within: str | None = None,
        ping: discord.Role | None = None,
        repeat: str | None = None,
        post: bool = False,  # noqa: FBT001, FBT002 (an option)
    ) -> None:
        given: dict[str, Typed | None] = {
            "prize": prize,
            "ends": ends,
            "winners": winners,
            "description": description,
            "starts": starts,
            "required_role": _id(required_role),
            "excluded_role": _id(excluded_role),
            "bonuses": bonuses,
            "account_age": account_age,
            "member_for": member_for,
            "holders_of": holders_of,
            "attended": attended,
            "cooldown": cooldown,
            "claim": claim,
            "claim_within": claim_within,
            "ping": _id(ping),
            "repeat": repeat,
            "channel": channel,
        }
        fields = {name: value for name, value in given.items() if value is not None}
        exchange = await open_exchange(interaction)
        if not fields and image is None and not post:
            await self._panel.ask_essentials(exchange)
        else:
            await self._panel.start(exchange, interaction.channel_id or 0, fields, image, post=post)

    @app_commands.command(name="edit", description=desc("command.giveaway.edit"))
    @app_commands.describe(giveaway=desc("option.giveaway.edit.giveaway"))
    async def edit(self, interaction: Interaction, giveaway: str) -> None:
        exchange = await open_exchange(interaction)
        await self._panel.edit(exchange, interaction.channel_id or 0, giveaway)

    @app_commands.command(name="end", description=desc("command.giveaway.end"))
    @app_commands.describe(giveaway=desc("option.giveaway.end.giveaway"))
    async def end(self, interaction: Interaction, giveaway: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._finding.named(exchange.actor, giveaway)
        ended = await self._correcting.end(exchange.actor, found.id, clock.now())
        await exchange.reply(render_ended(ended, exchange.language))

    @app_commands.command(name="cancel", description=desc("command.giveaway.cancel"))
    @app_commands.describe(
        giveaway=desc("option.giveaway.cancel.giveaway"), reason=desc("option.giveaway.cancel.reason")
    )
    async def cancel(self, interaction: Interaction, giveaway: str, reason: str) -> None:
        exchange = await open_exchange(interaction)
        found = await self._finding.named(exchange.actor, giveaway)
        cancelled = await self._correcting.cancel(exchange.actor, found.id, reason, clock.now())
        await exchange.reply(render_cancelled(cancelled, exchange.language))

    @app_commands.command(name="list", description=desc("command.giveaway.list"))
    async def list(self, interaction: Interaction) -> None:
        await self._platform.pager.show(await open_exchange(interaction), LIST)

    @app_commands.command(name="info", description=desc("command.giveaway.info"))
    @app_commands.describe(giveaway=desc("option.giveaway.info.giveaway"))
    async def info(self, interaction: Interaction, giveaway: str) -> None:
        exchange = await open_exchange(interaction)
        view, url = await self._finding.shown(exchange.actor, giveaway)
        await exchange.reply(render_shown(view, url, exchange.language))

    @edit.autocomplete("giveaway")
    async def _changeable(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, CHANGEABLE)

    @end.autocomplete("giveaway")
    async def _open(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, (State.OPEN,))

    @cancel.autocomplete("giveaway")
    async def _cancellable(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, CANCELLABLE)

    @info.autocomplete("giveaway")
    async def _any(self, interaction: Interaction, typed: str) -> Choices:
        return await self._suggest(interaction, typed, tuple(State), organisers_only=False)

    @start.autocomplete("holders_of")
    async def _rules(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offers(interaction, typed, self._platform.gates)

    @start.autocomplete("attended")
    async def _events(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offers(interaction, typed, self._platform.attendance)

    async def _suggest(
        self, interaction: Interaction, typed: str, states: Collection[State], *, organisers_only: bool = True
    ) -> Choices:
        """Suggest giveaways in these states; what comes after the draw uses it too."""
        actor = await actor_of(interaction)
        found = await self._finding.suggest(actor, typed, states, organisers_only=organisers_only)
        return await suggest(interaction, [(name_of(info), str(info.number)) for info in found])

    async def _offers(self, interaction: Interaction, typed: str, port: Requirements) -> Choices:
        async with self._platform.database.read() as session:
            found = await port.suggest(session, interaction.guild_id or 0, typed)
        return await suggest(interaction, [(each.name, each.name) for each in found])


def _id(role: discord.Role | None) -> int | None:
    return None if role is None else role.id


@app_commands.guild_only()
class GiveawayCog(
    GiveawayCommands,
    AfterCommands,
    commands.GroupCog,
    group_name="giveaway",
    group_description=desc("command.giveaway"),
):
    """The group ``/giveaway``. Commands are gathered from mixins, so that no file grows too long."""

    def __init__(
        self, platform: "Platform", panel: GiveawayPanel, correcting: Correcting, finding: Finding, after: After
    ) -> None:
        self._platform = platform
        self._panel = panel
        self._correcting = correcting
        self._finding = finding
        self._after = after
        platform.pager.register(LIST, self._page)

    async def _page(self, exchange: Exchange, args: object, number: int) -> Page:
        listed, more = await self._finding.page(exchange.actor, number)
        return Page(render_list(listed, exchange.language), number, None, more)
