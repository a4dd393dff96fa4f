"""The role of those who are going: given and taken back, never from someone who had it otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import insert_for
from bot.delivery import Delivery, Parcel, Target
from bot.hot import put_delivery
from cogs.events.rules.kinds import Answer
from cogs.events.tables import Event, EventState, Grant, Occurrence, OccurrenceState, Rsvp

# With an occurrence as subject and a member as recipient.
ROLE: Final = "event.role"
# A parameter of a delivery whose change is in the ledger already.
NOTED: Final = "noted"


@dataclass(frozen=True, slots=True)
class Taken:
    """A role that goes back from a member."""

    user_id: int
    role_id: int


def give(
    connection: Connection, occurrence_id: int, guild_id: int, user_id: int, role_id: int, *, had: bool, now: datetime
) -> None:
    """Give the role of an occurrence to a member; *had* is whether they have it already."""
    ours = select(Grant.user_id).where(Grant.guild_id == guild_id, Grant.user_id == user_id, Grant.role_id == role_id)
    if had and connection.execute(ours.limit(1)).first() is None:
        # Somebody else gave it; it is not ours to take back.
        return
    row = insert_for(connection)(Grant).values(
        occurrence_id=occurrence_id, user_id=user_id, role_id=role_id, guild_id=guild_id
    )
    connection.execute(row.on_conflict_do_nothing())
    put_delivery(connection, _parcel(Target.ROLE_ADD, occurrence_id, guild_id, user_id, role_id), now)


def take_back(
    connection: Connection, occurrence_id: int, user_ids: Sequence[int] | None, now: datetime, *, noted: bool = False
) -> Sequence[Taken]:
    """Take an occurrence's role back from these members, from all with None; other occurrences may still give it.

    Returns those whom none does. *noted* is whether the caller writes them in the ledger; otherwise each is when it is
    done.
    """
    mine = Grant.occurrence_id == occurrence_id
    some = mine if user_ids is None else mine & Grant.user_id.in_(user_ids)
    held = connection.execute(
        select(Grant.guild_id, Grant.user_id, Grant.role_id).where(some).order_by(Grant.user_id)
    ).all()
    connection.execute(delete(Grant).where(some))
    taken: list[Taken] = []
    for guild_id, user_id, role_id in held:
        put_delivery(
            connection, _parcel(Target.ROLE_REMOVE, occurrence_id, guild_id, user_id, role_id, noted=noted), now
        )
        left = select(Grant.user_id).where(
            Grant.guild_id == guild_id, Grant.user_id == user_id, Grant.role_id == role_id
        )
        if connection.execute(left.limit(1)).first() is None:
            taken.append(Taken(user_id, role_id))
    return taken


async def load_role(session: AsyncSession, delivery: Delivery) -> object | None:
    """Return something while a role is still to be given or taken; None once it is not any more."""
    query = select(Grant.user_id).where(
        Grant.guild_id == delivery.guild_id, Grant.user_id == delivery.user_id, Grant.role_id == delivery.role_id
    )
    held = (await session.scalar(query.limit(1))) is not None
    return delivery if held is (delivery.target is Target.ROLE_ADD) else None


class GoingRoles:
    """The roles that events give, for the check that the bot can give them."""

    async def given_roles(self, session: AsyncSession, guild_id: int) -> Sequence[int]:
        query = select(Event.going_role).where(
            Event.guild_id == guild_id, Event.going_role.is_not(None), Event.state == EventState.LIVE
        )
        return [role for role in (await session.scalars(query.distinct())).all() if role is not None]


def regive(connection: Connection, occurrence_id: int, role_id: int | None, now: datetime) -> None:
    """Have those going to an announced occurrence hold another role, or none, from now on."""
    take_back(connection, occurrence_id, None, now)
    guild = connection.execute(
        select(Occurrence.guild_id).where(
            Occurrence.id == occurrence_id,
            Occurrence.state.in_((OccurrenceState.OPEN, OccurrenceState.RUNNING)),
        )
    ).one_or_none()
    if role_id is None or guild is None:
        return
    going = select(Rsvp.user_id).where(Rsvp.occurrence_id == occurrence_id, Rsvp.answer == Answer.GOING)
    for user_id in connection.scalars(going).all():
        give(connection, occurrence_id, guild.guild_id, user_id, role_id, had=False, now=now)


def _parcel(
    target: Target, occurrence_id: int, guild_id: int, user_id: int, role_id: int, *, noted: bool = False
) -> Parcel:
    # The role is part of who it is for: an event's role can be changed while the first one is on its way.
    return Parcel(
        kind=ROLE,
        subject=occurrence_id,
        recipient=f"{user_id}:{role_id}",
        guild_id=guild_id,
        target=target,
        language="en",
        user_id=user_id,
        role_id=role_id,
        params={NOTED: True} if noted else None,
        replace=True,
    )
