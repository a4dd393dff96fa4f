"""What is done about a member's data: say what is kept, hand it out, forget it."""

import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.custodians import forget_person
from bot.database import Database
from bot.i18n import DEFAULT, Text, plain
from bot.ledger.rules import time_text
from bot.ledger.service import Ledger
from bot.people import Actor
from bot.ports import Custodian

FORMAT: Final = "ikuzo-export/1"
# Discord takes 10 MB from a bot; who moderated for years is in many rows of the ledger.
LARGEST_PLAIN: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Export:
    """A member's data as a file; ``empty`` where nothing is kept."""

    name: str
    data: bytes
    empty: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """What forgetting someone ends; ``mark`` tells this list from others, ``kept`` whether anything is kept at all."""

    texts: Sequence[Text]
    mark: str
    kept: bool


class Outcome(StrEnum):
    DONE = "done"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How it went; CHANGED when ``ending`` is no longer what was confirmed, and nothing was erased."""

    outcome: Outcome
    ending: Ending


class Privacy:
    """A member and everyone who keeps something about them."""

    def __init__(self, database: Database, custodians: Sequence[Custodian], ledger: Ledger) -> None:
        self._database = database
        self._custodians = custodians
        self._ledger = ledger

    def notices(self) -> Sequence[Text]:
        """Return what each keeps, why and for how long; features first."""
        return [custodian.notice() for custodian in reversed(self._custodians)]

    async def export(self, actor: Actor, now: datetime) -> Export:
        """Return everything about a member in their server, as JSON; compressed where it is large."""
        async with self._database.read() as session:
            held = await self._held(session, actor)
        document = {
            "format": FORMAT,
            "guild_id": str(actor.guild_id),
            "user_id": str(actor.user_id),
            "exported_at": time_text(now),
            "data": held,
        }
        data = json.dumps(document, ensure_ascii=False, indent=2, default=_plain).encode()
        if len(data) > LARGEST_PLAIN:
            return Export("my-data.json.gz", gzip.compress(data, mtime=0), empty=False)
        return Export("my-data.json", data, empty=not held)

    async def ending(self, actor: Actor) -> Ending:
        """Return what forgetting a member would end."""
        async with self._database.read() as session:
            return await self._ending(session, actor)

    async def forget(self, actor: Actor, mark: str, now: datetime) -> Forgotten:
        """Erase or anonymise a member everywhere at once, if what they confirmed by *mark* is still what it ends."""
        async with self._database.write() as tx:
            ending = await self._ending(tx.session, actor)
            if ending.mark != mark:
                return Forgotten(Outcome.CHANGED, ending)
            await forget_person(tx, self._custodians, self._ledger, actor.guild_id, actor.user_id, now)
        return Forgotten(Outcome.DONE, ending)

    async def _ending(self, session: AsyncSession, actor: Actor) -> Ending:
        texts = [
            text
            for custodian in reversed(self._custodians)
            for text in await custodian.consequences(session, actor.guild_id, actor.user_id)
        ]
        words = "\n".join(plain(DEFAULT, text) for text in texts)
        mark = hashlib.sha256(words.encode()).hexdigest()[:12]
        return Ending(texts, mark, kept=bool(texts) or bool(await self._held(session, actor)))

    async def _held(self, session: AsyncSession, actor: Actor) -> Mapping[str, object]:
        held: dict[str, object] = {}
        for custodian in reversed(self._custodians):
            for name, value in (await custodian.export(session, actor.guild_id, actor.user_id)).items():
                if name in held:
                    raise ValueError(f"two custodians export {name}")
                if value not in (None, [], {}, ()):
                    held[name] = value
        return held


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return time_text(value)
    raise TypeError(f"{type(value).__name__} is no JSON value")
