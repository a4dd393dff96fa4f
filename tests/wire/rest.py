"""The HTTP side: reads requests as Discord does, lets faults strike, asks the world, answers."""

import asyncio
import re
import socket
import struct
from typing import Any
from urllib.parse import unquote

import orjson
from aiohttp import BodyPartReader, web

from tests.wire.calls import Answer, Call, Json, Upload, dump, error
from tests.wire.faults import Action, Entry, Fault, Faults, Stage
from tests.wire.limits import Limits, refusal
from tests.wire.pulse import Pulse
from tests.wire.turns import Turns
from tests.wire.world import World

_VERSION = re.compile(r"/api(?:/v\d+)?(/.*)")
_TOKEN_IN_PATH = re.compile(r"/interactions/\d+/[^/]+/callback|/webhooks/\d+/[^/]+(/.*)?")
_FILE = re.compile(r"files\[(\d+)\]")


class MalformedBody(Exception):
    """The body is not what its content type says."""


class Rest:
    """Handlers for `/api/…` and the attachments' addresses."""

    def __init__(self, world: World, faults: Faults, limits: Limits, pulse: Pulse, gateway: str, turns: Turns) -> None:
        self._world = world
        self._faults = faults
        self._limits = limits
        self._pulse = pulse
        self._gateway = gateway
        self._turns = turns

    async def api(self, request: web.Request) -> web.StreamResponse:
        """One request of the bot, from reading to answer."""
        arrived = self._turns.arrival()
        try:
            call = await read_call(request, arrived)
        except MalformedBody:
            return reply(error(400, 50109, "The request body contains invalid JSON."))
        entry = self._faults.open(call, self._world.backend.now_iso())
        self._pulse.beat()
        response = await self._handle(request, call, entry)
        if entry.state == "open":
            entry.state, entry.status = "answered", response.status
        self._pulse.beat()
        return response

    async def _handle(self, request: web.Request, call: Call, entry: Entry) -> web.Response:
        if not self._authorised(request, call.path):
            return reply(error(401, 0, "401: Unauthorized"))
        headers: dict[str, str] = {}
        if not call.path.startswith("/interactions/"):  # these have no limit on Discord either
            taken = self._limits.take(call)
            headers = taken.headers
            if taken.retry_after is not None:
                return too_many(taken.retry_after, False, headers)
        struck = await self._suffer(Stage.BEFORE, request, call, entry, headers)
        if struck is not None:
            return struck
        answer = self._own(call) or self._world.answers.answer(call)
        entry.effect = call.method != "GET" and answer.status < 400
        self._pulse.beat()
        struck = await self._suffer(Stage.AFTER, request, call, entry, headers)
        return struck or reply(answer, headers)

    def _authorised(self, request: web.Request, path: str) -> bool:
        if path == "/gateway" or _TOKEN_IN_PATH.fullmatch(path):
            return True
        return request.headers.get("Authorization") == f"Bot {self._world.settings.token}"

    def _own(self, call: Call) -> Answer | None:
        """What only the server knows: where the gateway is."""
        if call.method != "GET" or call.path not in {"/gateway", "/gateway/bot"}:
            return None
        where: Json = {"url": self._gateway}
        if call.path == "/gateway/bot":
            where["shards"] = self._world.settings.shards
            where["session_start_limit"] = {
                "total": 1000,
                "remaining": 1000,
                "reset_after": 86_400_000,
                "max_concurrency": 16,
            }
        return Answer(200, where)

    async def _suffer(
        self, stage: Stage, request: web.Request, call: Call, entry: Entry, headers: dict[str, str]
    ) -> web.Response | None:
        for fault in self._faults.striking(stage, call):
            struck = await self._strike(fault, request, entry, headers)
            if struck is not None:
                return struck
        return None

    async def _strike(
        self, fault: Fault, request: web.Request, entry: Entry, headers: dict[str, str]
    ) -> web.Response | None:
        match fault.action:
            case Action.STATUS:
                return reply(error(fault.status, fault.code, fault.message), headers)
            case Action.RATE_LIMIT:
                return too_many(fault.retry_after, fault.everywhere, headers)
            case Action.RESET:
                entry.state = "reset"
                return break_off(request)
            case Action.DELAY:
                await asyncio.sleep(fault.seconds)
            case Action.HOLD:
                entry.state = "held"
                self._pulse.beat()
                if not await self._faults.hold(entry):
                    entry.state = "dropped"
                    return break_off(request)
                entry.state = "open"
        return None

    async def attachment(self, request: web.Request) -> web.Response:
        """Bytes of an uploaded file."""
        path = unquote(request.raw_path.partition("?")[0])
        call = Call("GET", path)
        for fault in self._faults.striking(Stage.BEFORE, call):
            if fault.action is Action.STATUS:
                return web.Response(status=fault.status)
        found = self._world.backend.cdn.fetch(path)
        if found is None:
            return web.Response(status=404, text="This content is no longer available.")
        return web.Response(body=found[0], content_type=found[1])


