"""The long computing of a draw, as functions a worker process can be handed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.published import File
from cogs.giveaways.rules.bundle import RANKING_LIMIT, Bundle, encode
from cogs.giveaways.rules.draw import Entry, draw_key, rank
from cogs.giveaways.rules.files import bundle_files
from cogs.giveaways.rules.freeze import freeze


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What is kept of a frozen list beside the entries: how many they are, their tickets, and the list's digest."""

    digest: str
    entries: int
    tickets: int


def list_facts(giveaway_id: str, entries: Sequence[tuple[str, str, int]]) -> ListFacts:
    """Freeze a list (see `freeze.freeze`) and return what is kept of it."""
    frozen = freeze(giveaway_id, entries)
    return ListFacts(frozen.digest, len(frozen.entrants), frozen.tickets)


def ranking(
    giveaway_id: str,
    seed: bytes,
    digest: str,
    round_: int | None,
    randomness: bytes | None,
    entrants: Sequence[Entry],
    start: int,
    count: int,
) -> list[str]:
    """Return *count* tokens of the ranking, from place *start* (0 is the first)."""
    ranked = rank(draw_key(giveaway_id, seed, digest, round_, randomness), entrants)
    return ranked[start : start + count]


def proof(bundle: Bundle, seed: bytes, round_: int | None, randomness: bytes | None) -> list[File]:
    """Return the published files of a draw: the bundle with its ranking, where that is short enough to be in it."""
    if len(bundle.entrants) <= RANKING_LIMIT:
        key = draw_key(bundle.giveaway.id, seed, bundle.entrants_digest, round_, randomness)
        bundle = replace(bundle, ranking=tuple(rank(key, bundle.entrants)))
    return bundle_files(bundle.giveaway.number, encode(bundle))
