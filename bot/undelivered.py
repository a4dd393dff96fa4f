"""Deliveries that could not be made, or of which nobody knows: what an organiser sees of them, and decides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import and_, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.database import Database, Transaction
from bot.delivery import Deliveries, Delivery, DeliveryState, Outcome, Target
from bot.errors import BadInput, NotFound, WrongState
from bot.guilds import config_of
from bot.i18n import Text, t
from bot.ledger.service import Entry, Ledger
from bot.natives import NO_ROOM
from bot.people import Actor, require_organiser
from bot.ports import Messages, MessageState, Unread
from bot.posts import UNKNOWN_MESSAGE

SHOWN: Final = 20
# Clocks differ a little; the time in a message's id is Discord's.
SKEW: Final = timedelta(seconds=30)
_DISCORD_EPOCH: Final = datetime(2015, 1, 1, tzinfo=UTC)
_LINK: Final = re.compile(
    r"<?https?://(?:[a-z]+\.)?discord(?:app)?\.com/channels/(\d{15,20})/(\d{15,20})/(\d{15,20})/?>?"
)
_PERMISSION: Final = frozenset({"403", "50001", "50013"})
_GONE: Final = frozenset({"404", "10003", "10004", "10011"})


class Trouble(StrEnum):
    """Why something was not delivered, as far as that makes a difference to whoever is told."""

    UNCERTAIN = "uncertain"
    WAITS = "waits"
    PERMISSION = "permission"
    GONE = "gone"
    NO_ROOM = "no_room"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A delivery that an organiser is shown; ``about`` is the feature's own name for it, where it has one.

    UNCERTAIN asks for a decision; WAITS may not be decided by hand. ``code`` is Discord's, for what is OTHER.
    """

    id: int
    trouble: Trouble
    target: Target
    about: Text | None
    channel_id: int | None
    user_id: int | None
    role_id: int | None
    since: datetime
    code: str


