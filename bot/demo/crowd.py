"""The other members: they enter what is open, pick up what they win and vote, each in their own time."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord

from bot.demo.ballots import choose_first
from bot.demo.community import Profile
from bot.demo.person import Person
from bot.demo.reading import kinds
from bot.demo.stage import Stage

ENTER: Final = "gw.enter"
CLAIM: Final = "gw.claim"
VOTE: Final = "poll.vote"
GOING: Final = "ev.going"
# How long after they could somebody presses, at the least and at the most.
_PACE: Final = {
    ENTER: (timedelta(minutes=1), timedelta(minutes=20)),
    CLAIM: (timedelta(hours=1), timedelta(hours=12)),
    VOTE: (timedelta(minutes=5), timedelta(hours=2)),
    GOING: (timedelta(minutes=3), timedelta(hours=1)),
}


@dataclass(frozen=True, order=True)
class _Plan:
    """Who presses which button of which message, and when."""

    at: datetime
    message_id: int
    kind: str
    who: str


class Crowd:
    """Members without a task: whoever watches the demo plays the others.

    Everyone presses a button once, and whoever is refused leaves it at that. *someone* decides how long they take.
    """

    def __init__(self, stage: Stage, people: Sequence[Profile], someone: random.Random) -> None:
        self._stage = stage
        self._someone = someone
        self._people = {profile.name: Person(stage, profile) for profile in people}
        self._known: set[tuple[int, str]] = set()
        self._plans: list[_Plan] = []

    async def act(self) -> None:
        """Do what is due by now, and look around for what else there is to do."""
        self._look()
        now = self._stage.now
        while self._plans and self._plans[0].at <= now:
            await self._press(self._plans.pop(0))

    def _look(self) -> None:
        for message in self._stage.community.giveaways.history():
            for kind, (least, most) in _PACE.items():
                if (message.id, kind) in self._known or kind not in kinds(message):
                    continue
                self._known.add((message.id, kind))
                for name in self._people:
                    wait = least + (most - least) * self._someone.random()
                    self._plans.append(_Plan(self._stage.now + wait, message.id, kind, name))
        self._plans.sort()

    async def _press(self, plan: _Plan) -> None:
        message = self._message(plan.message_id)
        if message is not None and plan.kind in kinds(message):
            await self._does(self._people[plan.who], message, plan.kind)

    async def _does(self, person: Person, message: discord.Message, kind: str) -> None:
        seen = await person.presses(message, kind)
        if kind == VOTE:
            await choose_first(person, seen, self._someone.random())

    def _message(self, message_id: int) -> discord.Message | None:
        return next((each for each in self._stage.community.giveaways.history() if each.id == message_id), None)
