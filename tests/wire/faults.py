"""What can go wrong between a bot and Discord, on order, and a log of every request.

A fault sits before or after the effect of a request. After the effect it is the case that matters
most: the message is there, and the bot never learns of it.
"""

import asyncio
import fnmatch
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from tests.wire.calls import Call, Json, dump

_LOG_LENGTH = 20_000


class Stage(StrEnum):
    BEFORE = "before"
    AFTER = "after"


class Action(StrEnum):
    """What happens to a request.

    `status`: an error answer. `rate_limit`: 429. `reset`: the connection breaks. `delay`: a slow
    answer. `hold`: nothing goes on until released, so that a test can end the bot at this very step.
    """

    STATUS = "status"
    RATE_LIMIT = "rate_limit"
    RESET = "reset"
    DELAY = "delay"
    HOLD = "hold"


@dataclass(slots=True)
class Fault:
    """`path` is a glob without `/api/v10`; `contains` must occur in the JSON body.

    The first `skip` matching requests pass, the next `times` suffer (None: all that follow).
    """

    id: int
    action: Action
    stage: Stage = Stage.BEFORE
    method: str = "*"
    path: str = "*"
    contains: str = ""
    skip: int = 0
    times: int | None = 1
    status: int = 500
    code: int = 0
    message: str = "Internal Server Error"
    retry_after: float = 1.0
    everywhere: bool = False
    seconds: float = 0.0
    hits: int = 0

    def strikes(self, stage: Stage, call: Call) -> bool:
        """Whether this request suffers; counts it if it matches."""
        matches = (
            self.stage is stage
            and self.method in {"*", call.method}
            and fnmatch.fnmatchcase(call.path, self.path)
            and self.contains.encode() in dump(call.body)
        )
        if not matches:
            return False
        self.hits += 1
        return self.hits > self.skip and (self.times is None or self.hits <= self.skip + self.times)


@dataclass(slots=True)
class Entry:
    """One request of the bot.

    `state` is open, held, answered, reset or dropped; `effect` says whether Discord carried it out,
    answered or not.
    """

    id: int
    method: str
    path: str
    query: dict[str, str]
    body: Any
    files: list[str]
    at: str
    state: str = "open"
    status: int | None = None
    effect: bool = False

    def matches(self, method: str, path: str) -> bool:
        return method in {"*", self.method} and fnmatch.fnmatchcase(self.path, path)

    def view(self) -> Json:
        return {**asdict(self), "id": str(self.id)}


class Faults:
    """The faults on order, the requests they hold, and the log."""

    def __init__(self) -> None:
        self.log: deque[Entry] = deque(maxlen=_LOG_LENGTH)
        self._numbers = itertools.count(1)
        self._faults: dict[int, Fault] = {}
        self._held: dict[int, asyncio.Future[bool]] = {}

    def add(self, action: str, stage: str = "before", **which: Any) -> Fault:
        """Order a fault; unknown fields and actions raise TypeError or ValueError."""
        fault = Fault(next(self._numbers), Action(action), Stage(stage), **which)
        self._faults[fault.id] = fault
        return fault

    def remove(self, fault: int | None) -> None:
        """Take back one fault, or all; what is held stays held."""
        if fault is None:
            self._faults.clear()
        else:
            self._faults.pop(fault, None)

    def striking(self, stage: Stage, call: Call) -> Iterator[Fault]:
        return (fault for fault in list(self._faults.values()) if fault.strikes(stage, call))

    def open(self, call: Call, at: str) -> Entry:
        names = [file.filename for file in call.files]
        entry = Entry(next(self._numbers), call.method, call.path, call.query, call.body, names, at)
        self.log.append(entry)
        return entry

    async def hold(self, entry: Entry) -> bool:
        """Wait for the release; whether to go on with the request."""
        waiting = self._held[entry.id] = asyncio.get_running_loop().create_future()
        try:
            return await waiting
        finally:
            del self._held[entry.id]

    def release(self, entry: int | None, go_on: bool) -> int:
        """Let one held request, or all, go on or be dropped; returns how many there were."""
        chosen = [
            waiting
            for number, waiting in self._held.items()
            if (entry is None or number == entry) and not waiting.done()
        ]
        for waiting in chosen:
            waiting.set_result(go_on)
        return len(chosen)
