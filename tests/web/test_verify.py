"""``/verify`` as the running bot serves it: in the visitor's language, every module there, none from elsewhere."""

import re
from pathlib import Path
from typing import Any

from bot.i18n import languages, plain, t
from bot.web.documents import STATIC
from tests.giveaways.after.stage import drawn, public
from tests.harness import running_bot, say
from tests.polls.stage import start_poll
from tests.web.client import LOOPBACK, browsing


async def test_the_bot_serves_the_page_and_all_its_modules(tmp_path: Path) -> None:
    async with running_bot(tmp_path, web_listen=LOOPBACK) as world, browsing(world.platform.web) as browser:
        got = await browser.get("/verify")
        for language in languages():
            got = await browser.request("GET", "/verify", headers={"Accept-Language": language})
            assert got.status == 200
            assert f'<h1 data-text="title">{plain(language, t("verify.page.title"))}</h1>' in got.text
        assert not re.search(r"<script(?! type=\"module\" src=\"/static/)|\son\w+=|style=|https?://", got.text)
        folder = re.findall(r'src="(/static/\w+)/page\.mjs"', got.text)[0]
        for module in (STATIC / "verify").glob("*.mjs"):
            served = await browser.get(f"{folder}/{module.name}")
            assert served.body == module.read_bytes()
            assert served.headers["Content-Type"].startswith("text/javascript")
            for name in re.findall(r'from "\./([\w.]+)"', served.text):
                assert (await browser.get(f"{folder}/{name}")).status == 200
            assert "node:" not in served.text, "it runs in browsers too"


async def test_what_is_published_to_be_checked_leads_to_the_page(tmp_path: Path) -> None:
    page = "https://bot.example.org/verify"
    options: dict[str, Any] = {"web_listen": LOOPBACK, "web_public_url": "https://bot.example.org"}
    async with running_bot(tmp_path, **options) as world:
        await drawn(world, 2)
        assert page in say(public(world)[-1])
        for language in languages():
            await world.speak(world.member, language)
            proof = say(await world.member.slash(world.general, "giveaway proof", giveaway="1"))
            assert plain(language, t("proof.in_browser", url=page)) in proof
        await start_poll(world, minutes=5)
        await world.advance(minutes=6)
        assert "ikuzo verify" in say(public(world)[-1])
        assert page in say(public(world)[-1])


async def test_without_an_address_nothing_leads_there(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await drawn(world, 2)
        assert "ikuzo verify" in say(public(world)[-1])
        proof = say(await world.member.slash(world.general, "giveaway proof", giveaway="1"))
        assert "/verify" not in say(public(world)[-1]) + proof
