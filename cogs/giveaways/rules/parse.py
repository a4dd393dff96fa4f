"""Read a bundle strictly: every field of the documented type, nothing unknown, nothing missing."""

import re
from typing import cast

from bot.shape import MAX_INTEGER, Misshapen, Node, abridged, is_array, is_object
from cogs.giveaways.rules.bundle import (
    RANKING_LIMIT,
    Abandoned,
    Airdrop,
    Beacon,
    Bundle,
    FileSnapshot,
    Freeze,
    Giveaway,
    OperatorTrusted,
    Result,
    TokenSnapshot,
)
from cogs.giveaways.rules.draw import FORMAT, Entry, Outcome

_FIELDS = (
    "format",
    "giveaway",
    "commitment",
    "seed",
    "freezes",
    "beacon",
    "entrants",
    "entrants_digest",
    "excluded",
    "unchecked",
    "results",
    "operator_trusted",
)
_TOKEN = re.compile(r"[0-9a-f]{32}")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_DECIMAL = re.compile(r"[1-9][0-9]{0,15}")
_SIGNATURE_DIGITS = 96


def parse(document: object) -> Bundle:
    """Return the bundle a parsed JSON *document* holds; raises :class:`bot.shape.Misshapen`."""
    fields = Node(document, "the bundle").fields(_FIELDS, ("ranking", "snapshot"))
    fields = {name: Node(node.value, name) for name, node in fields.items()}
    if fields["format"].value != FORMAT:
        raise fields["format"].wrong(FORMAT)
    airdrop = Airdrop(_snapshot(fields["snapshot"])) if "snapshot" in fields else None
    of_holders = airdrop is not None and airdrop.snapshot is not None
    entrants = _entrants(fields["entrants"])
    if "ranking" not in fields and len(entrants) <= RANKING_LIMIT:
        raise Misshapen(f"the bundle lacks the field ranking, which only more than {RANKING_LIMIT} entrants allow")
    return Bundle(
        giveaway=_giveaway(fields["giveaway"]),
        commitment=fields["commitment"].hex_digits(64),
        seed=fields["seed"].hex_digits(64),
        freezes=tuple(_freeze(node) for node in fields["freezes"].items()),
        beacon=None if fields["beacon"].value is None else _beacon(fields["beacon"]),
        entrants=entrants,
        entrants_digest=fields["entrants_digest"].hex_digits(64),
        excluded=tuple(_excluded(node) for node in fields["excluded"].items()),
        unchecked=_tokens(fields["unchecked"]),
        ranking=_tokens(fields["ranking"]) if "ranking" in fields else None,
        results=tuple(_result(node, of_holders=of_holders) for node in fields["results"].items()),
        operator_trusted=_operator_trusted(fields["operator_trusted"]),
        airdrop=airdrop,
    )


def _giveaway(node: Node) -> Giveaway:
    fields = node.fields(("id", "number", "guild_id", "prize", "winners", "opened_at", "closed_at"))
    return Giveaway(
        id=fields["id"].hex_digits(32),
        number=fields["number"].integer(1),
        guild_id=fields["guild_id"].snowflake(),
        prize=fields["prize"].text(),
        winners=fields["winners"].integer(1),
        opened_at=fields["opened_at"].time(),
        closed_at=fields["closed_at"].time(),
    )


def _freeze(node: Node) -> Freeze:
    fields = node.fields(("channel_id", "message_id", "at", "round", "digest", "entries", "tickets"))
    return Freeze(
        channel_id=fields["channel_id"].snowflake(),
        message_id=fields["message_id"].snowflake(),
        at=fields["at"].time(),
        round=None if fields["round"].value is None else fields["round"].integer(1),
        digest=fields["digest"].hex_digits(64),
        entries=fields["entries"].integer(1),
        tickets=fields["tickets"].integer(1),
    )


def _beacon(node: Node) -> Beacon:
    fields = node.fields(("chain", "round", "signature", "randomness"))
    return Beacon(
        chain=fields["chain"].hex_digits(64),
        round=fields["round"].integer(1),
        signature=fields["signature"].hex_digits(_SIGNATURE_DIGITS),
        randomness=fields["randomness"].hex_digits(64),
    )


