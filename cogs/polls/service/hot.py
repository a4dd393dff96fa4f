"""The hot write: casting votes, many at once in one statement a poll.

Roll and ballots are written each in the order of its own keys, so that no order in a batch tells whose ballot is which.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, cast

from sqlalchemy import Connection, Table, TextClause, insert, select, text, update

from bot.database import micros
from bot.live import count_changed
from cogs.polls.rules.ballots import Secrecy
from cogs.polls.service.boxes import ballot_key, box, own_secret
from cogs.polls.tables import KIND, Poll, PollVoter, State

# How many receipts a vote brings, in case some are taken: of 2^40, that all are never happens.
CANDIDATES: Final = 4


@dataclass(frozen=True, slots=True)
class Vote:
    """Someone's ballot; judged by the terms and options of ``revision``, and certainly not cast before ``at``.

    ``choices`` is compact JSON. ``receipts`` are random ones, of which the first free one is taken; none where receipts
    are off.
    """

    poll_id: int
    revision: int
    user_id: int
    choices: str
    weight: int
    receipts: tuple[str, ...]
    at: datetime


class Cast(StrEnum):
    IN = "in"
    CHANGED = "changed"
    KEPT = "kept"
    REVISED = "revised"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class VoteResult:
    """What came of it, the ballot's receipt, and how many have voted.

    KEPT is for someone whose ballot cannot be found any more, since a backup came between: it counts as it was.
    """

    outcome: Cast
    receipt: str | None
    count: int


_COLUMNS: Final = "poll_id, key, receipt, choices, weight, voter"
# A ballot is only written while the poll is open, before its closing, and judged by its present terms.
_OPEN: Final = "p.state = 'open' AND p.closes_at > r.at AND p.revision = r.revision"
_CHANGE: Final = """
    ON CONFLICT (poll_id, key) DO UPDATE
    SET receipt = excluded.receipt, choices = excluded.choices, weight = excluded.weight
    RETURNING key
"""
_SQLITE: Final = f"""
    INSERT INTO {{box}} ({_COLUMNS})
    SELECT r.poll_id, r.key, r.receipt, r.choices, r.weight, r.voter
    FROM (SELECT json_extract(value, '$[0]') AS poll_id, json_extract(value, '$[1]') AS revision,
                 json_extract(value, '$[2]') AS key, json_extract(value, '$[3]') AS receipt,
                 json_extract(value, '$[4]') AS choices, json_extract(value, '$[5]') AS weight,
                 json_extract(value, '$[6]') AS voter, json_extract(value, '$[7]') AS at
          FROM json_each(:rows)) AS r
    JOIN polls AS p ON p.id = r.poll_id
    WHERE {_OPEN}
    {_CHANGE}
"""  # noqa: S608 (only constants of ours are joined; values are bound)
_POSTGRESQL: Final = f"""
    INSERT INTO {{box}} ({_COLUMNS})
    SELECT r.poll_id, r.key, r.receipt, r.choices, r.weight, r.voter
    FROM (SELECT (value->>0)::bigint AS poll_id, (value->>1)::bigint AS revision, value->>2 AS key,
                 value->>3 AS receipt, value->>4 AS choices, (value->>5)::bigint AS weight,
                 (value->>6)::bigint AS voter, (value->>7)::bigint AS at
          FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS value) AS r
    JOIN polls AS p ON p.id = r.poll_id
    WHERE {_OPEN}
    {_CHANGE}
"""  # noqa: S608


@lru_cache(maxsize=256)
def _statement(dialect: str, key: int) -> TextClause:
    return text((_SQLITE if dialect == "sqlite" else _POSTGRESQL).format(box=box(key).name))


def vote(connection: Connection, rows: Sequence[Vote]) -> Sequence[VoteResult]:
    """Put ballots into boxes, in place of what the same voters put there before; of two, the last caller's counts."""
    by_poll: dict[int, list[int]] = {}
    for index, row in enumerate(rows):
        by_poll.setdefault(row.poll_id, []).append(index)
    # Taken in order of their keys, so that two processes never wait for each other; closing waits for us, or we for it.
    found = connection.execute(
        select(Poll.id, Poll.state, Poll.secrecy, Poll.closes_at, Poll.opened_at, Poll.vote_count)
        .where(Poll.id.in_(sorted(by_poll)))
        .order_by(Poll.id)
        .with_for_update()
    )
    polls = {poll.id: poll for poll in found}
    results = [VoteResult(Cast.OVER, None, 0)] * len(rows)
    changed: dict[int, datetime | None] = {}
    for key, indices in sorted(by_poll.items()):
        poll = polls.get(key)
        # One that is not open has no box.
        if poll is None or poll.state is not State.OPEN:
            continue
        done = _cast(connection, poll, [rows[index] for index in indices])
        for index, result in zip(indices, done, strict=True):
            results[index] = result
        if any(result.receipt or result.outcome in (Cast.IN, Cast.CHANGED) for result in done):
            changed[key] = poll.opened_at
    if changed:
        count_changed(connection, KIND, changed, max(row.at for row in rows))
    return results


