"""``/link`` and what it asks of us; the token stands in the page's fragment and reaches us in bodies of POSTs only."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from aiohttp import web

from bot import clock
from bot.i18n import t
from bot.safejson import Json
from bot.web import Limit, Web, WebError, answer_json, language_for, page, read_json
from cogs.wallets.service.identity import CALLBACK, Identities
from cogs.wallets.service.linking import PAGE, Linking
from cogs.wallets.web.document import FILES, document

# A signature of a contract wallet, in hex, and what stands around it.
MAX_SIGNATURE: Final = 20 * 1024
MAX_QUESTION: Final = 4 * 1024
_LOOKS: Final = Limit(60, timedelta(minutes=1))
_TRIES: Final = Limit(20, timedelta(minutes=1))


class LinkPages:
    """Serve the page, and link what it sends."""

    def __init__(self, linking: Linking, identities: Identities) -> None:
        self._linking = linking
        self._identities = identities
        self._documents: Mapping[str, str] = {}

    def register(self, pages: Web) -> None:
        """Take the requests, where there are pages at all."""
        pages.add_assets(*FILES)
        self._documents = document(pages)
        pages.get(PAGE, self._page)
        pages.get(CALLBACK, self._page)
        pages.post("/api/session", self._session, limit=_LOOKS, max_body=MAX_QUESTION)
        pages.post("/api/challenge", self._challenge, limit=_LOOKS, max_body=MAX_QUESTION)
        pages.post("/api/link", self._link, limit=_TRIES, max_body=MAX_SIGNATURE)
        pages.post("/api/identity", self._begin, limit=_TRIES, max_body=MAX_QUESTION)
        pages.post("/api/oauth", self._finish, limit=_TRIES, max_body=MAX_QUESTION)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return page(self._documents[language_for(request)])

    async def _session(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        view = await self._linking.view(_text(body, "token"), _optional(body, "identity"), clock.now())
        return answer_json(
            {
                "account": view.account,
                "user_id": str(view.user_id),
                "server": view.guild_name,
                "server_id": str(view.guild_id),
                "language": view.language,
                "expires_at": f"{view.expires_at:%Y-%m-%dT%H:%M:%SZ}",
                "chains": list(view.chains),
                "identity": view.identity,
            }
        )

    async def _challenge(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        chain_id = body.get("chain_id")
        if chain_id is not None and (not isinstance(chain_id, int) or isinstance(chain_id, bool)):
            raise WebError(400, t("web.error.bad_request"))
        message = await self._linking.challenge(
            _text(body, "token"), _text(body, "address"), chain_id, _optional(body, "identity"), clock.now()
        )
        return answer_json({"message": message})

    async def _link(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        token, address, signature = (_text(body, name) for name in ("token", "address", "signature"))
        await self._linking.link(token, address, signature, _optional(body, "identity"), clock.now())
        return answer_json({"linked": True})

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        return answer_json({"url": await self._identities.begin(_text(body, "token"), clock.now())})

    async def _finish(self, request: web.Request) -> web.StreamResponse:
        body = await read_json(request)
        token, code, state = (_text(body, name) for name in ("token", "code", "state"))
        return answer_json({"identity": await self._identities.finish(token, code, state, clock.now())})


def _text(body: Mapping[str, Json], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise WebError(400, t("web.error.bad_request"))
    return value


def _optional(body: Mapping[str, Json], name: str) -> str | None:
    return None if body.get(name) is None else _text(body, name)
