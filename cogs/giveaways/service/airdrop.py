"""Airdrops: drawn without entering, announced, frozen and proved like every other giveaway."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select

from bot import clock
from bot.bulk import in_turns
from bot.database import Transaction
from bot.drafting.checks import Checks
from bot.errors import WrongState
from bot.guilds import Feature, GuildConfig, Purpose, config_of, require_enabled
from bot.i18n import t
from bot.ledger.rules import Fact, time_text
from bot.ledger.service import Entry
from bot.numbers import next_number
from bot.people import Actor, require_organiser
from bot.ports import Absent, MemberState, SnapshotInfo
from bot.posts import Place, Posts
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.airdrop import NO_WHOLE_TOKEN, Asked, Plan, distinct, plan, soonest, weight
from cogs.giveaways.rules.freeze import message_time
from cogs.giveaways.rules.terms import Answer, Bar, Facts, Named, Terms, judge
from cogs.giveaways.service.posting import CLOSE, Fresh, fresh
from cogs.giveaways.service.records import GiveawayInfo, info
from cogs.giveaways.tables import KIND, Giveaway, GiveawayEntry, Source, State

if TYPE_CHECKING:
    from bot.app import Platform

# The starter, bots and the excluded role are never on a list; who left is not either.
_KEPT_OUT: Final = (Bar.LEFT, Bar.BOT, Bar.ORGANISER, Bar.EXCLUDED_ROLE)
# Only the name of a gate rule is known here: the key is nobody's.
NO_KEY: Final = 0

EntryRow = dict[str, Any]


class Airdrops:
    """Announce airdrops, and make their lists: of holders at once, of members when the airdrop closes."""

    def __init__(self, platform: "Platform", posts: Posts, checks: Checks, new: Callable[[], Fresh] = fresh) -> None:
        self._platform = platform
        self._posts = posts
        self._checks = checks
        self._new = new

    async def announce(self, actor: Actor, asked: Asked, channel_id: int, now: datetime) -> GiveawayInfo:
        """Announce an airdrop; raises a UserError with a sentence, and then nothing was changed.

        It goes to the server's channel for giveaways, else to *channel_id*.
        """
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
        self._allow(actor, config)
        planned = plan(asked, now, actor.zone or config.zone, actor.language)
        place = Place(config.place(Purpose.GIVEAWAYS) or channel_id, config.language)
        self._checks.postable(actor.guild_id, place.channel_id)
        snapshot, holders = await self._holders(actor.guild_id, planned)
        if not any(weight(tokens, per_token=planned.per_token) for tokens in holders.values()):
            raise WrongState(t("giveaway.airdrop.nobody"))
        now = clock.now()
        async with self._platform.database.write() as tx:
            config = await config_of(tx.session, actor.guild_id)
            self._allow(actor, config)
            row = await self._insert(tx, actor, planned, snapshot, config, now)
            row.entry_count = len(holders)
            if row.source is Source.HOLDERS:
                listed = in_turns(list(holders.items()))
                await _fill(tx, [_of_holder(row, holder, tokens, now) async for holder, tokens in listed])
            await self._posts.plan(tx, row.id, row.guild_id, [place])
            await self._posts.publish(tx, row.id, organiser_id=row.organiser_id, now=now)
            await self._platform.schedule.put(tx, CLOSE, row.id, row.closes_at, guild_id=row.guild_id)
            await self._note(tx, actor, row, planned, place, now)
            return info(row)

    async def gather(self, row: Giveaway) -> None:
        """Put those on the list who pass the rule now; nothing where that was done before."""
        terms = Terms.from_json(row.terms)
        if terms.holders_of is None or await self._gathered(row):
            return
        found = await self._platform.holders.by_rule(row.guild_id, terms.holders_of.name)
        members = {int(holding.holder): holding.tokens for holding in found}
        states = await self._platform.members.fetch(row.guild_id, members)
        now = clock.now()
        entries = [
            _of_member(row, terms, user_id, tokens, states.get(user_id, Absent.UNKNOWN), now)
            async for user_id, tokens in in_turns(list(members.items()))
        ]
        async with self._platform.database.write() as tx:
            current = await tx.session.get(Giveaway, row.id, with_for_update=True)
            query = select(func.count()).select_from(GiveawayEntry).where(GiveawayEntry.giveaway_id == row.id)
            if current is None or current.state is not State.CLOSING or await tx.session.scalar(query):
                return
            await _fill(tx, entries)
            current.entry_count = len(entries)

    async def _gathered(self, row: Giveaway) -> bool:
        async with self._platform.database.read() as session:
            query = select(GiveawayEntry.token).where(GiveawayEntry.giveaway_id == row.id)
            return await session.scalar(query.limit(1)) is not None

    def _allow(self, actor: Actor, config: GuildConfig) -> None:
        require_enabled(config, Feature.GIVEAWAYS)
        require_organiser(actor, config)

    async def _holders(self, guild_id: int, planned: Plan) -> tuple[SnapshotInfo | None, Mapping[str, int]]:
        holders = self._platform.holders
        if planned.snapshot is not None:
            snapshot, found = await holders.by_snapshot(guild_id, planned.snapshot)
        else:
            snapshot, found = None, await holders.by_rule(guild_id, planned.rule or "")
        return snapshot, distinct([(holding.holder, holding.tokens) for holding in found])

    async def _insert(
        self,
        tx: Transaction,
        actor: Actor,
        planned: Plan,
        snapshot: SnapshotInfo | None,
        config: GuildConfig,
        now: datetime,
    ) -> Giveaway:
        random = self._new()
        excluded = config.place(Purpose.EXCLUDED)
        terms = Terms(organiser_id=actor.user_id)
        if planned.rule is not None:
            roles = () if excluded is None else (excluded,)
            terms = Terms(actor.user_id, excluded_roles=roles, holders_of=Named(NO_KEY, planned.rule))
        opened = now.replace(microsecond=0)
        row = Giveaway(
            guild_id=actor.guild_id,
            number=await next_number(tx, actor.guild_id, KIND),
            public_id=random.public_id,
            seed=random.seed,
            commitment=draw.commitment(random.seed),
            source=Source.MEMBERS if snapshot is None else Source.HOLDERS,
            state=State.OPEN,
            organiser_id=actor.user_id,
            prize=planned.prize,
            winners=planned.winners,
            terms=terms.to_json(),
            zone=actor.zone or config.zone,
            created_at=now,
            starts_at=opened,
            opened_at=opened,
            # Reading many holders takes its time.
            closes_at=max(planned.closes, soonest(now)),
            snapshot=None if snapshot is None else _stored(snapshot),
            per_token=planned.per_token,
        )
        tx.session.add(row)
        await tx.session.flush()
        return row

    async def _note(
        self, tx: Transaction, actor: Actor, row: Giveaway, planned: Plan, place: Place, now: datetime
    ) -> None:
        facts: dict[str, Fact] = {
            "winners": row.winners,
            "entries": row.entry_count,
            "per_token": row.per_token,
            "starts": time_text(row.starts_at),
            "ends": time_text(row.closes_at),
            "commitment": row.commitment,
            "channel": str(place.channel_id),
        }
        source = {"snapshot": planned.snapshot} if planned.snapshot is not None else {"rule": planned.rule or ""}
        await self._platform.ledger.append(
            tx,
            Entry(
                guild_id=row.guild_id,
                kind="giveaway.posted",
                actor_id=actor.user_id,
                subject=f"giveaway:{row.number}",
                texts={"prize": row.prize, **source},
                facts=facts,
            ),
            now=now,
        )


async def _fill(tx: Transaction, entries: Sequence[EntryRow]) -> None:
    for start in range(0, len(entries), 1_000):
        await tx.session.execute(insert(GiveawayEntry), list(entries[start : start + 1_000]))


def _of_holder(row: Giveaway, holder: str, tokens: int, now: datetime) -> EntryRow:
    tickets = weight(tokens, per_token=row.per_token)
    return {
        "giveaway_id": row.id,
        "token": draw.holder_token(row.public_id, holder),
        "user_id": None,
        "address": holder,
        "salt": "",
        "tickets": max(1, tickets),
        "entered_at": now,
        "dropped": None if tickets else NO_WHOLE_TOKEN,
        "unchecked": False,
    }


def _of_member(
    row: Giveaway, terms: Terms, user_id: int, tokens: int, state: MemberState | Absent, now: datetime
) -> EntryRow:
    """Return a member's place on the list, or why they are kept off it; what could not be read counts as met."""
    salt = secrets.token_hex(16)
    tickets = weight(tokens, per_token=row.per_token)
    member = state if isinstance(state, MemberState) else None
    facts = Facts(
        user_id=user_id,
        role_ids=member.role_ids if member else None,
        created_at=message_time(user_id),
        joined_at=member.joined_at if member else None,
        is_bot=member.is_bot if member else False,
        present=Answer.MET if member else Answer.UNMET if state is Absent.LEFT else Answer.UNKNOWN,
    )
    judged = judge(terms, facts, now)
    kept_out = [bar.value for bar in _KEPT_OUT if judged.get(bar) is Answer.UNMET]
    dropped = next(iter(kept_out), None if tickets else NO_WHOLE_TOKEN)
    return {
        "giveaway_id": row.id,
        "token": draw.token(row.public_id, str(user_id), salt),
        "user_id": user_id,
        "address": None,
        "salt": salt,
        "tickets": max(1, tickets),
        "entered_at": now,
        "dropped": dropped,
        "unchecked": dropped is None and any(judged.get(bar) is Answer.UNKNOWN for bar in _KEPT_OUT),
    }


def _stored(snapshot: SnapshotInfo) -> dict[str, Any]:
    return {
        "name": snapshot.name,
        "chain": snapshot.chain,
        "contract": None if snapshot.contract is None else snapshot.contract.lower(),
        "block": snapshot.block,
        "digest": snapshot.digest,
    }
