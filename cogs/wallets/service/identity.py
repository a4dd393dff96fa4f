"""Whose browser it is: OAuth 2 with Discord, for whoever has the link, compared with the member it was made for.

A link that is passed on opens the page in another browser. What that browser signs would count for the member who asked
for the link, so it first shows with Discord that it is theirs. See RFC 6749 and RFC 7636 (PKCE, S256).
"""

import hashlib
import logging
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import aiohttp

from bot.errors import BadInput, NotAllowed, TryAgain
from bot.i18n import t
from bot.outside import read_json
from bot.safejson import InvalidJson, Json
from cogs.wallets.service.linking import Linking, hashed
from cogs.wallets.tables import LinkSession, LinkState

if TYPE_CHECKING:
    from bot.app import Platform

CALLBACK: Final = "/oauth"
AUTHORIZE: Final = "https://discord.com/oauth2/authorize"
DISCORD_API: Final = "https://discord.com/api/v10"
PATIENCE: Final = timedelta(seconds=8)
_MAX_ANSWER: Final = 64 * 1024
_ACCESS: Final = re.compile(r"[\x21-\x7e]{1,500}")

log = logging.getLogger(__name__)


class Identities:
    """Ask Discord who is in front of the page.

    A state is used once, whatever comes of it; its code verifier never leaves us but to Discord.
    """

    def __init__(self, platform: "Platform", linking: Linking, application_id: Callable[[], int | None]) -> None:
        self._platform = platform
        self._linking = linking
        self._application_id = application_id

    async def begin(self, token: str, now: datetime) -> str:
        """Return Discord's address that asks for the consent to tell who one is."""
        callback = self._platform.web.url(CALLBACK)
        if not self._linking.asks_identity or callback is None:
            raise BadInput(t("wallet.identity.off"))
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        async with self._platform.database.write() as tx:
            row = await self._linking.find(tx.session, token, now, lock=True)
            row.state_hash, row.verifier = hashed(state), verifier
        digest = hashlib.sha256(verifier.encode("ascii")).digest()
        query = {
            "response_type": "code",
            "client_id": str(self._application_id()),
            "scope": "identify",
            "redirect_uri": callback,
            "state": state,
            "code_challenge": urlsafe_b64encode(digest).rstrip(b"=").decode("ascii"),
            "code_challenge_method": "S256",
        }
        return f"{AUTHORIZE}?{urlencode(query)}"

    async def finish(self, token: str, code: str, state: str, now: datetime) -> str:
        """Compare who Discord says it is with the member of the link; returns the browser's secret.

        Raises NotAllowed for anybody else, BadInput for a consent that is no longer good, TryAgain.
        """
        async with self._platform.database.write() as tx:
            row = await self._linking.find(tx.session, token, now, lock=True)
            known, verifier = row.state_hash, row.verifier
            row.state_hash = row.verifier = None
            key, user_id = row.id, row.user_id
        if known is None or verifier is None or not secrets.compare_digest(known, hashed(state)):
            raise BadInput(t("wallet.identity.stale"))
        if await self._who(code, verifier) != user_id:
            await self._linking.fail(key, now)
            raise NotAllowed(t("wallet.identity.other"))
        secret = secrets.token_urlsafe(32)
        async with self._platform.database.write() as tx:
            kept = await tx.session.get(LinkSession, key, with_for_update=True)
            if kept is None or kept.state is not LinkState.OPEN:
                raise BadInput(t("wallet.identity.stale"))
            kept.browser_hash = hashed(secret)
        return secret

    async def _who(self, code: str, verifier: str) -> int:
        """Return the id of whoever consented; their token is used once and kept nowhere."""
        settings = self._platform.settings
        client_secret = settings.discord_client_secret
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._platform.web.url(CALLBACK) or "",
            "code_verifier": verifier,
            "client_id": str(self._application_id()),
            "client_secret": "" if client_secret is None else client_secret.get_secret_value(),
        }
        base = settings.discord_api_url or DISCORD_API
        timeout = aiohttp.ClientTimeout(total=PATIENCE.total_seconds())
        try:
            async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
                async with session.post(f"{base}/oauth2/token", data=form, allow_redirects=False) as response:
                    granted = await _answer(response)
                access = granted.get("access_token")
                if not isinstance(access, str) or not _ACCESS.fullmatch(access):
                    raise TryAgain(t("wallet.identity.away"))
                headers = {"Authorization": f"Bearer {access}"}
                async with session.get(f"{base}/users/@me", headers=headers, allow_redirects=False) as response:
                    user = await _answer(response)
        except (aiohttp.ClientError, TimeoutError):
            raise TryAgain(t("wallet.identity.away")) from None
        found = user.get("id")
        if not isinstance(found, str) or not (found.isascii() and found.isdigit()):
            raise TryAgain(t("wallet.identity.away"))
        return int(found)


async def _answer(response: aiohttp.ClientResponse) -> Mapping[str, Json]:
    """Return what Discord answered; raises BadInput where it refuses the code, TryAgain where it cannot answer."""
    if response.status == 400:
        raise BadInput(t("wallet.identity.stale"))
    if response.status == 401:
        log.warning("Discord does not accept DISCORD_CLIENT_SECRET; copy it again from the developer portal")
    try:
        value = await read_json(response, max_bytes=_MAX_ANSWER, max_depth=8)
    except InvalidJson:
        value = None
    if response.status != 200 or not isinstance(value, dict):
        raise TryAgain(t("wallet.identity.away"))
    return value
