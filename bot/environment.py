"""How each environment variable is written: text in, typed values out.

Every parser raises :class:`Wrong`; its message goes on after the variable's name and gives an example. Values that may
hold a secret are never quoted.
"""

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.beacon import InvalidChain, load_chain
from bot.shape import abridged

OFF: Final = "off"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_LISTEN: Final = re.compile(r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<host>[^\s:/\[\]]+)):(?P<port>[0-9]{1,5})")
_API_PATH: Final = re.compile(r".*/api/v[0-9]+")
_CHAIN: Final = re.compile(r"(?P<id>[0-9]{1,18})\s*=\s*(?P<urls>\S.*)", re.DOTALL)
_RANGE: Final = re.compile(r"(?P<first>[0-9]{1,6})(?:\s*-\s*(?P<last>[0-9]{1,6}))?")


class Wrong(ValueError):
    """A value cannot be used; the message goes on after the name of the variable.

    *variable* is set where another one than the one being read is to blame.
    """

    def __init__(self, message: str, *, variable: str | None = None) -> None:
        super().__init__(message)
        self.variable = variable


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to accept connections; port 0 is any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Chain:
    """An EVM chain by its EIP-155 number, and one or two RPC URLs, which often hold a key and so are not shown."""

    id: int
    urls: tuple[str, ...] = field(repr=False)


def switched_off(text: str) -> bool:
    """Say whether a variable was set to ``off``."""
    return text.strip().lower() == OFF


def token(text: str) -> str:
    """Read a secret from Discord's developer portal."""
    if re.search(r"\s", text.strip()):
        raise Wrong("holds a blank or a line break in its middle; copy it again from Discord's developer portal, alone")
    return text.strip()


def database_url(text: str) -> str:
    """Read where the database is: a SQLite file in a folder that exists, or a PostgreSQL server."""
    examples = "sqlite+aiosqlite:///ikuzo.db or postgresql+asyncpg://user:password@host/ikuzo"
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise Wrong(f"is no database URL; write for example {examples}") from None
    if url.drivername == "sqlite+aiosqlite":
        _check_file(url)
    elif url.drivername != "postgresql+asyncpg":
        raise Wrong(f"cannot begin with {abridged(url.drivername)}; write for example {examples}")
    elif not url.database:
        raise Wrong("names no database; write for example postgresql+asyncpg://user:password@host/ikuzo")
    return text.strip()


def _check_file(url: URL) -> None:
    example = "write for example sqlite+aiosqlite:///ikuzo.db"
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Wrong(f"must name a file, since what is kept in memory is lost; {example}")
    path = Path(url.database)
    if path.is_dir():
        raise Wrong(f"names a folder, {path}, where a file was expected; {example}")
    if not path.absolute().parent.is_dir():
        raise Wrong(f"names a file in {path.absolute().parent}, a folder that does not exist; make it, or {example}")


def api_url(text: str) -> str:
    """Read the address of Discord's API or of a proxy before it, up to and with the version."""
    address = _http(text)
    if address is None or not _API_PATH.fullmatch(address.path) or address.query or address.fragment:
        raise Wrong("must be an address up to and with the version, for example http://proxy.example:8080/api/v10")
    return address.geturl()


def listen(text: str) -> Listen:
    """Read ``host:port``; an IPv6 address stands in brackets."""
    match = _LISTEN.fullmatch(text.strip())
    if match is None or int(match["port"]) > 65535:
        raise Wrong(f"must be host:port, for example 127.0.0.1:8080, not {abridged(text)}")
    return Listen(match["six"] or match["host"], int(match["port"]))


def public_url(text: str) -> str:
    """Read the address people reach: https, or http on this machine alone; without a path."""
    address = _http(text)
    if address is None or address.path or address.query or address.fragment or "@" in address.netloc:
        raise Wrong(f"must be an address without a path, for example https://bot.example.org, not {abridged(text)}")
    if address.scheme != "https" and not _is_loopback(address.hostname or ""):
        raise Wrong(f"must begin with https, for example https://bot.example.org, not {abridged(text)}")
    return address.geturl()