def _entrants(node: Node) -> tuple[Entry, ...]:
    """Read the list without a `Node` per entrant; weights of any size are left to the check that names them."""
    entrants: list[Entry] = []
    is_token = _TOKEN.fullmatch
    for index, row in enumerate(node.array()):
        match row:
            case [str() as name, int() as weight] if (
                is_token(name) and type(weight) is int and abs(weight) <= MAX_INTEGER
            ):
                entrants.append((name, weight))
            case _:
                shown = ", ".join(map(abridged, row)) if is_array(row) else abridged(row)
                raise Misshapen(f"{node.place}[{index}] must be a token and a whole number, not {shown[:200]}")
    return tuple(entrants)


def _tokens(node: Node) -> tuple[str, ...]:
    is_token = _TOKEN.fullmatch
    for index, name in enumerate(node.array()):
        if not isinstance(name, str) or not is_token(name):
            raise Node(name, f"{node.place}[{index}]").wrong("a token (32 lower-case hex digits)")
    return tuple(cast("list[str]", node.value))


def _excluded(node: Node) -> tuple[str, str]:
    match node.items():
        case [name, reason]:
            return name.hex_digits(32), _reason(reason)
        case _:
            raise Misshapen(f"{node.place} must be a token and a reason")


def _reason(node: Node) -> str:
    if not node.text().strip():
        raise node.wrong("a reason in words")
    return node.text()


def _result(node: Node, *, of_holders: bool) -> Result:
    fields = node.fields(("rank", "token", "user_id", "salt", "outcome", "reason", "at"))
    outcome = fields["outcome"].matching(re.compile("won|passed"), '"won" or "passed"')
    user_id, salt = _person(node, fields["user_id"], fields["salt"], of_holders=of_holders)
    reason = fields["reason"]
    if outcome == Outcome.WON and reason.value is not None:
        raise reason.wrong("null for a place that was won")
    return Result(
        rank=fields["rank"].integer(1),
        token=fields["token"].hex_digits(32),
        user_id=user_id,
        salt=salt,
        outcome=Outcome(outcome),
        reason=None if outcome == Outcome.WON else _reason(reason),
        at=fields["at"].time(),
    )


def _person(node: Node, user_id: Node, salt: Node, *, of_holders: bool) -> tuple[str | None, str | None]:
    if user_id.value is None and salt.value is None:
        return None, None
    if user_id.value is None or salt.value is None:
        raise Misshapen(f"{node.place} has only one of user_id and salt; erased, both are null")
    if of_holders:
        if salt.value != "":
            raise salt.wrong("empty, since holders are listed by address")
        return user_id.matching(_ADDRESS, "a lower-case address"), ""
    return user_id.snowflake(), salt.hex_digits(32)


def _operator_trusted(node: Node) -> OperatorTrusted:
    if node.value is None:
        return None
    if isinstance(node.value, str):
        if node.value != "off":
            raise node.wrong('null, "off" or an object')
        return "off"
    fields = node.fields(("at", "abandoned_round"))
    return Abandoned(at=fields["at"].time(), round=fields["abandoned_round"].integer(1))


def _snapshot(node: Node) -> TokenSnapshot | FileSnapshot | None:
    if node.value is None:
        return None
    of_contract = {"chain", "contract", "block"}
    if is_object(node.value) and not of_contract & node.value.keys():
        fields = node.fields(("name", "digest"))
        return FileSnapshot(name=fields["name"].text(), digest=fields["digest"].hex_digits(64))
    fields = node.fields(("name", "chain", "contract", "block", "digest"))
    return TokenSnapshot(
        name=fields["name"].text(),
        chain=_chain_id(fields["chain"]),
        contract=fields["contract"].matching(_ADDRESS, "a lower-case address"),
        block=fields["block"].integer(0),
        digest=fields["digest"].hex_digits(64),
    )


def _chain_id(node: Node) -> int:
    """Read an EIP-155 id; as a number too, since that is how chains themselves write it."""
    if isinstance(node.value, str):
        return Node(int(node.matching(_DECIMAL, "an EIP-155 chain id")), node.place).integer(1)
    return node.integer(1)
