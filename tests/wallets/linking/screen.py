"""The page in a real browser as wide as a phone, with wallets whose keys the test holds."""

import json
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, Request, ViewportSize

from bot.environment import Listen
from bot.i18n import plain, t
from tests.chain.anvil import Key
from tests.wallets.linking.ceremony import Desk, desk

SCRIPT = (Path(__file__).parent / "wallets.js").read_text()
ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'>"
    "<circle cx='4' cy='4' r='4' fill='%23e0663a'/></svg>"
)
PHONE: ViewportSize = {"width": 390, "height": 844}
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > innerWidth + 1).map(each => each.outerHTML)"""


@dataclass
class Wallet:
    """A wallet: ``does`` names what it does when asked to sign, ``accounts`` what it shows."""

    name: str
    key: Key
    does: str = "sign"
    announced: bool = True
    chain: int = 1
    accounts: list[str] | None = None
    asked: list[str] = field(default_factory=list[str])

    def answer(self, method: str, params: Sequence[str]) -> dict[str, Any]:
        """Answer the page."""
        self.asked.append(method)
        match method:
            case "eth_requestAccounts" if self.does == "busy":
                return {"code": -32002}
            case "eth_requestAccounts":
                return {"result": [self.key.address] if self.accounts is None else self.accounts}
            case "eth_chainId":
                return {"result": hex(self.chain)}
            case "personal_sign" if self.does == "sign":
                assert params[1].lower() == self.key.address
                return {"result": self.key.sign(bytes.fromhex(params[0][2:]).decode())}
            case "personal_sign" if self.does == "switch":
                return {"switched": [Key("another").address]}
            case "personal_sign" if self.does == "break":
                return {"code": -32603}
            case "personal_sign":
                return {"code": 4001}
            case _:
                raise AssertionError(f"the page asked a wallet for {method}")


@asynccontextmanager
async def served(folder: Path, **options: Any) -> AsyncIterator[Desk]:
    """Start a bot whose page a browser on this machine reaches at its public address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    values = {"web_listen": Listen("127.0.0.1", port), "web_public_url": f"http://localhost:{port}", **options}
    async with desk(folder, **values) as opened:
        yield opened


@dataclass
class Screen:
    """What one person sees; ``foreign`` are requests to anybody else, ``weight`` the bytes that came."""

    page: Page
    foreign: list[str]
    complaints: list[str]

    async def open(self, at: Desk, token: str) -> None:
        await self.page.goto(f"{at.world.settings.web_public_url}/link#{token}")

    async def press(self, key: str, language: str = "en", **params: str) -> None:
        await self.page.get_by_role("button", name=word(key, language, **params), exact=True).click()

    async def confirm(self, language: str = "en") -> None:
        await self.press("wallet.page.confirm", language)

    async def choose(self, wallet: Wallet) -> None:
        await self.page.get_by_role("button", name=wallet.name, exact=True).click()

    async def violations(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 A and AA, and its best practices."""
        found = await Axe().run(self.page)
        return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found.response["violations"]]

    async def too_wide(self) -> list[str]:
        return list(await self.page.evaluate(TOO_WIDE))


@asynccontextmanager
async def screen(chromium: Browser, *wallets: Wallet, locale: str = "en-US", **options: Any) -> AsyncIterator[Screen]:
    """Open a browser with these wallets in it."""
    context = await chromium.new_context(viewport=PHONE, locale=locale, device_scale_factor=2, **options)
    by_id = {str(number): wallet for number, wallet in enumerate(wallets)}

    def asked(_: object, uuid: str, method: str, params: list[str]) -> dict[str, Any]:
        return by_id[uuid].answer(method, params)

    listed = [
        {"uuid": uuid, "name": each.name, "icon": ICON, "announced": each.announced} for uuid, each in by_id.items()
    ]
    await context.expose_binding("askWallet", asked)
    await context.add_init_script(f"window.__wallets = {json.dumps(json.dumps(listed))};\n{SCRIPT}")
    page = await context.new_page()
    made = Screen(page, [], [])

    def seen(request: Request) -> None:
        if not request.url.startswith(("http://localhost:", "data:")):
            made.foreign.append(request.url)

    page.on("request", seen)
    page.on("console", lambda message: made.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    try:
        yield made
    finally:
        await context.close()


def word(key: str, language: str = "en", **params: str) -> str:
    return plain(language, t(key, **params))
