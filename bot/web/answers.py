"""Answers of the web pages: pages, JSON, and what a client has already."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from aiohttp import ETag, web

HTML: Final = "text/html"


def conditional(
    request: web.Request,
    body: bytes,
    content_type: str,
    *,
    cache_control: str = "no-cache",
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """Answer with *body*, or with 304 and nothing where the client has these very bytes, by their ETag."""
    tag = sha256(body).hexdigest()[:32]
    known = request.if_none_match or ()
    # A proxy that compresses makes our tag a weak one; the content is the same.
    if any(each.value in (tag, "*") for each in known):
        answer = web.Response(status=304)
    else:
        answer = web.Response(body=body, content_type=content_type)
        if content_type.startswith("text/") or content_type.endswith("javascript"):
            answer.charset = "utf-8"
    answer.etag = ETag(tag)
    answer.headers.update({"Cache-Control": cache_control, **(headers or {})})
    return answer


def page(html: str, *, status: int = 200) -> web.Response:
    """Answer with a page of ours; whoever wrote *html* escaped what people typed."""
    return web.Response(text=html, content_type=HTML, status=status)


def answer_json(value: Mapping[str, object], *, status: int = 200) -> web.Response:
    """Answer with JSON."""
    return web.Response(text=json.dumps(value, ensure_ascii=False), content_type="application/json", status=status)
