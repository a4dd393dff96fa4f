"""Pictures of the page on a phone: ``uv run python -m tests.wallets.linking.pictures docs/pictures/wallets``."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, expect

from bot.i18n import languages
from tests.browser.chromium import browser
from tests.browser.gallery import LOCALES, shrink
from tests.chain.anvil import Key
from tests.wallets.linking.ceremony import HOLDER, Desk
from tests.wallets.linking.screen import Wallet, screen, served, word

STEPS = ("account", "wallets", "phone", "declined", "linked")


def name(step: str, language: str) -> str:
    return f"link-{step}-{language}.png"


async def photograph(folder: Path) -> list[Path]:
    """Save a picture of every step in every language; returns them."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    async with browser() as chromium:
        for language in languages():
            with TemporaryDirectory() as scratch:
                async with served(Path(scratch)) as at:
                    made += await _one(at, chromium, folder, language)
    return made


async def _one(at: Desk, chromium: Browser, folder: Path, language: str) -> list[Path]:
    fox, rainbow = Wallet("Fox Wallet", HOLDER, does="reject"), Wallet("Rainbow Wallet", Key("rainbow"))
    await at.world.speak(at.world.member, language)
    _, token = await at.link()
    made: list[Path] = []
    locale = LOCALES.get(language, language)

    async def keep(step: str) -> None:
        path = folder / name(step, language)
        # The genuine address is this machine's, with another port each time.
        await shown.page.evaluate(
            """() => { for (const each of document.querySelectorAll("footer p"))
                each.textContent = each.textContent.replace(/localhost:[0-9]+/, "bot.example.org") }"""
        )
        await shown.page.screenshot(path=path, full_page=True, animations="disabled")
        shrink(path)
        made.append(path)

    async with screen(chromium, locale=locale) as shown:
        await shown.open(at, token)
        await shown.confirm(language)
        await expect(shown.page.locator("#phone")).to_be_visible()
        await keep("phone")
    async with screen(chromium, fox, rainbow, locale=locale) as shown:
        await shown.open(at, token)
        await expect(shown.page.locator("#confirm")).to_be_visible()
        await keep("account")
        await shown.confirm(language)
        await expect(shown.page.get_by_role("button", name=fox.name)).to_be_visible()
        await keep("wallets")
        await shown.choose(fox)
        text = word("wallet.page.rejected", language, wallet=fox.name)
        await expect(shown.page.get_by_text(text)).to_be_visible()
        await keep("declined")
        await shown.choose(rainbow)
        await expect(shown.page.locator("#done")).to_be_visible()
        await keep("linked")
    return made


if __name__ == "__main__":
    for each in asyncio.run(photograph(Path(sys.argv[1]))):
        print(f"{each}  {each.stat().st_size / 1024:.0f} KB")
