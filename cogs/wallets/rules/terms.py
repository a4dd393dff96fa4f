"""The words of wallets and gates that rules, tables and services share."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cogs.wallets.rules.expression import Expression
from cogs.wallets.rules.tokens import TokenIds

MAX_WALLETS: Final = 10
"""Linked wallets of one member in one server."""
MAX_FAILURES: Final = 5
"""Wrong signatures after which a link is used up."""


class Standard(StrEnum):
    """The interface a token contract speaks; the values are the choices of ``/gate add``."""

    ERC20 = "erc20"
    ERC721 = "erc721"
    ERC1155 = "erc1155"


class Method(StrEnum):
    """How a signature was checked."""

    RECOVER = "eip191"
    CONTRACT = "erc1271"
    UNDEPLOYED = "erc6492"


class How(StrEnum):
    """Where the signature was given: on our page, or pasted into Discord."""

    PAGE = "page"
    PASTE = "paste"


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a rule asks of a token contract; amounts in the token's smallest unit."""

    chain_id: int
    contract: str
    standard: Standard
    minimum: int
    maximum: int | None
    decimals: int
    token_ids: TokenIds | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: either a leaf, or an expression over other rules, named by their keys (``#3``)."""

    key: int
    number: int
    name: str
    role_id: int
    leaf: Leaf | None
    expression: Expression | None
