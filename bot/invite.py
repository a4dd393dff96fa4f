"""``ikuzo invite``: the link that adds the bot to a server, with the permissions it uses and no other."""

import base64
import binascii
from typing import Final
from urllib.parse import urlencode

from bot import safejson
from bot.permissions import Need, all_needs
from bot.refusal import Refusal
from bot.settings import DISCORD_API, Settings

# Bits of Discord's permissions: https://discord.com/developers/docs/topics/permissions
_BITS: Final = {
    Need.VIEW: 10,
    Need.SEND: 11,
    Need.EMBED: 14,
    Need.ATTACH: 15,
    Need.HISTORY: 16,
    Need.MANAGE_ROLES: 28,
    Need.CREATE_THREADS: 35,
    Need.SEND_THREADS: 38,
    Need.CREATE_EVENTS: 44,
}

_PATIENCE_SECONDS: Final = 10.0
_MAX_ANSWER_BYTES: Final = 256 * 1024
_MAX_ANSWER_DEPTH: Final = 16


def invite_link(application_id: int) -> str:
    """Return the link for an application."""
    permissions = sum(1 << _BITS[need] for need in all_needs())
    query = {"client_id": application_id, "permissions": permissions, "scope": "bot applications.commands"}
    return f"https://discord.com/oauth2/authorize?{urlencode(query)}"


def application_id(token: str) -> int | None:
    """Return the application a token belongs to, which its first part says; None where it does not.

    The first part is the bot's user id in base64, which has been the application's own for bots made since 2016.
    """
    first = token.partition(".")[0]
    try:
        decoded = base64.b64decode(first + "=" * (-len(first) % 4), altchars=b"-_", validate=True)
        return int(decoded.decode("ascii"))
    except (binascii.Error, ValueError):
        return None


async def ask_application_id(settings: Settings) -> int:
    """Ask Discord which application a token belongs to; raises :class:`~bot.refusal.Refusal`."""
    import aiohttp

    url = f"{settings.discord_api_url or DISCORD_API}/applications/@me"
    timeout = aiohttp.ClientTimeout(total=_PATIENCE_SECONDS)
    headers = {"Authorization": f"Bot {settings.token()}"}
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url, headers=headers) as response:
            body = await response.read()
    except (aiohttp.ClientError, TimeoutError):
        raise Refusal("Discord does not answer, and DISCORD_TOKEN alone does not say whose it is.") from None
    if response.status == 401:
        raise Refusal("Discord does not accept DISCORD_TOKEN; copy it again from the developer portal.")
    try:
        found = safejson.loads(body, max_bytes=_MAX_ANSWER_BYTES, max_depth=_MAX_ANSWER_DEPTH)
        return int(str(found["id"] if isinstance(found, dict) else None))
    except (safejson.InvalidJson, KeyError, ValueError):
        raise Refusal(
            f"Discord does not say whose DISCORD_TOKEN is (HTTP {response.status}); try again later."
        ) from None


async def find_invite_link(settings: Settings) -> str:
    """Return the link for the bot that is configured; asks Discord only where the token does not tell."""
    known = application_id(settings.token())
    return invite_link(known if known is not None else await ask_application_id(settings))
