"""Filling drafts: what was typed or chosen, with everything it names found in this server."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeAlias

from bot.drafting import reading
from bot.drafting.checks import Checks
from bot.drafting.craft import Craft, I, V
from bot.drafting.problems import P
from bot.drafting.reading import Reader, Typed
from bot.drafting.values import Named, O
from bot.errors import UserError
from bot.guilds import GuildConfig, config_of, require_enabled
from bot.images import CheckedImage, check_image
from bot.people import Actor, require_organiser
from bot.times import parse_zone, zone_name

if TYPE_CHECKING:
    from bot.app import Platform

# By the names of the command's options; what a modal asks has the same names.
Fields: TypeAlias = Mapping[str, Typed]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file somebody gave as a picture."""

    name: str
    data: bytes


class Filling(Generic[O, P, V, I]):
    """Read options for someone who may."""

    def __init__(self, platform: "Platform", craft: Craft[O, P, V, I], checks: Checks) -> None:
        self._platform = platform
        self._craft = craft
        self._checks = checks

    async def allow(self, actor: Actor) -> GuildConfig:
        """Raise NotAllowed for who is no organiser, WrongState while the feature is turned off."""
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
        require_organiser(actor, config)
        require_enabled(config, self._craft.feature)
        return config

    def empty(self, actor: Actor, config: GuildConfig) -> O:
        """Return the options of an empty draft: times are typed in the member's zone, else the server's."""
        return replace(self._craft.options(), zone=zone_name(parse_zone(actor.zone or config.zone)))

    async def read(self, actor: Actor, options: O, fields: Fields, reader: Reader) -> O:
        """Return options with these fields; raises a UserError for the first that cannot be taken."""
        found = {name: await self._found(actor, name, fields[name]) for name in fields}
        taken = reading.read(options, found, reader, self._craft.takes)
        for name, _, roles in self._craft.roles_of(taken):
            for role in roles if name in fields else ():
                self._checks.role(actor.guild_id, role)
        return taken

    async def read_each(
        self, actor: Actor, options: O, fields: Fields, reader: Reader
    ) -> tuple[O, dict[str, UserError]]:
        """Return options with those of these fields that can be taken, and a refusal for each of the others."""
        refusals: dict[str, UserError] = {}
        for name in (name for name in self._craft.takes if name in fields):
            try:
                options = await self.read(actor, options, {name: fields[name]}, reader)
            except UserError as refusal:
                refusals[name] = refusal
        return options, refusals

    async def _found(self, actor: Actor, name: str, value: Typed) -> Typed:
        """Return a value with what it names found: a gate rule, an event."""
        value = await self._craft.found(actor, name, value)
        if name in self._craft.named and isinstance(value, str) and value.strip():
            async with self._platform.database.read() as session:
                found = await self._craft.requirement(name).resolve(session, actor.guild_id, value)
            return Named(found.key, found.name)
        return value


async def checked(picture: Upload | None) -> CheckedImage | None:
    """Return a picture whose content is what it claims to be; raises BadInput."""
    return None if picture is None else await asyncio.to_thread(check_image, picture.name, picture.data)
