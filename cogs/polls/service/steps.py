"""The steps only drafts of polls have: votes of which roles weigh more, and how much."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.drafting.steps import Steps
from bot.errors import UserError
from bot.i18n import Text
from bot.people import Actor
from cogs.polls.rules import reading
from cogs.polls.rules.options import Options, Proposal
from cogs.polls.service.records import PollInfo
from cogs.polls.service.showing import PostView


class PollSteps(Steps[Options, Proposal, PostView, PollInfo]):
    """Change a poll's draft."""

    async def set_weight_roles(self, actor: Actor, key: int, roles: Sequence[int], now: datetime) -> None:
        """Choose votes of which roles weigh more."""
        await self.options(actor, key, now)
        for role in roles:
            self.checks.role(actor.guild_id, role)
        await self.write(actor, key, lambda options: reading.with_weight_roles(options, roles), now)

    async def set_weights(self, actor: Actor, key: int, typed: Mapping[int, str], now: datetime) -> Sequence[Text]:
        """Set the weights of roles that have some; returns what could not be taken."""
        await self.allow(actor)
        weights: dict[int, int] = {}
        refusals: list[Text] = []
        for role, text in typed.items():
            try:
                weights[role] = reading.read_weight(text, role)
            except UserError as refusal:
                refusals.append(refusal.text)

        def change(options: Options) -> Options:
            return replace(options, weights=tuple((role, weights.get(role, worth)) for role, worth in options.weights))

        await self.write(actor, key, change, now)
        return refusals
