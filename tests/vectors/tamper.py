"""Ways to falsify a bundle, each of which every verifier must refuse: `ALL`.

A `Tamper` names the vector it starts from, what is done to it, and which check must refuse it with which words.
`DOCUMENTS` change the parsed JSON, `TEXTS` the file's bytes. For verifiers in other languages,
`python -m tests.vectors.make --tampered DIR` writes the falsified files.
"""

import codecs
from collections.abc import Callable

from cogs.giveaways.rules.check import Check
from tests.vectors import changes as c
from tests.vectors.changes import STRANGER, Change, Tamper, both, drop, edit, put

_LETTERS = "ABCDEF"


def _of(check: Check, *tampers: tuple[str, str, Change, str]) -> tuple[Tamper, ...]:
    """Return tampers for one check from their names, vectors, changes and reasons."""
    return tuple(Tamper(name, vector, check, reason, change=change) for name, vector, change, reason in tampers)


_UNKNOWN_FIELDS = _of(
    Check.SHAPE,
    ("unknown field", "plain", put("note", value="fair"), "unknown field"),
    ("unknown field of giveaway", "plain", put("giveaway", "note", value=1), "unknown field"),
    ("unknown field of a freeze", "plain", put("freezes", 0, "note", value=1), "unknown field"),
    ("unknown field of beacon", "plain", put("beacon", "note", value=1), "unknown field"),
    ("unknown field of a result", "plain", put("results", 0, "note", value=1), "unknown field"),
    ("unknown field of operator_trusted", "given-up", put("operator_trusted", "note", value=1), "unknown field"),
    ("unknown field of snapshot", "airdrop-token", put("snapshot", "note", value=1), "unknown field"),
    ("unknown field of a file's snapshot", "airdrop-file", put("snapshot", "note", value=1), "unknown field"),
)
_MISSING = _of(
    Check.SHAPE,
    ("unchecked missing", "plain", drop("unchecked"), "lacks the field unchecked"),
    ("operator_trusted missing", "plain", drop("operator_trusted"), "lacks the field operator_trusted"),
    ("ranking missing", "plain", drop("ranking"), "lacks the field ranking"),
    ("ranking null", "plain", put("ranking", value=None), "ranking must be an array"),
    ("freeze without round", "plain", drop("freezes", 0, "round"), "lacks the field round"),
    ("result without reason", "plain", drop("results", 0, "reason"), "lacks the field reason"),
    ("snapshot without contract", "airdrop-token", drop("snapshot", "contract"), "lacks the field contract"),
)
_TYPES = _of(
    Check.SHAPE,
    ("id in capitals", "plain", edit("giveaway", "id", by=str.upper), "32 lower-case hex digits"),
    ("id too short", "plain", edit("giveaway", "id", by=lambda text: text[1:]), "32 lower-case hex digits"),
    ("seed too short", "plain", edit("seed", by=lambda text: text[2:]), "64 lower-case hex digits"),
    ("seed in capitals", "plain", edit("seed", by=str.upper), "64 lower-case hex digits"),
    ("seed with a line feed", "plain", edit("seed", by=lambda text: text + "\n"), "64 lower-case hex digits"),
    ("commitment in capitals", "plain", edit("commitment", by=str.upper), "64 lower-case hex digits"),
    ("number in a string", "plain", put("giveaway", "number", value="42"), "a whole number"),
    ("winners is true", "plain", put("giveaway", "winners", value=True), "a whole number"),
    ("winners with a fraction", "plain", put("giveaway", "winners", value=1.5), "a whole number"),
    ("no winners", "plain", put("giveaway", "winners", value=0), "a whole number"),
    ("winners beyond exact numbers", "plain", put("giveaway", "winners", value=2**53), "a whole number"),
    ("guild_id as a number", "plain", edit("giveaway", "guild_id", by=int), "a Discord id"),
    ("message_id as a number", "plain", edit("freezes", 0, "message_id", by=int), "a Discord id"),
    ("message_id padded", "plain", edit("freezes", 0, "message_id", by="0".__add__), "a Discord id"),
    ("message_id in wide digits", "plain", put("freezes", 0, "message_id", value="１２３"), "a Discord id"),
    ("message_id above 64 bits", "plain", put("freezes", 0, "message_id", value=str(2**64)), "a Discord id"),
    ("prize null", "plain", put("giveaway", "prize", value=None), "a string"),
    ("time with an offset", "plain", put("freezes", 0, "at", value="2026-03-01T12:00:02+00:00"), "a UTC time"),
    ("time with a fraction", "plain", put("freezes", 0, "at", value="2026-03-01T12:00:02.5Z"), "a UTC time"),
    ("time that does not exist", "plain", put("results", 0, "at", value="2026-02-30T12:00:00Z"), "a UTC time"),
    ("hour 24", "plain", put("giveaway", "closed_at", value="2026-02-28T24:00:00Z"), "a UTC time"),
    ("time as a number", "plain", put("giveaway", "opened_at", value=1772366402), "a UTC time"),
    ("entrant with a third value", "plain", edit("entrants", 0, by=lambda row: [*row, 1]), "a token and a whole"),
    ("entrant as an object", "plain", put("entrants", 0, value={"token": STRANGER}), "a token and a whole"),
    ("weight in a string", "plain", put("entrants", 0, 1, value="1"), "a token and a whole number"),
    ("weight is true", "plain", put("entrants", 0, 1, value=True), "a token and a whole number"),
    ("weight with a fraction", "weighted", put("entrants", 0, 1, value=1.5), "a token and a whole number"),
    ("token in capitals", "plain", edit("entrants", 0, 0, by=lambda _: _LETTERS + "0" * 26), "a token and a whole"),
    ("excluded without a reason", "weighted", edit("excluded", 0, by=lambda row: row[:1]), "a token and a reason"),
    ("excluded with a blank reason", "weighted", put("excluded", 0, 1, value=" "), "a reason in words"),
    ("excluded by null", "weighted", put("excluded", 0, 1, value=None), "a string"),
    ("unchecked as an object", "plain", put("unchecked", value={}), "an array"),
    ("beacon as a string", "plain", put("beacon", value="off"), "an object"),
    ("signature cut", "plain", edit("beacon", "signature", by=lambda text: text[:-2]), "96 lower-case hex"),
    ("round 0", "plain", put("beacon", "round", value=0), "a whole number"),
    ("another format", "plain", put("format", value="ikuzo-draw/2"), "must be ikuzo-draw/1"),
    ("operator_trusted false", "plain", put("operator_trusted", value=False), "must be an object"),
    ("operator_trusted unknown word", "off", put("operator_trusted", value="on"), '"off"'),
    ("contract in capitals", "airdrop-token", put("snapshot", "contract", value="0x" + "AB" * 20), "lower-case"),
    ("chain padded", "airdrop-token", put("snapshot", "chain", value="01"), "chain id"),
    ("block negative", "airdrop-token", put("snapshot", "block", value=-1), "a whole number"),
)
_RESULT_SHAPES = _of(
    Check.SHAPE,
    ("unknown outcome", "plain", put("results", 0, "outcome", value="lost"), '"won" or "passed"'),
    ("won for a reason", "plain", put("results", 0, "reason", value="friend"), "null for a place that was won"),
    ("passed without a reason", "passed", put("results", 0, "reason", value=None), "a string"),
    ("passed for a blank reason", "passed", put("results", 0, "reason", value=""), "a reason in words"),
    ("user id erased, salt kept", "plain", put("results", 0, "user_id", value=None), "only one of user_id and salt"),
    ("salt erased, user id kept", "plain", put("results", 0, "salt", value=None), "only one of user_id and salt"),
    ("user id with a sign", "plain", edit("results", 0, "user_id", by="+".__add__), "a Discord id"),
    ("salt in capitals", "plain", put("results", 0, "salt", value=_LETTERS + "0" * 26), "32 lower-case"),
    ("salted address", "airdrop-token", put("results", 0, "salt", value="0" * 32), "empty"),
    ("address in capitals", "airdrop-token", put("results", 0, "user_id", value="0x" + "AB" * 20), "lower-case"),
    ("holders' airdrop without its snapshot", "airdrop-file", drop("snapshot"), "a Discord id"),
)
_LISTS = (
    *_of(
        Check.LIST,
        ("weight 0", "plain", put("entrants", 0, 1, value=0), "not from 1 to 100"),
        ("weight 101", "weighted", put("entrants", 0, 1, value=101), "not from 1 to 100"),
        ("weight negative", "plain", put("entrants", 0, 1, value=-1), "not from 1 to 100"),
        ("unsorted", "plain", edit("entrants", by=c.swapped), "not sorted"),
        ("unsorted, all else redone", "off", both(edit("entrants", by=c.swapped), c.redrawn), "not sorted"),
        ("token twice", "plain", edit("entrants", by=lambda rows: [rows[0], *rows]), "twice"),
        (
            "token twice with two weights",
            "plain",
            edit("entrants", by=lambda rows: [[rows[0][0], 2], *rows]),
            "twice",
        ),
        ("weight 101, all else redone", "off", both(put("entrants", 0, 1, value=101), c.redrawn), "not from 1 to 100"),
        (
            "token twice, all else redone",
            "off",
            both(edit("entrants", by=lambda rows: [rows[0], *rows]), c.redrawn),
            "twice",
        ),
        ("nobody on the list", "plain", c.nobody, "nobody is on the list"),
    ),
    *_of(
        Check.LEFT_OUT,
        ("excluded on the list", "plain", c.exclude_first, "is excluded, yet on the list"),
        ("excluded twice", "weighted", c.repeated("excluded"), "excluded twice"),
        ("unchecked off the list", "plain", put("unchecked", value=[STRANGER]), "not on the list"),
        ("unchecked twice", "weighted", c.repeated("unchecked"), "unchecked twice"),
    ),
)
_PROMISES = (
    *_of(
        Check.DIGEST,
        ("entrant added", "plain", edit("entrants", by=lambda rows: [[STRANGER, 1], *rows]), "entrants_digest"),
        ("entrant left out", "plain", edit("entrants", by=lambda rows: rows[1:]), "entrants_digest"),
        ("weight raised", "weighted", edit("entrants", 0, 1, by=c.off_by(1)), "entrants_digest"),
        ("entrants exchanged", "plain", edit("entrants", -1, 0, by=lambda _: "f" * 32), "entrants_digest"),
        ("digest of another list", "plain", put("entrants_digest", value=c.OTHER_HEX), "entrants_digest"),
    ),
    *_of(
        Check.COMMITMENT,
        ("another seed", "plain", put("seed", value=c.OTHER_HEX), "not the commitment"),
        ("another seed, all else redone", "off", c.another_seed, "not the commitment"),
        ("another commitment", "plain", put("commitment", value=c.OTHER_HEX), "not the commitment"),
    ),
)
_FREEZES = (
    *_of(
        Check.FREEZES,
        ("freeze of another list", "plain", put("freezes", 0, "digest", value=c.OTHER_HEX), "has the digest"),
        ("earlier freeze of another list", "late-freezes", put("freezes", 0, "digest", value=c.OTHER_HEX), "digest"),
        ("freeze with fewer entries", "plain", edit("freezes", 0, "entries", by=c.off_by(-1)), "entries"),
        ("freeze with more tickets", "plain", edit("freezes", 0, "tickets", by=c.off_by(1)), "tickets"),
        ("no freeze", "plain", put("freezes", value=[]), "no freeze message"),
        ("freezes exchanged", "late-freezes", edit("freezes", by=c.swapped), "not later than"),
        ("freeze given twice", "plain", c.freeze_again, "not later than"),
    ),
    *_of(
        Check.ROUNDS,
        ("freeze for the next round", "plain", edit("freezes", 0, "round", by=c.off_by(1)), "leads to round"),
        ("freeze for an earlier round", "plain", edit("freezes", 0, "round", by=c.off_by(-7)), "leads to round"),
        ("freeze time moved", "plain", put("freezes", 0, "at", value="2026-03-01T12:00:06Z"), "leads to round"),
        ("earlier freeze's round moved", "late-freezes", edit("freezes", 0, "round", by=c.off_by(1)), "leads to round"),
        ("round null with a beacon", "plain", put("freezes", 0, "round", value=None), "leads to round"),
        ("round without any beacon", "off", put("freezes", 0, "round", value=1000), "no beacon from the start"),
        ("round twice", "late-freezes", put("freezes", 1, "at", value="2026-03-01T12:00:02Z"), "leads to round"),
        (
            "two freezes for one round",
            "late-freezes",
            lambda d: both(
                put("freezes", 1, "at", value=d["freezes"][0]["at"]),
                put("freezes", 1, "round", value=d["freezes"][0]["round"]),
            )(d),
            "not later than round",
        ),
    ),
    *_of(
        Check.TIMING,
        ("one millisecond too late", "plain", edit("freezes", 0, "message_id", by=c.later(45_001)), "does not count"),
        ("after the round", "plain", edit("freezes", 0, "message_id", by=c.later(86_400_000)), "does not count"),
        ("the freeze that counts left out", "late-freezes", drop("freezes", 2), "does not count"),
        ("a freeze after one that counts", "plain", c.later_freeze, "counted already"),
        ("two freezes without a beacon", "off", c.later_freeze, "counted already"),
        (
            "an earlier freeze that was in time",
            "late-freezes",
            edit("freezes", 0, "message_id", by=c.later(-30_000)),
            "counted already",
        ),
    ),
)
_TRUST = _of(
    Check.TRUST,
    ("beacon removed", "plain", put("beacon", value=None), "not labelled operator-trusted"),
    ("label removed", "off", put("operator_trusted", value=None), "not labelled operator-trusted"),
    ("label of giving up removed", "given-up", put("operator_trusted", value=None), "not labelled operator-trusted"),
    ("beacon and off", "plain", put("operator_trusted", value="off"), "has a beacon"),
    ("gave up another round", "given-up", edit("operator_trusted", "abandoned_round", by=c.off_by(1)), "abandoned"),
    ("gave up early", "given-up", put("operator_trusted", "at", value="2026-03-02T12:00:01Z"), "less than 24 h"),
)
_BEACON = _of(
    Check.BEACON,
    ("beacon of another chain", "plain", put("beacon", "chain", value=c.OTHER_HEX), "is accepted"),
    ("beacon of another round", "plain", edit("beacon", "round", by=c.off_by(1)), "not of the last freeze"),
    ("signature of another round", "plain", c.other_signature, "signature is not valid"),
    ("signature of another chain", "plain", put("beacon", "signature", value=c.QUICKNET_SIGNATURE), "not valid"),
    ("signature infinity", "plain", put("beacon", "signature", value="c0" + "00" * 47), "not valid"),
    ("signature zero", "plain", put("beacon", "signature", value="00" * 48), "not valid"),
    ("randomness invented", "plain", put("beacon", "randomness", value=c.OTHER_HEX), "not the randomness"),
)
_RANKING = _of(
    Check.RANKING,
    ("first two places exchanged", "plain", edit("ranking", by=c.swapped), "place 1 belongs to"),
    ("last place missing", "plain", drop("ranking", -1), "5 places"),
    ("stranger ranked", "plain", put("ranking", 0, value=STRANGER), "place 1 belongs to"),
    ("somebody ranked twice", "plain", edit("ranking", by=lambda r: [r[0], r[0], *r[2:]]), "place 2 belongs to"),
    ("ranking sorted by token", "plain", edit("ranking", by=sorted), "belongs to"),
    ("another giveaway's id", "plain", put("giveaway", "id", value="0" * 32), "belongs to"),
    ("beacon kept out of the key", "plain", lambda d: d | {"ranking": c.redrawn(d)["ranking"]}, "belongs to"),
)
_RESULTS = _of(
    Check.RESULTS,
    ("prize to the third", "plain", c.winner_to_third, "rank 1 belongs to"),
    ("rank skipped", "passed", edit("results", 1, "rank", by=c.off_by(1)), "result 2 has rank 3"),
    ("ranks from 0", "plain", put("results", 0, "rank", value=1_000), "has rank 1000"),
    ("winner left out", "weighted", drop("results", -1), "1 won, and 2 should have"),
    ("first place left out", "weighted", drop("results", 0), "result 1 has rank 2"),
    ("more places than winners", "weighted", put("giveaway", "winners", value=1), "2 won, and 1 should have"),
    ("places without winners", "weighted", put("giveaway", "winners", value=3), "2 won, and 3 should have"),
    (
        "passed turned into won",
        "passed",
        both(put("results", 0, "outcome", value="won"), put("results", 0, "reason", value=None)),
        "4 won, and 3 should have",
    ),
    (
        "won turned into passed",
        "weighted",
        both(put("results", 0, "outcome", value="passed"), put("results", 0, "reason", value="left")),
        "1 won, and 2 should have",
    ),
    ("no results", "plain", put("results", value=[]), "0 won, and 1 should have"),
    ("passed without being reached", "plain", c.extra_row, "without having been reached"),
    ("more places than entrants", "exhausted", c.row_too_many, "places were reached"),
    ("results exchanged", "weighted", edit("results", by=c.swapped), "result 1 has rank 2"),
)
_PEOPLE = _of(
    Check.PEOPLE,
    ("prize to another member", "plain", put("results", 0, "user_id", value="300000000000000001"), "has the token"),
    ("another salt", "plain", put("results", 0, "salt", value="0" * 32), "has the token"),
    ("prize to another address", "airdrop-file", put("results", 0, "user_id", value="0x" + "ab" * 20), "the token"),
    ("one member under two tokens", "off", c.one_person_twice, "reached two places"),
    ("passed member exchanged", "passed", put("results", 0, "user_id", value="300000000000000001"), "has the token"),
)

