"""Live counts on posts: soon while a post is young, sparingly later, never more than once in five seconds.

Called from hot writes: one statement per post and batch, however many clicks are in it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import BigInteger, Connection, case, func, literal, select, type_coerce

from bot.database import UtcDateTime, insert_for, micros
from bot.delivery import Delivery, DeliveryState, Target, new_nonce
from bot.posts import Post

FIRST_HOUR: Final = timedelta(hours=1)
GATHER: Final = timedelta(seconds=2)
SOON_GAP: Final = timedelta(seconds=6)
LATER_GAP: Final = timedelta(seconds=61)


def count_changed(connection: Connection, kind: str, opened: Mapping[int, datetime | None], now: datetime) -> None:
    """Have the posts of these subjects (with when each was opened) show what is counted now."""
    posts = connection.execute(
        select(Post.id, Post.subject, Post.guild_id, Post.channel_id, Post.message_id, Post.language).where(
            Post.kind == kind, Post.subject.in_(opened), Post.message_id.is_not(None), Post.lost.is_(False)
        )
    ).all()
    for post in posts:
        began = opened[post.subject]
        gap = SOON_GAP if began is None or now - began < FIRST_HOUR else LATER_GAP
        row = insert_for(connection)(Delivery).values(
            kind=f"{kind}.edit",
            subject=post.subject,
            recipient=str(post.id),
            guild_id=post.guild_id,
            target=Target.EDIT,
            channel_id=post.channel_id,
            message_id=post.message_id,
            language=post.language,
            params={},
            nonce=new_nonce(),
            lane=f"message:{post.message_id}",
            state=DeliveryState.PENDING,
            not_before=now + GATHER,
            revision=0,
            attempts=0,
            created_at=now,
        )
        sent = type_coerce(Delivery.sent_at, BigInteger)
        allowed = func.coalesce(sent, 0) + gap // timedelta(microseconds=1)
        soon = literal(micros(now + GATHER), BigInteger)
        latest = case((allowed > soon, allowed), else_=soon)
        # A row that waits keeps its time, one being sent goes once more (the dispatcher sees the revision).
        idle = Delivery.state.not_in((DeliveryState.PENDING, DeliveryState.SENDING))
        connection.execute(
            row.on_conflict_do_update(
                index_elements=[Delivery.kind, Delivery.subject, Delivery.recipient],
                set_={
                    "revision": Delivery.revision + 1,
                    "attempts": case((idle, 0), else_=Delivery.attempts),
                    "state": case((idle, DeliveryState.PENDING), else_=Delivery.state),
                    "not_before": type_coerce(
                        case((idle, latest), else_=type_coerce(Delivery.not_before, BigInteger)), UtcDateTime
                    ),
                },
            )
        )
