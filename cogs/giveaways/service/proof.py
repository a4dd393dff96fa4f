"""The published proof of a draw, made from what is stored; after an erasure, without the erased."""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bulk import pages
from bot.published import File
from cogs.giveaways.rules import bundle as bundles
from cogs.giveaways.rules.decide import proof
from cogs.giveaways.tables import Giveaway, GiveawayEntry, GiveawayFreeze, GiveawayPrize, Source, State

if TYPE_CHECKING:
    from bot.compute import Compute


async def proof_files(session: AsyncSession, compute: "Compute", row: Giveaway) -> list[File]:
    """Return ``draw-<number>.json``, or its parts; empty while nothing is drawn."""
    if row.state is not State.DRAWN or row.digest is None:
        return []
    randomness = randomness_of(row)
    return await compute(proof, await _bundle(session, row), row.seed, round_of(row), randomness)


def round_of(row: Giveaway) -> int | None:
    """Return the round that decided a draw; None where it was given up or there was no beacon."""
    return row.round if row.trusted is None else None


def randomness_of(row: Giveaway) -> bytes | None:
    """Return the beacon's randomness of a draw; None where none took part."""
    if row.trusted is not None or row.signature is None:
        return None
    return hashlib.sha256(bytes.fromhex(row.signature)).digest()


async def entrants_of(session: AsyncSession, key: int) -> list[tuple[str, int]]:
    """Return the frozen list: token and weight, sorted by token."""
    query = (
        select(GiveawayEntry.token, GiveawayEntry.tickets)
        .where(GiveawayEntry.giveaway_id == key, GiveawayEntry.dropped.is_(None))
        .order_by(GiveawayEntry.token)
    )
    # Sorted again: a database's collation need not be that of bytes.
    return sorted([(token, weight) async for page in pages(session, query) for token, weight in page])


async def _bundle(session: AsyncSession, row: Giveaway) -> bundles.Bundle:
    entrants = await entrants_of(session, row.id)
    marks = (
        select(GiveawayEntry.token, GiveawayEntry.dropped, GiveawayEntry.unchecked)
        .where(GiveawayEntry.giveaway_id == row.id)
        .where(GiveawayEntry.dropped.is_not(None) | GiveawayEntry.unchecked)
    )
    marked = [each async for page in pages(session, marks) for each in page]
    randomness = randomness_of(row)
    beacon = None
    freezes = await _freezes(session, row)
    if randomness is not None and row.round is not None and row.signature is not None:
        chain = next(freeze.chain for freeze in reversed(freezes) if freeze.chain is not None)
        beacon = bundles.Beacon(chain, row.round, row.signature, randomness.hex())
    return bundles.Bundle(
        giveaway=bundles.Giveaway(
            id=row.public_id,
            number=row.number,
            guild_id=str(row.guild_id),
            prize=row.prize,
            winners=row.winners,
            opened_at=row.opened_at or row.starts_at,
            closed_at=row.closes_at,
        ),
        commitment=row.commitment,
        seed=row.seed.hex(),
        freezes=tuple(_freeze(row, freeze) for freeze in freezes),
        beacon=beacon,
        entrants=tuple(entrants),
        entrants_digest=row.digest or "",
        excluded=tuple(sorted((token, dropped) for token, dropped, _ in marked if dropped is not None)),
        unchecked=tuple(sorted(token for token, dropped, unchecked in marked if unchecked and dropped is None)),
        ranking=None,
        results=tuple(await _results(session, row)),
        operator_trusted=_trusted(row.trusted),
        airdrop=_airdrop(row),
    )


async def _freezes(session: AsyncSession, row: Giveaway) -> list[GiveawayFreeze]:
    query = select(GiveawayFreeze).where(GiveawayFreeze.giveaway_id == row.id, GiveawayFreeze.message_id.is_not(None))
    return list((await session.scalars(query.order_by(GiveawayFreeze.ordinal))).all())


def _freeze(row: Giveaway, freeze: GiveawayFreeze) -> bundles.Freeze:
    return bundles.Freeze(
        channel_id=str(freeze.channel_id),
        message_id=str(freeze.message_id),
        at=freeze.at,
        round=freeze.round,
        digest=row.digest or "",
        entries=row.entries or 0,
        tickets=row.tickets or 0,
    )


async def _results(session: AsyncSession, row: Giveaway) -> list[bundles.Result]:
    query = (
        select(GiveawayPrize, GiveawayEntry.user_id, GiveawayEntry.address, GiveawayEntry.salt)
        .join(
            GiveawayEntry,
            (GiveawayEntry.giveaway_id == GiveawayPrize.giveaway_id) & (GiveawayEntry.token == GiveawayPrize.token),
        )
        .where(GiveawayPrize.giveaway_id == row.id)
        .order_by(GiveawayPrize.rank)
    )
    results: list[bundles.Result] = []
    for prize, user_id, address, salt in await session.execute(query):
        person = address if row.source is Source.HOLDERS else None if user_id is None else str(user_id)
        results.append(
            bundles.Result(
                rank=prize.rank,
                token=prize.token,
                user_id=person,
                salt=None if person is None else salt or "",
                outcome=prize.outcome,
                reason=prize.reason,
                at=prize.at,
            )
        )
    return results


def _trusted(stored: dict[str, Any] | None) -> bundles.OperatorTrusted:
    if stored is None:
        return None
    if stored.get("off"):
        return "off"
    return bundles.Abandoned(at=datetime.fromisoformat(stored["at"]), round=stored["abandoned_round"])


def _airdrop(row: Giveaway) -> bundles.Airdrop | None:
    if row.source is Source.ENTRY:
        return None
    stored = row.snapshot
    if stored is None:
        return bundles.Airdrop(snapshot=None)
    if stored.get("chain") is None:
        return bundles.Airdrop(bundles.FileSnapshot(stored["name"], stored["digest"]))
    return bundles.Airdrop(
        bundles.TokenSnapshot(stored["name"], stored["chain"], stored["contract"], stored["block"], stored["digest"])
    )
