"""What leaves the bot as a file or a list: winners, claims and wallets, entrants, and the proof again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.bulk import pages
from bot.csvfile import Cell, csv_bytes
from bot.database import Transaction
from bot.errors import WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.published import File
from bot.web.verify import verify_url
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.prizes import require_drawn
from cogs.giveaways.service.proof import proof_files
from cogs.giveaways.service.records import GiveawayInfo, giveaway_numbered, giveaway_of, info
from cogs.giveaways.tables import ClaimState, Giveaway, GiveawayEntry, GiveawayPrize, Source, State

if TYPE_CHECKING:
    from bot.app import Platform

PAGE: Final = 20
# A file of so many stays well below what Discord takes.
ROWS: Final = 50_000
# Writing so many keeps the event loop for a few milliseconds; more are written by the worker process.
FEW: Final = 1_000
WINNERS: Final = ("rank", "user", "giveaway", "prize", "outcome", "reason", "at")
CLAIMS: Final = ("rank", "user", "claim", "claim_until", "claimed_at", "redeemed_by", "delivered", "received")
WALLETS: Final = ("user", "wallet")
ENTRANTS: Final = ("user", "tickets", "entered_at", "dropped", "unchecked")


@dataclass(frozen=True, slots=True)
class Files:
    """Files about a giveaway, to be sent to whoever asked; ``verify_url`` is our page that checks a proof."""

    info: GiveawayInfo
    files: Sequence[File]
    verify_url: str | None = None


@dataclass(frozen=True, slots=True)
class Entrant:
    """Someone on the list. ``who`` is a user id, an address, or None for a forgotten person."""

    who: str | None
    is_address: bool
    tickets: int
    entered_at: datetime
    dropped: str | None
    unchecked: bool


@dataclass(frozen=True, slots=True)
class EntrantsPage:
    """A page of the list, counted from 0, in the order of entering; ``count`` is of all."""

    info: GiveawayInfo
    entrants: Sequence[Entrant]
    number: int
    count: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))


class Exports:
    """Lists and files for organisers; the proof for everyone."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def winners(self, actor: Actor, typed: str, now: datetime) -> Files:
        """Return the files of ``/giveaway export``; that somebody took them is in the ledger."""
        async with self._platform.database.write() as tx:
            row = await self._organised(tx.session, actor, typed)
            require_drawn(row)
            files = await prize_files(tx.session, row)
            await self._note(tx, actor, row, now)
        return Files(info(row), files)

    async def named(self, actor: Actor, typed: str) -> int:
        """Return the key of the giveaway whose entrants an organiser asks for."""
        async with self._platform.database.read() as session:
            return (await self._organised(session, actor, typed)).id

    async def entrants(self, actor: Actor, key: int, number: int) -> EntrantsPage:
        """Return a page of the list; the last one for numbers beyond it."""
        async with self._platform.database.read() as session:
            row = await self._own(session, actor, key)
            count = await _count(session, key)
            number = max(0, min(number, -(-count // PAGE) - 1))
            query = (
                _entries(key).order_by(GiveawayEntry.entered_at, GiveawayEntry.token).limit(PAGE).offset(number * PAGE)
            )
            entrants = [
                Entrant(
                    who=each.address or (None if each.user_id is None else str(each.user_id)),
                    is_address=each.address is not None,
                    tickets=each.tickets,
                    entered_at=each.entered_at,
                    dropped=each.dropped,
                    unchecked=each.unchecked,
                )
                for each in await session.execute(query)
            ]
        return EntrantsPage(info(row), entrants, number, count)

    async def entrants_file(self, actor: Actor, key: int, now: datetime) -> Files:
        """Return the whole list as CSV. Tokens are left out: who knows them can tell who is who on the public list."""
        async with self._platform.database.read() as session:
            row = await self._own(session, actor, key)
            rows = await entrants_of(session, key)
        name = f"giveaway-{row.number}-entrants"
        if len(rows) <= FEW:
            written = [csv_bytes(ENTRANTS, rows)]
        else:
            parts = [rows[start : start + ROWS] for start in range(0, len(rows), ROWS)]
            written = [await self._platform.compute(csv_bytes, ENTRANTS, part) for part in parts]
        if len(written) == 1:
            files = [File(f"{name}.csv", written[0])]
        else:
            files = [File(f"{name}.{number}.csv", data) for number, data in enumerate(written, 1)]
        async with self._platform.database.write() as tx:
            await self._note(tx, actor, row, now)
        return Files(info(row), files)

    async def proof(self, actor: Actor, typed: str) -> Files:
        """Return a drawn giveaway's bundle as it is now, for whoever asks; also of one cancelled before its draw."""
        async with self._platform.database.read() as session:
            require_enabled(await config_of(session, actor.guild_id), Feature.GIVEAWAYS)
            row = await giveaway_numbered(session, actor.guild_id, typed)
            if row.state is not State.DRAWN:
                raise WrongState(t("giveaway.proof.none", number=str(row.number)))
            files = await proof_files(session, self._platform.compute, row)
            return Files(info(row), files, verify_url(self._platform.web))

    async def _organised(self, session: AsyncSession, actor: Actor, typed: str) -> Giveaway:
        await self._require(session, actor)
        return await giveaway_numbered(session, actor.guild_id, typed)

    async def _own(self, session: AsyncSession, actor: Actor, key: int) -> Giveaway:
        await self._require(session, actor)
        return await giveaway_of(session, actor.guild_id, key)

    async def _require(self, session: AsyncSession, actor: Actor) -> None:
        config = await config_of(session, actor.guild_id)
        require_enabled(config, Feature.GIVEAWAYS)
        require_organiser(actor, config)

    async def _note(self, tx: Transaction, actor: Actor, row: Giveaway, now: datetime) -> None:
        entry = Entry(row.guild_id, "giveaway.exported", actor.user_id, f"giveaway:{row.number}")
        await self._platform.ledger.append(tx, entry, now=now)


async def prize_files(session: AsyncSession, row: Giveaway) -> list[File]:
    """Return a draw's winners and their claims as CSV, and the wallets prizes go to, where they go to wallets."""
    rows = await _prizes(session, row)
    files = [
        File(f"giveaway-{row.number}-winners.csv", csv_bytes(WINNERS, [_winner(row, *each) for each in rows])),
        File(f"giveaway-{row.number}-claims.csv", csv_bytes(CLAIMS, [_claim(row, *each) for each in rows])),
    ]
    if row.claim is Claim.WALLET or row.source is Source.HOLDERS:
        wallets = [
            (_who(prize, address) if address is None else "", address or prize.wallet or "")
            for prize, address in rows
            if prize.outcome is Outcome.WON and (address or prize.wallet)
        ]
        files.append(File(f"giveaway-{row.number}-wallets.csv", csv_bytes(WALLETS, wallets)))
    return files


async def entrants_of(session: AsyncSession, key: int) -> list[Sequence[Cell]]:
    """Return the list as rows of `ENTRANTS`, in the order of entering."""
    query = _entries(key).order_by(GiveawayEntry.entered_at, GiveawayEntry.token)
    return [_entrant(each) async for page in pages(session, query) for each in page]


def _entries(key: int) -> Any:
    return select(
        GiveawayEntry.user_id,
        GiveawayEntry.address,
        GiveawayEntry.tickets,
        GiveawayEntry.entered_at,
        GiveawayEntry.dropped,
        GiveawayEntry.unchecked,
    ).where(GiveawayEntry.giveaway_id == key)


async def _count(session: AsyncSession, key: int) -> int:
    query = select(func.count()).select_from(GiveawayEntry).where(GiveawayEntry.giveaway_id == key)
    return (await session.execute(query)).scalar_one()


async def _prizes(session: AsyncSession, row: Giveaway) -> list[tuple[GiveawayPrize, str | None]]:
    query = (
        select(GiveawayPrize, GiveawayEntry.address)
        .outerjoin(
            GiveawayEntry,
            (GiveawayEntry.giveaway_id == GiveawayPrize.giveaway_id) & (GiveawayEntry.token == GiveawayPrize.token),
        )
        .where(GiveawayPrize.giveaway_id == row.id)
        .order_by(GiveawayPrize.rank)
    )
    return [(prize, address) for prize, address in await session.execute(query)]


def _who(prize: GiveawayPrize, address: str | None) -> str:
    return address or ("" if prize.user_id is None else str(prize.user_id))


def _winner(row: Giveaway, prize: GiveawayPrize, address: str | None) -> Sequence[Any]:
    who = _who(prize, address)
    return (prize.rank, who, row.number, row.prize, prize.outcome.value, prize.reason, prize.at)


def _claim(row: Giveaway, prize: GiveawayPrize, address: str | None) -> Sequence[Any]:
    return (
        prize.rank,
        _who(prize, address),
        row.claim.value,
        prize.claim_until,
        prize.claimed_at,
        None if prize.redeemed_by is None else str(prize.redeemed_by),
        prize.claim_state is ClaimState.DELIVERED,
        prize.received,
    )


def _entrant(each: Any) -> Sequence[Any]:
    who = each.address or ("" if each.user_id is None else str(each.user_id))
    return (who, each.tickets, each.entered_at, each.dropped, each.unchecked)
