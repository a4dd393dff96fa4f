"""The setup panel: five steps in one private message, before and after a restart, and nobody's but moderators'."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.guilds import Feature, Purpose
from bot.i18n import languages
from tests.harness import Answer, World, choose, components, forge, forge_modal, labels, press, running_bot, say, shown

STEPS = ("features", "channels", "roles", "words", "check")
FORGERIES = (
    ("cfg.setup", None),
    *((f"cfg.step:{step}", None) for step in STEPS),
    ("cfg.features", ("polls",)),
    ("cfg.pick:channels", ("log",)),
    ("cfg.place:log", ("1",)),
    ("cfg.place:organiser", ()),
    ("cfg.language", ("ja",)),
    ("cfg.zone", ("Asia/Tokyo",)),
    ("cfg.zone.ask", None),
    ("cfg.off:polls:keep:-", None),
    ("cfg.off:polls:cancel:-", None),
    ("cfg.reset:yes", None),
    ("cfg.reset:no", None),
    ("cfg.language", ("xx",)),
    ("page:0:config.log:1", None),
)
NONSENSE = (
    ("cfg.step:nowhere", None),
    ("cfg.step", None),
    ("cfg.features", ("everything",)),
    ("cfg.pick:channels", ("kitchen",)),
    ("cfg.pick:channels", ()),
    ("cfg.place:kitchen", ("1",)),
    ("cfg.place:log", ("first",)),
    ("cfg.place", ("1",)),
    ("cfg.off:polls", None),
    ("cfg.off:polls:explode:-", None),
    ("cfg.off:kitchen:keep:-", None),
    ("cfg.off:polls:keep:kitchen", None),
    ("page:0:config.log:x", None),
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path, features=("config",), locale="ja") as running:
        yield running


async def test_it_goes_through_everything_and_ends_in_the_check(world: World) -> None:
    me = world.moderator
    panel = await me.slash(world.general, "config setup")
    assert "1 of 5" in say(panel)
    panel = await choose(me, panel, "cfg.features", "giveaways", "events", "wallets")
    assert "⬜ **Polls**" in say(panel)
    panel = await press(me, panel, "cfg.step:channels")
    panel = await choose(me, panel, "cfg.pick", "log")
    assert "as it happens" in say(panel)
    panel = await choose(me, panel, "cfg.place:log", world.log)
    assert f"✅ **Log**: {world.log.mention}" in say(panel)
    panel = await press(me, panel, "cfg.step:roles")
    panel = await choose(me, panel, "cfg.place:organiser", world.organisers)
    panel = await press(me, panel, "cfg.step:words")
    assert "Which time zone" in say(panel)
    panel = await choose(me, panel, "cfg.zone", "Asia/Tokyo")
    assert "Which time zone" not in say(panel)
    panel = await choose(me, panel, "cfg.language", "en")
    panel = await press(me, panel, "cfg.step:check")
    assert "5 of 5" in heading(panel)
    assert "No problems found" in say(panel)
    assert "/help shows how to begin" in say(panel)

    config = await world.config()
    assert config.disabled == {Feature.POLLS}
    assert config.places == {Purpose.LOG: world.log.id, Purpose.ORGANISER: world.organisers.id}
    assert (config.zone, config.language) == ("Asia/Tokyo", "en")
    assert len(await world.ledger()) == 5
    assert len(world.general.history(viewer=me)) == 1


def heading(answer: Answer) -> str:
    (embed,) = shown(answer).embeds
    return embed.author.name or ""


async def test_the_way_back_and_the_way_on(world: World) -> None:
    panel = await world.moderator.slash(world.general, "config setup")
    assert "Back" not in labels(panel)
    for onward in STEPS[1:]:
        panel = await press(world.moderator, panel, f"cfg.step:{onward}")
    for back in reversed(STEPS[:-1]):
        panel = await press(world.moderator, panel, f"cfg.step:{back}")
    assert "1 of 5" in say(panel)


async def test_a_choice_that_is_refused_leaves_the_panel_and_the_setting_as_they_were(world: World) -> None:
    closed = world.channel_without("closed", "send_messages")
    panel = await world.moderator.slash(world.general, "config setup")
    panel = await press(world.moderator, panel, "cfg.step:channels")
    panel = await choose(world.moderator, panel, "cfg.place:announcements", closed)
    assert "⚠️" in say(panel)
    assert "Send Messages" in say(panel)
    panel = await press(world.moderator, panel, "cfg.step:roles")
    panel = await choose(world.moderator, panel, "cfg.place:organiser", world.guild.default_role)
    assert "@everyone" in say(panel)
    assert (await world.config()).places == {}
    assert await world.ledger() == []


async def test_what_is_set_is_chosen_in_the_selects_and_choosing_nothing_clears_it(world: World) -> None:
    me = world.moderator
    await me.slash(world.general, "config channel", purpose="announcements", channel=world.log)
    panel = await press(me, await me.slash(world.general, "config setup"), "cfg.step:channels")
    (place,) = [each for each in components(panel) if each["custom_id"] == "cfg.place:announcements"]
    assert place["default_values"] == [{"id": world.log.id, "type": "channel"}]
    await choose(me, panel, place["custom_id"])
    assert (await world.config()).places == {}


async def test_a_button_clears_what_is_set(world: World) -> None:
    me = world.moderator
    await me.slash(world.general, "config role", purpose="organiser", role=world.organisers)
    panel = await press(me, await me.slash(world.general, "config setup"), "cfg.step:channels")
    assert "Clear" not in labels(panel)
    panel = await press(me, panel, "cfg.step:roles")
    panel = await press(me, panel, "cfg.place:organiser:clear")
    assert "no role any more" in say(panel)
    assert "Clear" not in labels(panel)
    assert (await world.config()).places == {}


async def test_the_usual_zone_of_the_servers_language_is_offered_first_and_others_can_be_typed(world: World) -> None:
    me = world.moderator
    panel = await press(me, await forge(me, world.general, "cfg.setup"), "cfg.step:channels")
    panel = await press(me, panel, "cfg.step:roles")
    panel = await press(me, panel, "cfg.step:words")
    (zones,) = [each for each in components(panel) if each["custom_id"] == "cfg.zone"]
    assert zones["options"][0]["value"] == "Asia/Tokyo"
    asked = await press(me, panel, "cfg.zone.ask")
    assert asked.modal is not None
    answered = await me.submit_modal(asked, {"zone": "Narnia"})
    assert "Narnia" in say(answered)
    assert not (await world.config()).zone_is_set
    asked = await press(me, panel, "cfg.zone.ask")
    await me.submit_modal(asked, {"zone": "Kathmandu"})
    assert (await world.config()).zone == "Asia/Kathmandu"


async def test_it_goes_on_after_a_restart(world: World) -> None:
    panel = await world.moderator.slash(world.general, "config setup")
    await world.restart()
    panel = await press(world.moderator, panel, "cfg.step:channels")
    assert "2 of 5" in say(panel)


@pytest.mark.parametrize("language", languages())
async def test_every_step_can_be_worded_in_every_language(world: World, language: str) -> None:
    await world.speak(world.moderator, language)
    panel = await world.moderator.slash(world.general, "config setup")
    said = [say(panel)]
    for step in STEPS[1:]:
        panel = await press(world.moderator, panel, f"cfg.step:{step}")
        said.append(say(panel))
    assert len(set(said)) == len(STEPS)


async def test_nobody_else_may_press_any_of_it_even_with_a_component_forged_by_hand(world: World) -> None:
    panel = await world.moderator.slash(world.general, "config setup")
    for actor in (world.organiser, world.member):
        for custom_id, values in FORGERIES:
            answer = await forge(actor, world.general, custom_id, values=values, message=panel)
            assert shown(answer).flags.ephemeral
            assert "Only moderators" in say(answer), custom_id
        typed = await forge_modal(actor, world.general, "cfg.zone.typed", {"zone": "tokyo"})
        assert "Only moderators" in say(typed)
    config = await world.config()
    assert (config.places, config.disabled, config.zone_is_set) == ({}, frozenset(), False)
    assert await world.ledger() == []


@pytest.mark.parametrize(("custom_id", "values"), NONSENSE)
async def test_nonsense_is_refused_politely_and_changes_nothing(
    world: World, custom_id: str, values: tuple[str, ...] | None
) -> None:
    answer = await forge(world.moderator, world.general, custom_id, values=values)
    assert shown(answer).flags.ephemeral
    assert say(answer)
    assert "Something went wrong" not in say(answer)
    assert await world.ledger() == []


async def test_channels_and_roles_of_another_server_are_not_found(world: World) -> None:
    abroad, stranger = world.other_guild()
    for custom_id, value in (
        ("cfg.place:log", world.log.id),
        ("cfg.place:organiser", world.organisers.id),
    ):
        answer = await forge(stranger, abroad, custom_id, values=(str(value),))
        assert "cannot find" in say(answer)
    assert (await world.config(stranger.guild.id)).places == {}
    assert (await world.config()).places == {}
