"""The draft's panel at work: what only drafts of events have, where they take place."""

from typing import TYPE_CHECKING

from bot import clock
from bot.drafting.drafting import Drafting
from bot.drafting.reading import Typed
from bot.drafting.steps import Steps
from bot.ui.drafts.panel import DraftPanel, ids
from bot.ui.exchange import Exchange
from bot.ui.router import Press, Router
from cogs.events.render import draft
from cogs.events.rules.kinds import Scope, Where
from cogs.events.rules.options import VENUE, Options, Proposal
from cogs.events.service.craft import SCOPE, EventCraft
from cogs.events.service.loading import PostView
from cogs.events.service.records import OccurrenceInfo

if TYPE_CHECKING:
    from bot.app import Platform


class EventPanel(DraftPanel[Options, Proposal, PostView, OccurrenceInfo]):
    """The panel of an event's draft."""

    def __init__(self, platform: "Platform", craft: EventCraft) -> None:
        steps = Steps(platform, craft)
        super().__init__(platform, craft, Drafting(platform, craft), steps, draft.FACE)
        self._events = craft
        self._said = steps

    def further(self, router: Router) -> None:
        router.on(draft.KIND, self._kind)
        router.on(draft.CHANNEL, self._channel)

    async def change(self, exchange: Exchange, channel_id: int, typed: str, scope: Scope) -> None:
        """Begin changing a date, or more of its series."""
        await self.edit(exchange, channel_id, typed, {SCOPE: scope.value})

    async def _kind(self, press: Press) -> None:
        """Take the kind of place, and take away what does not go with it: it was said of another kind."""
        await press.acknowledge()
        options, _ = await self._said.options(press.actor, press.number(0), clock.now())
        chosen = next(iter(press.values), "")
        fields: dict[str, Typed] = {"where": chosen}
        if chosen in list(Where):
            where = Where(chosen)
            if where.in_channel and options.place is not None:
                fields["place"] = ""
            if options.channel is not None and not self._events.suits(press.actor.guild_id, where, options.channel):
                fields["channel"] = 0
        await self.take(press, fields, VENUE)

    async def _channel(self, press: Press) -> None:
        await press.acknowledge()
        await self.take(press, {"channel": next(iter(ids(press.values)), 0)}, VENUE)
