"""Deadlines and deliveries written by hot writes, with the change that causes them.

The same rows as :meth:`bot.schedule.Schedule.put` and :meth:`bot.delivery.Deliveries.put` write, from a synchronous
connection. Whoever submits the hot write wakes schedule and dispatcher once it is on disk.
"""

from datetime import datetime

from sqlalchemy import Connection, case

from bot.database import insert_for
from bot.delivery import Delivery, DeliveryState, Parcel, new_nonce
from bot.schedule import Deadline, DeadlineState


def put_deadline(connection: Connection, kind: str, subject: int, due_at: datetime, *, guild_id: int | None) -> None:
    """Make something due, or due at another instant."""
    values = {
        "due_at": due_at,
        "wake_at": due_at,
        "state": DeadlineState.PENDING,
        "owner": None,
        "attempts": 0,
    }
    row = insert_for(connection)(Deadline).values(kind=kind, subject=subject, guild_id=guild_id, **values)
    connection.execute(row.on_conflict_do_update(index_elements=[Deadline.kind, Deadline.subject], set_=values))


def put_delivery(connection: Connection, parcel: Parcel, now: datetime) -> None:
    """Have something delivered; the same one again is left alone unless it replaces."""
    values = {
        "target": parcel.target,
        "channel_id": parcel.channel_id,
        "message_id": parcel.message_id,
        "role_id": parcel.role_id,
        "language": parcel.language,
        "params": parcel.params or {},
        "lane": parcel.lane,
        "not_before": parcel.not_before or now,
    }
    row = insert_for(connection)(Delivery).values(
        kind=parcel.kind,
        subject=parcel.subject,
        recipient=parcel.recipient,
        guild_id=parcel.guild_id,
        user_id=parcel.user_id,
        organiser_id=parcel.organiser_id,
        nonce=new_nonce(),
        state=DeliveryState.PENDING,
        revision=0,
        attempts=0,
        created_at=now,
        **values,
    )
    unique = [Delivery.kind, Delivery.subject, Delivery.recipient]
    if not parcel.replace:
        connection.execute(row.on_conflict_do_nothing(index_elements=unique))
        return
    # One that is being sent goes once more: the dispatcher sees the revision.
    sending = Delivery.state == DeliveryState.SENDING
    connection.execute(
        row.on_conflict_do_update(
            index_elements=unique,
            set_=values
            | {
                "revision": Delivery.revision + 1,
                "state": case((sending, Delivery.state), else_=DeliveryState.PENDING),
                "attempts": case((sending, Delivery.attempts), else_=0),
                "owner": case((sending, Delivery.owner), else_=None),
                "error": None,
            },
        )
    )
