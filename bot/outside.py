"""Ask servers that are not ours: no cookies, nothing unpacked, and no more read than an answer can be.

aiohttp is imported when the first of them is asked: nobody who verifies a file waits for it.
"""

from typing import TYPE_CHECKING

from bot import safejson
from bot.safejson import Json

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession


def open_session(timeout_seconds: float | None) -> "ClientSession":
    """Return a session for such servers; where it has no timeout, the caller sees to it."""
    import aiohttp

    # A compressed answer stays so, and is refused as no JSON: a few bytes can unpack to gigabytes.
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=timeout_seconds),
        headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "Ikuzo"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )


async def read_json(response: "ClientResponse", *, max_bytes: int, max_depth: int) -> Json:
    """Return what an answer holds; raises :class:`~bot.safejson.InvalidJson`, before the end of one too long."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > max_bytes:
            break
    return safejson.loads(bytes(body), max_bytes=max_bytes, max_depth=max_depth)
