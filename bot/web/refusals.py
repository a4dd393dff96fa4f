"""What is answered when something cannot be done: one sentence in the visitor's language, never a traceback."""

import logging
import secrets
from datetime import timedelta
from math import ceil
from typing import Final

from aiohttp import web

from bot.errors import BadInput, NotAllowed, NotFound, TryAgain, UserError, WrongState
from bot.i18n import Text, plain, t
from bot.web.answers import answer_json
from bot.web.visitor import language_for

_STATUS: Final[dict[type[UserError], int]] = {
    BadInput: 400,
    NotAllowed: 403,
    NotFound: 404,
    WrongState: 409,
    TryAgain: 503,
}

log = logging.getLogger(__name__)


class WebError(Exception):
    """A request is refused with an HTTP status and a sentence."""

    def __init__(self, status: int, text: Text) -> None:
        super().__init__(text.key)
        self.status = status
        self.text = text


def refuse(request: web.Request, status: int, text: Text) -> web.Response:
    """Word a refusal: as ``{"error": …}`` under ``/api/``, else as plain text."""
    sentence = plain(language_for(request), text)
    if request.path.startswith("/api/"):
        return answer_json({"error": sentence}, status=status)
    return web.Response(text=f"{sentence}\n", status=status)


def explain(request: web.Request, error: Exception) -> web.Response:
    """Answer for whatever a handler raised; what was not foreseen gets a reference that is in the log."""
    match error:
        case WebError():
            return refuse(request, error.status, error.text)
        case TryAgain() if request.path.startswith("/api/"):
            # What a page sent is refused by 4xx only: it is not lost, and can be sent again.
            return refuse(request, 424, error.text)
        case UserError():
            return refuse(request, _STATUS.get(type(error), 400), error.text)
        case web.HTTPException() if error.status < 400:
            raise error
        case web.HTTPMethodNotAllowed():
            answer = refuse(request, 405, t("web.error.method"))
            answer.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
            return answer
        case web.HTTPRequestEntityTooLarge():
            return refuse(request, 413, t("web.error.too_large"))
        case web.HTTPNotFound():
            return refuse(request, 404, t("web.error.not_found"))
        case web.HTTPException():
            return refuse(request, error.status, t("web.error.bad_request"))
        case TimeoutError():
            return refuse(request, 503, t("web.error.slow"))
        case _:
            reference = secrets.token_hex(3)
            # The address of the request may hold a token, so only its route is named.
            route = request.match_info.route.resource
            log.error("web request failed, reference %s: %s", reference, route, exc_info=error)
            return refuse(request, 500, t("web.error.unexpected", reference=reference))


def too_many(request: web.Request, wait: timedelta) -> web.Response:
    """Answer someone who asks too often."""
    seconds = max(1, ceil(wait.total_seconds()))
    answer = refuse(request, 429, t("web.error.too_many", wait=timedelta(seconds=seconds)))
    answer.headers["Retry-After"] = str(seconds)
    return answer
