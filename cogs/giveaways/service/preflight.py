"""Before posting: everything that is missing or forbidden, who can take part, who is pinged, and where it goes."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.errors import BadInput, UserError
from bot.guilds import Feature, GuildConfig, Purpose, config_of, require_enabled
from bot.i18n import Text, t
from bot.people import Actor
from bot.permissions import need_names
from bot.ports import Need
from bot.posts import Place
from cogs.giveaways.rules.correcting import changed, objections
from cogs.giveaways.rules.options import Fault, Options, Problem, Proposal, Spot, Step, review
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.service.freezing import NEEDS

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Before:
    """A posted giveaway as it stands while it is changed; ``opened_at`` is None while it is only scheduled."""

    options: Options
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class Audience:
    """Who can take part: everyone or those with a role, ``count`` of them at most, None where nobody can say.

    ``narrowed`` is whether more is asked for that cannot be counted.
    """

    role_id: int | None
    count: int | None
    narrowed: bool


@dataclass(frozen=True, slots=True)
class Ping:
    """The role that is pinged; ``works`` is False where Discord would not notify anyone."""

    role_id: int
    works: bool


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found out about a draft; ``proposal`` is there when nothing is missing or forbidden."""

    options: Options
    places: tuple[Place, ...]
    problems: tuple[Problem, ...]
    notices: tuple[Text, ...]
    audience: Audience
    ping: Ping | None
    offered_ping: int | None
    proposal: Proposal | None


