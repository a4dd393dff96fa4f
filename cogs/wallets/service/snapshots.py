"""Lists of holders: every owner of an ERC-721 at a finalized block, or an uploaded list; their digest is published."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.chain import abi
from bot.chain.reader import Block, ChainReader, Reading, Tag
from bot.chain.rpc import Reverted, RpcError, Unavailable
from bot.database import Transaction
from bot.delivery import Delivery, Parcel, Target
from bot.errors import BadInput, TryAgain, WrongState
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor
from cogs.wallets.rules.addresses import ZERO, parse_place
from cogs.wallets.rules.holders import counted, holders_digest, parse_holders
from cogs.wallets.rules.terms import Standard
from cogs.wallets.service.gates import Gates
from cogs.wallets.service.records import fold
from cogs.wallets.tables import KIND, Snapshot, SnapshotHolder

if TYPE_CHECKING:
    from bot.app import Platform

PUBLISHED: Final = f"{KIND}.snapshot"
MAX_ID: Final = 100_000
# Collections burn and skip ids; after so many without an owner nothing more is looked for.
GAP: Final = 2_000
MAX_SNAPSHOTS: Final = 50
_ROWS: Final = 500
# Bytes of an uploaded list that are read in no time.
_SHORT: Final = 64 * 1024
_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class SnapshotWish:
    """What ``/gate snapshot`` asks for, as it was typed; *file* is an uploaded list."""

    name: str
    chain: str | None
    contract: str | None
    block: int | None
    file: bytes | None


@dataclass(frozen=True, slots=True)
class SnapshotView:
    """A snapshot as it is published; the chain's part is None for an uploaded list.

    ``made_room`` is the oldest snapshot where there were too many, and it was let go.
    """

    name: str
    chain_id: int | None
    contract: str | None
    block: int | None
    digest: str
    holders: int
    looked_to: int | None = None
    made_room: str | None = None


class Snapshots:
    """Take snapshots and publish them."""

    def __init__(self, platform: "Platform", gates: Gates, chains: Mapping[int, ChainReader]) -> None:
        self._platform = platform
        self._gates = gates
        self._chains = chains

    async def take(self, actor: Actor, wish: SnapshotWish, channel_id: int, now: datetime) -> SnapshotView:
        """Make a snapshot and have its digest published in a channel; where there are too many, the oldest is let go.

        Airdrops have copied their list, so that none needs the oldest any more. Raises BadInput for what no list can be
        made of, WrongState where the chain keeps no state that old, TryAgain where it cannot be asked.
        """
        config = await self._gates.moderated(actor)
        name = markup.clean(wish.name)
        if not name or len(name) > _NAME:
            raise BadInput(t("gate.snapshot.name", n=_NAME))
        if (wish.file is None) == (wish.contract is None):
            raise BadInput(t("gate.snapshot.source"))
        row = Snapshot(guild_id=actor.guild_id, name=name, folded=fold(name), created_by=actor.user_id, created_at=now)
        looked_to = None
        if wish.file is not None:
            holders = await self._parsed(wish.file)
        else:
            holders, looked_to = await self._read(row, wish)
        row.digest, row.holders = holders_digest(holders), len(holders)
        async with self._platform.database.write() as tx:
            here = select(Snapshot).where(Snapshot.guild_id == actor.guild_id).order_by(Snapshot.id)
            others = (await tx.session.scalars(here)).all()
            if any(other.folded == row.folded for other in others):
                raise BadInput(t("gate.snapshot.taken", name=name))
            oldest = others[0] if len(others) >= MAX_SNAPSHOTS else None
            if oldest is not None:
                await self._let_go(tx, oldest, now)
            tx.session.add(row)
            await tx.session.flush()
            lines: list[dict[str, Any]] = [
                {"snapshot_id": row.id, "address": address, "amount": str(amount)}
                for address, amount in holders.items()
            ]
            for start in range(0, len(lines), _ROWS):
                await tx.session.execute(insert(SnapshotHolder), lines[start : start + _ROWS])
            parcel = Parcel(
                PUBLISHED,
                row.id,
                actor.guild_id,
                Target.MESSAGE,
                config.language,
                channel_id=channel_id,
                organiser_id=actor.user_id,
            )
            await self._platform.deliveries.put(tx, parcel, now)
            entry = Entry(
                actor.guild_id,
                "gate.snapshot",
                actor.user_id,
                f"snapshot:{row.id}",
                texts={"name": name},
                facts={"digest": row.digest, "count": row.holders},
            )
            await self._platform.ledger.append(tx, entry, now=now)
        return replace(_view(row, looked_to), made_room=None if oldest is None else oldest.name)

    async def _let_go(self, tx: Transaction, row: Snapshot, now: datetime) -> None:
        await tx.session.delete(row)
        facts = {"digest": row.digest, "count": row.holders}
        subject, texts = f"snapshot:{row.id}", {"name": row.name}
        entry = Entry(row.guild_id, "gate.snapshot.dropped", None, subject, texts=texts, facts=facts)
        await self._platform.ledger.append(tx, entry, now=now)

    async def load(self, session: AsyncSession, delivery: Delivery) -> SnapshotView | None:
        """Return what is published."""
        row = await session.get(Snapshot, delivery.subject)
        return None if row is None else _view(row, None)

    async def _parsed(self, data: bytes) -> Mapping[str, int]:
        """Read an uploaded list; a long one elsewhere, since its checksums take seconds."""
        return parse_holders(data) if len(data) < _SHORT else await self._platform.compute(parse_holders, data)

    async def _read(self, row: Snapshot, wish: SnapshotWish) -> tuple[Mapping[str, int], int]:
        place = parse_place(wish.contract or "")
        named = wish.chain or ("" if place.chain_id is None else str(place.chain_id))
        chain_id = self._gates.checking.chain(named, place)
        await self._gates.checking.contract(chain_id, place.address, Standard.ERC721)
        reader = self._chains[chain_id]
        try:
            block = await reader.block(Tag.FINALIZED)
            if wish.block is not None:
                if not 0 <= wish.block <= block.number:
                    raise BadInput(t("gate.snapshot.block", block=str(wish.block), newest=str(block.number)))
                block = await _earlier(reader, place.address, wish.block)
            owners, looked_to = await self._owners(reader, place.address, block)
            if (await reader.block_at(block.number)).hash != block.hash:
                raise TryAgain(t("gate.chain.away", chain=str(chain_id)))
        except RpcError:
            raise TryAgain(t("gate.chain.away", chain=str(chain_id))) from None
        if not owners:
            raise BadInput(t("gate.snapshot.nobody"))
        row.chain_id, row.contract = chain_id, place.address
        row.block, row.block_hash = block.number, block.hash
        return counted(owners), looked_to

    async def _owners(self, reader: ChainReader, contract: str, block: Block) -> tuple[list[str], int]:
        """Return the owner of every token, and the last id that was looked at.

        Where the contract says how many tokens there are, the search ends when all were found, and fails when they
        were not; otherwise it ends after a long gap.
        """
        supply = await _supply(reader, contract, block)
        owners: list[str] = []
        last_found = -1
        for first in range(0, MAX_ID, GAP):
            ids = range(first, first + GAP)
            found = await reader.ask_many(contract, [abi.owner_of(i) for i in ids], block, abi.decode_address)
            if Reading.UNKNOWN in found:
                raise TryAgain(t("gate.chain.away", chain=str(reader.chain_id)))
            for token_id, owner in zip(ids, found, strict=True):
                if not isinstance(owner, Reading) and owner != ZERO:
                    owners.append(owner)
                    last_found = token_id
            if supply is not None and len(owners) >= supply:
                return owners, ids[-1]
            if supply is None and ids[-1] - last_found >= GAP:
                return owners, ids[-1]
        raise BadInput(t("gate.snapshot.incomplete", found=len(owners), ids=MAX_ID))


async def _earlier(reader: ChainReader, contract: str, number: int) -> Block:
    """Return an earlier block, at which the contract was there; most endpoints keep the state of the newest ones only.

    Raises WrongState where every endpoint answers, but not of that block.
    """
    try:
        block = await reader.block_at(number)
        there = await reader.code(contract, block)
    except RpcError as error:
        if isinstance(error, Unavailable) and not error.refused_by_all:
            raise
        raise WrongState(t("gate.snapshot.archive", chain=str(reader.chain_id), block=str(number))) from None
    if not there:
        raise BadInput(t("gate.snapshot.too_early", chain=str(reader.chain_id), block=str(number)))
    return block


async def _supply(reader: ChainReader, contract: str, block: Block) -> int | None:
    """Return how many tokens there are, where the contract says so."""
    try:
        return abi.decode_number(await reader.ask(contract, abi.TOTAL_SUPPLY, block))
    except (Reverted, abi.Malformed):
        return None


def _view(row: Snapshot, looked_to: int | None) -> SnapshotView:
    return SnapshotView(row.name, row.chain_id, row.contract, row.block, row.digest, row.holders, looked_to)
