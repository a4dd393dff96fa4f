"""The command tree: errors, languages, and syncing only what changed."""

import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.i18n import DEFAULT, catalog, language_of
from bot.ui.exchange import watch
from bot.ui.failures import explain

if TYPE_CHECKING:
    from bot.client import Ikuzo

log = logging.getLogger(__name__)


def desc(key: str) -> app_commands.locale_str:
    """Return the wording of a command, option or choice: English as the default, the rest through the translator."""
    message = catalog(DEFAULT).get(key)
    if message is None or not isinstance(message.string, str):
        raise KeyError(f"{DEFAULT}.po has no {key}")
    return app_commands.locale_str(message.string, key=key)


class CatalogTranslator(app_commands.Translator):
    """Discord's localisations from the catalogs."""

    def __init__(self) -> None:
        # Each of thousands of texts is asked for in all of Discord's languages.
        served = {locale: language_of(str(locale)) for locale in discord.Locale}
        self._catalogs = {locale: catalog(language) for locale, language in served.items() if language != DEFAULT}

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: app_commands.TranslationContextTypes
    ) -> str | None:
        words, key = self._catalogs.get(locale), string.extras.get("key")
        if words is None or key is None:
            return None
        message = words.get(key)
        return message.string if message is not None and isinstance(message.string, str) else None


class Tree(app_commands.CommandTree["Ikuzo"]):
    """Commands that always answer, and in time."""

    async def interaction_check(self, interaction: discord.Interaction["Ikuzo"], /) -> bool:
        if interaction.type is discord.InteractionType.application_command:
            watch(interaction)
        return True

    async def on_error(self, interaction: discord.Interaction["Ikuzo"], error: app_commands.AppCommandError, /) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("autocomplete failed", exc_info=error)
            if not interaction.response.is_done():
                await interaction.response.autocomplete([])
            return
        await explain(interaction, error)

    async def sync_if_changed(self, known: str | None) -> str:
        """Send the commands to Discord unless their digest is *known*; returns the digest."""
        translator = self.translator
        if translator is None:
            payload: list[Any] = [command.to_dict(self) for command in self.get_commands()]
        else:
            payload = [await command.get_translated_payload(self, translator) for command in self.get_commands()]
        digest = hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()
        if digest != known:
            await self.sync()
            log.info("commands sent to Discord")
        return digest
