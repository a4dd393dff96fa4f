"""The box of an open poll: its ballots, and the secret by which a voter's own is found, in two tables of its own."""

import hashlib
import hmac
import secrets
from typing import Final, cast

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, insert, inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.pieces import piece
from cogs.polls.tables import SECRETS, OpenBallot

SECRET_BYTES: Final = 32


def box(key: int) -> Table:
    """Return the table of an open poll's ballots, of the shape of :class:`OpenBallot`."""
    return piece(cast("Table", OpenBallot.__table__), key)


def ballot_key(secret: bytes, user_id: int) -> str:
    """Return under which key a voter's ballot of a secret poll is kept while it is open (hex)."""
    return hmac.new(secret, str(user_id).encode(), hashlib.sha256).hexdigest()


async def make_box(tx: Transaction, key: int, *, secret: bool) -> None:
    """Make the box of a poll that opens, with a secret of its own unless it is an open poll."""
    connection = await tx.session.connection()
    await connection.run_sync(box(key).create)
    if secret:
        await connection.run_sync(own_secret, key)


def own_secret(connection: Connection, key: int) -> bytes:
    """Return a poll's secret, a new one where there is none; its row is locked, so that there is only ever one.

    A backup comes without it: after that it is for those who have not voted yet.
    """
    place = _secret_table(key)
    if inspect(connection).has_table(place.name):
        return connection.execute(select(place.c.secret)).scalar_one()
    secret = secrets.token_bytes(SECRET_BYTES)
    place.create(connection)
    connection.execute(insert(place).values(secret=secret))
    return secret


async def secret_of(session: AsyncSession, key: int) -> bytes | None:
    """Return a poll's secret; None of a poll that is not secret, or since a backup was restored."""
    connection = await session.connection()
    place = _secret_table(key)
    if not await connection.run_sync(lambda sync: inspect(sync).has_table(place.name)):
        return None
    return (await connection.execute(select(place.c.secret))).scalar_one_or_none()


async def destroy_box(tx: Transaction, key: int) -> None:
    """Destroy a poll's ballots as they were kept, and its secret; harmless where there are none."""
    connection = await tx.session.connection()
    await connection.run_sync(_secret_table(key).drop, checkfirst=True)
    await connection.run_sync(box(key).drop, checkfirst=True)


def _secret_table(key: int) -> Table:
    return Table(f"{SECRETS}{key}", MetaData(), Column("secret", LargeBinary, nullable=False))
