"""What moderators set for their server; each change is one transaction with its ledger row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import markup
from bot.database import Database, Transaction
from bot.errors import BadInput, NotFound
from bot.guilds import CHANNELS, ROLES, Feature, GuildConfig, GuildRow, Purpose, config_of, row_for_update
from bot.i18n import Text, languages, t
from bot.ledger.rules import Fact
from bot.ledger.service import Entry, Ledger, Page
from bot.people import Actor, require_moderator
from bot.permissions import LOG, POSTS, POSTS_FILES, USES, Need, need_names
from bot.ports import ConfigFollower, Guilds, Line, Running
from bot.times import parse_zone, zone_name

LOG_PAGE: Final = 10
# Without these nothing at all can be posted; the others only some of what is posted.
_VITAL: Final = frozenset({Need.VIEW, Need.SEND, Need.SEND_THREADS, Need.EMBED})


@dataclass(frozen=True, slots=True)
class Changed:
    """What is set now, and what is still missing for it to be of full use."""

    config: GuildConfig
    missing: frozenset[Need] = frozenset()


@dataclass(frozen=True, slots=True)
class Switched:
    """What became of turning a feature on or off.

    ``running`` is what would go on: then nothing was changed, and the moderator is asked. ``going_on`` is what could
    not be cancelled, with the reasons.
    """

    feature: Feature
    config: GuildConfig
    running: Sequence[Line] = ()
    going_on: Sequence[Text] = ()


class ConfigService:
    """The use cases of ``/config`` that change or read settings; every one is for moderators."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        guilds: Guilds,
        running: Mapping[Feature, Running],
        followers: Sequence[ConfigFollower] = (),
    ) -> None:
        self._database = database
        self._ledger = ledger
        self._guilds = guilds
        self._features = running
        self._followers = followers

    async def read(self, actor: Actor) -> GuildConfig:
        """Return the settings."""
        async with self._database.read() as session:
            config = await config_of(session, actor.guild_id)
        require_moderator(actor, config)
        return config

    async def set_channel(self, actor: Actor, purpose: Purpose, channel_id: int | None, now: datetime) -> Changed:
        """Set or clear where something is posted; refused for a channel in which nothing can be posted."""
        await self.read(actor)
        if purpose not in CHANNELS:
            raise NotFound(t("error.stale_component"))
        missing = frozenset[Need]()
        if channel_id is not None:
            missing = self._postable(actor.guild_id, channel_id, purpose)
        facts: dict[str, Fact] = {"setting": "channel", "purpose": purpose.value, "channel_id": channel_id}
        return Changed(await self._place(actor, purpose, channel_id, facts, now), missing)

    def _postable(self, guild_id: int, channel_id: int, purpose: Purpose) -> frozenset[Need]:
        channel = self._guilds.channel(guild_id, channel_id, channel_needs(purpose))
        if channel is None:
            raise NotFound(t("config.refused.channel_unknown"))
        mention = markup.channel(channel_id)
        if not channel.is_postable:
            raise BadInput(t("config.refused.channel_kind", channel=mention))
        if vital := channel.missing & _VITAL:
            raise BadInput(t("config.refused.channel_permissions", channel=mention, needs=need_names(vital)))
        return channel.missing

    async def set_role(self, actor: Actor, purpose: Purpose, role_id: int | None, now: datetime) -> Changed:
        """Set or clear a role; refused for roles with which the purpose makes no sense."""
        await self.read(actor)
        if purpose not in ROLES:
            raise NotFound(t("error.stale_component"))
        if role_id is not None:
            self._sensible(actor.guild_id, role_id, purpose)
        facts: dict[str, Fact] = {"setting": "role", "purpose": purpose.value, "role_id": role_id}
        return Changed(await self._place(actor, purpose, role_id, facts, now))

    def _sensible(self, guild_id: int, role_id: int, purpose: Purpose) -> None:
        role = self._guilds.role(guild_id, role_id)
        if role is None:
            raise NotFound(t("config.refused.role_unknown"))
        if role.is_default:
            raise BadInput(_everyone_refused(purpose))
        if role.of_bot:
            raise BadInput(t("config.refused.role_of_bot", role=markup.role(role_id)))
        if role.managed and purpose in (Purpose.ORGANISER, Purpose.STAFF):
            raise BadInput(t("config.refused.role_managed", role=markup.role(role_id)))

    async def _place(
        self, actor: Actor, purpose: Purpose, value: int | None, facts: Mapping[str, Fact], now: datetime
    ) -> GuildConfig:
        async with self._database.write() as tx:
            row = await self._locked(tx, actor)
            if row.places.get(purpose.value) != value:
                places = {name: kept for name, kept in row.places.items() if name != purpose.value}
                row.places = places if value is None else {**places, purpose.value: value}
                await self._write_down(tx, actor, facts, now)
            return await config_of(tx.session, actor.guild_id)

    async def set_zone(self, actor: Actor, written: str, now: datetime) -> GuildConfig:
        """Set the zone of times without one; raises BadInput with suggestions for one that is not known."""
        await self.read(actor)
        zone = zone_name(parse_zone(written))
        async with self._database.write() as tx:
            row = await self._locked(tx, actor)
            if row.zone != zone:
                before, row.zone = row.zone, zone
                await self._write_down(tx, actor, {"setting": "timezone", "before": before, "after": zone}, now)
            return await config_of(tx.session, actor.guild_id)

    async def set_language(self, actor: Actor, language: str, now: datetime) -> GuildConfig:
        """Set the language of public posts; raises BadInput for one there is no catalog of."""
        await self.read(actor)
        if language not in languages():
            raise BadInput(t("error.bad_value", value=language))
        async with self._database.write() as tx:
            row = await self._locked(tx, actor)
            if row.language != language:
                before, row.language = row.language, language
                await self._write_down(tx, actor, {"setting": "language", "before": before, "after": language}, now)
            return await config_of(tx.session, actor.guild_id)

    async def switch(self, actor: Actor, feature: Feature, *, enabled: bool, now: datetime) -> Switched:
        """Turn a feature on or off; where something of it runs, say what, and change nothing yet."""
        config = await self.read(actor)
        if not enabled and config.enabled(feature) and (running := await self.running(actor, feature, now)):
            return Switched(feature, config, running)
        return Switched(feature, await self._switch(actor, feature, enabled=enabled, now=now))

    async def running(self, actor: Actor, feature: Feature, now: datetime) -> Sequence[Line]:
        """Return what of a feature runs in the server."""
        await self.read(actor)
        if feature not in self._features:
            return ()
        async with self._database.read() as session:
            return await self._features[feature].running(session, actor.guild_id, now)

    async def turn_off(self, actor: Actor, feature: Feature, *, cancel: bool, now: datetime) -> Switched:
        """Turn a feature off; what runs goes on, or is cancelled by the feature's own means."""
        config = await self._switch(actor, feature, enabled=False, now=now)
        if not cancel or feature not in self._features:
            return Switched(feature, config)
        return Switched(feature, config, going_on=await self._features[feature].cancel_running(actor, now))

    async def _switch(self, actor: Actor, feature: Feature, *, enabled: bool, now: datetime) -> GuildConfig:
        async with self._database.write() as tx:
            row = await self._locked(tx, actor)
            if (feature.value in row.disabled) is enabled:
                others = [name for name in row.disabled if name != feature.value]
                row.disabled = others if enabled else [*others, feature.value]
                await self._write_down(
                    tx, actor, {"setting": "feature", "feature": feature.value, "enabled": enabled}, now
                )
            return await config_of(tx.session, actor.guild_id)

    async def reset(self, actor: Actor, now: datetime) -> GuildConfig:
        """Put every setting back to its default; what runs and the ledger stay."""
        async with self._database.write() as tx:
            row = await self._locked(tx, actor)
            if row.places or row.disabled or row.language or row.zone:
                row.places, row.disabled, row.language, row.zone = {}, [], None, None
                await self._follow(tx, actor.guild_id, now)
                await self._ledger.append(tx, Entry(actor.guild_id, "config.reset", actor.user_id), now=now)
            return await config_of(tx.session, actor.guild_id)

    async def log_page(self, actor: Actor, anchor: int | None, number: int) -> Page:
        """Return a page of the ledger, newest first, counted back from the row *anchor* (the last one)."""
        await self.read(actor)
        async with self._database.read() as session:
            if anchor is None:
                return await self._ledger.page(session, actor.guild_id, limit=LOG_PAGE)
            before = max(1, anchor + 1 - number * LOG_PAGE)
            return await self._ledger.page(session, actor.guild_id, before=before, limit=LOG_PAGE)

    async def _locked(self, tx: Transaction, actor: Actor) -> GuildRow:
        row = await row_for_update(tx.session, actor.guild_id)
        require_moderator(actor, await config_of(tx.session, actor.guild_id))
        return row

    async def _follow(self, tx: Transaction, guild_id: int, now: datetime) -> None:
        """Have features do what follows from the change; before the ledger, whose lock is the one to take last."""
        await tx.session.flush()
        config = await config_of(tx.session, guild_id)
        for follower in self._followers:
            await follower.config_changed(tx, config, now)

    async def _write_down(self, tx: Transaction, actor: Actor, facts: Mapping[str, Fact], now: datetime) -> None:
        await self._follow(tx, actor.guild_id, now)
        entry = Entry(actor.guild_id, "config.changed", actor.user_id, facts=facts)
        await self._ledger.append(tx, entry, now=now)


def channel_needs(purpose: Purpose) -> Sequence[Need]:
    """Return what the bot needs in a channel configured for *purpose*."""
    match purpose:
        case Purpose.GIVEAWAYS:
            return USES[Feature.GIVEAWAYS].channel
        case Purpose.POLLS:
            return USES[Feature.POLLS].channel
        case Purpose.EVENTS:
            return USES[Feature.EVENTS].channel
        case Purpose.ANNOUNCEMENTS:
            return POSTS_FILES
        case Purpose.LOG:
            return LOG
        case _:
            return POSTS


def _everyone_refused(purpose: Purpose) -> Text:
    match purpose:
        case Purpose.EXCLUDED:
            return t("config.refused.everyone_excluded")
        case Purpose.EVENT_PING | Purpose.GIVEAWAY_PING:
            return t("config.refused.everyone_pinged")
        case _:
            return t("config.refused.everyone_trusted")