DOCUMENTS: tuple[Tamper, ...] = (
    *(*_UNKNOWN_FIELDS, *_MISSING, *_TYPES, *_RESULT_SHAPES),
    *(*_LISTS, *_PROMISES, *_FREEZES, *_TRUST, *_BEACON),
    *(*_RANKING, *_RESULTS, *_PEOPLE),
)


def _text(name: str, reason: str, raw: Callable[[bytes], bytes]) -> Tamper:
    return Tamper(name, "plain", Check.SHAPE, reason, raw=raw)


TEXTS: tuple[Tamper, ...] = (
    _text("field given twice", "twice", lambda data: data.replace(b'"seed":', b'"seed":"","seed":')),
    _text("inner field given twice", "twice", lambda data: data.replace(b'"winners":1', b'"winners":9,"winners":1')),
    _text("NaN", "NaN", lambda data: data.replace(b'"winners":1', b'"winners":NaN')),
    _text("number of 5000 digits", "digits", lambda data: data.replace(b'"winners":1', b'"winners":' + b"1" * 5000)),
    _text("nested a hundred thousand deep", "nested", lambda _: b"[" * 100_000 + b"]" * 100_000),
    _text("byte order mark", "not JSON", lambda data: codecs.BOM_UTF8 + data),
    _text("UTF-16", "not UTF-8", lambda data: data.decode().encode("utf-16")),
    _text("Latin-1", "not UTF-8", lambda data: data.replace(b"Signed print", b"Signed pr\xefnt")),
    _text("half a surrogate pair", "surrogate", lambda data: data.replace(b"Signed print", rb"\ud83d")),
    _text("cut off", "bracket is missing", lambda data: data[:-1]),
    _text("text after the end", "not JSON", lambda data: data + b"x"),
    _text("trailing comma", "not JSON", lambda data: data[:-1] + b",}"),
    _text("comment", "not JSON", lambda data: b"/**/" + data),
    _text("two documents", "not JSON", lambda data: data + data),
    _text("array around it", "names no format", lambda data: b"[" + data + b"]"),
    _text("nothing", "not JSON", lambda _: b""),
)

ALL: tuple[Tamper, ...] = (*DOCUMENTS, *TEXTS)
