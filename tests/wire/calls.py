"""What crosses the REST seam: one request read from the wire, and the answer to it."""

import io
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import orjson

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """One `files[n]` part: its name, its bytes, and the description from `payload_json`."""

    filename: str
    data: bytes
    description: str | None = None

    @property
    def fp(self) -> io.BytesIO:
        """A fresh reader, the form in which simcord's handlers take uploads."""
        return io.BytesIO(self.data)


@dataclass(frozen=True, slots=True)
class Call:
    """A request of the bot; `path` starts after `/api/v10`, `arrived` is a `perf_counter` reading."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict[str, str])
    body: Any = None
    files: tuple[Upload, ...] = ()
    reason: str | None = None
    arrived: float = 0.0

    @property
    def fields(self) -> Json:
        """The JSON body where it is an object, else nothing."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body; `None` is an empty body (204)."""

    status: int
    payload: Any = None


@dataclass(slots=True)
class Settings:
    """What a test may change while the server runs (times in seconds of the server's clock)."""

    token: str = "wire-token"
    nonce_window: float = 300.0
    interaction_deadline: float = 3.0
    resume_window: float = 180.0
    heartbeat_interval: float = 41.25
    shards: int = 1
    approved_intents: tuple[str, ...] = ()

    @property
    def nonce_span(self) -> timedelta:
        return timedelta(seconds=self.nonce_window)


def error(status: int, code: int, message: str) -> Answer:
    """An error body as Discord words it."""
    return Answer(status, {"message": message, "code": code})


def dump(payload: Any) -> bytes:
    """JSON bytes; numbers as keys are written as text, as Discord does with ids."""
    return orjson.dumps(payload, option=orjson.OPT_NON_STR_KEYS)
