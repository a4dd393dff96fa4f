"""The server itself: what is registered, what every request passes through, when it starts and stops."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

from aiohttp import web

from bot import clock
from bot.environment import Listen
from bot.i18n import t
from bot.web.assets import FOLDER, Assets
from bot.web.limits import Limit, Limiter
from bot.web.listening import Listening
from bot.web.refusals import explain, refuse, too_many
from bot.web.visitor import address_of, is_foreign

WebHandler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]

GENERAL: Final = Limit(300, timedelta(minutes=1))
MAX_BODY: Final = 64 * 1024
# For a request from its head on, its body included.
PATIENCE_SECONDS: Final = 20.0

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Server": "Ikuzo",
}
_TLS_HEADER: Final = "max-age=31536000"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one route allows: how often one address may ask, and how many bytes it may send."""

    limit: Limit | None = None
    max_body: int = MAX_BODY


class Web:
    """Routes of features, and the server that answers on them.

    Pages, scripts and texts only: GET changes nothing, ever, and no answer sets a cookie. Whatever changes something
    is a POST, refused when it comes from a page of another site.
    """

    def __init__(self, listen: Listen | None, public_url: str | None) -> None:
        self._public_url = public_url
        self._tls = public_url is not None and public_url.startswith("https:")
        self._limiter = Limiter()
        self._rules: dict[web.AbstractRoute, Rule] = {}
        self._assets = Assets()
        self._context: Context | None = None
        self._app = web.Application(middlewares=[self._guard], client_max_size=MAX_BODY)
        self._app.on_response_prepare.append(self._dress)
        self._listening = Listening(self._app, listen, "WEB_LISTEN")
        self.get(f"{FOLDER}/{{digest}}/{{name}}", self._assets.serve)

    @property
    def listens(self) -> bool:
        """Whether there are web pages at all."""
        return self._listening.is_wanted

    @property
    def public_url(self) -> str | None:
        """The address people reach, without a path; None where there is none to give them."""
        return self._public_url if self.listens else None

    @property
    def address(self) -> Listen:
        """Where the server listens now."""
        return self._listening.address

    def url(self, path: str) -> str | None:
        """Return the link to a path of ours; None where people cannot reach us."""
        return None if self.public_url is None else f"{self.public_url}{path}"

    def get(self, path: str, handler: WebHandler, *, limit: Limit | None = None) -> None:
        """Serve *path*, in aiohttp's notation; the handler changes nothing."""
        resource = self._app.router.add_resource(path)
        for method in ("GET", "HEAD"):
            self._rules[resource.add_route(method, handler)] = Rule(limit)

    def post(self, path: str, handler: WebHandler, *, limit: Limit, max_body: int = MAX_BODY) -> None:
        """Take what is sent to *path*; ``max_body`` is in bytes."""
        self._rules[self._app.router.add_post(path, handler)] = Rule(limit, max_body)

    def add_assets(self, *files: Path) -> None:
        """Serve files of ours that name each other: beside each other, at an address that changes with any of them."""
        self._assets.add({file.name: file.read_bytes() for file in files})

    def asset(self, name: str) -> str:
        """Return the path of a file that was added."""
        return self._assets.path(name)

    async def start(self) -> None:
        """Begin to listen, where that is configured; raises Refusal when the address cannot be used."""
        # What a request does belongs to the bot, with its clock.
        self._context = copy_context()
        await self._listening.open()

    async def stop(self) -> None:
        """Take no more requests, finish those that are being answered, and let go of the address."""
        await self._listening.close()

    async def _dress(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        if self._tls:
            response.headers["Strict-Transport-Security"] = _TLS_HEADER

    @web.middleware
    async def _guard(self, request: web.Request, handler: WebHandler) -> web.StreamResponse:
        context = self._context
        if context is None:
            return refuse(request, 503, t("web.error.slow"))
        return await context.copy().run(asyncio.create_task, self._answer(request, handler))

    async def _answer(self, request: web.Request, handler: WebHandler) -> web.StreamResponse:
        try:
            rule = self._rules.get(request.match_info.route, Rule())
            address = address_of(request, behind_proxy=self._tls)
            wait = self._limiter.admit("", address, GENERAL, clock.now())
            if wait is None and rule.limit is not None:
                path = request.match_info.route.resource
                wait = self._limiter.admit("" if path is None else path.canonical, address, rule.limit, clock.now())
            if wait is not None:
                return too_many(request, wait)
            if request.method not in ("GET", "HEAD") and is_foreign(request, self._public_url):
                return refuse(request, 403, t("web.error.foreign"))
            if (request.content_length or 0) > rule.max_body:
                return refuse(request, 413, t("web.error.too_large"))
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await handler(request.clone(client_max_size=rule.max_body))
        except Exception as error:
            return explain(request, error)
