"""What `ikuzo verify` is told. Apart from it, since it knows every format's rules, and these must know this."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """What to compare with and what to accept.

    *commitment*, *digest*, *round* (draws) and *head* (ledgers) were copied from public messages. *chain* is the file
    of a drand network other than quicknet; *totals* accepts a poll of which only totals are public.
    """

    commitment: str | None = None
    digest: str | None = None
    round: int | None = None
    chain: Path | None = None
    allow_operator_trusted: bool = False
    totals: bool = False
    head: str | None = None
