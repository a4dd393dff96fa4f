"""The preflight behind ``/config check``: what would keep the bot from doing its work here, and where to mend it."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import func, select

from bot import markup
from bot.beacon import ProbeResult
from bot.database import Database
from bot.delivery import Delivery, DeliveryState, Target
from bot.guilds import ROLES, Feature, GuildConfig, Purpose, config_of, feature_name
from bot.i18n import Text, t
from bot.people import Actor, require_moderator
from bot.permissions import USES, Need, need_names
from bot.ports import Guilds, Randomness, RoleGiver
from bot.reach import Reached, probe_chains, probe_web
from bot.settings import Settings
from cogs.config.names import PURPOSES
from cogs.config.service.settings import channel_needs

# Where each feature posts, when it is set.
CHANNELS_OF: Final = {
    Feature.GIVEAWAYS: (Purpose.GIVEAWAYS, Purpose.ANNOUNCEMENTS),
    Feature.POLLS: (Purpose.POLLS, Purpose.ANNOUNCEMENTS, Purpose.ANSWERS),
    Feature.EVENTS: (Purpose.EVENTS, Purpose.ANNOUNCEMENTS),
    Feature.WALLETS: (),
}
OWN_CHANNEL: Final = {
    Feature.GIVEAWAYS: Purpose.GIVEAWAYS,
    Feature.POLLS: Purpose.POLLS,
    Feature.EVENTS: Purpose.EVENTS,
}
PINGS: Final = (Purpose.EVENT_PING, Purpose.GIVEAWAY_PING)
# Reminders and deadlines are off by as much as the machine's clock; a few seconds nobody minds.
TOLERATED_DRIFT: Final = timedelta(seconds=5)


class Mark(StrEnum):
    """How grave a finding is."""

    GOOD = "good"
    NOTE = "note"
    BAD = "bad"


class Mend(StrEnum):
    """Where something is mended, each explained once below the findings."""

    CHANNEL = "channel"
    SERVER = "server"
    ORDER = "order"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    mark: Mark
    text: Text
    mend: Mend | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What was found about one feature, or about the roles, or about what lies outside."""

    title: Text
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found."""

    parts: Sequence[Part] = field(default_factory=list[Part])

    def all(self) -> Iterator[Finding]:
        """Yield every finding."""
        for part in self.parts:
            yield from part.findings

    @property
    def mends(self) -> Sequence[Mend]:
        """Return what is to be explained, in order."""
        wanted = {finding.mend for finding in self.all()}
        return [mend for mend in Mend if mend in wanted]

    @property
    def bad(self) -> int:
        """Return how many findings keep something from working."""
        return sum(finding.mark is Mark.BAD for finding in self.all())


@dataclass(frozen=True, slots=True)
class Outside:
    """What answered, of what lies outside Discord; None is not configured."""

    beacon: ProbeResult | None
    chains: dict[int, tuple[Reached, ...]]
    web: Reached | None


class Preflight:
    """Look at everything a server's use of the bot rests on; changes nothing."""

    def __init__(
        self,
        database: Database,
        guilds: Guilds,
        settings: Settings,
        beacon: Randomness | None,
        role_givers: Sequence[RoleGiver],
    ) -> None:
        self._database = database
        self._guilds = guilds
        self._settings = settings
        self._beacon = beacon
        self._role_givers = role_givers

    async def run(self, actor: Actor, channel_id: int, now: datetime) -> Report:
        """Check the server of a moderator; *channel_id* is where the command was used. Takes up to some seconds."""
        async with self._database.read() as session:
            config = await config_of(session, actor.guild_id)
            require_moderator(actor, config)
            given = {role for giver in self._role_givers for role in await giver.given_roles(session, actor.guild_id)}
            waiting = await session.scalar(
                select(func.count())
                .select_from(Delivery)
                .where(
                    Delivery.guild_id == actor.guild_id,
                    Delivery.target != Target.DIRECT,
                    Delivery.state.in_((DeliveryState.FAILED, DeliveryState.UNKNOWN)),
                )
            )
        outside = await self._look_outside(now)
        parts = [self._feature(config, feature, channel_id) for feature in Feature]
        parts.append(self._log(config, waiting or 0))
        parts.append(self._roles(config, sorted(given)))
        parts.append(Part(t("config.check.part.outside"), list(outside_findings(config, outside))))
        return Report([part for part in parts if part.findings])

    async def _look_outside(self, now: datetime) -> Outside:
        async def beacon() -> ProbeResult | None:
            return None if self._beacon is None else await self._beacon.probe(now)

        async def web() -> Reached | None:
            address = self._settings.web_public_url
            return None if self._settings.web_listen is None or address is None else await probe_web(address)

        found, chains, reached = await asyncio.gather(beacon(), probe_chains(self._settings.chains), web())
        return Outside(found, dict(chains), reached)

    def _feature(self, config: GuildConfig, feature: Feature, here: int) -> Part:
        if not config.enabled(feature):
            return Part(feature_name(feature), [Finding(Mark.NOTE, t("config.check.off"))])
        good: list[Text | str] = []
        findings: list[Finding] = []
        own = OWN_CHANNEL.get(feature)
        looked_at = set[int]()
        for purpose in CHANNELS_OF[feature]:
            channel_id = config.place(purpose)
            if channel_id is None or channel_id in looked_at:
                continue
            looked_at.add(channel_id)
            if (finding := self._channel(config, channel_id, purpose, _needs(feature, purpose))) is None:
                good.append(markup.channel(channel_id))
            else:
                findings.append(finding)
        if here not in looked_at and (own is None or config.place(own) is None):
            # Nothing is set for it, so it posts where its command is used: here, for one.
            if (finding := self._channel(config, here, None, USES[feature].channel)) is None:
                good.append(t("config.check.here", channel=markup.channel(here)))
            else:
                findings.append(finding)
        if lacking := self._guilds.lacking(config.guild_id, USES[feature].server):
            text = t("config.check.server_lacks", needs=need_names(lacking))
            findings.append(Finding(Mark.BAD, text, Mend.SERVER))
        if good:
            findings.insert(0, Finding(Mark.GOOD, t("config.check.channels_good", channels=good)))
        return Part(feature_name(feature), findings)

    def _channel(
        self, config: GuildConfig, channel_id: int, purpose: Purpose | None, needs: Collection[Need]
    ) -> Finding | None:
        """Return what is wrong with a channel; None where nothing is."""
        state = self._guilds.channel(config.guild_id, channel_id, needs)
        if state is None:
            name = PURPOSES[purpose] if purpose is not None else markup.channel(channel_id)
            return Finding(Mark.BAD, t("config.check.channel_gone", purpose=name))
        if not state.missing:
            return None
        text = t("config.check.channel_lacks", channel=markup.channel(channel_id), needs=need_names(state.missing))
        return Finding(Mark.BAD, text, Mend.CHANNEL)

    def _log(self, config: GuildConfig, waiting: int) -> Part:
        findings: list[Finding] = []
        log_channel = config.place(Purpose.LOG)
        if log_channel is None:
            findings.append(Finding(Mark.NOTE, t("config.check.no_log")))
        else:
            needs = channel_needs(Purpose.LOG)
            good = Finding(Mark.GOOD, t("config.check.channels_good", channels=[markup.channel(log_channel)]))
            findings.append(self._channel(config, log_channel, Purpose.LOG, needs) or good)
        if waiting:
            findings.append(Finding(Mark.NOTE, t("config.check.waiting", n=waiting)))
        return Part(PURPOSES[Purpose.LOG], findings)

    def _roles(self, config: GuildConfig, given: Sequence[int]) -> Part:
        findings = [finding for purpose in PURPOSES if (finding := self._configured_role(config, purpose)) is not None]
        for role_id in given:
            role = self._guilds.role(config.guild_id, role_id)
            if role is None:
                findings.append(Finding(Mark.BAD, t("config.check.given_role_gone", role=markup.code(str(role_id)))))
            elif not role.assignable:
                text = t("config.check.role_too_high", role=markup.role(role_id))
                findings.append(Finding(Mark.BAD, text, Mend.ORDER))
            else:
                findings.append(Finding(Mark.GOOD, t("config.check.role_assignable", role=markup.role(role_id))))
        return Part(t("config.check.part.roles"), findings)

    def _configured_role(self, config: GuildConfig, purpose: Purpose) -> Finding | None:
        role_id = config.place(purpose)
        if role_id is None or purpose not in ROLES:
            return None
        role = self._guilds.role(config.guild_id, role_id)
        if role is None:
            return Finding(Mark.BAD, t("config.check.role_gone", purpose=PURPOSES[purpose]))
        if purpose in PINGS and not role.mentionable:
            return Finding(Mark.NOTE, t("config.check.role_silent", role=markup.role(role_id)), Mend.MENTION)
        return None


