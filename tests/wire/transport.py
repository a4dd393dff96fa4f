"""Gateway frames: the transport compression that the client asks for, one context per connection."""

import zlib
from typing import Protocol


class Packer(Protocol):
    """Turns the text of one gateway message into the bytes of one WebSocket frame."""

    def pack(self, text: bytes) -> bytes: ...


class ZlibPacker:
    """`compress=zlib-stream`: one zlib stream, flushed after each message."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def pack(self, text: bytes) -> bytes:
        return self._stream.compress(text) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class ZstdPacker:
    """`compress=zstd-stream`: one zstd frame, a block flushed after each message."""

    def __init__(self) -> None:
        import zstandard

        self._flush = zstandard.COMPRESSOBJ_FLUSH_BLOCK
        self._stream = zstandard.ZstdCompressor().compressobj()

    def pack(self, text: bytes) -> bytes:
        return self._stream.compress(text) + self._stream.flush(self._flush)


def packer(asked: str | None) -> Packer | None:
    """The packer for the `compress` of the gateway's address; None sends plain text.

    discord.py asks for zstd where it finds the module and for zlib elsewhere, and takes plain text too.
    """
    if asked == "zlib-stream":
        return ZlibPacker()
    if asked == "zstd-stream":
        try:
            return ZstdPacker()
        except ImportError:
            return None
    return None
