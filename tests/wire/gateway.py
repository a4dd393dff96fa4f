"""The gateway: connections and the sessions that outlive them."""

import asyncio
import secrets
from collections import deque
from collections.abc import Mapping
from enum import IntEnum
from time import monotonic
from typing import Any

import orjson
from aiohttp import WSMsgType, web

from tests.wire.calls import Json, dump
from tests.wire.pulse import Pulse
from tests.wire.transport import packer
from tests.wire.world import Listener, World, guilds_of, ready, refused_intents, shard_of

_BACKLOG = 5000
_SENT_A_MINUTE = 120
_MOST_BYTES = 15 * 1024
_TROUBLES = ("reconnect", "invalidate", "invalidate_resumable", "drop", "close")


class Op(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    VOICE_STATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """Close codes of Discord's gateway that this one uses."""

    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQUENCE = 4007
    RATE_LIMITED = 4008
    INVALID_SHARD = 4010
    DISALLOWED_INTENTS = 4014


class Hangup(Exception):
    """Close the connection with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Connection:
    """One WebSocket; what is sent goes out in order, from one task."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self._transport = request.transport
        self._packer = packer(request.query.get("compress"))
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self._received: deque[float] = deque(maxlen=_SENT_A_MINUTE)

    def send(self, op: Op, data: Any = None) -> None:
        self.send_text(dump({"op": int(op), "d": data, "s": None, "t": None}))

    def send_text(self, text: bytes) -> None:
        self._outgoing.put_nowait(text)

    async def write(self) -> None:
        """Send what is queued until cancelled or the peer is gone."""
        while True:
            text = await self._outgoing.get()
            try:
                if self._packer is None:
                    await self.socket.send_str(text.decode())
                else:
                    await self.socket.send_bytes(self._packer.pack(text))
            except ConnectionError:
                return

    def read(self, text: str | bytes) -> Json:
        """Parse one payload of the client; raises Hangup for what Discord would not take."""
        now = monotonic()
        if len(self._received) == _SENT_A_MINUTE and now - self._received[0] < 60:
            raise Hangup(Close.RATE_LIMITED)
        self._received.append(now)
        if len(text) > _MOST_BYTES:
            raise Hangup(Close.DECODE_ERROR)
        try:
            payload = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Hangup(Close.DECODE_ERROR) from None
        if not isinstance(payload, dict):
            raise Hangup(Close.DECODE_ERROR)
        return payload

    def drop(self) -> None:
        """Break the connection without a close frame."""
        if self._transport is not None:
            self._transport.abort()


class Session:
    """A gateway session: detached from its connection it keeps its events for a RESUME."""

    def __init__(self, world: World, shard: int, shards: int, intents: int) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.shards = shards
        self.sequence = 0
        self.resumes = 0
        self.connection: Connection | None = None
        self.detached_at: float | None = None
        self.listener = Listener(world.backend, intents, self.dispatch)
        self._backlog: deque[tuple[int, bytes]] = deque(maxlen=_BACKLOG)

    def dispatch(self, event: str, payload: Json) -> None:
        """Send an event now, and keep it for a RESUME."""
        self.sequence += 1
        text = dump({"op": int(Op.DISPATCH), "t": event, "s": self.sequence, "d": payload})
        self._backlog.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send_text(text)

    def missed(self, sequence: int) -> list[bytes] | None:
        """Events after `sequence`; None when some of them are no longer kept."""
        kept = [text for number, text in self._backlog if number > sequence]
        return kept if len(kept) == self.sequence - sequence else None

    def view(self) -> Json:
        return {
            "id": self.id,
            "shard": self.shard,
            "shards": self.shards,
            "connected": self.connection is not None,
            "sequence": self.sequence,
            "resumes": self.resumes,
        }


class Gateway:
    """All sessions; hears every event of the store."""

    def __init__(self, world: World, pulse: Pulse, url: str) -> None:
        self._world = world
        self._pulse = pulse
        self._url = url
        self.sessions: dict[str, Session] = {}
        self.identified = 0
        self._open = asyncio.Event()
        self._open.set()
        world.backend.subscribers.append(self._hear)

    # connections

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one WebSocket until either side leaves."""
        socket = web.WebSocketResponse(compress=False, autoclose=True, timeout=1.0)
        await socket.prepare(request)
        await self._open.wait()
        connection = Connection(socket, request)
        writing = asyncio.create_task(connection.write())
        interval = int(self._world.settings.heartbeat_interval * 1000)
        connection.send(Op.HELLO, {"heartbeat_interval": interval})
        try:
            await self._serve(connection)
        except Hangup as hangup:
            await socket.close(code=hangup.code)
        finally:
            writing.cancel()
            self._left(connection, socket.close_code)
        return socket

    async def _serve(self, connection: Connection) -> None:
        session: Session | None = None
        async for message in connection.socket:
            if message.type not in {WSMsgType.TEXT, WSMsgType.BINARY}:
                return
            payload = connection.read(message.data)
            match payload.get("op"):
                case Op.HEARTBEAT:
                    connection.send(Op.HEARTBEAT_ACK)
                case Op.IDENTIFY if session is None:
                    session = self._identify(connection, payload.get("d") or {})
                case Op.RESUME if session is None:
                    session = self._resume(connection, payload.get("d") or {})
                case Op.IDENTIFY | Op.RESUME:
                    raise Hangup(Close.ALREADY_AUTHENTICATED)
                case Op.REQUEST_MEMBERS | Op.PRESENCE | Op.VOICE_STATE if session is None:
                    raise Hangup(Close.NOT_AUTHENTICATED)
                case Op.REQUEST_MEMBERS if session is not None:
                    await self._members(session, payload["d"])
                case Op.PRESENCE | Op.VOICE_STATE:
                    continue  # neither is shown to anyone here
                case _:
                    raise Hangup(Close.UNKNOWN_OPCODE)

    def _identify(self, connection: Connection, data: Json) -> Session:
        shard, shards = data.get("shard") or (0, 1)
        if data.get("token") != self._world.settings.token:
            raise Hangup(Close.AUTHENTICATION_FAILED)
        if not 0 <= shard < shards:
            raise Hangup(Close.INVALID_SHARD)
        if refused_intents(self._world.backend, int(data.get("intents") or 0)):
            raise Hangup(Close.DISALLOWED_INTENTS)
        session = Session(self._world, shard, shards, int(data.get("intents") or 0))
        self.sessions[session.id] = session
        self.identified += 1
        session.connection = connection
        session.dispatch("READY", ready(self._world.backend, shard, shards, session.id, self._url))
        for guild in guilds_of(self._world.backend, shard, shards):
            session.listener.hear("GUILD_CREATE", guild)
        self._pulse.beat()
        return session

    def _resume(self, connection: Connection, data: Json) -> Session | None:
        if data.get("token") != self._world.settings.token:
            raise Hangup(Close.AUTHENTICATION_FAILED)
        session = self.sessions.get(str(data.get("session_id")))
        sequence = int(data.get("seq") or 0)
        if session is not None and sequence > session.sequence:
            raise Hangup(Close.INVALID_SEQUENCE)
        missed = None if session is None or self._expired(session) else session.missed(sequence)
        if session is None or missed is None:
            connection.send(Op.INVALID_SESSION, False)
            return None
        if session.connection is not None:
            session.connection.drop()
        session.connection, session.detached_at = connection, None
        session.resumes += 1
        for text in missed:
            connection.send_text(text)
        session.dispatch("RESUMED", {})
        self._pulse.beat()
        return session

    async def _members(self, session: Session, request: Json) -> None:
        refused = await session.listener.members(request)
        if refused is not None:
            self._world.answers.gaps.append(refused)

    def _left(self, connection: Connection, code: int | None) -> None:
        for session in list(self.sessions.values()):
            if session.connection is not connection:
                continue
            session.connection, session.detached_at = None, self._now()
            if code in {1000, 1001}:  # said goodbye: Discord ends the session
                del self.sessions[session.id]
        self._pulse.beat()

    # events

    def _hear(self, event: str, payload: Mapping[str, Any]) -> None:
        for session in list(self.sessions.values()):
            if self._expired(session):
                del self.sessions[session.id]
            elif shard_of(event, payload, session.shards) == session.shard:
                session.listener.hear(event, payload)
        self._pulse.beat()

    def _expired(self, session: Session) -> bool:
        left = session.detached_at
        return left is not None and self._now() - left > self._world.settings.resume_window

    def _now(self) -> float:
        return self._world.backend.clock.now().timestamp()

    # trouble, ordered through the control API

    async def trouble(self, action: str, shard: int | None = None, code: int = 4000) -> int:
        """Do `action` to the connections of a shard, or all; returns how many there were.

        reconnect (opcode 7), invalidate (9, not resumable), invalidate_resumable (9), drop (no close
        frame), close (with `code`). block: new connections wait for HELLO; unblock.
        """
        if action in {"block", "unblock"}:
            self._open.clear() if action == "block" else self._open.set()
            return 0
        if action not in _TROUBLES:
            raise ValueError(f"No gateway trouble is called {action!r}: {', '.join(_TROUBLES)}")
        hit = [
            session
            for session in self.sessions.values()
            if session.connection is not None and shard in (None, session.shard)
        ]
        for session in hit:
            await self._hit(session, action, code)
        self._pulse.beat()
        return len(hit)

    async def _hit(self, session: Session, action: str, code: int) -> None:
        connection = session.connection
        assert connection is not None
        match action:
            case "reconnect":
                connection.send(Op.RECONNECT)
            case "invalidate":
                session.connection = None
                self.sessions.pop(session.id, None)
                connection.send(Op.INVALID_SESSION, False)
            case "invalidate_resumable":
                connection.send(Op.INVALID_SESSION, True)
            case "drop":
                # Detached at once, so that what happens next is already for the backlog.
                session.connection, session.detached_at = None, self._now()
                connection.drop()
            case _:
                session.connection, session.detached_at = None, self._now()
                await connection.socket.close(code=code)
