"""Published files, packed and cut into parts where Discord would not take them whole."""

import gzip
from dataclasses import dataclass

PART_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file to attach."""

    name: str
    data: bytes


def in_parts(name: str, data: bytes, part_bytes: int = PART_BYTES) -> list[File]:
    """Return the attachments for a published document.

    Up to *part_bytes* it is one file *name*; above, one gzip stream cut into ``<name>.gz.1``, ``.2``, …, each below
    *part_bytes*. The same document always gives the same bytes. `ikuzo verify` joins the parts.
    """
    if len(data) <= part_bytes:
        return [File(name, data)]
    packed = gzip.compress(data, mtime=0)
    parts = range(0, len(packed), part_bytes - 1)
    return [File(f"{name}.gz.{i}", packed[at : at + part_bytes - 1]) for i, at in enumerate(parts, 1)]
