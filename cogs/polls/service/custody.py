"""A member's data in polls: what is kept, export, and erasure as far as a vote can be found."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.i18n import Text, t
from bot.numbers import LastNumber
from bot.pieces import until_droppable
from bot.posts import Post, Posts
from cogs.polls.rules.ballots import Secrecy
from cogs.polls.rules.parse import erased
from cogs.polls.service.boxes import ballot_key, box, destroy_box, secret_of
from cogs.polls.service.closing import RESULT
from cogs.polls.service.heard.saying import Saying
from cogs.polls.tables import KIND, WITH_BOX, Poll, PollBundle, PollVoter, State

if TYPE_CHECKING:
    from bot.app import Platform


class PollCustodian:
    """The feature's duty towards the people in its tables."""

    def __init__(self, platform: "Platform", posts: Posts, saying: Saying) -> None:
        self._platform = platform
        self._posts = posts
        self._saying = saying

    def notice(self) -> Text:
        return t("poll.privacy.notice")

    async def export(self, session: AsyncSession, guild_id: int, user_id: int) -> Mapping[str, object]:
        votes = [await _vote(session, row, user_id) for row in await _voted(session, guild_id, user_id)]
        organised = await session.scalars(
            select(Poll).where(Poll.guild_id == guild_id, Poll.organiser_id == user_id).order_by(Poll.number)
        )
        made = [
            {"number": row.number, "question": row.question, "posted": row.created_at.isoformat()} for row in organised
        ]
        return {"poll_votes": votes, "polls_organised": made}

    async def consequences(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Text]:
        rows = await _voted(session, guild_id, user_id)
        running = sum(row.state in WITH_BOX for row in rows)
        secret = sum(row.state not in WITH_BOX and row.secrecy is Secrecy.SECRET for row in rows)
        named = len(rows) - running - secret
        found: list[Text] = []
        if running:
            found.append(t("poll.privacy.ends_running", n=running))
        if named:
            found.append(t("poll.privacy.ends_named", n=named))
        if secret:
            found.append(t("poll.privacy.stays_secret", n=secret))
        return found

    async def forget(self, tx: Transaction, guild_id: int, user_id: int, now: datetime) -> None:
        for row in await _voted(tx.session, guild_id, user_id, lock=True):
            if row.state in WITH_BOX:
                await self._take_out(tx, row, user_id, now)
            elif row.secrecy is Secrecy.OPEN:
                await self._erase(tx, row, user_id, now)
        await tx.session.execute(
            delete(PollVoter).where(PollVoter.user_id == user_id, PollVoter.poll_id.in_(_of(guild_id)))
        )
        organised = update(Poll).where(Poll.guild_id == guild_id, Poll.organiser_id == user_id)
        for key in (await tx.session.scalars(organised.values(organiser_id=None).returning(Poll.id))).all():
            await self._posts.refresh(tx, key, now)

    async def _take_out(self, tx: Transaction, row: Poll, user_id: int, now: datetime) -> None:
        """Take a ballot out of a box, where it can be found: not that of a secret poll since a backup was restored."""
        key = str(user_id)
        if row.secrecy is Secrecy.SECRET:
            secret = await secret_of(tx.session, row.id)
            if secret is None:
                return
            key = ballot_key(secret, user_id)
        connection = await tx.session.connection()
        gone = await connection.execute(delete(box(row.id)).where(box(row.id).c.key == key))
        row.vote_count -= gone.rowcount
        await self._posts.refresh(tx, row.id, now)

    async def _erase(self, tx: Transaction, row: Poll, user_id: int, now: datetime) -> None:
        """Take a name out of an open poll's bundle, here and where it was published; the ballot stays and counts."""
        bundle = await tx.session.get(PollBundle, row.id, with_for_update=True)
        if bundle is None:
            return
        bundle.data = await self._platform.compute(erased, bundle.data, str(user_id))
        await self._saying.refresh(tx, row, (RESULT,), now)
        await self._posts.refresh(tx, row.id, now)

    async def known_users(self, session: AsyncSession, guild_id: int, after: int, limit: int) -> Sequence[int]:
        found: set[int] = set()
        voters = select(PollVoter.user_id).where(PollVoter.poll_id.in_(_of(guild_id)), PollVoter.user_id > after)
        organisers = select(Poll.organiser_id).where(Poll.guild_id == guild_id, Poll.organiser_id > after)
        for query in (voters, organisers):
            column = query.selected_columns[0]
            ids = await session.scalars(query.distinct().order_by(column).limit(limit))
            found.update(user_id for user_id in ids if user_id is not None)
        return sorted(found)[:limit]

    async def erase_guild(self, tx: Transaction, guild_id: int) -> None:
        running = (
            await tx.session.scalars(select(Poll.id).where(Poll.guild_id == guild_id, Poll.state.in_(WITH_BOX)))
        ).all()
        if running:
            await until_droppable(tx.session)
        for key in running:
            await destroy_box(tx, key)
        await tx.session.execute(delete(Post).where(Post.kind == KIND, Post.guild_id == guild_id))
        # Options, roll, bundles and messages go with their poll.
        await tx.session.execute(delete(Poll).where(Poll.guild_id == guild_id))
        await tx.session.execute(delete(LastNumber).where(LastNumber.guild_id == guild_id, LastNumber.kind == KIND))


def _of(guild_id: int) -> Any:
    return select(Poll.id).where(Poll.guild_id == guild_id).scalar_subquery()


async def _voted(session: AsyncSession, guild_id: int, user_id: int, *, lock: bool = False) -> Sequence[Poll]:
    query = (
        select(Poll)
        .join(PollVoter, PollVoter.poll_id == Poll.id)
        .where(Poll.guild_id == guild_id, PollVoter.user_id == user_id)
        .order_by(Poll.id)
    )
    if lock:
        query = query.with_for_update(of=Poll)
    return (await session.scalars(query)).all()


async def _vote(session: AsyncSession, row: Poll, user_id: int) -> dict[str, object]:
    """Return what is known of a member's vote: of a secret poll only that there is one."""
    told: dict[str, object] = {"poll": row.number, "question": row.question, "voted": True}
    if row.secrecy is Secrecy.SECRET:
        return told
    if row.state in WITH_BOX:
        own = box(row.id)
        connection = await session.connection()
        found = (await connection.execute(select(own.c.choices, own.c.weight).where(own.c.voter == user_id))).first()
        return told if found is None else told | {"choices": json.loads(found.choices), "weight": found.weight}
    bundle = await session.get(PollBundle, row.id)
    if row.state is not State.CLOSED or bundle is None:
        return told
    for ballot in json.loads(bundle.data)["ballots"]:
        if ballot["voter"] == str(user_id):
            return told | {name: ballot[name] for name in ("receipt", "choices", "weight")}
    return told
