"""The control API: `POST /_control/<operation>` with the operation's arguments as a JSON object.

It stands for everybody who is not the bot: the person who arranges the server, the members who type
and press, the network that breaks, and the test that looks. Ids are text in what it returns. What a
person could not do in a real client is answered 409 with the reason.
"""

import inspect
import traceback
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

from tests.wire.calls import Json, dump
from tests.wire.faults import Faults
from tests.wire.gateway import Gateway
from tests.wire.limits import Limit, Limits
from tests.wire.pulse import Pulse
from tests.wire.world import BackendError, SetupError, World

_LONGEST_WAIT = 30.0
_NOT_OPERATIONS = {"handle", "run", "message", "is_loading", "fall_due"}  # they take objects, or are the door


class Control:
    """The operations, by name."""

    def __init__(self, world: World, gateway: Gateway, faults: Faults, limits: Limits, pulse: Pulse) -> None:
        self._world = world
        self._gateway = gateway
        self._faults = faults
        self._limits = limits
        self._pulse = pulse
        self._operations: dict[str, Callable[..., Any]] = {
            name: method
            for holder in (world.arrange, world.looking, self)
            for name, method in inspect.getmembers(holder, inspect.ismethod)
            if not name.startswith("_") and name not in _NOT_OPERATIONS
        }

    async def handle(self, request: web.Request) -> web.Response:
        """One operation over HTTP."""
        raw = await request.read()
        try:
            result = await self.run(request.match_info["operation"], orjson.loads(raw) if raw else {})
        except (SetupError, BackendError) as impossible:
            notes = " ".join(getattr(impossible, "__notes__", ()))
            return _answer(409, {"error": f"{impossible} {notes}".strip()})
        except (TypeError, ValueError, KeyError) as wrong:
            return _answer(400, {"error": repr(wrong), "trace": traceback.format_exc()})
        return _answer(200, {"result": result})

    async def run(self, name: str, arguments: Json) -> Any:
        """Run an operation; KeyError for an unknown one."""
        result = self._operations[name](**arguments)
        if inspect.isawaitable(result):
            result = await result
        if name != "wait":
            self._pulse.beat()
        return result

    # state and waiting

    def state(self) -> Json:
        backend = self._world.backend
        return {
            "version": self._pulse.version,
            "now": backend.now_iso(),
            "token": self._world.settings.token,
            "application": str(backend.application_id),
            "bot": str(backend.bot_user.id),
            "identified": self._gateway.identified,
            "sessions": [session.view() for session in self._gateway.sessions.values()],
            "gaps": self._world.answers.gaps,
        }

    def forget_gaps(self) -> list[str]:
        """What the bot asked for and is not served; reported once, then forgotten."""
        gaps, self._world.answers.gaps = self._world.answers.gaps, []
        return gaps

    async def wait(self, version: int, timeout: float) -> int:
        """Wait for anything to happen after `version`; returns the version now."""
        return await self._pulse.after(version, min(float(timeout), _LONGEST_WAIT))

    def settings(self, **changes: Any) -> None:
        """Change settings by the names of `calls.Settings`."""
        for name, value in changes.items():
            if not hasattr(self._world.settings, name):
                raise ValueError(f"No setting is called {name!r}")
            setattr(self._world.settings, name, tuple(value) if isinstance(value, list) else value)

    # people

    async def send(self, user: int, channel: int, content: str) -> Json:
        message = await self._world.people.send(int(user), int(channel), content)
        return self._world.looking.message(message)

    async def delete_message(self, user: int, channel: int, message: int) -> None:
        await self._world.people.delete(int(user), int(channel), int(message))

    async def react(self, user: int, channel: int, message: int, emoji: str) -> None:
        await self._world.people.react(int(user), int(channel), int(message), emoji)

    async def slash(self, user: int, channel: int, command: str, options: Json | None = None, **how: Any) -> Json:
        people = self._world.people
        return await self._answered(await people.slash(int(user), int(channel), command, options or {}), **how)

    async def autocomplete(
        self,
        user: int,
        channel: int,
        command: str,
        option: str,
        text: str,
        options: Json | None = None,
        **how: Any,
    ) -> Json:
        people = self._world.people
        typed = await people.autocomplete(int(user), int(channel), command, option, text, options or {})
        return await self._answered(typed, **how)

    async def click(
        self,
        user: int,
        channel: int,
        message: int,
        label: str | None = None,
        custom_id: str | None = None,
        **how: Any,
    ) -> Json:
        people = self._world.people
        pressed = await people.click(int(user), int(channel), int(message), label, custom_id)
        return await self._answered(pressed, **how)

    async def select(
        self,
        user: int,
        channel: int,
        message: int,
        values: list[Any],
        custom_id: str | None = None,
        **how: Any,
    ) -> Json:
        people = self._world.people
        chosen = await people.select(int(user), int(channel), int(message), values, custom_id)
        return await self._answered(chosen, **how)

    async def submit(self, user: int, interaction: int, fields: Json, **how: Any) -> Json:
        people = self._world.people
        return await self._answered(await people.submit(int(user), int(interaction), fields), **how)

    async def forge(
        self,
        user: int,
        channel: int,
        data: Json,
        message: int | None = None,
        modal: bool = False,
        **how: Any,
    ) -> Json:
        shown = None if message is None else int(message)
        people = self._world.people
        return await self._answered(await people.forge(int(user), int(channel), shown, data, modal), **how)

    async def _answered(self, record: Any, until: str = "done", timeout: float = 10.0) -> Json:
        """Wait for the bot. `until`: `done` (no more "thinking…"), `ack`, or `none`.

        Also returns when Discord would give up: no first answer before the deadline.
        """
        world = self._world
        record.initial_response_deadline = world.backend.iso_after(world.settings.interaction_deadline)

        def settled() -> bool:
            if not record.responded:
                return world.backend.now_iso() >= (record.initial_response_deadline or "")
            return until == "ack" or not world.looking.is_loading(record)

        if until != "none":
            await self._pulse.until(settled, float(timeout))
        return world.looking.interaction(record.id)

    # trouble

    def fault(self, **what: Any) -> Json:
        """Order a fault; arguments are those of `faults.Fault`."""
        return {"id": str(self._faults.add(**what).id)}

    def clear_faults(self, fault: int | None = None) -> None:
        self._faults.remove(None if fault is None else int(fault))

    def limit(self, amount: int, per: float, method: str = "*", path: str = "*") -> None:
        """Enforce a rate limit, as Discord does per route and channel."""
        self._limits.set(Limit(method, path, int(amount), float(per)))

    def clear_limits(self) -> None:
        self._limits.clear()

    def release(self, request: int | None = None, go_on: bool = True) -> int:
        """Let a held request go on, or drop it unanswered (before its effect: without effect)."""
        return self._faults.release(None if request is None else int(request), go_on)

    async def gateway(self, action: str, shard: int | None = None, code: int = 4000) -> int:
        """Trouble at the gateway; see `Gateway.trouble`."""
        return await self._gateway.trouble(action, None if shard is None else int(shard), int(code))

    def requests(self, method: str = "*", path: str = "*", state: str | None = None) -> list[Json]:
        """The log of the bot's requests; `path` is a glob without `/api/v10`."""
        return [
            entry.view() for entry in self._faults.log if entry.matches(method, path) and state in (None, entry.state)
        ]


def _answer(status: int, body: Json) -> web.Response:
    return web.Response(status=status, body=dump(body), content_type="application/json")
