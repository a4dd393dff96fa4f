"""Buttons, selects and modals, by the kind in their ``custom_id``: one path, before and after a restart.

discord.py's own dispatch stays silent when a component's item raises early, when no template fits, and for every modal
opened before a restart. Here every component and modal interaction is taken from the gateway event itself, looked up
by kind, and answered, with a refusal if need be. A custom id holds a kind and ids, never state.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import discord

from bot.errors import NotFound
from bot.i18n import t
from bot.ui.exchange import Exchange, actor_of, watch
from bot.ui.failures import explain

if TYPE_CHECKING:
    from bot.client import Ikuzo

LONGEST: Final = 100
_SEPARATOR: Final = ":"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file given in a modal."""

    filename: str
    size: int
    url: str


class Press(Exchange):
    """A pressed button, a changed select or a submitted modal.

    ``args`` are the ids in the custom id; ``values`` what was selected; ``fields`` a modal's texts and ``picked`` its
    selections, by field.
    """

    def __init__(self, interaction: discord.Interaction["Ikuzo"], exchange: Exchange, args: tuple[str, ...]) -> None:
        super().__init__(interaction, exchange.actor)
        data: Mapping[str, Any] = interaction.data or {}
        self.args = args
        self.values: tuple[str, ...] = tuple(data.get("values", ()))
        self.fields: dict[str, str] = {}
        self.picked: dict[str, tuple[str, ...]] = {}
        self.uploads: dict[str, tuple[Upload, ...]] = {}
        for component in data.get("components", ()):
            self._read(component, data.get("resolved", {}))

    def _read(self, component: Mapping[str, Any], resolved: Mapping[str, Any]) -> None:
        for child in (*component.get("components", ()), *filter(None, (component.get("component"),))):
            self._read(child, resolved)
        name = component.get("custom_id")
        if name is None:
            return
        if "value" in component:
            value = component["value"]
            self.fields[name] = value if isinstance(value, str) else str(value)
        if "values" in component:
            values = tuple(str(value) for value in component["values"])
            self.picked[name] = values
            attachments = resolved.get("attachments", {})
            self.uploads[name] = tuple(
                Upload(str(found["filename"]), int(found["size"]), str(found["url"]))
                for value in values
                if (found := attachments.get(value)) is not None
            )

    def number(self, index: int) -> int:
        """Return an id in the custom id; raises NotFound for a forged one."""
        digits = self.args[index] if index < len(self.args) else ""
        # Ids have at most 63 bits; longer numbers are nobody's, and no column takes them.
        if not (digits.isascii() and digits.isdigit()) or int(digits) >= 1 << 63:
            raise NotFound(t("error.stale_component"))
        return int(digits)


Handler = Callable[[Press], Awaitable[None]]


class Router:
    """Who answers which kind of component or modal; each feature registers its own, in its setup."""

    def __init__(self) -> None:
        self._handlers: dict[str, Handler] = {}

    def on(self, kind: str, handler: Handler) -> None:
        """Name who answers components and modals whose custom id starts with *kind*."""
        if kind in self._handlers or _SEPARATOR in kind:
            raise ValueError(f"bad or doubled component kind {kind}")
        self._handlers[kind] = handler

    async def dispatch(self, interaction: discord.Interaction["Ikuzo"]) -> None:
        """Answer a component or modal interaction; never raises, never stays silent."""
        watch(interaction)
        try:
            custom_id = str((interaction.data or {}).get("custom_id", ""))
            kind, *args = custom_id.split(_SEPARATOR)
            handler = self._handlers.get(kind)
            if handler is None or (interaction.guild_id is None and not kind.startswith("dm.")):
                raise NotFound(t("error.stale_component"))
            press = Press(interaction, Exchange(interaction, await actor_of(interaction)), tuple(args))
            await handler(press)
            if not interaction.response.is_done():
                await press.acknowledge()
        except Exception as error:
            await explain(interaction, error)


def custom_id(kind: str, *args: int | str) -> str:
    """Join a kind and ids; raises ValueError beyond Discord's 100 characters."""
    joined = _SEPARATOR.join((kind, *map(str, args)))
    if len(joined) > LONGEST:
        raise ValueError(f"custom id too long: {joined}")
    return joined
