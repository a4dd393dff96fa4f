"""The text that wallets sign, read by a parser made from the grammar of EIP-4361 (CC0) and nothing of ours."""

from abnf import Node
from abnf import Rule as Base
from abnf.grammars import rfc3339, rfc3986
from abnf.grammars.misc import load_grammar_rules

_WHOLE = (
    'sign-in-with-ethereum = [ scheme "://" ] domain '
    '%s" wants you to sign in with your Ethereum account:" LF address LF LF [ statement LF ] LF '
    '%s"URI: " URI LF %s"Version: " version LF %s"Chain ID: " chain-id LF %s"Nonce: " nonce LF '
    '%s"Issued At: " issued-at [ LF %s"Expiration Time: " expiration-time ] [ LF %s"Not Before: " not-before ] '
    '[ LF %s"Request ID: " request-id ] [ LF %s"Resources:" resources ]'
)
_TAKEN = [(name, rfc3986.Rule(name)) for name in ("scheme", "authority", "URI", "reserved", "unreserved", "pchar")]


@load_grammar_rules([*_TAKEN, ("date-time", rfc3339.Rule("date-time"))])
class Eip4361(Base):
    """https://eips.ethereum.org/EIPS/eip-4361, "ABNF Message Format"."""

    grammar = [  # noqa: RUF012 (abnf's own way)
        _WHOLE,
        "domain = authority",
        'address = "0x" 40*40HEXDIG',
        'statement = 1*( reserved / unreserved / " " )',
        'version = "1"',
        "chain-id = 1*DIGIT",
        "nonce = 8*( ALPHA / DIGIT )",
        "issued-at = date-time",
        "expiration-time = date-time",
        "not-before = date-time",
        "request-id = *pchar",
        "resources = *( LF resource )",
        'resource = "- " URI',
    ]


def parse(message: str) -> dict[str, str]:
    """Return a text's parts by their names in the grammar; raises abnf.ParseError."""
    found: dict[str, str] = {}

    def walk(node: Node) -> None:
        for child in node.children:
            if child.name.lower() in WANTED:
                found[child.name.lower()] = child.value
            else:
                walk(child)

    walk(Eip4361("sign-in-with-ethereum").parse_all(message))
    return found


WANTED = frozenset(
    "scheme domain address statement uri version chain-id nonce issued-at expiration-time not-before resources".split()
)
