"""Everything about events that may be refused, by everyone who may be: a sentence each time, and nothing changed.

What cannot be posted is in ``organising/test_create.py``, digits that are over in ``test_checkin.py``.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import simcord

from cogs.events.tables import OccurrenceState
from tests.desk import everything
from tests.events.stage import occurrence, post_event
from tests.harness import World, forge, forge_modal, running_bot, say

TITLE: Final = "Golden brush night"
ABSENT: Final = 999
# What nobody's button ever says.
MADE_UP: Final = ("", "x", "１", "-1", "9" * 30)
COMMANDS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "create": ({"title": "Mine", "starts": "2 days", "where": "online", "post": True}, "Manage Events"),
    "edit": ({"event": "1"}, "Manage Events"),
    "cancel": ({"event": "1", "reason": "Because"}, "Manage Events"),
    "announce": ({"event": "1"}, "Manage Events"),
    "export": ({"event": "1"}, "Manage Events"),
    "checkin": ({"event": "1"}, "staff"),
    "attendees": ({"event": "1"}, "staff"),
}
STAFF_ONLY: Final = ("ev.new_digits", "ev.export")
# Of a member's own buttons, what is said at each date that is not open.
ANSWERS: Final = ("ev.going", "ev.maybe", "ev.cant", "ev.take")


@dataclass
class Desk:
    """A date whose answers are closed, one that is over, one cancelled, one not announced; and strangers elsewhere."""

    world: World
    closed: int
    over: int
    cancelled: int
    planned: int
    elsewhere: simcord.ChannelHandle
    stranger: simcord.MemberActor

    def kinds(self) -> Sequence[str]:
        """Return the kinds of components and forms there are, but the form that begins a draft: it is about nothing."""
        kinds = self.world.platform.router._handlers
        return [kind for kind in kinds if kind.startswith("ev.") and kind != "ev.f.new"]

    @asynccontextmanager
    async def unchanged(self, what: str) -> AsyncIterator[None]:
        before = await everything(self.world), self._said()
        yield
        after = await everything(self.world), self._said()
        changed = [name for name, rows in before[0].items() if after[0][name] != rows]
        assert changed == [], f"{what} changed {changed}"
        assert after[1] == before[1], f"{what} posted something"

    def _said(self) -> list[tuple[int, str]]:
        history = (*self.world.general.history(), *self.elsewhere.history())
        return [(message.id, say(message)) for message in history if not message.flags.ephemeral]

    async def type(self, who: simcord.MemberActor, command: str, **options: Any) -> str:
        channel = self.elsewhere if who is self.stranger else self.world.general
        return say(await who.slash(channel, f"event {command}", **options))


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with running_bot(folder, features=("events",)) as world:
        now = world.env.now()
        closed = await post_event(world, hours=9, title=TITLE, rsvp_closes=now + timedelta(minutes=20))
        over = await post_event(world, hours=0.25, title=TITLE, ends=now + timedelta(minutes=25))
        cancelled = await post_event(world, hours=48, title=TITLE)
        await world.organiser.slash(world.general, "event cancel", event="3", reason="Sold out")
        planned = await post_event(world, hours=48, title=TITLE, announce_at=now + timedelta(hours=24))
        await world.advance(minutes=30)
        channel, stranger = world.other_guild()
        held = Desk(world, closed, over, cancelled, planned, channel, stranger)
        states = [(await occurrence(world, key)).state for key in (closed, over, cancelled, planned)]
        assert states == [
            OccurrenceState.OPEN,
            OccurrenceState.OVER,
            OccurrenceState.CANCELLED,
            OccurrenceState.PLANNED,
        ]
        # Whoever is seen for the first time is noted; what follows is compared without that.
        for person in (world.moderator, world.organiser, world.member, world.other, stranger):
            await held.type(person, "list")
        yield held


async def test_what_only_organisers_or_staff_may_do(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        for command, (options, words) in COMMANDS.items():
            async with held.unchanged(command):
                said = await held.type(held.world.other, command, **options)
            assert words in said, f"{command}: {said}"
        for kind in STAFF_ONLY:
            async with held.unchanged(kind):
                said = say(await forge(held.world.other, held.world.general, f"{kind}:{held.closed}"))
            assert "staff" in said.lower() or "Manage Events" in said, f"{kind}: {said}"
        async with held.unchanged("ev.tick"):
            me = str(held.world.other.id)
            said = say(await forge(held.world.other, held.world.general, f"ev.tick:{held.over}", values=[me]))
        assert "staff" in said.lower()


async def test_answers_to_what_takes_none(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        words = {
            held.closed: "closed",
            held.over: "over",
            held.cancelled: "Sold out",
            held.planned: "not",
            ABSENT: "",
        }
        for key, expected in words.items():
            for kind in ANSWERS:
                async with held.unchanged(f"{kind}:{key}"):
                    said = say(await forge(held.world.member, held.world.general, f"{kind}:{key}"))
                assert said, f"{kind}:{key} is met with silence"
                assert expected in said, f"{kind}:{key}: {said}"
                assert "reference" not in said, f"{kind}:{key}: {said}"
        for key in (held.closed, held.cancelled, held.planned, ABSENT):
            async with held.unchanged(f"digits of {key}"):
                opened = await forge(held.world.member, held.world.general, f"ev.here:{key}")
                assert opened.modal is None, "nobody can check in"
                assert say(opened)
                typed = await forge_modal(held.world.member, held.world.general, f"ev.digits:{key}", {"digits": "0"})
            assert say(typed)


async def test_another_servers_events_are_as_if_they_were_not_there(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        for command, (options, _) in COMMANDS.items():
            if command == "create":
                continue
            async with held.unchanged(command):
                said = await held.type(held.stranger, command, **options)
            assert said, command
            assert TITLE not in said, f"{command}: {said}"
        async with held.unchanged("one of the buttons and forms"):
            for kind in held.kinds():
                answer = await forge(held.stranger, held.elsewhere, f"{kind}:{held.closed}")
                assert answer.acknowledged, kind
                assert TITLE not in say(answer), f"{kind}: {say(answer)}"
                assert TITLE not in str(answer.modal), kind


async def test_made_up_components(tmp_path: Path) -> None:
    async with desk(tmp_path) as held, held.unchanged("one of the buttons and forms"):
        for number, kind in enumerate(held.kinds()):
            # How a key is read is the same for all kinds, so that each gets one of those that cannot be read.
            for key in (ABSENT, MADE_UP[number % len(MADE_UP)]):
                answer = await forge(held.world.moderator, held.world.general, f"{kind}:{key}")
                assert answer.acknowledged, f"{kind}:{key}"
                assert say(answer) or answer.modal is not None, f"{kind}:{key} is met with silence"
                assert "reference" not in say(answer), f"{kind}:{key}: {say(answer)}"


async def test_commands_about_what_is_over_or_nothing(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        reason = {"cancel": {"reason": "Because"}}
        for number in ("2", "3", str(ABSENT), "Nothing called so", "#", "9" * 30, "1.99"):
            for command in ("edit", "cancel", "announce"):
                async with held.unchanged(f"{command} {number}"):
                    said = await held.type(held.world.organiser, command, event=number, **reason.get(command, {}))
                assert said, f"{command} {number}"
                assert "reference" not in said, f"{command} {number}: {said}"
