"""Mentions in embeds, as Discord shows them: simcord's page leaves them as they are written, ``<#123>``."""

from simcord.preview import _markdown  # pyright: ignore[reportMissingTypeStubs]


def show_mentions_in_embeds() -> None:
    """Have simcord's page show members, roles, channels and commands in embeds by their names, and small print small.

    Discord does so in an embed's description and in its fields, not in its titles and footers.
    """
    for place in ("embed_description", "embed_field_value"):
        _markdown._FIELD_POLICIES[place] |= {"mentions": True, "commands": True, "subtext": True}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