def _cast(connection: Connection, poll: Any, rows: Sequence[Vote]) -> list[VoteResult]:
    keys = _keys(connection, poll, rows)
    last = {keys[row.user_id]: row for row in rows}
    ballots, roll = box(poll.id), cast("Table", PollVoter.__table__)
    there = set(connection.scalars(select(ballots.c.key).where(ballots.c.key.in_(last))))
    voted = set(connection.scalars(select(roll.c.user_id).where(roll.c.poll_id == poll.id, roll.c.user_id.in_(keys))))
    kept = {key for key, row in last.items() if row.user_id in voted and key not in there}
    receipts = _receipts(connection, ballots, {key: row for key, row in last.items() if key not in kept})
    voters = {key: row.user_id if poll.secrecy is Secrecy.OPEN else None for key, row in last.items()}
    values = [
        [poll.id, row.revision, key, receipts[key], row.choices, row.weight, voters[key], micros(row.at)]
        for key, row in sorted(last.items())
        if key not in kept
    ]
    statement = _statement(connection.dialect.name, poll.id)
    written = set(connection.scalars(statement, {"rows": json.dumps(values)})) if values else set[str]()
    new = sorted(last[key].user_id for key in written - there)
    if new:
        connection.execute(insert(roll), [{"poll_id": poll.id, "user_id": user_id} for user_id in new])
        connection.execute(update(Poll).where(Poll.id == poll.id).values(vote_count=Poll.vote_count + len(new)))
    cast_as = [(keys[row.user_id], row) for row in rows]
    return list(_results(poll, cast_as, there, kept, written, receipts))


def _keys(connection: Connection, poll: Any, rows: Sequence[Vote]) -> dict[int, str]:
    """Return by voter what ballots are kept under: in a secret poll only its secret leads there."""
    users = {row.user_id for row in rows}
    if poll.secrecy is Secrecy.OPEN:
        return {user_id: str(user_id) for user_id in users}
    secret = own_secret(connection, poll.id)
    return {user_id: ballot_key(secret, user_id) for user_id in users}


def _results(
    poll: Any,
    rows: Sequence[tuple[str, Vote]],
    there: set[str],
    kept: set[str],
    written: set[str],
    receipts: Mapping[str, str | None],
) -> Iterable[VoteResult]:
    count = poll.vote_count + len(written - there)
    seen = set(there)
    for key, row in rows:
        if key in kept:
            yield VoteResult(Cast.KEPT, None, count)
        elif key in written:
            # Of a double click both hear of the one ballot that is there.
            yield VoteResult(Cast.CHANGED if key in seen else Cast.IN, receipts[key], count)
            seen.add(key)
        else:
            yield VoteResult(Cast.REVISED if poll.closes_at > row.at else Cast.OVER, None, count)


def _receipts(connection: Connection, ballots: Table, rows: Mapping[str, Vote]) -> dict[str, str | None]:
    """Choose a receipt for each ballot that no other has, by the key it is kept under."""
    offered = [receipt for row in rows.values() for receipt in row.receipts]
    taken: set[str | None] = set()
    if offered:
        taken |= set(connection.scalars(select(ballots.c.receipt).where(ballots.c.receipt.in_(offered))))
    chosen: dict[str, str | None] = {}
    for key, row in rows.items():
        receipt = next((each for each in row.receipts if each not in taken), None)
        if receipt is None and row.receipts:
            raise ValueError("every receipt offered is taken")
        chosen[key] = receipt
        taken.add(receipt)
    return chosen