def domain(text: str) -> str:
    """Read a domain name."""
    name = text.strip().lower()
    if not _DOMAIN.fullmatch(name):
        raise Wrong(f"must be a domain name and nothing else, for example bot.example.org, not {abridged(text)}")
    return name


def chains(text: str) -> tuple[Chain, ...]:
    """Read ``number=URL`` pairs separated by commas, with a second URL after a space."""
    example = "for example 1=https://rpc.example,8453=https://base.example"
    found: dict[int, Chain] = {}
    # A comma may stand in a URL; one before "number=" separates.
    for entry in re.split(r",\s*(?=[0-9]+\s*=|\Z)", text.strip()):
        if not entry:
            continue
        match = _CHAIN.fullmatch(entry.strip())
        if match is None or int(match["id"]) == 0:
            raise Wrong(f"must be a list of chain number = RPC URL, {example}")
        chain = Chain(int(match["id"]), tuple(match["urls"].split()))
        if len(chain.urls) > 2:
            raise Wrong(f"gives chain {chain.id} more than two URLs; two, with a space between, are the most")
        if any(_http(url) is None for url in chain.urls):
            raise Wrong(f"gives chain {chain.id} something that is no http address; write {example}")
        if chain.id in found:
            raise Wrong(f"names chain {chain.id} twice; give both URLs in one entry, with a space between")
        found[chain.id] = chain
    return tuple(found.values())


def beacon_urls(text: str) -> tuple[str, ...]:
    """Read base URLs of drand's HTTP API, separated by commas; none for ``off``."""
    if switched_off(text):
        return ()
    addresses = [_http(part) for part in text.split(",") if part.strip()]
    whole = [address.geturl() for address in addresses if address and not address.query and not address.fragment]
    if not whole or len(whole) != len(addresses):
        raise Wrong("must be addresses separated by commas, for example https://api.drand.sh, or off")
    return tuple(dict.fromkeys(whole))


def beacon_chain(text: str) -> Path | None:
    """Read the path of another drand network's chain-info file, checked here; None for ``quicknet``."""
    if text.strip().lower() == "quicknet":
        return None
    path = Path(text.strip())
    try:
        load_chain(path)
    except InvalidChain as error:
        reason = str(error).rstrip(".")
        raise Wrong(f"must be quicknet or a drand chain-info file, for example drand.json: {reason}") from None
    return path


def shard_ids(text: str) -> tuple[int, ...]:
    """Read numbers and ranges separated by commas."""
    ids: set[int] = set()
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        first = -1 if match is None else int(match["first"])
        last = first if match is None or match["last"] is None else int(match["last"])
        if match is None or last < first:
            raise Wrong(f"must be shard numbers separated by commas, for example 0,1 or 0-3, not {abridged(text)}")
        ids.update(range(first, last + 1))
    return tuple(sorted(ids))


def shard_count(text: str) -> int:
    """Read how many shards there are over all processes."""
    if not re.fullmatch(r"\s*[1-9][0-9]{0,5}\s*", text):
        raise Wrong(f"must be a whole number from 1, for example 4, not {abridged(text)}")
    return int(text)


def sensitive_parts(url: str) -> tuple[str, ...]:
    """Return what of a URL may be a password or a key: its password, long segments of its path, values of its query."""
    parts = urlsplit(url)
    password = parts.netloc.rpartition("@")[0].partition(":")[2]
    candidates = [
        password,
        unquote(password),
        *(segment for segment in parts.path.split("/") if len(segment) >= 16),
        *(value for value in re.split(r"[&=]", parts.query) if len(value) >= 8),
    ]
    return tuple(candidate for candidate in candidates if len(candidate) >= 4)


def _http(text: str) -> SplitResult | None:
    """Return a web address without its trailing slash, or None where *text* is none."""
    try:
        address = urlsplit(text.strip().rstrip("/"))
        good = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
    except ValueError:
        return None
    return address if good and not re.search(r"\s", text.strip()) else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
