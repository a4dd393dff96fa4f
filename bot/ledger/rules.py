"""The ledger's rules: what a row hashes, how a chain is written down, and how it is checked.

Byte for byte as in ``docs/verify.md``. Nothing here knows Discord or the database.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol, TypeAlias, cast

from bot.shape import MAX_INTEGER, Misshapen, Node, printable, time_text

FORMAT: Final = "ikuzo-ledger/1"

Fact: TypeAlias = str | int | bool | None

_KIND = re.compile(r"(?=.{1,64}$)[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+")
_SUBJECT = re.compile(r"(?=.{1,64}$)[a-z][a-z0-9._-]*(?::[a-zA-Z0-9._-]+)*")
# Letters of ASCII only, so that every language sorts them alike.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_SHA256_DIGITS: Final = 64
_SALT_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value that may be erased: its digest is part of the chain, salt and clear value stand beside it.

    Erased, both are None. *value* is a user id in decimal digits, or free text.
    """

    digest: str
    salt: str | None
    value: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that was done; *at* is aware UTC in whole seconds, *actor* None where the bot itself did it."""

    seq: int
    at: datetime
    kind: str
    subject: str | None
    actor: Sealed | None
    persons: Mapping[str, Sealed] = field(default_factory=dict[str, Sealed])
    texts: Mapping[str, Sealed] = field(default_factory=dict[str, Sealed])
    facts: Mapping[str, Fact] = field(default_factory=dict[str, Fact])
    hash: str = ""

    def sealed(self) -> Iterable[tuple[str, Sealed]]:
        """Yield everything that may be erased, with its place in the row."""
        if self.actor is not None:
            yield "actor", self.actor
        yield from ((f"persons.{name}", value) for name, value in self.persons.items())
        yield from ((f"texts.{name}", value) for name, value in self.texts.items())


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the last row's number and hash; 0 and the genesis hash where there is no row."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A server's ledger as exported."""

    guild_id: int
    head: Head
    rows: Sequence[Row]


def digest(salt: str, value: str) -> str:
    """Return the hex SHA-256 of ``<salt>:<value>``."""
    return hashlib.sha256(f"{salt}:{value}".encode()).hexdigest()


def seal(value: str, salt: str) -> Sealed:
    """Return *value* with its digest; *salt* is 32 random hex digits, its own for each value."""
    return Sealed(digest(salt, value), salt, value)


def genesis(guild_id: int) -> str:
    """Return what stands for the hash before a server's first row."""
    return hashlib.sha256(f"{FORMAT}\n{guild_id}\n".encode()).hexdigest()


def canonical(row: Row) -> bytes:
    """Return the bytes of a row that are hashed: JSON by RFC 8785, with digests in place of persons and free text."""
    body = {
        "actor": None if row.actor is None else row.actor.digest,
        "at": time_text(row.at),
        "facts": dict(row.facts),
        "kind": row.kind,
        "persons": {name: value.digest for name, value in row.persons.items()},
        "seq": row.seq,
        "subject": row.subject,
        "texts": {name: value.digest for name, value in row.texts.items()},
    }
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def row_hash(previous: str, row: Row) -> str:
    """Return the hex SHA-256 of two lines, each ended by LF: the hash before (hex) and the canonical row."""
    return hashlib.sha256(b"%s\n%s\n" % (previous.encode(), canonical(row))).hexdigest()


def row_object(row: Row) -> dict[str, object]:
    """Return a row as it stands in ``ledger.json``."""
    return {
        "seq": row.seq,
        "at": time_text(row.at),
        "kind": row.kind,
        "subject": row.subject,
        "actor": None if row.actor is None else _sealed_object(row.actor),
        "persons": {name: _sealed_object(value) for name, value in row.persons.items()},
        "texts": {name: _sealed_object(value) for name, value in row.texts.items()},
        "facts": dict(row.facts),
        "hash": row.hash,
    }


def _sealed_object(value: Sealed) -> dict[str, str | None]:
    return {"digest": value.digest, "salt": value.salt, "value": value.value}


