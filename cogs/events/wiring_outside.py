"""Puts together what follows events outside their posts: threads, notices, reminders, Discord's own list, calendars."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import clock
from bot.database import Transaction
from bot.delivery import Delivery, DeliveryState, Kind, Outcome
from bot.sayings import edit_kind
from cogs.events.render.notices import render_native, render_notice, render_reminder, thread_name
from cogs.events.service.cancelling import Cancelling
from cogs.events.service.changing import Changing
from cogs.events.service.following import Followers
from cogs.events.service.hand_edits import HandEdits
from cogs.events.service.mirroring import NATIVE, Mirroring
from cogs.events.service.notices import CANCELLED, CHANGED, Notices
from cogs.events.service.reminding import DIRECTLY, IN_CHANNEL, REMIND, Reminding
from cogs.events.service.unnaming import NOTICES, Unnaming
from cogs.events.service.voices import THREAD, Voices
from cogs.events.views.mirror import NativeListener
from cogs.events.views.still import StillButton

if TYPE_CHECKING:
    from bot.app import Platform

Spawn = Callable[[Coroutine[Any, Any, None]], None]


@dataclass(frozen=True, slots=True)
class Outside:
    """One of each."""

    voices: Voices
    notices: Notices
    reminding: Reminding
    mirroring: Mirroring
    hand_edits: HandEdits

    async def posted(self, tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        """Go on from a post that has just been sent; *delivery* is the post's."""
        await self.voices.posted(tx, delivery, outcome)
        await self.mirroring.posted(tx, delivery, outcome)


def build_outside(platform: "Platform", followers: Followers, changing: Changing, cancelling: Cancelling) -> Outside:
    """Put the services together, and have them told of what happens to dates."""
    voices = Voices(platform)
    mirroring = Mirroring(platform)
    outside = Outside(
        voices=voices,
        notices=Notices(platform, voices),
        reminding=Reminding(platform, voices),
        mirroring=mirroring,
        hand_edits=HandEdits(platform, mirroring, changing, cancelling),
    )
    for follow in (outside.notices.follow, outside.reminding.follow, mirroring.follow):
        followers.add(follow)
    followers.add_for_posts(outside.posted)
    return outside


def register_outside(platform: "Platform", outside: Outside, spawn: Spawn) -> NativeListener:
    """Tell schedule, deliveries and router who handles what; returns the listener, which is a cog."""
    deliveries, voices, notices = platform.deliveries, outside.voices, outside.notices
    reminding, mirroring, hand_edits = outside.reminding, outside.mirroring, outside.hand_edits

    unnaming = Unnaming(platform)

    async def said(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        await voices.settled(tx, delivery, outcome)
        await unnaming.sent(tx, delivery, outcome)

    async def native_settled(tx: Transaction, delivery: Delivery, outcome: Outcome) -> None:
        await mirroring.settled(tx, delivery, outcome)
        guild_id, native_id = delivery.guild_id, outcome.message_id
        if outcome.state is DeliveryState.SENT and guild_id is not None and native_id is not None:
            tx.after_commit(lambda: spawn(hand_edits.written(guild_id, native_id, clock.now())))

    deliveries.register(THREAD, Kind(voices.load_thread, None, voices.thread_settled, name=thread_name))
    deliveries.register(CHANGED, Kind(notices.load_change, render_notice, said))
    deliveries.register(CANCELLED, Kind(notices.load_cancellation, render_notice, said))
    deliveries.register(IN_CHANNEL, Kind(reminding.load, render_reminder, said))
    for kind in NOTICES:
        deliveries.register(edit_kind(kind), Kind(unnaming.load_notice, render_notice))
    deliveries.register(edit_kind(IN_CHANNEL), Kind(unnaming.load_reminder, render_reminder))
    deliveries.register(DIRECTLY, Kind(reminding.load, render_reminder, reminding.direct_settled))
    deliveries.register(
        NATIVE,
        Kind(mirroring.load, None, native_settled, mirroring.prepare, about=mirroring.about, native=render_native),
    )
    platform.schedule.register(REMIND, reminding.due)
    StillButton(notices).register(platform.router)
    return NativeListener(hand_edits)
