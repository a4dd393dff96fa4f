"""Published files, cut into parts where Discord would not take them whole."""

import gzip
from dataclasses import dataclass

PART_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class File:
    """A file to attach."""

    name: str
    data: bytes


def bundle_files(number: int, data: bytes, part_bytes: int = PART_BYTES) -> list[File]:
    """Return the attachments for a giveaway's bundle.

    Up to *part_bytes* it is ``draw-<number>.json``; above, one gzip stream cut into ``draw-<number>.json.gz.1``,
    ``.2``, …, each below *part_bytes*. The same bundle always gives the same bytes.
    """
    name = f"draw-{number}.json"
    if len(data) <= part_bytes:
        return [File(name, data)]
    packed = gzip.compress(data, mtime=0)
    parts = range(0, len(packed), part_bytes - 1)
    return [File(f"{name}.gz.{i}", packed[at : at + part_bytes - 1]) for i, at in enumerate(parts, 1)]


def list_files(number: int, text: bytes, part_bytes: int = PART_BYTES) -> list[File]:
    """Return the attachments for a giveaway's frozen list (`draw.entrants_text`).

    ``entrants-<number>.txt``, or ``entrants-<number>.1.txt``, ``.2.txt``, … cut between lines, each below *part_bytes*;
    joined in order they are the text again, byte for byte.
    """
    if len(text) < part_bytes:
        return [File(f"entrants-{number}.txt", text)]
    parts: list[bytes] = []
    start = 0
    while start < len(text):
        end = len(text)
        if end - start >= part_bytes:
            end = text.rindex(b"\n", start, start + part_bytes - 1) + 1
        parts.append(text[start:end])
        start = end
    return [File(f"entrants-{number}.{i}.txt", part) for i, part in enumerate(parts, 1)]
