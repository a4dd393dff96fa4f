"""A giveaway's published files."""

from bot.published import PART_BYTES, File, in_parts


def bundle_files(number: int, data: bytes, part_bytes: int = PART_BYTES) -> list[File]:
    """Return the attachments for a giveaway's bundle: ``draw-<number>.json``, in parts where it is large."""
    return in_parts(f"draw-{number}.json", data, part_bytes)


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
