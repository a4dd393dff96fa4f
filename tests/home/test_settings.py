"""``/my settings``: one panel that shows what is set, changes it, and answers in the language just chosen."""

from pathlib import Path

import pytest

from bot.i18n import languages
from bot.preferences import Preference, PreferenceRow, preference_of
from tests.harness import (
    Answer,
    World,
    choose,
    components,
    forge,
    forge_modal,
    labels,
    messages,
    press,
    running_bot,
    say,
)

FEATURES = ("home", "privacy")


async def panel(world: World) -> Answer:
    return await world.member.slash(world.general, "my settings")


async def preference(world: World) -> Preference:
    async with world.platform.database.read() as session:
        return await preference_of(session, world.member.id)


def chosen(answer: Answer, kind: str) -> list[str]:
    """Return the values that a select shows as chosen."""
    (select,) = [each for each in components(answer) if each["custom_id"] == kind]
    return [option["value"] for option in select["options"] if option.get("default")]


async def test_the_defaults_are_shown_and_nothing_is_kept(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await panel(world)
        assert all(message.flags.ephemeral for message in messages(answer))
        assert "The one you use in Discord" in say(answer)
        assert "The server's: `UTC`" in say(answer)
        assert "Off. You get none." in say(answer)
        assert chosen(answer, "settings.language") == ["auto"]
        async with world.platform.database.read() as session:
            assert await session.get(PreferenceRow, world.member.id) is None


async def test_the_language_holds_at_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await choose(world.member, await panel(world), "settings.language", "ja")
        assert "あなたの設定" in say(answer)
        assert chosen(answer, "settings.language") == ["ja"]
        assert "進行中のものはありません" in say(await world.member.slash(world.general, "my show"))
        back = await choose(world.member, answer, "settings.language", "auto")
        assert "Your settings" in say(back)
        assert await preference(world) == Preference()


async def test_the_zone_is_read_as_people_write_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await panel(world)
        for typed, zone in (("서울", "Asia/Seoul"), ("utc+9", "UTC+9"), ("new york", "America/New_York")):
            form = await press(world.member, answer, "settings.zone")
            assert form.modal is not None
            answer = await world.member.submit_modal(form, {"zone": typed})
            assert f"`{zone}`, where it is" in say(answer)
            assert (await preference(world)).zone == zone
        form = await press(world.member, answer, "settings.zone")
        refused = await world.member.submit_modal(form, {"zone": "Atlantis"})
        assert "Atlantis" in say(refused)
        assert (await preference(world)).zone == "America/New_York"
        form = await press(world.member, answer, "settings.zone")
        answer = await world.member.submit_modal(form, {"zone": ""})
        assert "The server's: `UTC`" in say(answer)
        assert await preference(world) == Preference()


async def test_direct_messages_are_turned_on_and_off(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        on = await press(world.member, await panel(world), "settings.direct")
        assert "never ask for a wallet" in say(on)
        assert (await preference(world)).direct
        assert "Turn direct messages off" in labels(on)
        off = await press(world.member, on, "settings.direct")
        assert "Off. You get none." in say(off)
        assert not (await preference(world)).direct


async def test_reminders_are_chosen_in_order(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await choose(world.member, await panel(world), "settings.leads", "60", "0", "1440")
        assert "1 day before, 1 hour before, and at the start" in say(answer)
        assert (await preference(world)).lead_times == (1_440, 60, 0)
        assert chosen(answer, "settings.leads") == ["0", "60", "1440"]
        answer = await choose(world.member, answer, "settings.leads")
        assert "When the organiser" in say(answer)


async def test_reset_leaves_nothing_behind(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await press(world.member, await panel(world), "settings.direct")
        answer = await choose(world.member, answer, "settings.language", "ko")
        answer = await choose(world.member, answer, "settings.leads", "60")
        assert "Your settings" in say(await press(world.member, answer, "settings.reset"))
        async with world.platform.database.read() as session:
            assert await session.get(PreferenceRow, world.member.id) is None
        assert "nothing to erase" in say(await world.member.slash(world.general, "privacy forget"))


async def test_settings_are_forgotten_with_the_rest(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await press(world.member, await panel(world), "settings.direct")
        answer = await world.member.slash(world.general, "privacy forget")
        assert "settings are erased" in say(answer)
        await press(world.member, answer, "privacy.erase")
        assert "Off. You get none." in say(await panel(world))


async def test_the_panel_works_after_a_restart(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await panel(world)
        form = await press(world.member, answer, "settings.zone")
        await world.restart()
        assert "`Asia/Tokyo`" in say(await world.member.submit_modal(form, {"zone": "tokyo"}))
        assert "On:" in say(await press(world.member, answer, "settings.direct"))


async def test_forged_values_change_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        for kind, values in (
            ("settings.language", ["xx"]),
            ("settings.leads", ["61"]),
            ("settings.leads", ["-1", "x"]),
            ("settings.leads", ["0", "10", "30", "60", "180", "1440"]),
        ):
            assert "no longer in use" in say(await forge(world.member, world.general, kind, values=values))
        form = await forge_modal(world.member, world.general, "settings.zone_form", {"zone": "x" * 4_000})
        assert "not a time zone" in say(form)
        assert await preference(world) == Preference()


@pytest.mark.parametrize("language", languages())
async def test_every_language(tmp_path: Path, language: str) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await choose(world.member, await panel(world), "settings.language", language)
        answer = await choose(world.member, answer, "settings.leads", "0", "10080")
        answer = await press(world.member, answer, "settings.direct")
        form = await press(world.member, answer, "settings.zone")
        answer = await world.member.submit_modal(form, {"zone": "Asia/Tokyo"})
        assert await preference(world) == Preference(language, "Asia/Tokyo", direct=True, lead_times=(10_080, 0))
        assert len(components(answer)) == 5
