"""Settings and findings in words; pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import discord

from bot import markup
from bot.guilds import CHANNELS, ROLES, Feature, GuildConfig, Purpose, feature_name
from bot.i18n import Text, language_name, plain, render, t
from bot.markup import Markup
from bot.permissions import need_names
from bot.ports import Line
from bot.times import parse_zone
from bot.ui.outgoing import Outgoing
from cogs.config.names import HINTS, PURPOSES
from cogs.config.service.check import Finding, Mark, Mend, Part, Report
from cogs.config.service.settings import Changed, Switched

MARKS: Final[Mapping[Mark, str]] = {Mark.GOOD: "✅", Mark.NOTE: "▫️", Mark.BAD: "❌"}
# Discord shows 6 000 characters of embeds in a message, 4 096 in one description.
ROOM: Final = 3_800
LISTED: Final = 15


def clock_of(config: GuildConfig, now: datetime) -> str:
    """Return the time of day in the server's zone."""
    return f"{now.astimezone(parse_zone(config.zone)):%H:%M}"


def zone_choice(zone: str, now: datetime) -> str:
    """Return a zone as it is offered while somebody types: with the time in it, by which people recognise theirs."""
    return f"{zone} · {now.astimezone(parse_zone(zone)):%H:%M}"


def place(config: GuildConfig, purpose: Purpose) -> Text | Markup:
    """Return the channel or role set for a purpose, as a mention."""
    value = config.place(purpose)
    if value is None:
        return t("config.none")
    return markup.channel(value) if purpose in CHANNELS else markup.role(value)


def switch_word(config: GuildConfig, feature: Feature) -> Text:
    """Return whether a feature is on."""
    return t("config.on") if config.enabled(feature) else t("config.off")


def language_line(config: GuildConfig) -> Text | str:
    """Return the language of public posts, and whether it was chosen."""
    name = language_name(config.language)
    return name if config.language_is_set else t("config.show.language_default", name=name)


def zone_line(config: GuildConfig, now: datetime) -> Text:
    """Return the zone with the time in it, or that none is set."""
    if not config.zone_is_set:
        return t("config.show.zone_default")
    return t("config.show.zone_set", zone=config.zone, clock=clock_of(config, now))


def said(text: str) -> Outgoing:
    """Return a message of some sentences that are in words already."""
    return Outgoing(embeds=(discord.Embed(description=text, colour=discord.Colour.blurple()),))


def values(language: str, named: Iterable[tuple[Text, "Text | str"]]) -> str:
    """Return names with their values, a line each."""
    return "\n".join(render(language, t("config.value", name=name, value=value)) for name, value in named)


def settings_message(config: GuildConfig, language: str, now: datetime) -> Outgoing:
    """Return everything that is set."""
    embed = discord.Embed(title=plain(language, t("config.show.title")), colour=discord.Colour.blurple())

    def add(name: Text, value: str) -> None:
        embed.add_field(name=plain(language, name), value=value, inline=False)

    add(
        t("config.show.features"),
        values(language, [(feature_name(feature), switch_word(config, feature)) for feature in Feature]),
    )
    add(t("config.show.channels"), values(language, [(PURPOSES[each], place(config, each)) for each in CHANNELS]))
    add(t("config.show.roles"), values(language, [(PURPOSES[each], place(config, each)) for each in ROLES]))
    language_value = language_line(config)
    add(
        t("config.show.language"),
        language_value if isinstance(language_value, str) else render(language, language_value),
    )
    add(t("config.show.zone"), render(language, zone_line(config, now)))
    embed.set_footer(text=plain(language, t("config.show.footer")))
    return Outgoing(embeds=(embed,))


def changed_place(changed: Changed, purpose: Purpose, language: str, *, hint: bool = True) -> str:
    """Say what a channel or role is set to now, what follows from it with *hint*, and what is still missing there."""
    if changed.config.place(purpose) is None:
        if purpose in CHANNELS:
            return render(language, t("config.set.channel_cleared", purpose=PURPOSES[purpose]))
        return render(language, t("config.set.role_cleared", purpose=PURPOSES[purpose]))
    where = place(changed.config, purpose)
    text = t("config.set.place", purpose=PURPOSES[purpose], place=where, hint=HINTS[purpose])
    lines = [render(language, text if hint else t("config.value", name=PURPOSES[purpose], value=where))]
    if changed.missing:
        lines.append(render(language, t("config.set.missing", needs=need_names(changed.missing))))
    return "\n".join(lines)


