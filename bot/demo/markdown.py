"""Messages as Discord shows them, where simcord's page differs: mentions in embeds, the end of a quote."""

import re
from typing import Any, Final

from simcord.preview import _markdown  # pyright: ignore[reportMissingTypeStubs]

_SIMCORD: Final[Any] = _markdown
_QUOTE: Final = re.compile(r"^(> .*)\n(?=[^>\n])", re.MULTILINE)
_expand_quotes: Final = _SIMCORD._discord_multiline_quotes  # noqa: SLF001


def show_as_discord_does() -> None:
    """Have simcord's page show members, roles, channels and commands in embeds by their names, and small print small.

    Discord does so in an embed's description and in its fields, not in its titles and footers; simcord leaves them as
    they are written, ``<#123>``. A quote ends with its line, while simcord's parser goes on with the paragraph.
    """
    for place in ("embed_description", "embed_field_value"):
        _SIMCORD._FIELD_POLICIES[place] |= {"mentions": True, "commands": True, "subtext": True}  # noqa: SLF001
    _SIMCORD._discord_multiline_quotes = _with_quotes_ended  # noqa: SLF001


def _with_quotes_ended(text: str) -> str:
    return _expand_quotes(_QUOTE.sub(r"\1\n\n", text))
