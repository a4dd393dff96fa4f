"""Who asks, as far as limits and wording need it: an address, a language, and where the page stands."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from bot.i18n import DEFAULT, languages

_UNKNOWN = "unknown"


def address_of(request: web.Request, *, behind_proxy: bool) -> str:
    """Return whose share a request uses up: an IPv4 address, or the /64 network of an IPv6 one.

    Only behind a proxy, and only when the connection comes from this machine or a private network, the last entry of
    ``X-Forwarded-For`` counts: the one the proxy nearest to us wrote itself. What stands before it anyone could have
    sent.
    """
    peer = _parse(request.remote)
    if behind_proxy and peer is not None and (peer.is_loopback or peer.is_private):
        last = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2].strip()
        peer = _parse(last) or peer
    if peer is None:
        return _UNKNOWN
    if isinstance(peer, IPv6Address):
        # Whoever has one address of a /64 has all of them.
        return str(ip_network((peer, 64), strict=False))
    return str(peer)


def _parse(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def language_for(request: web.Request) -> str:
    """Return the catalog that suits a browser best, by its ``Accept-Language``; English where none does."""
    wishes: list[tuple[float, str]] = []
    for part in request.headers.get(hdrs.ACCEPT_LANGUAGE, "")[:500].split(","):
        tag, _, weight = part.partition(";")
        wishes.append((_weight(weight), tag.strip().lower().partition("-")[0]))
    for weight, language in sorted(wishes, key=lambda wish: -wish[0]):
        if weight > 0 and language in languages():
            return language
    return DEFAULT


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def is_foreign(request: web.Request, public_url: str | None) -> bool:
    """Say whether a request comes from a page of another site; a program that names no origin is no page."""
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
    own = public_url if public_url is not None else f"http://{request.host}"
    try:
        theirs, ours = urlsplit(origin), urlsplit(own)
        return (theirs.scheme, theirs.hostname, _port(theirs.scheme, theirs.port)) != (
            ours.scheme,
            ours.hostname,
            _port(ours.scheme, ours.port),
        )
    except ValueError:
        return True


def _port(scheme: str, port: int | None) -> int | None:
    return port or {"http": 80, "https": 443}.get(scheme)
