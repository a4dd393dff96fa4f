"""The platform's own duties towards the persons in its tables, and forgetting someone in all tables at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.absences import Absence, Presence
from bot.database import Snowflake, Transaction
from bot.delivery import OPEN_STATES, Delivery, Target
from bot.drafts import DraftRow, drafts_of
from bot.i18n import Text, t
from bot.images import Picture, release_pictures
from bot.ledger.rules import time_text
from bot.ledger.service import Entry, Ledger
from bot.ports import Custodian
from bot.preferences import PreferencePlace, PreferenceRow, Preferences, used_elsewhere

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute


async def forget_person(
    tx: Transaction, custodians: Sequence[Custodian], ledger: Ledger, guild_id: int, user_id: int, now: datetime
) -> None:
    """Have everyone erase or anonymise a member of a server, in one transaction.

    Who was there first is asked last: features rest on the platform, and the ledger's lock is the one to take last.
    Where rows of the ledger lost a name, a row says how many, and not whose.
    """
    named = await ledger.count_naming(tx.session, guild_id, user_id)
    for custodian in reversed(custodians):
        await custodian.forget(tx, guild_id, user_id, now)
    if named:
        await ledger.append(tx, Entry(guild_id, "privacy.forgotten", None, facts={"count": named}), now=now)


async def known_users(
    session: AsyncSession, custodians: Iterable[Custodian], guild_id: int, after: int, limit: int
) -> Sequence[int]:
    """Return ids of everyone any of them knows in a server, ascending from *after*, each once."""
    found: set[int] = set()
    for custodian in custodians:
        found.update(await custodian.known_users(session, guild_id, after, limit))
    return sorted(found)[:limit]


class SettingsCustodian:
    """What members set with ``/my settings``. It holds in all servers, so it goes with the last one it is used in."""

    def __init__(self, preferences: Preferences) -> None:
        self._preferences = preferences

    def notice(self) -> Text:
        return t("privacy.settings.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        row = await session.get(PreferenceRow, user_id)
        if row is None:
            return {}
        settings = {
            "language": row.language,
            "time_zone": row.zone,
            "direct_messages": row.direct,
            "reminder_lead_times_minutes": list(row.lead_times),
        }
        return {"settings": settings}

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        if await session.get(PreferenceRow, user_id) is None:
            return ()
        if not await used_elsewhere(session, guild_id, user_id):
            return (t("privacy.settings.ends"),)
        here = await session.get(PreferencePlace, (user_id, guild_id))
        return () if here is None else (t("privacy.settings.stays"),)

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        await self._preferences.leave(tx, guild_id, user_id)

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        return await _ids(session, PreferencePlace.user_id, PreferencePlace.guild_id == guild_id, after, limit)

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        after = 0
        while page := await self.known_users(tx.session, guild_id, after, 500):
            for user_id in page:
                await self._preferences.leave(tx, guild_id, user_id)
            after = page[-1]


class DraftsCustodian:
    """What someone is preparing, and pictures they gave; a picture that was posted stays, without who gave it."""

    def notice(self) -> Text:
        return t("privacy.drafts.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        drafts = [
            {"kind": draft.kind, "values": dict(draft.values), "changed_at": time_text(draft.updated_at)}
            for draft in await drafts_of(session, guild_id, user_id)
        ]
        pictures = await session.execute(
            select(Picture.id, Picture.name, Picture.digest, Picture.created_at)
            .where(Picture.guild_id == guild_id, Picture.user_id == user_id)
            .order_by(Picture.id)
        )
        named = [
            {"name": name, "sha256": digest, "given_at": time_text(created_at)}
            for _, name, digest, created_at in pictures
        ]
        return _filled(drafts=drafts, pictures=named)

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        drafts = await _count(session, DraftRow.id, DraftRow.guild_id == guild_id, DraftRow.user_id == user_id)
        pictures = await _count(session, Picture.id, Picture.guild_id == guild_id, Picture.user_id == user_id)
        ends = [t("privacy.drafts.ends", n=drafts)] if drafts else []
        return [*ends, t("privacy.pictures.ends", n=pictures)] if pictures else ends

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        mine = (DraftRow.guild_id == guild_id, DraftRow.user_id == user_id)
        await tx.session.execute(delete(DraftRow).where(*mine))
        await release_pictures(tx, guild_id, user_id)

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        drafts = await _ids(session, DraftRow.user_id, DraftRow.guild_id == guild_id, after, limit)
        pictures = await _ids(session, Picture.user_id, Picture.guild_id == guild_id, after, limit)
        return sorted({*drafts, *pictures})[:limit]

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        await tx.session.execute(delete(DraftRow).where(DraftRow.guild_id == guild_id))
        await tx.session.execute(delete(Picture).where(Picture.guild_id == guild_id))


class DeliveriesCustodian:
    """Messages and role changes for a person, and who is told when something cannot be delivered.

    A role change still to be made stays until it is, since it may take away what the forgotten person had.
    """

    def notice(self) -> Text:
        return t("privacy.deliveries.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        query = select(Delivery).where(*_for_person(guild_id, user_id)).order_by(Delivery.id)
        deliveries = [
            {
                "kind": row.kind,
                "what": row.target.value,
                "role": None if row.role_id is None else str(row.role_id),
                "state": row.state.value,
                "created_at": time_text(row.created_at),
                "done_at": _time(row.sent_at),
            }
            for row in (await session.scalars(query)).all()
        ]
        return _filled(deliveries=deliveries)

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        waiting = (Delivery.target == Target.DIRECT, Delivery.state.in_(OPEN_STATES))
        count = await _count(session, Delivery.id, *_for_person(guild_id, user_id), *waiting)
        return (t("privacy.deliveries.ends", n=count),) if count else ()

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        over = or_(Delivery.target == Target.DIRECT, Delivery.state.not_in(OPEN_STATES))
        await tx.session.execute(delete(Delivery).where(*_for_person(guild_id, user_id), over))
        organised = (Delivery.guild_id == guild_id, Delivery.organiser_id == user_id)
        await tx.session.execute(update(Delivery).where(*organised).values(organiser_id=None))

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        here = Delivery.guild_id == guild_id
        named = await _ids(session, Delivery.user_id, here, after, limit)
        organisers = await _ids(session, Delivery.organiser_id, here, after, limit)
        return sorted({*named, *organisers})[:limit]

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        await tx.session.execute(delete(Delivery).where(Delivery.guild_id == guild_id))


class AbsencesCustodian:
    """That someone was not found in a server."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence

    def notice(self) -> Text:
        return t("privacy.absences.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        row = await session.get(Absence, (guild_id, user_id))
        if row is None:
            return {}
        first = time_text(row.first_missed_at)
        return {"absence": {"first_missed_at": first, "missed": row.missed, "left_at": _time(row.left_at)}}

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        return ()

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        await tx.session.execute(delete(Absence).where(Absence.guild_id == guild_id, Absence.user_id == user_id))
        # The press that asked for this was noted too.
        tx.after_commit(lambda: self._presence.drop(guild_id, user_id))

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        # Looking for someone only because they were not found would never end.
        return ()

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        await tx.session.execute(delete(Absence).where(Absence.guild_id == guild_id))


def platform_custodians(preferences: Preferences, presence: Presence) -> list[Custodian]:
    """Return the platform's own custodians but the ledger's."""
    return [AbsencesCustodian(presence), DeliveriesCustodian(), DraftsCustodian(), SettingsCustodian(preferences)]


def _for_person(guild_id: int, user_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Delivery.guild_id == guild_id, Delivery.user_id == user_id


async def _count(session: AsyncSession, key: "InstrumentedAttribute[int]", *which: ColumnElement[bool]) -> int:
    return (await session.execute(select(func.count(key)).where(*which))).scalar_one()


async def _ids(
    session: AsyncSession,
    column: "InstrumentedAttribute[Snowflake] | InstrumentedAttribute[Snowflake | None]",
    which: ColumnElement[bool],
    after: int,
    limit: int,
) -> Sequence[int]:
    query = select(column).where(which, column > after).distinct().order_by(column).limit(limit)
    return [user_id for user_id in (await session.scalars(query)).all() if user_id is not None]


def _time(when: datetime | None) -> str | None:
    return None if when is None else time_text(when)


def _filled(**lists: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    return {name: values for name, values in lists.items() if values}
