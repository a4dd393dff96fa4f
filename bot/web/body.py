"""What is sent to us: read whole, but never more than allowed."""

from collections.abc import Mapping

from aiohttp import web

from bot import safejson
from bot.i18n import t
from bot.safejson import Json
from bot.web.refusals import WebError


async def read_json(request: web.Request, *, max_depth: int = 4) -> Mapping[str, Json]:
    """Return the JSON object a request carries; its size is capped by the route.

    Raises WebError with a sentence for anything else, also for another content type: a form of a foreign page cannot
    send JSON's.
    """
    if request.content_type != "application/json":
        raise WebError(415, t("web.error.not_json"))
    body = await request.read()
    try:
        value = safejson.loads(body, max_bytes=len(body), max_depth=max_depth)
    except safejson.InvalidJson:
        raise WebError(400, t("web.error.not_json")) from None
    if not isinstance(value, dict):
        raise WebError(400, t("web.error.not_json"))
    return value
