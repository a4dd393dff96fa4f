"""Someone in the community: types commands, presses buttons, fills in forms, and sees what comes back."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import simcord
from discord import AppCommandOptionType as Option
from discord.app_commands import Group, Parameter

from bot.demo.community import Profile
from bot.demo.reading import STRING_SELECT, Message, button_label, components, texts, walk
from bot.demo.stage import Stage

_OPTION: Final = re.compile(r"(?:^|\s)([a-z_]+):(?=\S)")


class Missed(Exception):
    """Someone looked for something on their screen, and it was not there; the message says what."""


@dataclass(frozen=True)
class Seen:
    """What came back: messages, oldest first, and ``text``, all they said at that moment; or a form in ``result``."""

    messages: Sequence[Message]
    text: str
    result: simcord.InteractionResult

    @property
    def last(self) -> Message:
        """The message whose buttons would be pressed."""
        if not self.messages:
            raise Missed("nothing came back")
        return self.messages[-1]

    @property
    def form(self) -> Mapping[str, Any] | None:
        """The form that was opened instead of an answer."""
        return self.result.modal


class Audience(Protocol):
    """Whoever is told what people do and see."""

    def did(self, who: str, what: str) -> None: ...
    def saw(self, seen: Seen) -> None: ...


class Person:
    """Acts as a member does, with nothing but what a member has."""

    def __init__(self, stage: Stage, profile: Profile, audience: Audience | None = None) -> None:
        self.profile = profile
        self.actor = stage.community.people[profile.name]
        self._stage = stage
        self._audience = audience

    @property
    def mention(self) -> str:
        return self.actor.mention

    async def types(self, line: str, channel: str = "giveaways") -> Seen:
        """Send a slash command as it would be typed, such as ``/config role purpose:organiser role:@Organiser``."""
        self._tell(f"types {line}")
        name, given = _split(line)
        types = {parameter.name: parameter.type for parameter in self._parameters(name)}
        options = {option: self._value(value, types[option]) for option, value in given.items()}
        place = self._stage.community.channels[channel]
        return self._seen(await self.actor.slash(place, name, **options))

    async def presses(self, message: Message, kind: str) -> Seen:
        """Press the button whose custom id is of this kind."""
        button = _only(message, kind)
        self._tell(f"presses {button_label(button)}")
        return self._seen(await self.actor.click(message, custom_id=button["custom_id"]))

    async def chooses(self, message: Message, kind: str, *values: Any) -> Seen:
        """Choose in the select whose custom id is of this kind: values, or people, roles and channels."""
        menu = _only(message, kind)
        names = {option["value"]: option["label"] for option in menu.get("options", ())}
        chosen = ", ".join(names.get(value, getattr(value, "name", value)) for value in values)
        self._tell(f"chooses {chosen}")
        return self._seen(await self.actor.select(message, values, custom_id=menu["custom_id"]))

    async def fills_in(self, form: Seen, **fields: str) -> Seen:
        """Fill in a form that was opened, and send it."""
        if form.form is None:
            raise Missed("no form was opened")
        self._tell("fills in " + ", ".join(f"{name}: {value}" for name, value in fields.items()))
        lists = {part["custom_id"] for part in walk(form.form["components"]) if part.get("type") == STRING_SELECT}
        values = {name: [value] if name in lists else value for name, value in fields.items()}
        return self._seen(await self.actor.submit_modal(form.result, values))

    def download(self, message: Message, name: str) -> bytes:
        """Download a file of a message."""
        for file in message.attachments:
            if file.filename == name:
                self._tell(f"downloads {name}")
                return self._stage.env.backend.cdn.get(file.url) or b""
        raise Missed(f"{name} is not attached")

    def _tell(self, what: str) -> None:
        if self._audience is not None:
            self._audience.did(self.profile.display, what)

    def _seen(self, result: simcord.InteractionResult) -> Seen:
        found = [message for message in (result.response, *result.followups) if message is not None]
        seen = Seen(found, "\n".join(part for message in found for part in texts(message)), result)
        if self._audience is not None:
            self._audience.saw(seen)
        return seen

    def _parameters(self, name: str) -> list[Parameter]:
        root, *path = name.split()
        found: Any = self._stage.bot.tree.get_command(root)
        for part in path:
            found = found.get_command(part) if isinstance(found, Group) else None
        if found is None:
            raise Missed(f"there is no command /{name}")
        return found.parameters

    def _value(self, text: str, kind: Option) -> Any:
        community = self._stage.community
        match kind:
            case Option.integer:
                return int(text)
            case Option.boolean:
                return text == "true"
            case Option.role:
                return community.roles[text.removeprefix("@")]
            case Option.channel:
                return community.channels[text.removeprefix("#")]
            case Option.user:
                return community.people[text.removeprefix("@")]
            case _:
                # Discord puts a mention where a role is named in a text.
                return re.sub(r"@(\w+)", lambda role: community.roles[role[1]].mention, text)


def _split(line: str) -> tuple[str, dict[str, str]]:
    """Return a command's name and its options, as typed."""
    name, *rest = _OPTION.split(line.removeprefix("/"))
    return name.strip(), {option: value.strip() for option, value in zip(rest[::2], rest[1::2], strict=True)}


def _only(message: Message, kind: str) -> Mapping[str, Any]:
    found = [part for part in components(message) if re.match(f"{re.escape(kind)}(:|$)", part.get("custom_id") or "")]
    if len(found) != 1:
        raise Missed(f"there are {len(found)} buttons {kind} under the message")
    return found[0]
