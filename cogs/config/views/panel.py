"""The setup panel: one private message that goes through everything step by step.

Which step it shows stands in its buttons, so that nothing is kept and it outlives a restart.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

import discord

from bot.guilds import CHANNELS, ROLES, Feature, GuildConfig, Purpose, feature_name
from bot.i18n import Text, language_name, languages, plain, render, t
from bot.reads import POSTABLE_TYPES
from bot.times import parse_zone, suggest_zones
from bot.ui.outgoing import Outgoing
from bot.ui.router import custom_id
from cogs.config import render as words
from cogs.config.names import HINTS, PURPOSES
from cogs.config.service.check import Report

Item: TypeAlias = discord.ui.Item[discord.ui.View]

SETUP: Final = "cfg.setup"
STEP: Final = "cfg.step"
FEATURES: Final = "cfg.features"
PICK: Final = "cfg.pick"
PLACE: Final = "cfg.place"
LANGUAGE: Final = "cfg.language"
ZONE: Final = "cfg.zone"
ZONE_ASK: Final = "cfg.zone.ask"
ZONE_TYPED: Final = "cfg.zone.typed"
OFF: Final = "cfg.off"
RESET: Final = "cfg.reset"
# The clock most members of such a server go by, offered first.
USUAL_ZONES: Final[Mapping[str, str]] = {"ja": "Asia/Tokyo", "ko": "Asia/Seoul"}


class Step(StrEnum):
    """The steps, in order."""

    FEATURES = "features"
    CHANNELS = "channels"
    ROLES = "roles"
    WORDS = "words"
    CHECK = "check"

    @property
    def number(self) -> int:
        return list(Step).index(self) + 1


STEP_NAMES: Final[Mapping[Step, Text]] = {
    Step.FEATURES: t("config.setup.features"),
    Step.CHANNELS: t("config.setup.channels"),
    Step.ROLES: t("config.setup.roles"),
    Step.WORDS: t("config.setup.words"),
    Step.CHECK: t("config.setup.check"),
}
FEATURE_HINTS: Final[Mapping[Feature, Text]] = {
    Feature.GIVEAWAYS: t("feature.hint.giveaways"),
    Feature.POLLS: t("feature.hint.polls"),
    Feature.EVENTS: t("feature.hint.events"),
    Feature.WALLETS: t("feature.hint.wallets"),
}


class Choice(StrEnum):
    """What a moderator may do with what still runs of a feature that is to be turned off."""

    KEEP = "keep"
    CANCEL = "cancel"
    STAY = "stay"


def step_of(purpose: Purpose) -> Step:
    """Return the step in which a purpose is set."""
    return Step.CHANNELS if purpose in CHANNELS else Step.ROLES


def panel(
    config: GuildConfig,
    step: Step,
    language: str,
    now: datetime,
    *,
    purpose: Purpose | None = None,
    note: str | None = None,
    refused: bool = False,
) -> Outgoing:
    """Return the panel at a step; *note* says what was just done, or with *refused* why it was not."""
    lines: list[str] = [] if note is None else [f"{'⚠️' if refused else '✅'} {note}", ""]
    rows: list[Item]
    extra: Item | None = None
    match step:
        case Step.FEATURES:
            lines += _features_text(config, language)
            rows = [_features_select(config, language)]
        case Step.CHANNELS | Step.ROLES:
            offered = CHANNELS if step is Step.CHANNELS else ROLES
            chosen = purpose if purpose is not None and purpose in offered else offered[0]
            lines += _places_text(config, step, chosen, language)
            rows = [_purpose_select(step, chosen, language), _place_select(config, chosen, language)]
            if config.place(chosen) is not None:
                extra = _clear(chosen, language)
        case Step.WORDS | Step.CHECK:
            lines += _words_text(config, language, now)
            rows = [_language_select(config, language), _zone_select(config, language, now)]
            extra = discord.ui.Button(
                label=plain(language, t("config.setup.zone_other")), custom_id=custom_id(ZONE_ASK)
            )
    embed = discord.Embed(
        title=plain(language, _title(step)),
        description="\n".join(lines),
        colour=discord.Colour.orange() if refused else discord.Colour.blurple(),
    )
    return Outgoing(embeds=(embed,), rows=(*rows, *_ways(step, language), *filter(None, (extra,))))


def checked_panel(report: Report, language: str, bot: str) -> Outgoing:
    """Return the last step: what the check found."""
    rows = (_way(Step.WORDS, t("config.setup.back"), language), _way(Step.CHECK, t("config.setup.again"), language))
    embed = words.report_embed(report, language, bot)
    embed.set_author(name=plain(language, _title(Step.CHECK)))
    if not report.bad:
        embed.description = f"{embed.description}\n\n{render(language, t('config.setup.ready'))}"
    return Outgoing(embeds=(embed,), rows=rows)


def _title(step: Step) -> Text:
    return t("config.setup.title", step=step.number, steps=len(Step), name=STEP_NAMES[step])


def _features_text(config: GuildConfig, language: str) -> list[str]:
    listed = [
        render(language, t("config.setup.feature", mark=_switch_mark(config, each), name=feature_name(each), hint=hint))
        for each, hint in FEATURE_HINTS.items()
    ]
    return [render(language, t("config.setup.features_text")), "", *listed]


def _switch_mark(config: GuildConfig, feature: Feature) -> str:
    return "✅" if config.enabled(feature) else "⬜"


def _places_text(config: GuildConfig, step: Step, chosen: Purpose, language: str) -> list[str]:
    offered = CHANNELS if step is Step.CHANNELS else ROLES
    text = t("config.setup.channels_text") if step is Step.CHANNELS else t("config.setup.roles_text")
    listed = [(PURPOSES[purpose], words.place(config, purpose)) for purpose in offered]
    picked = t("config.setup.picked", purpose=PURPOSES[chosen], hint=HINTS[chosen])
    return [render(language, text), "", words.values(language, listed), "", render(language, picked)]


def _words_text(config: GuildConfig, language: str, now: datetime) -> list[str]:
    listed = [
        (t("config.show.language"), words.language_line(config)),
        (t("config.show.zone"), words.zone_line(config, now)),
    ]
    lines = [render(language, t("config.setup.words_text")), "", words.values(language, listed)]
    if not config.zone_is_set:
        lines += ["", render(language, t("config.setup.zone_asked"))]
    return lines


def _features_select(config: GuildConfig, language: str) -> Item:
    options = [
        discord.SelectOption(
            label=plain(language, feature_name(feature)),
            value=feature.value,
            description=plain(language, FEATURE_HINTS[feature]),
            default=config.enabled(feature),
        )
        for feature in Feature
    ]
    return discord.ui.Select(
        custom_id=custom_id(FEATURES),
        placeholder=plain(language, t("config.setup.pick_features")),
        min_values=0,
        max_values=len(options),
        options=options,
    )


def _purpose_select(step: Step, chosen: Purpose, language: str) -> Item:
    offered = CHANNELS if step is Step.CHANNELS else ROLES
    return discord.ui.Select(
        custom_id=custom_id(PICK, step.value),
        placeholder=plain(language, t("config.setup.pick_purpose")),
        options=[
            discord.SelectOption(
                label=plain(language, PURPOSES[purpose]),
                value=purpose.value,
                default=purpose is chosen,
            )
            for purpose in offered
        ],
    )


def _place_select(config: GuildConfig, purpose: Purpose, language: str) -> Item:
    value = config.place(purpose)
    if purpose in CHANNELS:
        kind = discord.SelectDefaultValueType.channel
        return discord.ui.ChannelSelect(
            custom_id=custom_id(PLACE, purpose.value),
            placeholder=plain(language, t("config.setup.pick_channel", purpose=PURPOSES[purpose])),
            channel_types=list(POSTABLE_TYPES),
            min_values=0,
            default_values=[] if value is None else [discord.SelectDefaultValue(id=value, type=kind)],
        )
    kind = discord.SelectDefaultValueType.role
    return discord.ui.RoleSelect(
        custom_id=custom_id(PLACE, purpose.value),
        placeholder=plain(language, t("config.setup.pick_role", purpose=PURPOSES[purpose])),
        min_values=0,
        default_values=[] if value is None else [discord.SelectDefaultValue(id=value, type=kind)],
    )


def _language_select(config: GuildConfig, language: str) -> Item:
    return discord.ui.Select(
        custom_id=custom_id(LANGUAGE),
        placeholder=plain(language, t("config.setup.pick_language")),
        options=[
            discord.SelectOption(label=language_name(each), value=each, default=each == config.language)
            for each in languages()
        ],
    )


def _zone_select(config: GuildConfig, language: str, now: datetime) -> Item:
    def label(zone: str) -> discord.SelectOption:
        clock = f"{now.astimezone(parse_zone(zone)):%H:%M}"
        is_set = config.zone_is_set and zone == config.zone
        description = plain(language, t("config.setup.zone_now", clock=clock))
        return discord.SelectOption(label=zone, value=zone, description=description, default=is_set)

    return discord.ui.Select(
        custom_id=custom_id(ZONE),
        placeholder=plain(language, t("config.setup.pick_zone")),
        options=[label(zone) for zone in offered_zones(config)],
    )


def offered_zones(config: GuildConfig) -> Sequence[str]:
    """Return up to 25 zones: the one that is set, the usual one of the language, popular ones."""
    first = [config.zone] if config.zone_is_set else []
    usual = [USUAL_ZONES[config.language]] if config.language in USUAL_ZONES else []
    return list(dict.fromkeys([*first, *usual, *suggest_zones("")]))[:25]


def _clear(purpose: Purpose, language: str) -> Item:
    """Return the button that clears a place: like choosing nothing, which not every phone makes easy."""
    name = custom_id(PLACE, purpose.value, "clear")
    return discord.ui.Button(label=plain(language, t("config.setup.clear")), custom_id=name)


def _ways(step: Step, language: str) -> list[Item]:
    """Return the buttons that lead back and on."""
    steps = list(Step)
    ways: list[Item] = []
    if step.number > 1:
        ways.append(_way(steps[step.number - 2], t("config.setup.back"), language))
    if step.number < len(steps):
        onward = steps[step.number]
        text = t("config.setup.next", name=STEP_NAMES[onward])
        ways.append(_way(onward, text, language, style=discord.ButtonStyle.primary))
    return ways


def _way(step: Step, text: Text, language: str, *, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> Item:
    return discord.ui.Button(label=plain(language, text), custom_id=custom_id(STEP, step.value), style=style)


def setup_button(language: str) -> Item:
    """Return the button that opens the panel."""
    return discord.ui.Button(
        label=plain(language, t("config.welcome.button")),
        custom_id=custom_id(SETUP),
        style=discord.ButtonStyle.primary,
    )


def welcome_message(_config: GuildConfig, language: str) -> Outgoing:
    """Return the public message on joining a server."""
    return Outgoing(embeds=(words.welcome_embed(language),), rows=(setup_button(language),))


def setup_offer(language: str) -> Outgoing:
    """Return what the first moderator who comes is told where no channel took the greeting."""
    embed = discord.Embed(description=render(language, t("config.welcome.offer")), colour=discord.Colour.blurple())
    return Outgoing(embeds=(embed,), rows=(setup_button(language),))


def zone_modal(language: str) -> discord.ui.Modal:
    """Return the form for a zone that is not on the list."""
    modal = discord.ui.Modal(title=plain(language, t("config.setup.zone_other")), custom_id=custom_id(ZONE_TYPED))
    field: discord.ui.TextInput[discord.ui.View] = discord.ui.TextInput(
        custom_id="zone", placeholder=plain(language, t("config.setup.zone_example")), max_length=60
    )
    modal.add_item(discord.ui.Label(text=plain(language, t("config.setup.zone_label")), component=field))
    return modal


def running_question(result: words.Switched, language: str, after: str) -> Outgoing:
    """Ask what becomes of what runs; *after* says where the answer leads (see ``handlers``)."""

    def button(choice: Choice, text: Text, style: discord.ButtonStyle) -> Item:
        name = custom_id(OFF, result.feature.value, choice.value, after)
        return discord.ui.Button(label=plain(language, text), custom_id=name, style=style)

    rows = (
        button(Choice.KEEP, t("config.off.keep"), discord.ButtonStyle.primary),
        button(Choice.CANCEL, t("config.off.cancel"), discord.ButtonStyle.danger),
        button(Choice.STAY, t("config.off.stay"), discord.ButtonStyle.secondary),
    )
    return Outgoing(embeds=(words.running_embed(result, language),), rows=rows)


def reset_question(language: str) -> Outgoing:
    """Ask before everything is put back."""
    embed = discord.Embed(description=render(language, t("config.reset.question")), colour=discord.Colour.orange())
    yes: Item = discord.ui.Button(
        label=plain(language, t("config.reset.yes")),
        custom_id=custom_id(RESET, "yes"),
        style=discord.ButtonStyle.danger,
    )
    no: Item = discord.ui.Button(label=plain(language, t("config.reset.no")), custom_id=custom_id(RESET, "no"))
    return Outgoing(embeds=(embed,), rows=(yes, no))
