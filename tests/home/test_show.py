"""``/my show`` and ``/browse``: put together from every feature, and what can be pressed there."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.i18n import languages, t
from bot.ports import Action, Line, Section
from tests.harness import Answer, World, components, forge, labels, messages, press, running_bot, say
from tests.home.stage import DRAFT, draft, install

FEATURES = ("home",)


def line(number: int, **values: object) -> Line:
    return Line(t("ledger.subject.giveaway", number=str(number)), **values)  # pyright: ignore[reportArgumentType]


async def show(world: World) -> Answer:
    return await world.member.slash(world.general, "my show")


async def pages(world: World, answer: Answer) -> list[str]:
    """Return what each page says, pressing *Next* to the end."""
    told = [say(answer)]
    while (buttons := components(answer)) and buttons[-1]["custom_id"].startswith("page:"):
        if buttons[-1].get("disabled"):
            break
        answer = await world.member.click(messages(answer)[-1], custom_id=buttons[-1]["custom_id"])
        told.append(say(answer))
    return told


async def test_nothing_yet(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        for command in ("my show", "browse"):
            answer = await world.member.slash(world.general, command)
            assert "othing" in say(answer)
            assert all(message.flags.ephemeral for message in messages(answer))
            assert components(answer) == []


async def test_sections_lines_times_links_and_buttons(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        now = world.env.now()
        code = Action(t("giveaway.button.details"), "gw.details:42")
        feature.mine_sections = [
            Section(t("privacy.notice.title"), [line(1, when=now + timedelta(days=30)), line(2, actions=(code,))]),
            Section(t("home.browse.empty"), []),
        ]
        answer = await show(world)
        told = say(answer)
        assert "What is kept about you\n- Giveaway 1 <t:" in told
        assert "Nothing is running" not in told
        assert [(each["label"], each["custom_id"]) for each in components(answer)] == [("Details", "gw.details:42")]


async def test_what_is_due_soon_comes_first(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        now = world.env.now()
        days = (-1, 3, 1, 8, 2)
        url = "https://discord.com/channels/1/2/3"
        lines = [line(day + 100, when=now + timedelta(days=day), url=url) for day in days]
        feature.mine_sections = [Section(t("privacy.notice.title"), lines)]
        told = say(await show(world))
        soon = told.split("What is kept about you")[0]
        assert "Due soon" in soon
        assert [number for number in ("99", "101", "102", "103", "108") if number in soon] == ["101", "102", "103"]
        assert soon.index("101") < soon.index("102") < soon.index("103")
        assert told.count(f"[post]({url})") == 8


async def test_sections_of_one_title_are_one(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        world.platform.showcases.append(feature)
        feature.browse_sections = [Section(t("privacy.notice.title"), [line(1)])]
        told = say(await world.member.slash(world.general, "browse"))
        assert told.count("What is kept about you") == 1
        assert told.lower().count("giveaway 1") == 2


async def test_drafts_are_opened_by_their_feature(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        key = await draft(world, world.member, "Art *print*")
        await draft(world, world.other, "Not mine")
        answer = await show(world)
        assert r"Art \*print\*" in say(answer)
        assert "Not mine" not in say(answer)
        assert labels(answer) == ["Open: Art *print* · changed now"]
        await press(world.member, answer, "draft.open")
        assert [(each.id, each.kind, each.values["title"]) for each in feature.opened] == [(key, DRAFT, "Art *print*")]


async def test_drafts_are_found_after_a_restart(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        install(world)
        await draft(world, world.member, "Art print")
        answer = await show(world)
        await world.restart()
        feature = install(world)
        await press(world.member, answer, "draft.open")
        assert len(feature.opened) == 1


async def test_drafts_of_others_and_elsewhere_stay_closed(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        key = await draft(world, world.member, "Art print")
        channel, stranger = world.other_guild()
        for actor, where in ((world.other, world.general), (world.moderator, world.general), (stranger, channel)):
            assert "no longer exists" in say(await forge(actor, where, f"draft.open:{key}"))
        assert "no longer in use" in say(await forge(world.member, world.general, "draft.open"))
        assert feature.opened == []


@pytest.mark.parametrize("language", languages())
async def test_long_lists_page_and_lose_nothing(tmp_path: Path, language: str) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        feature = install(world)
        await world.speak(world.member, language)
        for number in range(20):
            await draft(world, world.member, f"Draft-{number:02}-" + "x" * 60)
        feature.mine_sections = [Section(t("privacy.notice.title"), [line(number) for number in range(1_000, 1_080)])]
        told = await pages(world, await show(world))
        assert len(told) > 3
        assert all(len(page) < 2_000 for page in told)
        everything = "\n".join(told)
        assert all(everything.count(f"Draft-{number:02}") == 1 for number in range(20))
        assert all(str(number) in everything.replace(",", "") for number in range(1_000, 1_080))


async def test_a_feature_that_is_gone_leaves_its_drafts_out(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        key = await draft(world, world.member, "Art print")
        assert "Nothing of yours" in say(await show(world))
        assert "no longer exists" in say(await forge(world.member, world.general, f"draft.open:{key}"))
