"""The hot writes: entering and leaving, many at once in one statement."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import Connection, Table, bindparam, delete, select, text, update

from bot.database import micros
from bot.live import count_changed
from cogs.giveaways.tables import KIND, Giveaway, GiveawayEntry, State


@dataclass(frozen=True, slots=True)
class Enter:
    """Someone wants to enter; judged by the terms of ``revision``, and certainly not before ``at``."""

    giveaway_id: int
    revision: int
    user_id: int
    token: str
    salt: str
    tickets: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Leave:
    giveaway_id: int
    user_id: int
    at: datetime


class Entered(StrEnum):
    IN = "in"
    ALREADY = "already"
    REVISED = "revised"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class EnterResult:
    """What came of it; ``tickets`` are those on the list, ``count`` how many are in."""

    outcome: Entered
    tickets: int
    count: int


_COLUMNS: Final = "giveaway_id, user_id, token, salt, tickets, entered_at, unchecked"
# A row is only inserted while the giveaway is open, before its closing, and judged by its present terms.
_OPEN: Final = "g.state = 'open' AND g.closes_at > r.entered_at AND g.revision = r.revision"
_SQLITE: Final = text(f"""
    INSERT INTO giveaway_entries ({_COLUMNS})
    SELECT r.giveaway_id, r.user_id, r.token, r.salt, r.tickets, r.entered_at, false
    FROM (SELECT json_extract(value, '$[0]') AS giveaway_id, json_extract(value, '$[1]') AS revision,
                 json_extract(value, '$[2]') AS user_id, json_extract(value, '$[3]') AS token,
                 json_extract(value, '$[4]') AS salt, json_extract(value, '$[5]') AS tickets,
                 json_extract(value, '$[6]') AS entered_at
          FROM json_each(:rows)) AS r
    JOIN giveaways AS g ON g.id = r.giveaway_id
    WHERE {_OPEN}
    ON CONFLICT (giveaway_id, user_id) DO NOTHING
    RETURNING giveaway_id, user_id
""")  # noqa: S608 (only constants of ours are joined; values are bound)
_POSTGRESQL: Final = text(f"""
    INSERT INTO giveaway_entries ({_COLUMNS})
    SELECT r.giveaway_id, r.user_id, r.token, r.salt, r.tickets, r.entered_at, false
    FROM (SELECT (value->>0)::bigint AS giveaway_id, (value->>1)::bigint AS revision, (value->>2)::bigint AS user_id,
                 value->>3 AS token, value->>4 AS salt, (value->>5)::bigint AS tickets,
                 (value->>6)::bigint AS entered_at
          FROM jsonb_array_elements(CAST(:rows AS jsonb)) AS value) AS r
    JOIN giveaways AS g ON g.id = r.giveaway_id
    WHERE {_OPEN}
    ON CONFLICT (giveaway_id, user_id) DO NOTHING
    RETURNING giveaway_id, user_id
""")  # noqa: S608


_GIVEAWAYS: Final = cast("Table", Giveaway.__table__)
_ADD: Final = (
    update(_GIVEAWAYS)
    .where(_GIVEAWAYS.c.id == bindparam("key"))
    .values(entry_count=_GIVEAWAYS.c.entry_count + bindparam("change"))
)


def enter(connection: Connection, rows: Sequence[Enter]) -> Sequence[EnterResult]:
    """Put members on lists; of two equal rows the first caller is the one who gets in."""
    keys = sorted({row.giveaway_id for row in rows})
    # Taken in order of their keys, so that two processes never wait for each other; closing waits for us, or we for it.
    states = {
        found.id: found
        for found in connection.execute(
            select(Giveaway.id, Giveaway.state, Giveaway.revision, Giveaway.closes_at, Giveaway.opened_at)
            .where(Giveaway.id.in_(keys))
            .order_by(Giveaway.id)
            .with_for_update()
        )
    }
    values = [
        [row.giveaway_id, row.revision, row.user_id, row.token, row.salt, row.tickets, micros(row.at)] for row in rows
    ]
    statement = _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL
    new = {(key, user_id) for key, user_id in connection.execute(statement, {"rows": json.dumps(values)})}
    added: dict[int, int] = {}
    for key, _ in new:
        added[key] = added.get(key, 0) + 1
    counts = _count(connection, keys, added, max(row.at for row in rows), states)
    held = _held(connection, [row for row in rows if (row.giveaway_id, row.user_id) not in new])
    results: list[EnterResult] = []
    for row in rows:
        pair = (row.giveaway_id, row.user_id)
        count = counts.get(row.giveaway_id, 0)
        if pair in new:
            new.discard(pair)
            held[pair] = row.tickets
            results.append(EnterResult(Entered.IN, row.tickets, count))
        elif pair in held:
            results.append(EnterResult(Entered.ALREADY, held[pair], count))
        else:
            state = states.get(row.giveaway_id)
            open_now = state is not None and state.state is State.OPEN and state.closes_at > row.at
            results.append(EnterResult(Entered.REVISED if open_now else Entered.OVER, 0, count))
    return results


def leave(connection: Connection, rows: Sequence[Leave]) -> Sequence[bool]:
    """Take members off lists while these are open; True for those who were on and are off now."""
    results: list[bool] = []
    removed: dict[int, int] = {}
    keys = sorted({row.giveaway_id for row in rows})
    states = {
        found.id: found
        for found in connection.execute(
            select(Giveaway.id, Giveaway.state, Giveaway.closes_at, Giveaway.opened_at)
            .where(Giveaway.id.in_(keys))
            .order_by(Giveaway.id)
            .with_for_update()
        )
    }
    for row in rows:
        state = states.get(row.giveaway_id)
        gone = False
        if state is not None and state.state is State.OPEN and state.closes_at > row.at:
            gone = (
                connection.execute(
                    delete(GiveawayEntry).where(
                        GiveawayEntry.giveaway_id == row.giveaway_id, GiveawayEntry.user_id == row.user_id
                    )
                ).rowcount
                == 1
            )
        if gone:
            removed[row.giveaway_id] = removed.get(row.giveaway_id, 0) - 1
        results.append(gone)
    if removed:
        _count(connection, sorted(removed), removed, max(row.at for row in rows), states)
    return results


def _count(
    connection: Connection, keys: Sequence[int], changes: dict[int, int], now: datetime, states: dict[int, Any]
) -> dict[int, int]:
    """Change the counts and have the posts show them; returns the counts of all *keys*."""
    changed = sorted(changes)
    if changed:
        connection.execute(
            _ADD,
            [{"key": key, "change": changes[key]} for key in changed],
        )
        count_changed(connection, KIND, {key: states[key].opened_at for key in changed}, now)
    return dict(connection.execute(select(Giveaway.id, Giveaway.entry_count).where(Giveaway.id.in_(keys))).all())


def _held(connection: Connection, rows: Sequence[Enter]) -> dict[tuple[int, int], int]:
    found: dict[tuple[int, int], int] = {}
    for key in {row.giveaway_id for row in rows}:
        users = [row.user_id for row in rows if row.giveaway_id == key]
        for user_id, tickets in connection.execute(
            select(GiveawayEntry.user_id, GiveawayEntry.tickets).where(
                GiveawayEntry.giveaway_id == key, GiveawayEntry.user_id.in_(users)
            )
        ):
            found[key, user_id or 0] = tickets
    return found
