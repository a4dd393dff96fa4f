"""`ikuzo verify`: check published files offline, each by the rules of its format.

Imports neither discord nor the database. What it prints is for operators and engineers, in English.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from bot import safejson
from bot.beacon import InvalidChain, load_chain
from bot.shape import abridged, is_object, printable
from bot.verify_options import VerifyOptions

MAX_BYTES = 256 * 1024 * 1024
"""The longest document read, unpacked; a draw among a million takes some 40 MB."""
MAX_DEPTH = 16
DONE, FAILED, BAD_USAGE = 0, 1, 2

Out: TypeAlias = Callable[[str], None]

_PART = re.compile(r"(?P<stem>.+\.gz)\.(?P<number>[1-9][0-9]*)")


Checker: TypeAlias = Callable[[object, VerifyOptions, Out], bool]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of document: which public values it can be compared with, and how its checker is imported."""

    compares: frozenset[str]
    checker: Callable[[], Checker]


def _draw() -> Checker:
    from cogs.giveaways.rules.report import verify_document

    return verify_document


def _poll() -> Checker:
    from cogs.polls.rules.report import verify_document

    return verify_document


def _ledger() -> Checker:
    from bot.ledger.rules import verify_document

    return verify_document


# Checkers are imported when a document asks for them: nobody who checks a ledger waits for the draw's cryptography.
FORMATS: dict[str, Format] = {
    "ikuzo-draw/1": Format(frozenset({"commitment", "digest", "round"}), _draw),
    "ikuzo-poll/1": Format(frozenset(), _poll),
    "ikuzo-ledger/1": Format(frozenset({"head"}), _ledger),
}


def verify_files(paths: Sequence[Path], options: VerifyOptions, out: Out) -> int:
    """Check every document in *paths*, printing each step through *out*.

    Parts of one split file (`….json.gz.1`, `.2`, …) are joined, also with parts that lie beside a named one. Returns 0
    if everything holds, 1 if anything does not, 2 for files that are not there and options that do not fit a file.
    """
    if not paths:
        out("Name at least one file, for example: ikuzo verify draw-42.json")
        return BAD_USAGE
    try:
        if options.chain is not None:
            load_chain(options.chain)
    except InvalidChain as error:
        out(printable(str(error)))
        return BAD_USAGE
    if missing := [path for path in paths if not path.is_file()]:
        for path in missing:
            out(printable(f"There is no file {path}."))
        return BAD_USAGE
    return max(_verify(name, parts, _normal(options), out) for name, parts in _documents(paths))


def _normal(options: VerifyOptions) -> VerifyOptions:
    """Return the options with copied values as the formats write them: lower case, no blanks around."""

    def trimmed(value: str | None) -> str | None:
        return None if value is None else value.strip().lower()

    return replace(
        options,
        commitment=trimmed(options.commitment),
        digest=trimmed(options.digest),
        head=trimmed(options.head),
    )


class _Unreadable(Exception):
    """A file cannot be read as a document; the message is an English sentence."""


def _verify(name: str, parts: Sequence[Path], options: VerifyOptions, out: Out) -> int:
    try:
        document = _load(parts)
        known, label = _format(document)
        unfit = [f"--{value}" for value in _comparing(options) if value not in known.compares]
        if unfit:
            out(printable(f"{name}: {', '.join(unfit)} cannot be compared with a file of the format {label}."))
            return BAD_USAGE
        out(printable(f"{name}: {label}"))
        holds = known.checker()(document, options, out)
    except _Unreadable as error:
        out(printable(f"{name}: ✗ {error}"))
        holds = False
    out(printable(f"{name}: {'everything holds.' if holds else 'does NOT verify.'}"))
    return DONE if holds else FAILED


def _comparing(options: VerifyOptions) -> list[str]:
    return [name for name in ("commitment", "digest", "round", "head") if getattr(options, name) is not None]


def _format(document: object) -> tuple[Format, str]:
    label = document.get("format") if is_object(document) else None
    if not isinstance(label, str):
        raise _Unreadable("it names no format; expected a JSON object with a field format")
    if label not in FORMATS:
        raise _Unreadable(f"the format {abridged(label)} is not known; known are {', '.join(FORMATS)}")
    return FORMATS[label], label


def _documents(paths: Iterable[Path]) -> list[tuple[str, list[Path]]]:
    """Group the files into documents, in the order given, each with its parts in the order of their numbers."""
    documents: dict[Path, list[Path]] = {}
    for path in paths:
        match = _PART.fullmatch(path.name)
        whole = path if match is None else path.with_name(match["stem"])
        # A whole file and the parts of one of the same name are two documents.
        key = whole if match is None else whole.with_name(f"{whole.name}.*")
        documents.setdefault(key, [path] if match is None else _parts(whole))
    return [(key.name.removesuffix(".*"), parts) for key, parts in documents.items()]


def _parts(whole: Path) -> list[Path]:
    numbered: list[tuple[int, Path]] = []
    for path in whole.parent.iterdir():
        match = _PART.fullmatch(path.name)
        if match is not None and match["stem"] == whole.name:
            numbered.append((int(match["number"]), path))
    return [path for _, path in sorted(numbered)]


def _load(parts: Sequence[Path]) -> object:
    split = _PART.fullmatch(parts[0].name) is not None
    if split:
        numbers = [int(path.name.rpartition(".")[2]) for path in parts]
        for expected, number in enumerate(numbers, 1):
            if number != expected:
                raise _Unreadable(f"part {expected} is missing; found part {', '.join(map(str, numbers))}")
    data = _read(parts)
    if split or parts[0].suffix == ".gz":
        data = _unpack(data)
    try:
        return safejson.loads(data, max_bytes=MAX_BYTES, max_depth=MAX_DEPTH)
    except safejson.InvalidJson as error:
        raise _Unreadable(f"it cannot be read as JSON: {error}") from None


def _read(parts: Sequence[Path]) -> bytes:
    data = bytearray()
    for path in parts:
        try:
            with path.open("rb") as file:
                data += file.read(MAX_BYTES + 1 - len(data))
        except OSError as error:
            raise _Unreadable(f"{path.name} cannot be read: {error.strerror or type(error).__name__}") from None
        if len(data) > MAX_BYTES:
            raise _Unreadable(f"it is longer than {MAX_BYTES} bytes")
    return bytes(data)


def _unpack(data: bytes) -> bytes:
    """Unpack exactly one gzip stream, at most one byte further than allowed: a small file must not fill the memory."""
    stream = zlib.decompressobj(wbits=31)
    try:
        unpacked = stream.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise _Unreadable(f"it is not a gzip stream: {error}") from None
    if len(unpacked) > MAX_BYTES:
        raise _Unreadable(f"it unpacks to more than {MAX_BYTES} bytes")
    if not stream.eof:
        raise _Unreadable("its gzip stream breaks off; is a part missing?")
    if stream.unused_data:
        raise _Unreadable("something follows its gzip stream")
    return unpacked
