"""What the chapters of the story share: the people, the channel they watch, and what was noted on the way."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import discord

from bot.demo.chain import LanternChain
from bot.demo.community import PEOPLE
from bot.demo.person import Person
from bot.demo.reading import texts
from bot.demo.stage import Stage
from bot.demo.telling import Teller


@dataclass
class Notes:
    """What chapters leave for those after them.

    ``post`` is the giveaway's message, ``event`` an event's, ``freeze`` that of the frozen list, ``token`` はるか's on
    that list; ``winners`` are names of people, ``bundles`` the files downloaded, by a word for when. ``polls`` are
    the posts of polls, ``receipts`` those of who voted in the first.
    """

    post: int = 0
    freeze: int = 0
    event: int = 0
    result: int = 0
    token: str = ""
    entrants: bytes = b""
    winners: list[str] = field(default_factory=list[str])
    polls: list[int] = field(default_factory=list[int])
    receipts: dict[str, str] = field(default_factory=dict[str, str])
    bundles: dict[str, bytes] = field(default_factory=dict[str, bytes])


class Scene:
    """The stage with everyone on it, as the chapters use it."""

    def __init__(self, stage: Stage, teller: Teller, folder: Path, chain: LanternChain | None = None) -> None:
        self.stage = stage
        self.chain = chain
        self.tell = teller
        self.folder = folder
        self.notes = Notes()
        self.people = {profile.name: Person(stage, profile, teller) for profile in PEOPLE}
        self._mark = 0

    def person(self, name: str) -> Person:
        return self.people[name]

    def role(self, name: str) -> str:
        """Return how a role is mentioned."""
        return self.stage.community.roles[name].mention

    def message(self, message_id: int) -> discord.Message:
        """Return a public message of the giveaways channel as it is now."""
        return next(each for each in self.public() if each.id == message_id)

    def public(self, channel: str = "giveaways") -> list[discord.Message]:
        """Return what everyone sees in a channel, oldest first."""
        return [each for each in self.stage.community.channels[channel].history() if not each.flags.ephemeral]

    def with_file(self, pattern: str) -> list[discord.Message]:
        """Return the public messages with a file of such a name, oldest first."""
        return [
            each
            for each in self.public()
            if any(re.fullmatch(pattern, attached.filename) for attached in each.attachments)
        ]

    async def passes(self, what: str, **length: float) -> None:
        """Let time pass; lengths as of :class:`timedelta`."""
        await self.stage.advance(timedelta(**length))
        self.tell.passes(what)

    async def away(self, **length: float) -> None:
        """Let a long time pass in which the bot is stopped, and start it again: quicker than waking it often."""
        await self.stage.stop()
        await self.stage.advance(timedelta(**length))
        await self.stage.start()

    def named(self, message: discord.Message) -> list[str]:
        """Return the names of the people a message mentions so that they are told, in order."""
        ids = [int(found) for found in re.findall(r"<@!?(\d+)>", message.content)]
        names = {person.actor.id: name for name, person in self.people.items()}
        return [names[each] for each in ids if each in names]

    def said(self, message: discord.Message) -> str:
        """Return everything a message says, as the bot wrote it."""
        return "\n".join(texts(message))
