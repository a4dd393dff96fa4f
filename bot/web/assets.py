"""Files of ours that pages use: scripts, styles, pictures; each at an address that changes with its bytes."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from aiohttp import web

from bot.web.answers import conditional

FOLDER: Final = "/static"
# The address holds the file's hash, so what is there never changes.
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file in memory, under its address."""

    path: str
    content_type: str
    data: bytes


class Assets:
    """The files by name; read once, at the start."""

    def __init__(self) -> None:
        self._by_name: dict[str, Asset] = {}
        self._by_path: dict[str, Asset] = {}

    def add(self, files: Mapping[str, bytes]) -> None:
        """Serve files under one common address, so that modules may import each other by name."""
        digest = sha256(b"".join(sha256(data).digest() for _, data in sorted(files.items()))).hexdigest()[:16]
        for name, data in files.items():
            self._add(name, data, digest)

    def _add(self, name: str, data: bytes, digest: str) -> None:
        known = self._by_name.get(name)
        if known is not None and known.data != data:
            raise ValueError(f"two files named {name}")
        suffix = Path(name).suffix
        kind = _TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream")
        asset = Asset(f"{FOLDER}/{digest}/{name}", kind, data)
        # A file that several pages share stands beside the others of each of them.
        self._by_name.setdefault(name, asset)
        self._by_path[asset.path] = asset

    def path(self, name: str) -> str:
        """Return a file's address; raises KeyError for one that was not added."""
        return self._by_name[name].path

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer for ``/static/<hash>/<name>``."""
        asset = self._by_path.get(request.path)
        if asset is None:
            raise web.HTTPNotFound
        return conditional(request, asset.data, asset.content_type, cache_control=_FOR_EVER)
