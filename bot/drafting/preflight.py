"""Before posting: everything that is missing or forbidden, who can take part, who is pinged, and where it goes."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Generic

from sqlalchemy.ext.asyncio import AsyncSession

from bot import markup
from bot.drafting.checks import Checks
from bot.drafting.craft import Audience, Craft, Findings, I, Subject, V
from bot.drafting.problems import LOOK, WHERE, Fault, P, Problem
from bot.drafting.values import O, Spot, changed
from bot.errors import UserError
from bot.guilds import GuildConfig, Purpose, config_of, require_enabled
from bot.i18n import t
from bot.people import Actor
from bot.posts import Place

if TYPE_CHECKING:
    from bot.app import Platform


class Preflight(Generic[O, P, V, I]):
    """Hold a draft against its server."""

    def __init__(self, platform: "Platform", craft: Craft[O, P, V, I]) -> None:
        self._platform = platform
        self._craft = craft
        self.checks = Checks(platform, craft.needs, craft.lacking)

    async def check(
        self, actor: Actor, options: O, channel_id: int, now: datetime, subject: Subject[O] | None = None
    ) -> Findings[O, P]:
        """Find out everything at once; *channel_id* is where it was begun, and is posted to by default."""
        craft, opened_at = self._craft, None if subject is None else subject.opened_at
        names = None if subject is None else changed(subject.before, options)
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            further = [
                *await craft.further(session, actor, options, names),
                *[problem async for problem in self._named(session, actor, options, names)],
            ]
        options = with_spots(options, config, craft.channel, channel_id)
        places = tuple(
            Place(spot.channel_id, spot.language or config.language, spot.title, spot.text) for spot in options.spots
        )
        reviewed = craft.review(options, now, opened_at)
        wrong, notices = self.checks.channels(actor.guild_id, _new_channels(options, subject))
        problems = [
            *([] if subject is not None else self._disabled(config)),
            *reviewed.problems,
            *further,
            *self._roles(actor.guild_id, options, names),
            *(Problem(WHERE, Fault.FORBIDDEN, text) for text in wrong),
            *(() if subject is None else craft.objections(subject, now)),
        ]
        ping = self.checks.ping(actor.guild_id, options.ping)
        if ping is not None and not ping.works:
            notices.append(t("draft.ping_silent", role=markup.role(ping.role_id)))
        notices += craft.advice(actor.guild_id, options, subject)
        return Findings(
            options=options,
            places=places,
            problems=tuple(problems),
            notices=tuple(notices),
            audience=await self._audience(actor.guild_id, options),
            ping=ping,
            offered_ping=None if craft.usual_ping is None else config.place(craft.usual_ping),
            proposal=None if problems else reviewed.proposal,
        )

    async def _named(
        self, session: AsyncSession, actor: Actor, options: O, names: frozenset[str] | None
    ) -> AsyncIterator[Problem]:
        """Ask other features whether what is taken from them is there; what was posted with it goes on."""
        for name, step in self._craft.named.items():
            chosen = getattr(options, name)
            if chosen is not None and (names is None or name in names):
                try:
                    await self._craft.requirement(name).resolve(session, actor.guild_id, chosen.name)
                except UserError as refusal:
                    yield Problem(step, Fault.FORBIDDEN, refusal.text)

    def _roles(self, guild_id: int, options: O, names: frozenset[str] | None) -> Iterator[Problem]:
        for name, step, roles in self._craft.roles_of(options):
            if (names is None or name in names) and self.checks.is_gone(guild_id, roles):
                yield Problem(step, Fault.FORBIDDEN, t("draft.role.unknown"))

    async def _audience(self, guild_id: int, options: O) -> Audience:
        role, narrowed = self._craft.audience(options)
        count = await self._platform.members.role_count(guild_id, guild_id if role is None else role)
        return Audience(role, count, narrowed)

    def _disabled(self, config: GuildConfig) -> list[Problem]:
        try:
            require_enabled(config, self._craft.feature)
        except UserError as refusal:
            return [Problem(LOOK, Fault.FORBIDDEN, refusal.text)]
        return []


def with_spots(options: O, config: GuildConfig, purpose: Purpose, channel_id: int) -> O:
    """Return options that say where to post: if nowhere yet, the server's channel for it, else *channel_id*."""
    if options.spots:
        return options
    return replace(options, spots=(Spot(config.place(purpose) or channel_id),))


def _new_channels(options: O, subject: Subject[O] | None) -> list[int]:
    """Return the channels that are posted to anew; where posts are already, they may stay."""
    known = subject.before.spots if subject is not None and subject.opened_at is not None else ()
    return [spot.channel_id for spot in options.spots if spot.channel_id not in {each.channel_id for each in known}]