def changed_zone(config: GuildConfig, now: datetime) -> Text:
    """Say which zone is set now."""
    return t("config.set.zone", zone=config.zone, clock=clock_of(config, now))


def changed_language(config: GuildConfig) -> Text:
    """Say which language is set now."""
    return t("config.set.language", name=language_name(config.language))


def switched(result: Switched, language: str, *, asked: bool = False, cancelled: bool = False) -> str:
    """Say whether a feature is on now, and what became of what was running."""
    feature = feature_name(result.feature)
    if result.config.enabled(result.feature):
        return render(
            language, t("config.set.stays_on", feature=feature) if asked else t("config.set.on", feature=feature)
        )
    if result.going_on:
        heading = render(language, t("config.set.off_remaining", feature=feature))
        return "\n".join([heading, *_listed(language, [render(language, text) for text in result.going_on])])
    if cancelled:
        return render(language, t("config.set.off_cancelled", feature=feature))
    if asked:
        return render(language, t("config.set.off_going_on", feature=feature))
    return render(language, t("config.set.off", feature=feature))


def running_embed(result: Switched, language: str) -> discord.Embed:
    """Return what runs of a feature, and the question what to do with it."""
    lines = _listed(language, [_line(language, line) for line in result.running])
    question = render(language, t("config.off.question"))
    return discord.Embed(
        title=plain(language, t("config.off.title", feature=feature_name(result.feature))),
        description="\n".join([*lines, "", question]),
        colour=discord.Colour.orange(),
    )


def _line(language: str, line: Line) -> str:
    parts: list[str] = [render(language, line.text)]
    if line.when is not None:
        parts.append(markup.time(line.when, "R"))
    if line.url is not None:
        parts.append(markup.link(plain(language, t("config.off.link")), line.url))
    return " · ".join(parts)


def _listed(language: str, lines: Sequence[str]) -> list[str]:
    shown = [f"• {line}" for line in lines[:LISTED]]
    if more := len(lines) - len(shown):
        shown.append(render(language, t("config.off.more", n=more)))
    return shown


def welcome_embed(language: str) -> discord.Embed:
    """Return the greeting on joining a server."""
    return discord.Embed(
        title=plain(language, t("config.welcome.title")),
        description=render(language, t("config.welcome.text")),
        colour=discord.Colour.blurple(),
    )


def report_embed(report: Report, language: str, bot: str) -> discord.Embed:
    """Return the findings, as many as Discord shows in one message, and where to mend them; *bot* is the bot's name."""
    title = t("config.check.title_bad", n=report.bad) if report.bad else t("config.check.title_good")
    sections = [_part(language, part) for part in report.parts]
    if report.mends:
        mends = [render(language, _mend(mend, bot)) for mend in report.mends]
        sections.append("\n".join([f"**{plain(language, t('config.check.mends'))}**", *mends]))
    embed = discord.Embed(
        title=plain(language, title),
        description=_fitting(sections),
        colour=discord.Colour.red() if report.bad else discord.Colour.green(),
    )
    embed.add_field(
        name=plain(language, t("config.check.commands")),
        value=render(language, t("config.check.commands_text", bot=bot)),
        inline=False,
    )
    return embed


def _part(language: str, part: Part) -> str:
    return "\n".join([f"**{plain(language, part.title)}**", *(_finding(language, each) for each in part.findings)])


def _finding(language: str, finding: Finding) -> str:
    return f"{MARKS[finding.mark]} {render(language, finding.text)}"


def _fitting(sections: Sequence[str]) -> str:
    """Join sections; where they are too long, lines that report nothing wrong go first, then the last ones."""
    text = "\n\n".join(sections)
    if len(text) <= ROOM:
        return text
    lines = [line for line in text.split("\n") if not line.startswith(MARKS[Mark.GOOD])]
    while sum(len(line) + 1 for line in lines) > ROOM:
        lines.pop()
    return "\n".join([*lines, "…"])


def _mend(mend: Mend, bot: str) -> Text:
    match mend:
        case Mend.CHANNEL:
            return t("config.check.mend.channel", bot=bot)
        case Mend.SERVER:
            return t("config.check.mend.server")
        case Mend.ORDER:
            return t("config.check.mend.order")
        case Mend.MENTION:
            return t("config.check.mend.mention")
