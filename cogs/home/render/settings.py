"""``/my settings`` in words: one panel that shows what is set and changes it."""

from datetime import timedelta
from typing import Final

import discord
from babel import Locale

from bot import markup
from bot.i18n import Text, languages, plain, render, t
from bot.preferences import LEADS
from bot.ui.exchange import text_embed
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.home.service.settings import MOST_LEADS, SettingsView

LANGUAGE: Final = "settings.language"
LEAD_TIMES: Final = "settings.leads"
ZONE: Final = "settings.zone"
ZONE_FORM: Final = "settings.zone_form"
ZONE_FIELD: Final = "zone"
DIRECT: Final = "settings.direct"
RESET: Final = "settings.reset"
# The choice of a select that follows Discord; no language is called so.
AUTOMATIC: Final = "auto"


def panel(language: str, view: SettingsView) -> Outgoing:
    """Return the panel, in the language that is set by now."""
    preference = view.preference

    def word(text: Text) -> str:
        return render(language, text)

    embed = text_embed(language, t("settings.intro"))
    embed.title = plain(language, t("settings.title"))
    fields: tuple[tuple[Text, Text], ...] = (
        (t("settings.language"), _language(view)),
        (t("settings.zone"), _zone(view)),
        (t("settings.direct"), t("settings.direct.on") if preference.direct else t("settings.direct.off")),
        (t("settings.leads"), _leads(view)),
    )
    for name, value in fields:
        embed.add_field(name=word(name), value=word(value), inline=False)
    return Outgoing(embeds=(embed,), rows=_components(language, view))


def _language(view: SettingsView) -> Text:
    chosen = view.preference.language
    return t("settings.language.auto") if chosen is None else t("settings.language.set", name=native_name(chosen))


def _zone(view: SettingsView) -> Text:
    zone, clock = markup.code(view.zone), f"{view.local:%H:%M}"
    if view.preference.zone is None:
        return t("settings.zone.auto", zone=zone, clock=clock)
    return t("settings.zone.set", zone=zone, clock=clock)


def _leads(view: SettingsView) -> Text:
    leads = [lead_name(minutes) for minutes in view.preference.lead_times]
    return t("settings.leads.set", leads=leads) if leads else t("settings.leads.auto")


def lead_name(minutes: int) -> Text:
    """Name a lead time."""
    return t("settings.lead", length=timedelta(minutes=minutes)) if minutes else t("settings.lead.start")


def native_name(language: str) -> str:
    """Return what a language calls itself."""
    return (Locale.parse(language).get_display_name(language) or language).capitalize()


def _components(language: str, view: SettingsView) -> tuple[discord.ui.Item[discord.ui.View], ...]:
    preference = view.preference
    direct = t("settings.direct.turn_off") if preference.direct else t("settings.direct.turn_on")
    return (
        _language_select(language, preference.language),
        _leads_select(language, preference.lead_times),
        _button(language, t("settings.zone.change"), custom_id(ZONE)),
        _button(language, direct, custom_id(DIRECT, "off" if preference.direct else "on")),
        _button(language, t("settings.reset"), custom_id(RESET)),
    )


def _language_select(language: str, chosen: str | None) -> discord.ui.Select[discord.ui.View]:
    automatic = discord.SelectOption(
        label=plain(language, t("settings.language.follow")), value=AUTOMATIC, default=chosen is None
    )
    others = [discord.SelectOption(label=native_name(name), value=name, default=name == chosen) for name in languages()]
    return discord.ui.Select(custom_id=custom_id(LANGUAGE), options=[automatic, *others])


def _leads_select(language: str, chosen: tuple[int, ...]) -> discord.ui.Select[discord.ui.View]:
    names = {minutes: plain(language, lead_name(minutes)) for minutes in LEADS}
    return discord.ui.Select(
        custom_id=custom_id(LEAD_TIMES),
        placeholder=plain(language, t("settings.leads.choose")),
        min_values=0,
        max_values=MOST_LEADS,
        options=[
            discord.SelectOption(label=name, value=str(minutes), default=minutes in chosen)
            for minutes, name in names.items()
        ],
    )


def _button(language: str, label: Text, identity: str) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(label=plain(language, label), custom_id=identity)


def zone_modal(language: str, view: SettingsView) -> discord.ui.Modal:
    """Ask for a zone."""
    modal = discord.ui.Modal(title=plain(language, t("settings.zone")), custom_id=custom_id(ZONE_FORM))
    box: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id=ZONE_FIELD, default=view.preference.zone, placeholder="Asia/Seoul", required=False, max_length=60
    )
    label, hint = t("settings.zone.label"), t("settings.zone.hint")
    modal.add_item(discord.ui.Label(text=plain(language, label), description=plain(language, hint), component=box))
    return modal