def document_start(guild_id: int, head: Head) -> str:
    """Return what stands before the rows in ``ledger.json``; `row_line` of each and `DOCUMENT_END` follow."""
    return f'{{"format":"{FORMAT}","guild_id":"{guild_id}","head":{{"seq":{head.seq},"hash":"{head.hash}"}},"rows":['


DOCUMENT_END: Final = "\n]}\n"


def row_line(row: Row) -> str:
    """Return a row's line, with what divides it from the one before."""
    divider = "," if row.seq > 1 else ""
    return f"{divider}\n{json.dumps(row_object(row), separators=(',', ':'), ensure_ascii=False)}"


def parse(document: object) -> Chain:
    """Return the chain that a parsed JSON *document* holds; raises :class:`bot.shape.Misshapen`."""
    fields = Node(document, "the ledger").fields(("format", "guild_id", "head", "rows"))
    if fields["format"].value != FORMAT:
        raise fields["format"].wrong(FORMAT)
    head = fields["head"].fields(("seq", "hash"))
    return Chain(
        guild_id=int(fields["guild_id"].snowflake()),
        head=Head(head["seq"].integer(0), head["hash"].hex_digits(_SHA256_DIGITS)),
        rows=[parse_row(value, f"rows[{index}]") for index, value in enumerate(fields["rows"].array())],
    )


_ROW_FIELDS: Final = ("seq", "at", "kind", "subject", "actor", "persons", "texts", "facts", "hash")


def parse_row(value: object, place: str) -> Row:
    """Return the row that a parsed JSON *value* holds; raises :class:`bot.shape.Misshapen` naming *place*."""
    fields = Node(value, place).fields(_ROW_FIELDS)
    subject, actor = fields["subject"], fields["actor"]
    return Row(
        seq=fields["seq"].integer(1),
        at=fields["at"].time(),
        kind=fields["kind"].matching(_KIND, "a dotted kind such as giveaway.drawn"),
        subject=None if subject.value is None else subject.matching(_SUBJECT, "a subject such as giveaway:42, or null"),
        actor=None if actor.value is None else _person(actor),
        persons={name: _person(node) for name, node in _named(fields["persons"])},
        texts={name: _sealed(node) for name, node in _named(fields["texts"])},
        facts={name: _fact(node) for name, node in _named(fields["facts"])},
        hash=fields["hash"].hex_digits(_SHA256_DIGITS),
    )


def _named(node: Node) -> Iterable[tuple[str, Node]]:
    """Read an object whose field names are free, within what sorts alike everywhere."""
    value = node.value
    names = cast("dict[str, object]", value) if isinstance(value, dict) else ()
    for name, inner in node.fields((), names).items():
        Node(name, f"a name in {node.place}").matching(_NAME, "up to 32 small letters, digits and _")
        yield name, inner


def _sealed(node: Node) -> Sealed:
    fields = node.fields(("digest", "salt", "value"))
    salt, value = fields["salt"], fields["value"]
    if value.value is not None and salt.value is None:
        raise Misshapen(f"{node.place} has a value without its salt; erased, both are null")
    return Sealed(
        digest=fields["digest"].hex_digits(_SHA256_DIGITS),
        salt=None if salt.value is None else salt.hex_digits(_SALT_DIGITS),
        value=None if value.value is None else value.text(),
    )


def _person(node: Node) -> Sealed:
    sealed = _sealed(node)
    if sealed.value is not None:
        Node(sealed.value, f"{node.place}.value").snowflake()
    return sealed


def _fact(node: Node) -> Fact:
    match node.value:
        case None | bool() | str():
            return node.value
        case int():
            return node.integer(-MAX_INTEGER)
        case _:
            raise node.wrong("a text, a whole number, true, false or null")


class Check(StrEnum):
    """The steps, in order."""

    SHAPE = "shape"
    NUMBERS = "numbers"
    CHAIN = "chain"
    HEAD = "head"
    VALUES = "values"
    COMPARED = "compared"


@dataclass(frozen=True, slots=True)
class Step:
    """One step's verdict; *text* says in English what was found, or what is wrong."""

    check: Check
    passed: bool
    text: str


