"""``/poll create`` and ``/poll edit``: a poll before anybody has voted."""

from typing import TYPE_CHECKING, Final, TypeAlias

import discord
from discord import app_commands
from discord.ext import commands

from bot.drafting.reading import Typed
from bot.ports import Requirements
from bot.tree import desc
from bot.ui.exchange import actor_of, open_exchange, suggest
from bot.ui.options import Postable
from cogs.polls.render.overview import choice_name
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.reading import OFF, ON
from cogs.polls.rules.terms import Results
from cogs.polls.service.finding import Finding
from cogs.polls.tables import State
from cogs.polls.views.drafts import PollPanel

if TYPE_CHECKING:
    from bot.app import Platform
    from bot.client import Ikuzo

Interaction: TypeAlias = "discord.Interaction[Ikuzo]"
Choices: TypeAlias = list[app_commands.Choice[str]]

KINDS: Final = [
    app_commands.Choice(name=desc("poll.kind.single"), value=Kind.SINGLE.value),
    app_commands.Choice(name=desc("poll.kind.multiple"), value=Kind.MULTIPLE.value),
    app_commands.Choice(name=desc("poll.kind.ranked"), value=Kind.RANKED.value),
    app_commands.Choice(name=desc("poll.kind.rating"), value=Kind.RATING.value),
]
SECRECIES: Final = [
    app_commands.Choice(name=desc("choice.poll.secret"), value=Secrecy.SECRET.value),
    app_commands.Choice(name=desc("choice.poll.open"), value=Secrecy.OPEN.value),
]
RESULTS: Final = [
    app_commands.Choice(name=desc("choice.poll.after"), value=Results.AFTER.value),
    app_commands.Choice(name=desc("choice.poll.live"), value=Results.LIVE.value),
]
SWITCH: Final = [
    app_commands.Choice(name=desc("choice.on"), value=ON),
    app_commands.Choice(name=desc("choice.off"), value=OFF),
]


class CreatingCommands(commands.Cog):
    """The commands of ``/poll`` before anybody has voted; a mixin of the one cog that holds the group.

    Every command asks for itself who may: Discord shows the group to everyone.
    """

    _platform: "Platform"
    _panel: PollPanel
    _finding: Finding

    @app_commands.command(name="create", description=desc("command.poll.create"))
    @app_commands.describe(
        question=desc("option.poll.create.question"),
        options=desc("option.poll.create.options"),
        ends=desc("option.poll.create.ends"),
        kind=desc("option.poll.create.kind"),
        secrecy=desc("option.poll.create.secrecy"),
        results=desc("option.poll.create.results"),
        max_choices=desc("option.poll.create.max_choices"),
        voters=desc("option.poll.create.voters"),
        holders_of=desc("option.poll.create.holders_of"),
        attended=desc("option.poll.create.attended"),
        weights=desc("option.poll.create.weights"),
        quorum=desc("option.poll.create.quorum"),
        threshold=desc("option.poll.create.threshold"),
        write_ins=desc("option.poll.create.write_ins"),
        receipts=desc("option.poll.create.receipts"),
        starts=desc("option.poll.create.starts"),
        channel=desc("option.poll.create.channel"),
        answer_owner=desc("option.poll.create.answer_owner"),
        answer_by=desc("option.poll.create.answer_by"),
        ping=desc("option.poll.create.ping"),
        image=desc("option.poll.create.image"),
        post=desc("option.poll.create.post"),
    )
    @app_commands.choices(kind=KINDS, secrecy=SECRECIES, results=RESULTS, receipts=SWITCH)
    async def create(
        self,
        interaction: Interaction,
        question: str | None = None,
        options: str | None = None,
        ends: str | None = None,
        kind: str | None = None,
        secrecy: str | None = None,
        results: str | None = None,
        max_choices: int | None = None,
        voters: discord.Role | None = None,
        holders_of: str | None = None,
        attended: str | None = None,
        weights: str | None = None,
        quorum: str | None = None,
        threshold: int | None = None,
        write_ins: bool | None = None,  # noqa: FBT001 (an option of the command)
        receipts: str | None = None,
        starts: str | None = None,
        channel: app_commands.Transform[int, Postable] | None = None,
        answer_owner: str | None = None,
        answer_by: str | None = None,
        ping: discord.Role | None = None,
        image: discord.Attachment | None = None,
        post: bool = False,  # noqa: FBT001, FBT002 (an option of the command)
    ) -> None:
        given: dict[str, Typed | None] = {
            "question": question,
            "options": options,
            "ends": ends,
            "kind": kind,
            "secrecy": secrecy,
            "results": results,
            "max_choices": max_choices,
            "voters": None if voters is None else voters.id,
            "holders_of": holders_of,
            "attended": attended,
            "weights": weights,
            "quorum": quorum,
            "threshold": threshold,
            "write_ins": None if write_ins is None else ON if write_ins else OFF,
            "receipts": receipts,
            "starts": starts,
            "channel": channel,
            "answer_owner": answer_owner,
            "answer_by": answer_by,
            "ping": None if ping is None else ping.id,
        }
        fields = {name: value for name, value in given.items() if value is not None}
        exchange = await open_exchange(interaction)
        if not fields and image is None and not post:
            await self._panel.ask_essentials(exchange)
        else:
            await self._panel.start(exchange, interaction.channel_id or 0, fields, image, post=post)

    @app_commands.command(name="edit", description=desc("command.poll.edit"))
    @app_commands.describe(poll=desc("option.poll.edit.poll"))
    async def edit(self, interaction: Interaction, poll: str) -> None:
        exchange = await open_exchange(interaction)
        await self._panel.edit(exchange, interaction.channel_id or 0, poll)

    @edit.autocomplete("poll")
    async def _editable(self, interaction: Interaction, typed: str) -> Choices:
        found = await self._finding.suggest(await actor_of(interaction), typed, (State.SCHEDULED, State.OPEN))
        editable = [info for info in found if not info.vote_count]
        return await suggest(interaction, [(choice_name(info), str(info.number)) for info in editable])

    @create.autocomplete("holders_of")
    async def _rules(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offers(interaction, typed, self._platform.gates)

    @create.autocomplete("weights")
    async def _balances(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offers(interaction, typed, self._platform.gates)

    @create.autocomplete("attended")
    async def _events(self, interaction: Interaction, typed: str) -> Choices:
        return await self._offers(interaction, typed, self._platform.attendance)

    async def _offers(self, interaction: Interaction, typed: str, port: Requirements) -> Choices:
        async with self._platform.database.read() as session:
            found = await port.suggest(session, interaction.guild_id or 0, typed)
        return await suggest(interaction, [(each.name, each.name) for each in found])