class Preflight:
    """Hold a draft against its server."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def check(
        self, actor: Actor, options: Options, channel_id: int, now: datetime, before: Before | None = None
    ) -> Findings:
        """Find out everything at once; *channel_id* is where it was begun, and is posted to by default."""
        opened_at = before.opened_at if before is not None else None
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            offers = [text async for text in self._offers(session, actor, options, before)]
        options = with_spots(options, config, channel_id)
        places = tuple(
            Place(spot.channel_id, spot.language or config.language, spot.title, spot.text) for spot in options.spots
        )
        known = (
            frozenset(spot.channel_id for spot in before.options.spots) if opened_at and before else frozenset[int]()
        )
        notices: list[Text] = []
        reviewed = review(options, now, opened_at=opened_at)
        problems = [
            *([] if before is not None else _disabled(config)),
            *reviewed.problems,
            *offers,
            *self._roles(actor.guild_id, options, before),
            *self._channels(actor.guild_id, [place for place in places if place.channel_id not in known], notices),
        ]
        if before is not None:
            problems += objections(before.options, options, before.opened_at, now)
        ping = self._ping(actor.guild_id, options)
        if ping is not None and not ping.works:
            notices.append(t("giveaway.draft.ping_silent", role=markup.role(ping.role_id)))
        return Findings(
            options=options,
            places=places,
            problems=tuple(problems),
            notices=tuple(notices),
            audience=await self._audience(actor.guild_id, options),
            ping=ping,
            offered_ping=config.place(Purpose.GIVEAWAY_PING),
            proposal=None if problems else reviewed.proposal,
        )

    def check_role(self, guild_id: int, role_id: int) -> None:
        """Raise BadInput for a role that is not in this server, and for @everyone."""
        role = self._platform.guilds.role(guild_id, role_id)
        if role is None:
            raise BadInput(t("giveaway.role.unknown"))
        if role.is_default:
            raise BadInput(t("giveaway.role.everyone"))

    def check_channel(self, guild_id: int, channel_id: int) -> None:
        """Raise BadInput for a channel that is not there, cannot be seen, or takes no messages."""
        unusable = self._unusable(guild_id, channel_id)
        if unusable is not None:
            raise BadInput(unusable)

    def require_postable(self, guild_id: int, channel_id: int) -> None:
        """Raise BadInput, saying which permissions are missing, for a channel that cannot be posted to as it is."""
        for problem in self._channels(guild_id, [Place(channel_id, "")], []):
            raise BadInput(problem.text)

    async def check_claim(self, actor: Actor) -> None:
        """Raise a UserError with a sentence while prizes cannot be claimed with a wallet."""
        async with self._platform.database.read() as session:
            await self._wallets(session, actor)

    async def _wallets(self, session: AsyncSession, actor: Actor) -> None:
        require_enabled(await config_of(session, actor.guild_id), Feature.WALLETS)
        await self._platform.wallets.of(session, actor.guild_id, actor.user_id)

    async def _offers(
        self, session: AsyncSession, actor: Actor, options: Options, before: Before | None
    ) -> AsyncIterator[Problem]:
        """Ask other features whether what is taken from them is there; what was posted with it goes on."""
        names = (
            changed(before.options, options) if before is not None else frozenset(("claim", "holders_of", "attended"))
        )
        if options.claim is Claim.WALLET and "claim" in names:
            try:
                await self._wallets(session, actor)
            except UserError as refusal:
                yield Problem(Step.CLAIM, Fault.FORBIDDEN, refusal.text)
        for name, named, port in (
            ("holders_of", options.holders_of, self._platform.gates),
            ("attended", options.attended, self._platform.attendance),
        ):
            if named is not None and name in names:
                try:
                    await port.resolve(session, actor.guild_id, named.name)
                except UserError as refusal:
                    yield Problem(Step.WHO, Fault.FORBIDDEN, refusal.text)

    def _roles(self, guild_id: int, options: Options, before: Before | None) -> Iterator[Problem]:
        names = changed(before.options, options) if before is not None else None
        for name, step, roles in (
            ("required_role", Step.WHO, [options.required_role]),
            ("excluded_role", Step.WHO, [options.excluded_role]),
            ("bonuses", Step.TICKETS, [role for role, _ in options.bonuses]),
            ("ping", Step.WHERE, [options.ping]),
        ):
            gone = any(role is not None and self._platform.guilds.role(guild_id, role) is None for role in roles)
            if gone and (names is None or name in names):
                yield Problem(step, Fault.FORBIDDEN, t("giveaway.role.unknown"))

    def _channels(self, guild_id: int, places: Iterable[Place], notices: list[Text]) -> Iterator[Problem]:
        for place in places:
            text = self._unusable(guild_id, place.channel_id)
            if text is None:
                state = self._platform.guilds.channel(guild_id, place.channel_id, (*NEEDS, Need.HISTORY))
                missing = frozenset[Need]() if state is None else state.missing
                values = {"channel": markup.channel(place.channel_id), "needs": need_names(missing)}
                if missing - {Need.HISTORY}:
                    text = t("giveaway.where.missing", **values)
                elif missing:
                    notices.append(t("giveaway.where.no_history", **values))
            if text is not None:
                yield Problem(Step.WHERE, Fault.FORBIDDEN, text)

    def _unusable(self, guild_id: int, channel_id: int) -> Text | None:
        state = self._platform.guilds.channel(guild_id, channel_id, (Need.VIEW,))
        if state is None or state.missing:
            return t("giveaway.where.unseen", channel=markup.channel(channel_id))
        if not state.is_postable:
            return t("giveaway.where.not_postable", channel=markup.channel(channel_id))
        return None

    def _ping(self, guild_id: int, options: Options) -> Ping | None:
        if options.ping is None:
            return None
        role = self._platform.guilds.role(guild_id, options.ping)
        return Ping(options.ping, works=role is not None and role.mentionable)

    async def _audience(self, guild_id: int, options: Options) -> Audience:
        role = options.required_role
        count = await self._platform.members.role_count(guild_id, guild_id if role is None else role)
        asked = (options.excluded_role, options.account_age, options.member_for, options.cooldown)
        narrowed = any(value is not None for value in (*asked, options.holders_of, options.attended))
        return Audience(role, count, narrowed)


def with_spots(options: Options, config: GuildConfig, channel_id: int) -> Options:
    """Return options that say where to post: if nowhere yet, the server's channel for giveaways, else *channel_id*."""
    if options.spots:
        return options
    return replace(options, spots=(Spot(config.place(Purpose.GIVEAWAYS) or channel_id),))


def _disabled(config: GuildConfig) -> list[Problem]:
    try:
        require_enabled(config, Feature.GIVEAWAYS)
    except UserError as refusal:
        return [Problem(Step.LOOK, Fault.FORBIDDEN, refusal.text)]
    return []
