"""The setup panel in a real browser page as wide as a phone: pressed there, read there, in every language."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.i18n import languages, plain, t
from tests.browser.chromium import browser, screen
from tests.harness import World, press, running_bot

OVERFLOWING = """() => [...document.querySelectorAll(".message-content, .embed, button, [data-message-id]")]
    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
    .map(element => element.textContent)"""


@pytest.mark.parametrize("language", languages())
async def test_a_moderator_sets_the_bot_up_from_the_greeting(tmp_path: Path, language: str) -> None:
    def word(text: str) -> str:
        return plain(language, t(text))

    async with running_bot(tmp_path, features=("config",), greeted=False, locale=language) as world:
        await world.speak(world.moderator, language)
        await world.invite()
        async with browser() as chromium, screen(chromium, world, world.general, world.moderator) as phone:
            page = phone.page
            await page.get_by_role("button", name=word("config.welcome.button")).click()
            await expect(page.get_by_text(heading(language, 1))).to_be_visible()
            for step in (2, 3, 4):
                await page.locator("button", has_text=onward(language, step)).click()
                await expect(page.get_by_text(heading(language, step))).to_be_visible()
                assert await page.evaluate(OVERFLOWING) == []
            await page.locator("button", has_text=onward(language, 5)).click()
            await expect(page.get_by_text(word("config.check.title_good"))).to_be_visible()
            assert await page.evaluate(OVERFLOWING) == []
            # Channels in the report are shown by their names, as Discord shows them.
            await expect(page.get_by_text("#general").first).to_be_visible()


NAMES = ("features", "channels", "roles", "words", "check")


def heading(language: str, step: int) -> str:
    name = t(f"config.setup.{NAMES[step - 1]}")
    return plain(language, t("config.setup.title", step=step, steps=5, name=name))


def onward(language: str, step: int) -> str:
    return plain(language, t("config.setup.next", name=t(f"config.setup.{NAMES[step - 1]}")))


async def test_pictures_are_of_what_the_message_says_now(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("config",)) as world:
        before, after = await photographs(world, tmp_path)
    assert before != after


async def photographs(world: World, folder: Path) -> tuple[bytes, bytes]:
    async with browser() as chromium, screen(chromium, world, world.general, world.moderator) as phone:
        panel = await world.moderator.slash(world.general, "config setup")
        first = await phone.photograph(folder / "first.png", panel)
        panel = await press(world.moderator, panel, "cfg.step:channels")
        second = await phone.photograph(folder / "second.png", panel)
        return first.read_bytes(), second.read_bytes()
