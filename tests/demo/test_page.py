"""The demo's page in a real browser: people look, press and type while its time flies."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.demo.furnishing import VIEWERS
from tests.browser.chromium import browser
from tests.demo.process import Demo, serving

WIDE, PHONE = (1280, 900), (390, 844)
# A machine that is busy with other tests needs its time.
PATIENCE = 30_000
OVERFLOWING = """() => [...document.querySelectorAll(".embed, .message-content, [data-message-id] button")]
    .filter(element => element.getBoundingClientRect().right > window.innerWidth + 1)
    .map(element => element.textContent)"""

FAREWELL = "The demo has ended; nothing of it is left."
OUTCOME = "() => [window.simcordPreview.lastAction.settlement, window.simcordPreview.lastAction.rejected]"


@dataclass
class Visitor:
    """Someone at the demo's page."""

    page: Page
    demo: Demo

    async def view_as(self, name: str) -> None:
        (viewer,) = await self.page.select_option("#viewer-picker", label=name)
        await self.page.wait_for_function(
            "id => window.simcordPreview.viewerId === id && window.simcordPreview.ready", arg=viewer, timeout=PATIENCE
        )

    async def press(self, label: str) -> None:
        await self.page.get_by_role("button", name=label, exact=True).last.click(timeout=PATIENCE)

    async def sees(self, text: str | re.Pattern[str]) -> None:
        await expect(self.page.get_by_text(text).last).to_be_visible(timeout=PATIENCE)

    async def types(self, command: str) -> None:
        await self.page.locator("#channel-composer-input").click()
        await self.page.keyboard.type(command)
        await expect(self.page.get_by_role("option", name=command)).to_be_visible(timeout=PATIENCE)
        await self.page.keyboard.press("Enter")
        await self.press("Send")


@asynccontextmanager
async def visiting(folder: Path, *, speed: float, size: tuple[int, int] = WIDE) -> AsyncIterator[Visitor]:
    async with browser() as chromium, serving(folder, speed) as demo:
        context = await chromium.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
        page = await context.new_page()
        await page.goto(demo.url)
        await page.wait_for_function("() => window.simcordPreview?.ready === true")
        yield Visitor(page, demo)
        await context.close()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_a_member_enters_and_sees_the_draw_come(tmp_path: Path, size: tuple[int, int]) -> None:
    async with visiting(tmp_path, speed=900, size=size) as visitor:
        await visitor.view_as("Lena")
        await visitor.page.get_by_role("button", name="Enter").click(timeout=PATIENCE)
        await visitor.sees("You are in, with 1 ticket.")
        # The others enter by themselves, the list is frozen, the round comes, and somebody wins.
        await visitor.sees("The list is fixed")
        await visitor.sees(re.compile("Congratulations"))
        await visitor.sees("draw-1.json")
        assert await visitor.page.evaluate(OVERFLOWING) == []
    # By then there is a worker process, which Ctrl-C reaches too.
    assert (visitor.demo.ended, visitor.demo.rest.strip()) == (0, FAREWELL)
    assert list(tmp_path.iterdir()) == []


async def test_an_organiser_drafts_and_posts_a_giveaway(tmp_path: Path) -> None:
    async with visiting(tmp_path, speed=30) as visitor:
        page = visitor.page
        await visitor.types("/giveaway start")
        form = page.get_by_role("dialog")
        await form.get_by_label(re.compile("^Prize")).fill("A tea bowl")
        await form.get_by_label(re.compile("^Closes")).fill("30m")
        await form.get_by_role("button", name="Submit").click()
        await visitor.sees("Nothing is posted yet")
        await visitor.press("Who")
        await visitor.sees(re.compile("^Choose who may enter"))
        await visitor.press("Back")
        await visitor.press("Post")
        await visitor.sees(re.compile("goes up in"))
        await expect(page.get_by_role("button", name="Enter")).to_have_count(2, timeout=PATIENCE)


async def test_no_press_is_lost_while_time_flies(tmp_path: Path) -> None:
    # The page is published anew twice a second whatever the speed; at this one the giveaway stays open meanwhile.
    async with visiting(tmp_path, speed=120) as visitor:
        page = visitor.page
        await visitor.view_as("Ben")
        outcomes: list[list[object]] = []
        for _ in range(8):
            await page.get_by_role("button", name="How it works").first.click(timeout=PATIENCE)
            await page.wait_for_function("() => window.simcordPreview.pendingAction === null", timeout=PATIENCE)
            outcomes.append(await page.evaluate(OUTCOME))
        assert outcomes == [["settled", False]] * 8


async def test_time_stands_still_until_someone_looks(tmp_path: Path) -> None:
    async with serving(tmp_path, speed=3600) as demo, browser() as chromium:
        # Three hours, after which the giveaway would be over, are three seconds of this.
        await asyncio.sleep(4)
        page = await chromium.new_page()
        await page.goto(demo.url)
        await expect(page.get_by_role("button", name="Enter")).to_be_visible(timeout=PATIENCE)


async def test_it_says_who_one_can_be_and_ends_without_a_trace(tmp_path: Path) -> None:
    async with serving(tmp_path, speed=60) as demo:
        for words in VIEWERS.values():
            assert words in demo.printed
        chain = re.search(r"ikuzo verify draw-1\.json --chain (\S+)", demo.printed)
        assert chain is not None
        assert Path(chain[1]).is_relative_to(tmp_path)
        assert Path(chain[1]).exists()
    assert demo.ended == 0, demo.rest
    assert demo.rest.strip() == FAREWELL
    assert list(tmp_path.iterdir()) == []
