"""The steps only drafts of giveaways have: which roles have extra tickets, and how many."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.drafting.steps import Steps
from bot.errors import UserError
from bot.i18n import Text
from bot.people import Actor
from cogs.giveaways.rules import reading
from cogs.giveaways.rules.options import Options, Proposal
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PostView


class GiveawaySteps(Steps[Options, Proposal, PostView, GiveawayInfo]):
    """Change a giveaway's draft."""

    async def set_bonus_roles(self, actor: Actor, key: int, roles: Sequence[int], now: datetime) -> None:
        """Choose which roles have extra tickets."""
        await self.options(actor, key, now)
        for role in roles:
            self.checks.role(actor.guild_id, role)
        await self.write(actor, key, lambda options: reading.with_bonus_roles(options, roles), now)

    async def set_tickets(self, actor: Actor, key: int, typed: Mapping[int, str], now: datetime) -> Sequence[Text]:
        """Set the extra tickets of roles that have some; returns what could not be taken."""
        await self.allow(actor)
        extras: dict[int, int] = {}
        refusals: list[Text] = []
        for role, text in typed.items():
            try:
                extras[role] = reading.read_extra(text, role)
            except UserError as refusal:
                refusals.append(refusal.text)
        await self.write(
            actor,
            key,
            lambda options: replace(
                options, bonuses=tuple((role, extras.get(role, extra)) for role, extra in options.bonuses)
            ),
            now,
        )
        return refusals