def _needs(feature: Feature, purpose: Purpose) -> Sequence[Need]:
    """Return what a feature needs in the channel of a purpose: all it posts, or one message on the board of answers."""
    return channel_needs(purpose) if purpose is Purpose.ANSWERS else USES[feature].channel


def outside_findings(config: GuildConfig, outside: Outside) -> Iterator[Finding]:
    if config.enabled(Feature.GIVEAWAYS):
        yield _beacon(outside.beacon)
    if config.enabled(Feature.WALLETS):
        if not outside.chains:
            yield Finding(Mark.NOTE, t("config.check.no_chains"))
        for chain, answers in outside.chains.items():
            yield _chain(chain, answers)
    if not (config.enabled(Feature.WALLETS) or config.enabled(Feature.EVENTS)):
        return
    if outside.web is None:
        yield Finding(Mark.NOTE, t("config.check.no_web"))
    elif outside.web is Reached.YES:
        yield Finding(Mark.GOOD, t("config.check.web_good"))
    else:
        yield Finding(Mark.BAD, t("config.check.web_bad"))


def _beacon(found: ProbeResult | None) -> Finding:
    if found is None:
        return Finding(Mark.NOTE, t("config.check.beacon_off"))
    if not found.reachable or found.drift_seconds is None:
        return Finding(Mark.BAD, t("config.check.beacon_bad"))
    drift = timedelta(seconds=round(abs(found.drift_seconds)))
    if drift > TOLERATED_DRIFT:
        return Finding(Mark.NOTE, t("config.check.clock_off", drift=drift))
    return Finding(Mark.GOOD, t("config.check.beacon_good", host=found.host or "?", round=found.latest_round or 0))


def _chain(chain: int, answers: Sequence[Reached]) -> Finding:
    good = sum(answer is Reached.YES for answer in answers)
    if good == len(answers):
        return Finding(Mark.GOOD, t("config.check.chain_good", chain=str(chain)))
    if Reached.OTHER_CHAIN in answers:
        return Finding(Mark.BAD, t("config.check.chain_other", chain=str(chain)))
    if good:
        return Finding(Mark.NOTE, t("config.check.chain_half", chain=str(chain)))
    return Finding(Mark.BAD, t("config.check.chain_bad", chain=str(chain)))