class Decisions:
    """What organisers are told about deliveries that went wrong, and what they decide."""

    def __init__(self, database: Database, deliveries: Deliveries, messages: Messages, ledger: Ledger) -> None:
        self._database = database
        self._deliveries = deliveries
        self._messages = messages
        self._ledger = ledger

    async def waiting(self, session: AsyncSession, guild_id: int, organiser_id: int | None) -> Sequence[Undelivered]:
        """Return what went wrong in a server, latest first: an organiser's own, or everybody's for None.

        Direct messages are left out, since their recipients decide; so are private answers and edits of posts deleted
        by hand.
        """
        deleted_post = and_(Delivery.target == Target.EDIT, Delivery.error == UNKNOWN_MESSAGE)
        query = select(Delivery).where(
            Delivery.guild_id == guild_id,
            Delivery.state.in_((DeliveryState.FAILED, DeliveryState.UNKNOWN)),
            Delivery.target.not_in((Target.DIRECT, Target.REPLY)),
            Delivery.kind.in_(self._deliveries.kinds),
            or_(Delivery.error.is_(None), not_(deleted_post)),
        )
        if organiser_id is not None:
            query = query.where(Delivery.organiser_id == organiser_id)
        rows = (await session.scalars(query.order_by(Delivery.id.desc()).limit(SHOWN))).all()
        return [await self._shown(session, row) for row in rows]

    async def _shown(self, session: AsyncSession, row: Delivery) -> Undelivered:
        about = self._deliveries.kinds[row.kind].about
        return Undelivered(
            row.id,
            self._trouble(row),
            row.target,
            None if about is None else await about(session, row),
            row.channel_id,
            row.user_id,
            row.role_id,
            row.since or row.created_at,
            row.error or "",
        )

    def _trouble(self, row: Delivery) -> Trouble:
        if row.state is DeliveryState.UNKNOWN:
            return Trouble.UNCERTAIN if self._deliveries.kinds[row.kind].by_hand else Trouble.WAITS
        if row.error in _PERMISSION:
            return Trouble.PERMISSION
        if row.error == NO_ROOM:
            return Trouble.NO_ROOM
        return Trouble.GONE if row.error in _GONE else Trouble.OTHER

    async def send_again(self, actor: Actor, key: int, now: datetime) -> None:
        """Have something sent again on an organiser's word that it is not there.

        Raises NotAllowed, NotFound, or WrongState when it is on its way, done, or not for a person to decide.
        """
        async with self._database.write() as tx:
            row = await self._decidable(tx, actor, key, (DeliveryState.FAILED, DeliveryState.UNKNOWN))
            if row.state is DeliveryState.UNKNOWN:
                # Known not to be there: nothing is searched for, since the channel cannot be read.
                row.since = None
            row.state, row.attempts, row.owner, row.not_before = DeliveryState.PENDING, 0, None, now
            await self._note(tx, actor, row, "sent again", now)
            tx.after_commit(self._deliveries.wake)

    async def requires_link(self, actor: Actor, key: int) -> None:
        """Raise what :meth:`it_is_there` would, before the organiser is asked for the link."""
        async with self._database.read() as session:
            await self._read(session, actor, key)

    async def it_is_there(self, actor: Actor, key: int, link: str, now: datetime) -> None:
        """Take an organiser's word, and a link, for a message having been sent.

        The link must lead to the right channel and to a message no older than the first attempt; where the channel can
        be read at all, also to the very message. Raises BadInput with what is wrong, or like :meth:`send_again`.
        """
        async with self._database.read() as session:
            row = await self._read(session, actor, key)
        message_id = _message_in(link, row)
        found = await self._messages.fetch(actor.guild_id, row.channel_id or 0, message_id)
        _require_ours(found, row)
        async with self._database.write() as tx:
            row = await self._decidable(tx, actor, key, (DeliveryState.UNKNOWN,))
            taken = select(Delivery.id).where(Delivery.sent_message_id == message_id, Delivery.id != row.id).limit(1)
            if (await tx.session.scalars(taken)).first() is not None:
                raise BadInput(t("undelivered.link.another"))
            row.state, row.owner, row.error, row.since = DeliveryState.SENT, None, None, None
            row.sent_message_id, row.sent_at = message_id, _time_of(message_id)
            settled = self._deliveries.kinds[row.kind].settled
            if settled is not None:
                await settled(tx, row, Outcome(DeliveryState.SENT, message_id=message_id))
            await self._note(tx, actor, row, "found", now)

    async def _read(self, session: AsyncSession, actor: Actor, key: int) -> Delivery:
        require_organiser(actor, await config_of(session, actor.guild_id))
        return self._checked(await session.get(Delivery, key), actor, (DeliveryState.UNKNOWN,))

    async def _decidable(self, tx: Transaction, actor: Actor, key: int, states: Sequence[DeliveryState]) -> Delivery:
        require_organiser(actor, await config_of(tx.session, actor.guild_id))
        return self._checked(await tx.session.get(Delivery, key, with_for_update=True), actor, states)

    def _checked(self, row: Delivery | None, actor: Actor, states: Sequence[DeliveryState]) -> Delivery:
        if row is None or row.guild_id != actor.guild_id or row.target is Target.DIRECT:
            raise NotFound(t("undelivered.gone"))
        kind = self._deliveries.kinds.get(row.kind)
        if kind is None or row.state not in states:
            raise WrongState(t("undelivered.decided"))
        if row.state is DeliveryState.UNKNOWN and not kind.by_hand:
            raise WrongState(t("undelivered.not_by_hand"))
        return row

    async def _note(self, tx: Transaction, actor: Actor, row: Delivery, status: str, now: datetime) -> None:
        facts = {"what": row.kind, "status": status, "channel_id": row.channel_id}
        await self._ledger.append(tx, Entry(actor.guild_id, "delivery.resolved", actor.user_id, facts=facts), now=now)


def _message_in(link: str, row: Delivery) -> int:
    match = _LINK.fullmatch(link.strip())
    if match is None:
        example = markup.code("https://discord.com/channels/…/…/…")
        raise BadInput(t("undelivered.link.unreadable", value=markup.clean(link)[:100], example=example))
    guild_id, channel_id, message_id = map(int, match.groups())
    if (guild_id, channel_id) != (row.guild_id, row.channel_id):
        raise BadInput(t("undelivered.link.elsewhere", channel=markup.channel(row.channel_id or 0)))
    if row.since is not None and _time_of(message_id) < row.since - SKEW:
        raise BadInput(t("undelivered.link.too_old", since=row.since))
    return message_id


def _require_ours(found: MessageState | Unread, row: Delivery) -> None:
    """Refuse a message that is certainly not the one; where the channel cannot be read, the organiser's word counts."""
    match found:
        case Unread.GONE:
            raise BadInput(t("undelivered.link.missing"))
        case Unread.UNKNOWN:
            return
        case MessageState():
            if not found.is_ours:
                raise BadInput(t("undelivered.link.not_ours"))
            if found.markers and row.nonce not in found.markers:
                raise BadInput(t("undelivered.link.another"))


def _time_of(message_id: int) -> datetime:
    return _DISCORD_EPOCH + timedelta(milliseconds=message_id >> 22)
