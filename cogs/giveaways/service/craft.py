"""What a giveaway's draft is: its options, what is asked of the server for them, and what they become."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.drafting.craft import Craft, Findings, Saved, Subject
from bot.drafting.problems import Fault, Problem, Review
from bot.drafting.reading import Typed
from bot.errors import NotFound, UserError
from bot.guilds import Feature, GuildConfig, Purpose
from bot.i18n import Text, t
from bot.people import Actor
from bot.ports import Requirements
from bot.posts import Place, Posts
from cogs.giveaways.rules import reading
from cogs.giveaways.rules.correcting import objections
from cogs.giveaways.rules.options import Options, Proposal, Step, review
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.changing import copied, options_of, require_changeable
from cogs.giveaways.service.correcting import Correcting
from cogs.giveaways.service.freezing import NEEDS
from cogs.giveaways.service.posting import Posting, fresh
from cogs.giveaways.service.previews import Previews
from cogs.giveaways.service.records import GiveawayInfo, giveaway_numbered, giveaway_of, info
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import KIND, Giveaway, Source

if TYPE_CHECKING:
    from bot.app import Platform


class GiveawayCraft(Craft[Options, Proposal, PostView, GiveawayInfo]):
    """Drafts of giveaways."""

    kind = KIND
    feature = Feature.GIVEAWAYS
    channel = Purpose.GIVEAWAYS
    usual_ping = Purpose.GIVEAWAY_PING
    needs = NEEDS
    options = Options
    takes = reading.TAKES
    roles: ClassVar = {
        "required_role": Step.WHO,
        "excluded_role": Step.WHO,
        "bonuses": Step.TICKETS,
        "ping": Step.WHERE,
    }
    named: ClassVar = {"holders_of": Step.WHO, "attended": Step.WHO}

    def __init__(
        self, platform: "Platform", posts: Posts, posting: Posting, correcting: Correcting, previews: Previews
    ) -> None:
        self._platform = platform
        self._posts = posts
        self._posting = posting
        self._correcting = correcting
        self._previews = previews

    def requirement(self, name: str) -> Requirements:
        return self._platform.gates if name == "holders_of" else self._platform.attendance

    def roles_in(self, options: Options, name: str) -> Sequence[int | None]:
        return [role for role, _ in options.bonuses] if name == "bonuses" else super().roles_in(options, name)

    def read_title(self, text: str) -> str:
        return reading.read_prize(text)

    def read_text(self, text: str) -> str:
        return reading.read_description(text)

    def lacking(self, channel: str, needs: Sequence[Text]) -> Text:
        return lacking(channel, needs)

    async def found(self, actor: Actor, name: str, value: Typed) -> Typed:
        if name == "claim" and value == Claim.WALLET:
            async with self._platform.database.read() as session:
                await self._wallets(session, actor)
        return value

    def review(self, options: Options, now: datetime, opened_at: datetime | None) -> Review[Proposal]:
        return review(options, now, opened_at=opened_at)

    def objections(self, subject: Subject[Options], now: datetime) -> Sequence[Problem]:
        return objections(subject.before, subject.after, subject.opened_at, now)

    async def further(
        self, session: AsyncSession, actor: Actor, options: Options, names: frozenset[str] | None
    ) -> Sequence[Problem]:
        if options.claim is Claim.WALLET and (names is None or "claim" in names):
            try:
                await self._wallets(session, actor)
            except UserError as refusal:
                return [Problem(Step.CLAIM, Fault.FORBIDDEN, refusal.text)]
        return []

    def audience(self, options: Options) -> tuple[int | None, bool]:
        asked = (options.excluded_role, options.account_age, options.member_for, options.cooldown)
        narrowed = any(value is not None for value in (*asked, options.holders_of, options.attended))
        return options.required_role, narrowed

    async def preview(
        self,
        session: AsyncSession,
        actor: Actor,
        findings: Findings[Options, Proposal],
        times: tuple[datetime, datetime | None],
        subject: Subject[Options] | None,
    ) -> PostView | None:
        return await self._previews.of(session, actor, findings, times, subject)

    async def find(self, session: AsyncSession, guild_id: int, typed: str) -> int:
        return (await giveaway_numbered(session, guild_id, typed)).id

    async def stands(
        self, session: AsyncSession, config: GuildConfig, key: int, now: datetime, *, lock: bool = False
    ) -> Subject[Options]:
        row = await giveaway_of(session, config.guild_id, key, lock=lock)
        require_changeable(row, now)
        posts = await self._posts.of(session, row.id)
        options = options_of(row, posts, config.place(Purpose.EXCLUDED))
        return Subject(row, row.number, row.opened_at, options, options)

    async def post(
        self,
        tx: Transaction,
        actor: Actor,
        proposal: Proposal,
        places: Sequence[Place],
        origin: Mapping[str, Any],
        now: datetime,
    ) -> GiveawayInfo:
        row = await self._posting.post(tx, actor.guild_id, actor.user_id, proposal, places, fresh(), now)
        return info(row)

    async def save(
        self,
        tx: Transaction,
        actor: Actor,
        subject: Subject[Options],
        proposal: Proposal,
        places: Sequence[Place],
        now: datetime,
    ) -> Saved[GiveawayInfo]:
        return await self._correcting.apply(tx, actor, subject, proposal, places, now)

    async def copies(self, session: AsyncSession, guild_id: int, most: int) -> Sequence[GiveawayInfo]:
        query = select(Giveaway).where(Giveaway.guild_id == guild_id, Giveaway.source == Source.ENTRY)
        rows = await session.scalars(query.order_by(Giveaway.number.desc()).limit(most))
        return [info(row) for row in rows.all()]

    async def copied(self, session: AsyncSession, config: GuildConfig, typed: str, zone: str) -> Options:
        row = await giveaway_numbered(session, config.guild_id, typed)
        if row.source is not Source.ENTRY:
            raise NotFound(t("giveaway.copy.airdrop", number=str(row.number)))
        return copied(row, await self._posts.of(session, row.id), config.place(Purpose.EXCLUDED), zone)

    async def _wallets(self, session: AsyncSession, actor: Actor) -> None:
        await self._platform.wallets.require(session, actor.guild_id)


def lacking(channel: str, needs: Sequence[Text]) -> Text:
    """Say which permissions are missing for a draw, and why files are among them."""
    return t("giveaway.where.missing", channel=channel, needs=needs)