async def read_call(request: web.Request, arrived: float) -> Call:
    """Read a request; raises MalformedBody."""
    matched = _VERSION.fullmatch(request.path)
    path = matched.group(1) if matched else request.path
    body: Any = None
    files: tuple[Upload, ...] = ()
    if request.content_type == "multipart/form-data":
        body, files = await _read_form(request)
    elif raw := await request.read():
        body = _read_json(raw)
    reason = request.headers.get("X-Audit-Log-Reason")
    return Call(
        request.method,
        path,
        dict(request.query),
        body,
        files,
        None if reason is None else unquote(reason),
        arrived,
    )


async def _read_form(request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    body: Any = None
    parts: dict[int, tuple[str, bytes]] = {}
    scalars: Json = {}
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise MalformedBody
        data = bytes(await part.read(decode=True))
        number = _FILE.fullmatch(part.name or "")
        if part.name == "payload_json":
            body = _read_json(data)
        elif number:
            parts[int(number.group(1))] = (part.filename or "file", data)
        else:
            scalars[part.name or ""] = data.decode()
    described = {str(one.get("id")): one for one in _declared(body)}
    files = tuple(
        Upload(
            described.get(str(number), {}).get("filename") or name,
            data,
            described.get(str(number), {}).get("description"),
        )
        for number, (name, data) in sorted(parts.items())
    )
    return (scalars or None) if body is None else body, files


def _declared(body: Any) -> list[Json]:
    """The `attachments` of a message body, wherever the endpoint nests it."""
    if not isinstance(body, dict):
        return []
    for holder in (body, body.get("data"), body.get("message")):
        if isinstance(holder, dict) and isinstance(holder.get("attachments"), list):
            return [one for one in holder["attachments"] if isinstance(one, dict)]
    return []


def _read_json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise MalformedBody from None


def reply(answer: Answer, headers: dict[str, str] | None = None) -> web.Response:
    """An answer as Discord sends it; discord.py takes a 429 seriously only with `Via`."""
    all_headers = {"Via": "1.1 google", **(headers or {})}
    if answer.payload is None:
        return web.Response(status=answer.status, headers=all_headers)
    # Without a charset: discord.py compares the header with exactly this.
    all_headers["Content-Type"] = "application/json"
    return web.Response(status=answer.status, body=dump(answer.payload), headers=all_headers)


def too_many(retry_after: float, everywhere: bool, headers: dict[str, str]) -> web.Response:
    """A 429, of this route or of everything."""
    body, extra = refusal(retry_after, everywhere)
    return reply(Answer(429, body), {**headers, **extra})


def break_off(request: web.Request) -> web.Response:
    """Reset the connection (RST, not an orderly close); what is returned reaches nobody."""
    transport = request.transport
    if transport is not None:
        handle: socket.socket | None = transport.get_extra_info("socket")
        if handle is not None:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response(status=500)
