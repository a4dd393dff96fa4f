"""Filling drafts: what was typed or chosen, with everything it names found in this server."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.errors import UserError
from bot.guilds import Feature, GuildConfig, config_of, require_enabled
from bot.images import CheckedImage, check_image
from bot.people import Actor, require_organiser
from bot.times import parse_zone, zone_name
from cogs.giveaways.rules import reading
from cogs.giveaways.rules.options import Options
from cogs.giveaways.rules.reading import Reader, Typed
from cogs.giveaways.rules.terms import Claim, Named
from cogs.giveaways.service.preflight import Preflight

if TYPE_CHECKING:
    from bot.app import Platform

_ROLES: Final = ("required_role", "excluded_role", "ping")
# By the names of the command's options; what a modal asks has the same names.
Fields = Mapping[str, Typed]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody gave as a picture."""

    name: str
    data: bytes


class Filling:
    """Read options for someone who may."""

    def __init__(self, platform: "Platform", preflight: Preflight) -> None:
        self._platform = platform
        self._preflight = preflight

    async def allow(self, actor: Actor) -> GuildConfig:
        """Raise NotAllowed for who is no organiser, WrongState while giveaways are turned off."""
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
        require_organiser(actor, config)
        require_enabled(config, Feature.GIVEAWAYS)
        return config

    async def read(self, actor: Actor, options: Options, fields: Fields, reader: Reader) -> Options:
        """Return options with these fields; raises a UserError for the first that cannot be taken."""
        return reading.read(options, {name: await self._found(actor, name, fields[name]) for name in fields}, reader)

    async def read_each(
        self, actor: Actor, options: Options, fields: Fields, reader: Reader
    ) -> tuple[Options, list[UserError]]:
        """Return options with those of these fields that can be taken, and a refusal for each of the others."""
        refusals: list[UserError] = []
        for name in (name for name in reading.NAMES if name in fields):
            try:
                options = await self.read(actor, options, {name: fields[name]}, reader)
            except UserError as refusal:
                refusals.append(refusal)
        return options, refusals

    async def _found(self, actor: Actor, name: str, value: Typed) -> Typed:
        """Return a value with what it names found: a role of this server, a gate rule, an event."""
        if name in _ROLES and isinstance(value, int) and value:
            self._preflight.check_role(actor.guild_id, value)
        if name == "bonuses" and isinstance(value, str):
            for role, _ in reading.read_bonuses(value):
                self._preflight.check_role(actor.guild_id, role)
        if name == "claim" and value == Claim.WALLET:
            await self._preflight.check_claim(actor)
        ports = {"holders_of": self._platform.gates, "attended": self._platform.attendance}
        if name in ports and isinstance(value, str) and value.strip():
            async with self._platform.database.read() as session:
                found = await ports[name].resolve(session, actor.guild_id, value)
            return Named(found.key, found.name)
        return value


def empty_options(actor: Actor, config: GuildConfig) -> Options:
    """Return the options of an empty draft: times are typed in the member's zone, else the server's."""
    return Options(zone=zone_name(parse_zone(actor.zone or config.zone)))


async def checked(picture: Upload | None) -> CheckedImage | None:
    """Return a picture whose content is what it claims to be; raises BadInput."""
    return None if picture is None else await asyncio.to_thread(check_image, picture.name, picture.data)
