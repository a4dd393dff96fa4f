"""The one place where errors meet people: every kind of interaction ends here when it fails."""

import logging
import secrets
from typing import TYPE_CHECKING, Final

import discord
from discord import app_commands

from bot.errors import UserError
from bot.figures import UNFORESEEN
from bot.i18n import Text, language_of, render, t
from bot.markup import Markup
from bot.times.folding import quoted
from bot.ui.exchange import answer_privately, text_embed
from bot.ui.outgoing import Outgoing

if TYPE_CHECKING:
    from bot.client import Ikuzo

UNKNOWN_INTERACTION: Final = 10062
ALREADY_ACKNOWLEDGED: Final = 40060
# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
LONGEST: Final = 4096

log = logging.getLogger(__name__)


async def explain(interaction: discord.Interaction["Ikuzo"], error: BaseException) -> None:
    """Tell a person why what they asked for was not done; what was not foreseen gets a reference that is in the log."""
    cause = unwrap(error)
    text = _sentence(cause)
    if text is None:
        UNFORESEEN.inc()
        reference = secrets.token_hex(3)
        log.error("interaction failed, reference %s: %s", reference, _what(interaction), exc_info=cause)
        text = t("error.unexpected", reference=reference)
    try:
        preference = await interaction.client.preferences.of(interaction.user.id)
        language = preference.language or language_of(str(interaction.locale))
        embed = text_embed(language, _in_short(language, text), colour=discord.Colour.orange())
        await answer_privately(interaction, Outgoing(embeds=(embed,)))
    except discord.HTTPException as failure:
        # Nobody is left to be told: the interaction's time is over, or Discord does not answer.
        log.warning("could not explain a failure to the person: %s", failure)


def unwrap(error: BaseException) -> BaseException:
    """Return what was raised inside a command, without discord.py's wrapping."""
    while isinstance(error, app_commands.CommandInvokeError | app_commands.TransformerError):
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error.__cause__
        if cause is None:
            break
        error = cause
    return error


def _sentence(error: BaseException) -> Text | None:
    match error:
        case UserError():
            return error.text
        case app_commands.TransformerError():
            return t("error.bad_value", value=str(error.value))
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return t("error.commands_changed")
        case app_commands.NoPrivateMessage():
            return t("error.server_only")
        case app_commands.CheckFailure():
            return t("error.not_allowed")
        case discord.Forbidden():
            return t("error.forbidden")
        case discord.DiscordServerError():
            return t("error.discord_down")
        case _:
            return None


def _in_short(language: str, text: Text) -> Text:
    """Cut what somebody typed where the sentence about it would be longer than Discord takes: silence says less."""
    if len(render(language, text)) <= LONGEST:
        return text
    return _cut(text)


def _cut(text: Text) -> Text:
    params = {
        name: _cut(value)
        if isinstance(value, Text)
        else quoted(value)
        if isinstance(value, str) and not isinstance(value, Markup)
        else value
        for name, value in text.params.items()
    }
    return Text(text.key, params)


def _what(interaction: discord.Interaction["Ikuzo"]) -> str:
    data = interaction.data or {}
    # Of a component its kind and its subject: what follows may be a ballot being filled in.
    named = ":".join(str(data.get("custom_id") or data.get("name")).split(":")[:2])
    return f"{interaction.type.name} {named} in server {interaction.guild_id}"
