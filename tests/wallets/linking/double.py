"""The part of Discord that says who somebody is (OAuth 2), small: codes are given by hand, PKCE is checked."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

SECRET: Final = "the-client-secret"


@dataclass
class Double:
    """Answers token requests and says whose a token is; ``asked`` are the forms it was sent."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    down: bool = False
    _codes: dict[str, tuple[int, str, str]] = field(default_factory=dict[str, tuple[int, str, str]])

    def consent(self, address: str, user_id: int) -> dict[str, str]:
        """Have somebody agree at the address the page led to; returns what their browser brings back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (query["response_type"], query["scope"], query["code_challenge_method"]) == ("code", "identify", "S256")
        code = f"code-{len(self._codes)}"
        self._codes[code] = (user_id, query["code_challenge"], query["redirect_uri"])
        return {"code": code, "state": query["state"]}

    async def token(self, request: web.Request) -> web.Response:
        if self.down:
            return web.json_response({}, status=503)
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        if form.get("client_secret") != SECRET:
            return web.json_response({"error": "invalid_client"}, status=401)
        # A code is good once.
        user_id, challenge, callback = self._codes.pop(form.get("code", ""), (0, "", ""))
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        good = user_id and urlsafe_b64encode(digest).rstrip(b"=").decode() == challenge
        if not good or form.get("redirect_uri") != callback or form.get("grant_type") != "authorization_code":
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response({"access_token": f"access-{user_id}", "token_type": "Bearer", "scope": "identify"})

    async def me(self, request: web.Request) -> web.Response:
        user_id = request.headers.get("Authorization", "").removeprefix("Bearer access-")
        return web.json_response({"id": user_id, "username": "somebody"})


@asynccontextmanager
async def double() -> AsyncIterator[Double]:
    """Start it on a free port of this machine."""
    made = Double()
    app = web.Application()
    app.add_routes([web.post("/api/v10/oauth2/token", made.token), web.get("/api/v10/users/@me", made.me)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/v10"
    try:
        yield made
    finally:
        await runner.cleanup()
