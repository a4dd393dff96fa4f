"""Linking as members do it: the link out of the answer, and what the page sends."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import simcord
from sqlalchemy import select

from cogs.wallets.tables import LinkSession, WalletLink
from tests.chain.anvil import Key
from tests.harness import Answer, World, components, running_bot
from tests.web.client import LOOPBACK, Browser, Got, browsing

PUBLIC = "https://bot.example.org"
FEATURES = ("home", "privacy", "wallets")
HOLDER = Key("holder")


@dataclass(frozen=True)
class Desk:
    """A bot with a page, and a browser without scripts that asks it."""

    world: World
    browser: Browser

    async def link(self, actor: simcord.MemberActor | None = None) -> tuple[Answer, str]:
        """Ask for a link; returns the answer and the link's token."""
        answer = await (actor or self.world.member).slash(self.world.general, "wallet link")
        return answer, token_of(answer)

    async def post(self, name: str, headers: dict[str, str] | None = None, /, **body: Any) -> Got:
        return await self.browser.request("POST", f"/api/{name}", json=body, headers=headers or {})

    async def message(self, token: str, address: str = HOLDER.address, **more: Any) -> str:
        """Return the text an address is to sign."""
        got = await self.post("challenge", token=token, address=address, **more)
        assert got.status == 200, got.text
        return str(json.loads(got.text)["message"])

    async def sign(self, token: str, key: Key = HOLDER, **more: Any) -> Got:
        """Do all that the page does."""
        message = await self.message(token, key.address, **more)
        got = await self.post("link", token=token, address=key.address, signature=key.sign(message), **more)
        await self.world.env.settle()
        return got


@asynccontextmanager
async def desk(folder: Path, **options: Any) -> AsyncIterator[Desk]:
    """Start a bot with a page at :data:`PUBLIC`."""
    values: dict[str, Any] = {"web_listen": LOOPBACK, "web_public_url": PUBLIC, "features": FEATURES, **options}
    async with running_bot(folder, **values) as world, browsing(world.platform.web) as browser:
        yield Desk(world, browser)


def token_of(answer: Answer) -> str:
    (button,) = components(answer)
    page, _, token = str(button["url"]).partition("#")
    assert page.endswith("/link")
    return token


def error(got: Got) -> str:
    """Return the sentence of a refusal."""
    assert got.status >= 400, got.text
    return str(json.loads(got.text)["error"])


async def linked(world: World) -> Sequence[WalletLink]:
    async with world.platform.database.read() as session:
        return (await session.scalars(select(WalletLink).order_by(WalletLink.id))).all()


async def sessions(world: World) -> Sequence[LinkSession]:
    async with world.platform.database.read() as session:
        return (await session.scalars(select(LinkSession).order_by(LinkSession.id))).all()
