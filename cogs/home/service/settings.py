"""``/my settings``: what members set for themselves, in every server alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from bot.database import Database
from bot.errors import NotFound
from bot.guilds import config_of
from bot.i18n import languages, t
from bot.people import Actor
from bot.preferences import LEADS, Preference, Preferences, place_settings, preference_of
from bot.times import parse_zone, zone_name

# Minutes before something starts: at the start, 10 and 30 minutes, 1 and 3 hours, 1, 2 and 7 days.
MOST_LEADS: Final = 5


@dataclass(frozen=True, slots=True)
class SettingsView:
    """A member's settings as the panel shows them; ``zone`` is the one in force, and ``local`` the time there now."""

    preference: Preference
    zone: str
    local: datetime


class MySettings:
    """Read and change a member's settings; every change returns all of them."""

    def __init__(self, database: Database, preferences: Preferences) -> None:
        self._database = database
        self._preferences = preferences

    async def shown(self, actor: Actor, now: datetime) -> SettingsView:
        """Return a member's settings, past any cache."""
        async with self._database.read() as session:
            preference = await preference_of(session, actor.user_id)
            config = await config_of(session, actor.guild_id)
        return _view(preference, config.zone, now)

    async def set_language(self, actor: Actor, language: str | None, now: datetime) -> SettingsView:
        """Choose a catalog, or follow Discord for None; raises NotFound for one there is none of."""
        if language is not None and language not in languages():
            raise NotFound(t("error.stale_component"))
        return await self._change(actor, now, language=language)

    async def set_zone(self, actor: Actor, typed: str, now: datetime) -> SettingsView:
        """Choose a zone, or follow the server for nothing; raises BadInput with what to type instead."""
        zone = zone_name(parse_zone(typed)) if typed.strip() else None
        return await self._change(actor, now, zone=zone)

    async def set_leads(self, actor: Actor, minutes: Sequence[str], now: datetime) -> SettingsView:
        """Choose when to be reminded, or follow each event for none; raises NotFound for what is not offered."""
        known = {str(lead): lead for lead in LEADS}
        if len(minutes) > MOST_LEADS or not known.keys() >= set(minutes):
            raise NotFound(t("error.stale_component"))
        leads = tuple(sorted({known[each] for each in minutes}, reverse=True))
        return await self._change(actor, now, lead_times=leads)

    async def set_direct(self, actor: Actor, now: datetime, *, on: bool) -> SettingsView:
        """Turn direct messages on or off."""
        return await self._change(actor, now, direct=on)

    async def reset(self, actor: Actor, now: datetime) -> SettingsView:
        """Go back to the defaults."""
        return await self._save(actor, lambda _: Preference(), now)

    async def _change(self, actor: Actor, now: datetime, **changes: Any) -> SettingsView:
        return await self._save(actor, lambda old: replace(old, **changes), now)

    async def _save(self, actor: Actor, change: Callable[[Preference], Preference], now: datetime) -> SettingsView:
        async with self._database.write() as tx:
            config = await config_of(tx.session, actor.guild_id)
            preference = change(await preference_of(tx.session, actor.user_id))
            if preference == Preference():
                await self._preferences.forget(tx, actor.user_id)
            else:
                await self._preferences.save(tx, actor.user_id, preference)
                await tx.session.flush()
                await place_settings(tx, actor.guild_id, [actor.user_id])
        return _view(preference, config.zone, now)


def _view(preference: Preference, server_zone: str, now: datetime) -> SettingsView:
    zone = preference.zone or server_zone
    return SettingsView(preference, zone, now.astimezone(parse_zone(zone)))
