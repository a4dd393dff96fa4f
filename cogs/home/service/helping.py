"""``/help``: which topics someone sees."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bot.database import Database
from bot.guilds import config_of
from bot.people import Actor, Standing, standing
from bot.ports import Topic

_RANK: Final = {each: rank for rank, each in enumerate(Standing)}


@dataclass(frozen=True, slots=True)
class Visible:
    """What someone is in the server, and the topics for them, those for everyone first."""

    standing: Standing
    topics: Sequence[Topic]

    def topic(self, name: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.name == name), None)


class Helping:
    """Who sees which topics."""

    def __init__(self, database: Database, topics: Sequence[Topic]) -> None:
        self._database = database
        self._topics = topics

    async def visible(self, actor: Actor, commands: Collection[str]) -> Visible:
        """Return the topics for someone, about the *commands* there are and features that are on."""
        async with self._database.read() as session:
            config = await config_of(session, actor.guild_id)
        who = standing(actor, config)
        topics = [
            topic
            for topic in self._topics
            if _RANK[topic.audience] <= _RANK[who]
            and topic.command in commands
            and (topic.feature is None or config.enabled(topic.feature))
        ]
        return Visible(who, sorted(topics, key=lambda topic: _RANK[topic.audience]))
