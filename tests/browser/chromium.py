"""A real browser page on the simulated Discord, as wide as a phone: to look at what people see, and to press it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import simcord
from playwright.async_api import Browser, Page, async_playwright

from bot.demo.markdown import show_as_discord_does
from tests.harness import Answer, World, shown

# As wide as a phone, and so tall that a long message fits whole.
PHONE = (390, 2_400)
# Discord shows the blank line between two paragraphs; simcord's page leaves it out.
BLANK_LINES = ".markdown-paragraph + .markdown-paragraph { margin-top: 1.375em }"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def executable() -> str:
    """Return Chromium's path; skips the test, with the reason, on a machine without one."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("Chromium is not installed; `apt-get install chromium`, or name it in CHROMIUM")
    return found


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Start Chromium; one serves many pages."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield chromium
        finally:
            await chromium.close()


@dataclass(frozen=True)
class Screen:
    """What one person sees of one channel in a browser page."""

    preview: simcord.Preview
    page: Page

    async def look(self) -> None:
        """Show what happened since; the page is not told by itself."""
        await self.preview.refresh()
        page_id = await self.page.evaluate("() => window.simcordPreview.contextId")
        await self.page.wait_for_function(
            "revision => window.simcordPreview.ready && window.simcordPreview.publishedRevision >= revision",
            arg=self.preview._pages[page_id].revision,
        )

    async def photograph(self, path: Path, answer: Answer) -> Path:
        """Save a picture of one message as this person sees it."""
        await self.look()
        message = self.page.locator(f'[data-message-id="{shown(answer).id}"]').last
        await message.scroll_into_view_if_needed()
        await message.screenshot(path=path, animations="disabled")
        return path


@asynccontextmanager
async def screen(
    chromium: Browser,
    world: World,
    channel: simcord.ChannelHandle,
    viewer: simcord.MemberActor,
    *,
    locale: str = "en-US",
    size: tuple[int, int] = PHONE,
) -> AsyncIterator[Screen]:
    """Open a channel as someone sees it; *locale* is the browser's."""
    show_as_discord_does()
    width, height = size
    preview = world.env.preview(channel, viewers=[viewer], layout="channel", width=width, height=height, locale=locale)
    async with preview:
        context = await chromium.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=2,
            locale=locale,
            reduced_motion="reduce",
            bypass_csp=True,
        )
        try:
            page = await context.new_page()
            await page.goto(preview.url)
            await page.wait_for_function("() => window.simcordPreview?.ready === true")
            await page.add_style_tag(content=BLANK_LINES)
            yield Screen(preview, page)
        finally:
            await context.close()