def check(chain: Chain, head: str | None = None) -> list[Step]:
    """Return all steps after `Check.SHAPE`, which `parse` has taken; the ledger holds if every one passed.

    *head* is a hash posted in public, of the last row or of any before it.
    """
    steps = [_numbers(chain), _links(chain), _end(chain), _values(chain)]
    return steps if head is None else [*steps, _compared(chain, head)]


def _numbers(chain: Chain) -> Step:
    for expected, row in enumerate(chain.rows, 1):
        if row.seq != expected:
            return Step(Check.NUMBERS, passed=False, text=f"row {expected} is expected, and row {row.seq} is there")
    return Step(Check.NUMBERS, passed=True, text=f"1 to {len(chain.rows)}, none missing" if chain.rows else "no row")


def _links(chain: Chain) -> Step:
    previous = genesis(chain.guild_id)
    for row in chain.rows:
        computed = row_hash(previous, row)
        if computed != row.hash:
            return Step(Check.CHAIN, passed=False, text=f"row {row.seq} hashes to {computed}, not {row.hash}")
        previous = computed
    return Step(Check.CHAIN, passed=True, text="every row's hash follows from the row and all rows before it")


def _end(chain: Chain) -> Step:
    last = Head(chain.rows[-1].seq, chain.rows[-1].hash) if chain.rows else Head(0, genesis(chain.guild_id))
    if last != chain.head:
        text = f"the head is row {chain.head.seq}, {chain.head.hash}; the last row is {last.seq}, {last.hash}"
        return Step(Check.HEAD, passed=False, text=text)
    return Step(Check.HEAD, passed=True, text=f"row {last.seq}, {last.hash}")


def _values(chain: Chain) -> Step:
    matching = erased = 0
    for row in chain.rows:
        for place, sealed in row.sealed():
            if sealed.salt is None or sealed.value is None:
                erased += 1
            elif digest(sealed.salt, sealed.value) == sealed.digest:
                matching += 1
            else:
                text = f"row {row.seq}: {place} is not the value that was sealed (digest {sealed.digest})"
                return Step(Check.VALUES, passed=False, text=text)
    gone = f"; {erased} erased, which changes nothing about the chain" if erased else ""
    return Step(Check.VALUES, passed=True, text=f"{matching} clear values match their digests{gone}")


def _compared(chain: Chain, head: str) -> Step:
    for row in reversed(chain.rows):
        if row.hash == head:
            later = len(chain.rows) - row.seq
            since = f"; nothing here pins the {later} after it" if later else ""
            return Step(Check.COMPARED, passed=True, text=f"the head given is row {row.seq}'s{since}")
    if head == chain.head.hash:
        return Step(Check.COMPARED, passed=True, text="the head given is that of a chain without rows")
    return Step(Check.COMPARED, passed=False, text=f"the head given, {head}, is not in this chain")


class Comparing(Protocol):
    """The part of the options of `ikuzo verify` that concerns a ledger."""

    @property
    def head(self) -> str | None: ...


def verify_document(document: object, options: Comparing, out: Callable[[str], None]) -> bool:
    """Check a parsed ledger, print every step and the head to compare in public; return whether all of it holds."""
    try:
        chain = parse(document)
    except Misshapen as error:
        out(_line(Step(Check.SHAPE, passed=False, text=str(error))))
        return False
    steps = [Step(Check.SHAPE, passed=True, text=_span(chain)), *check(chain, options.head)]
    for step in steps:
        out(_line(step))
    out("  Compare with the latest head that the bot posted in the server's log channel:")
    out(f"    row   {chain.head.seq}")
    out(f"    head  {chain.head.hash}")
    return all(step.passed for step in steps)


def _span(chain: Chain) -> str:
    rows = f"{len(chain.rows)} row{'' if len(chain.rows) == 1 else 's'}"
    when = f", {time_text(chain.rows[0].at)} to {time_text(chain.rows[-1].at)}" if chain.rows else ""
    return f"server {chain.guild_id}, {rows}{when}"


def _line(step: Step) -> str:
    return printable(f"  {'✓' if step.passed else '✗'} {step.check.value:<11} {step.text}")
