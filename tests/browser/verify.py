"""The page ``/verify`` in a real browser, served without a bot.

``python -m tests.browser.verify docs/pictures/verify`` photographs it.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from playwright.async_api import Browser, Page, Request

from bot.environment import Listen
from bot.i18n import languages
from bot.web import Web
from bot.web.verify import PAGE, VerifyPage
from tests.browser.chromium import browser
from tests.browser.gallery import shrink

ROOT = Path(__file__).parents[2]
VECTORS = ROOT / "tests" / "vectors"
PHONE = {"width": 390, "height": 844}
READ = """() => [...document.querySelectorAll("article")].map(article => ({
    name: article.querySelector("h2").textContent,
    holds: article.querySelector(".verdict.done") !== null,
    failed: [...article.querySelectorAll(".steps .bad code")].map(each => each.textContent),
    checks: article.querySelectorAll(".steps > li").length,
}))"""
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML)"""


@dataclass
class Visit:
    """The page as one person sees it; ``requests`` is all it asked of anybody, ``complaints`` what went wrong in it."""

    page: Page
    requests: list[Request]
    complaints: list[str]

    async def check(self, *files: Path | str) -> list[dict[str, Any]]:
        """Choose files and return what the page says of each."""
        await self.page.set_input_files("#files", files)
        return await self.verdicts()

    async def again(self) -> list[dict[str, Any]]:
        """Press *Check again*, whether or not the options are open."""
        await self.page.locator("#options").evaluate("form => form.requestSubmit()")
        return await self.verdicts()

    async def verdicts(self) -> list[dict[str, Any]]:
        """Wait until the page is done and return what it says of each file."""
        await self.page.wait_for_selector("#progress", state="hidden", timeout=60_000)
        return await self.page.evaluate(READ)

    async def fact(self, name: str) -> str:
        """Return what the page says under a fact's name."""
        return await self.page.locator("dt", has_text=name).locator("+ dd").first.inner_text()


@asynccontextmanager
async def visit(
    chromium: Browser, *, language: str = "en", scheme: Literal["light", "dark"] = "light", **options: Any
) -> AsyncIterator[Visit]:
    """Serve the page and open it, as wide as a phone."""
    web = Web(Listen("127.0.0.1", 0), None)
    VerifyPage(web)
    await web.start()
    context = await chromium.new_context(
        viewport=PHONE,  # pyright: ignore[reportArgumentType] (a TypedDict)
        device_scale_factor=2,
        locale=language,
        color_scheme=scheme,
        reduced_motion="reduce",
        **options,
    )
    try:
        page = await context.new_page()
        shown = Visit(page, [], [])
        page.on("request", lambda request: shown.requests.append(request))  # noqa: PLW0108 (playwright marks it)
        page.on("pageerror", lambda error: shown.complaints.append(str(error)))
        page.on("console", lambda message: shown.complaints.append(message.text))
        await page.goto(f"http://{web.address}{PAGE}")
        if options.get("java_script_enabled", True):
            await page.wait_for_selector("html[data-ready]")
        yield shown
    finally:
        await context.close()
        await web.stop()


async def photograph(folder: Path, falsified: Path) -> list[Path]:
    """Save pictures of a draw that holds, a poll in the dark, and a *falsified* one, in all languages; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    scenes: Sequence[tuple[str, Literal["light", "dark"], Path | None]] = (
        ("start", "light", None),
        ("draw", "light", VECTORS / "quicknet.json"),
        ("poll", "dark", VECTORS / "polls" / "ranked.json"),
        ("falsified", "light", falsified),
    )
    async with browser() as chromium:
        for language in languages():
            for name, scheme, file in scenes:
                async with visit(chromium, language=language, scheme=scheme) as shown:
                    if file is not None:
                        await shown.check(file)
                    path = folder / f"verify-{name}-{language}.png"
                    await shown.page.screenshot(path=path, full_page=True, animations="disabled")
                    if wide := await shown.page.evaluate(TOO_WIDE):
                        raise ValueError(f"{path.name} does not fit a phone: {wide}")
                shrink(path)
                made.append(path)
    return made


def main() -> None:
    """Remake the page's pictures."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser.verify", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    document = json.loads((VECTORS / "polls" / "single.json").read_bytes())
    document["winners"] = [len(document["options"]) - 1]
    document["counts"][-1] += 2
    with TemporaryDirectory() as scratch:
        falsified = Path(scratch) / "poll-1.json"
        falsified.write_text(json.dumps(document), encoding="utf-8")
        for path in asyncio.run(photograph(asked.folder, falsified)):
            print(f"{path}  {path.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
