"""The page in a real browser: wallets found and asked, every way it can go wrong, whoever reads it and however."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect
from pydantic import SecretStr

from bot.i18n import languages
from tests.browser.chromium import browser
from tests.chain.anvil import CHAIN_ID, Key
from tests.harness import say
from tests.wallets.linking.ceremony import HOLDER, Desk, desk, linked
from tests.wallets.linking.double import SECRET, double
from tests.wallets.linking.screen import ICON, Screen, Wallet, screen, served, word
from tests.wallets.stage import chains

# One browser for all: starting it takes longer than most of these.
pytestmark = pytest.mark.asyncio(loop_scope="module")

MOST_BYTES = 50 * 1024
SHORT = f"{HOLDER.address[:6]}…{HOLDER.address[-4:]}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


async def says(shown: Screen, text: str) -> None:
    await expect(shown.page.get_by_text(text, exact=True)).to_be_visible()


async def test_two_wallets_are_found_and_the_chosen_one_is_linked(tmp_path: Path, chromium: Browser) -> None:
    fox, rainbow = Wallet("Fox", HOLDER), Wallet("<b>Rainbow</b>", Key("rainbow"))
    async with served(tmp_path) as at, screen(chromium, fox, rainbow) as shown:
        answer, token = await at.link()
        await shown.open(at, token)
        await says(shown, "@aki")
        await says(shown, "Studio")
        await expect(shown.page.get_by_text(f"ID {at.world.member.id}")).to_be_visible()
        await says(shown, word("wallet.page.beware"))
        assert fox.asked == rainbow.asked == [], "no wallet is asked before the account is confirmed"
        await shown.confirm()
        for wallet in (fox, rainbow):
            button = shown.page.get_by_role("button", name=wallet.name, exact=True)
            await expect(button.locator("img")).to_have_attribute("src", ICON)
        await shown.choose(fox)
        await expect(shown.page.locator("#done-title")).to_be_focused()
        await expect(shown.page.get_by_text(f"{SHORT} now belongs to @aki in Studio")).to_be_visible()
        await at.world.env.settle()
        assert [row.address for row in await linked(at.world)] == [HOLDER.address]
        assert SHORT in say(answer)
        assert (rainbow.asked, fox.asked) == ([], ["eth_requestAccounts", "eth_chainId", "personal_sign"])
        assert (shown.foreign, shown.complaints) == ([], [])
        await shown.page.reload()
        await says(shown, word("wallet.page.used"))
        await says(shown, word("wallet.page.new_link"))


async def test_each_thing_that_goes_wrong_in_a_wallet_is_said_and_can_be_tried_again(
    tmp_path: Path, chromium: Browser
) -> None:
    declining = Wallet("Declining", HOLDER, does="reject")
    locked = Wallet("Locked", HOLDER, accounts=[])
    busy = Wallet("Busy", HOLDER, does="busy")
    switching = Wallet("Switching", HOLDER, does="switch")
    broken = Wallet("Broken", HOLDER, does="break")
    good = Wallet("Good", HOLDER)
    wallets = (declining, locked, busy, switching, broken, good)
    async with served(tmp_path) as at, screen(chromium, *wallets) as shown:
        _, token = await at.link()
        await shown.open(at, token)
        await shown.confirm()
        expected = ("rejected", "no_account", "pending", "switched", "wallet_error")
        for wallet, name in zip(wallets, expected, strict=False):
            await shown.choose(wallet)
            await says(shown, word(f"wallet.page.{name}", wallet=wallet.name))
        assert await linked(at.world) == []
        await shown.choose(good)
        await says(shown, word("wallet.page.done"))
        # A wallet that does not make itself known is window.ethereum, and nothing else.
        lone = Wallet("not announced", Key("lone"), announced=False)
        async with screen(chromium, lone) as another:
            _, token = await at.link()
            await another.open(at, token)
            await another.confirm()
            await another.press("wallet.page.injected")
            await says(another, word("wallet.page.done"))
        assert [row.address for row in await linked(at.world)] == [HOLDER.address, lone.key.address]


async def test_a_wallet_on_another_network_is_told_and_may_go_on(tmp_path: Path, chromium: Browser) -> None:
    far = Wallet("Far", HOLDER, chain=137)
    async with (
        served(tmp_path, **chains("http://127.0.0.1:1")) as at,
        screen(chromium, far) as shown,
    ):
        _, token = await at.link()
        await shown.open(at, token)
        await shown.confirm()
        await shown.choose(far)
        chain = {"wallet": "Far", "chain": "Polygon (137)", "known": str(CHAIN_ID)}
        await says(shown, word("wallet.page.chain", **chain))
        await shown.press("wallet.page.chain_retry")
        await says(shown, word("wallet.page.chain", **chain))
        assert "personal_sign" not in far.asked
        await shown.press("wallet.page.chain_anyway")
        await says(shown, word("wallet.page.done"))


async def test_a_link_that_runs_out_or_is_taken_says_so_in_its_place(tmp_path: Path, chromium: Browser) -> None:
    wallet = Wallet("Fox", HOLDER)
    async with served(tmp_path) as at, screen(chromium, wallet) as shown:
        _, first = await at.link(at.world.other)
        assert (await at.sign(first)).status == 200
        _, token = await at.link()
        await shown.open(at, token)
        await shown.confirm()
        await shown.choose(wallet)
        await says(shown, word("wallet.link.taken"))
        await expect(shown.page.get_by_text(word("wallet.page.new_link"), exact=True)).to_be_hidden()
        await at.world.advance(minutes=11)
        await shown.choose(wallet)
        await says(shown, word("wallet.page.expired"))
        await says(shown, word("wallet.page.new_link"))
        await expect(shown.page.locator("#choose")).to_be_hidden()
        for half in ("", "#"):
            await shown.page.goto("about:blank")
            await shown.page.goto(f"{at.world.settings.web_public_url}/link{half}")
            await says(shown, word("wallet.page.incomplete"))
        assert len(await linked(at.world)) == 1


async def test_on_a_phone_without_a_wallet_the_page_opens_in_the_wallets_app(tmp_path: Path, chromium: Browser) -> None:
    async with served(tmp_path) as at, screen(chromium, has_touch=True) as shown:
        _, token = await at.link()
        await shown.open(at, token)
        await shown.confirm()
        await says(shown, word("wallet.page.none"))
        host = (at.world.settings.web_public_url or "").removeprefix("http://")
        metamask = shown.page.get_by_role("link", name=word("wallet.page.open_in", wallet="MetaMask"))
        # Neither leads over a server, which would be told the token.
        await expect(metamask).to_have_attribute("href", f"metamask://dapp/{host}/link#{token}")
        coinbase = shown.page.get_by_role("link", name=word("wallet.page.open_in", wallet="Coinbase Wallet"))
        encoded = f"http%3A%2F%2Flocalhost%3A{host.rpartition(':')[2]}%2Flink%23{token}"
        await expect(coinbase).to_have_attribute("href", f"cbwallet://dapp?url={encoded}")
        await says(shown, word("wallet.page.phone_else"))
        assert await shown.violations() == []
        assert await shown.too_wide() == []
        assert shown.foreign == []


async def test_every_step_passes_axe_fits_a_phone_and_reads_in_the_members_language(
    tmp_path: Path, chromium: Browser
) -> None:
    async with served(tmp_path, **chains("http://127.0.0.1:1")) as at:
        for language in languages():
            fox = Wallet("Fox", Key(language), does="reject", chain=137)
            dark = "dark" if language == "ja" else "light"
            async with screen(chromium, fox, color_scheme=dark) as shown:
                await at.world.speak(at.world.member, language)
                await every_step(at, shown, fox, language)


async def every_step(at: Desk, shown: Screen, fox: Wallet, language: str) -> None:
    _, token = await at.link()
    await shown.open(at, token)
    await expect(shown.page.locator("html")).to_have_attribute("lang", language)
    await looks_good(shown)
    await shown.confirm(language)
    await expect(shown.page.get_by_role("button", name="Fox")).to_be_visible()
    await looks_good(shown)
    await shown.choose(fox)
    await expect(shown.page.locator("#trouble-choice")).to_be_visible()
    await looks_good(shown)
    await shown.press("wallet.page.chain_anyway", language)
    await says(shown, word("wallet.page.rejected", language, wallet="Fox"))
    fox.does = "sign"
    await shown.choose(fox)
    await shown.press("wallet.page.chain_anyway", language)
    await says(shown, word("wallet.page.done", language))
    await looks_good(shown)
    await shown.page.get_by_role("button", name="한국어").click()
    await says(shown, word("wallet.page.done", "ko"))


async def looks_good(shown: Screen) -> None:
    assert await shown.violations() == []
    assert await shown.too_wide() == []


async def test_the_whole_story_by_keyboard_alone(tmp_path: Path, chromium: Browser) -> None:
    async with served(tmp_path) as at, screen(chromium, Wallet("Fox", HOLDER)) as shown:
        _, token = await at.link()
        await shown.open(at, token)
        keyboard = shown.page.keyboard
        await expect(shown.page.locator("#whose-title")).to_be_focused()
        await keyboard.press("Tab")
        await expect(shown.page.locator("#confirm")).to_be_focused()
        outline = "() => getComputedStyle(document.activeElement).outlineStyle"
        assert await shown.page.evaluate(outline) == "solid"
        await keyboard.press("Enter")
        await expect(shown.page.locator("#choose-title")).to_be_focused()
        await keyboard.press("Tab")
        await keyboard.press("Space")
        await expect(shown.page.locator("#done-title")).to_be_focused()
        assert len(await linked(at.world)) == 1


async def test_the_page_weighs_under_50_kb_and_says_what_it_needs_where_scripts_are_off(tmp_path: Path) -> None:
    async with desk(tmp_path) as at:
        page = await at.browser.get("/link", **{"Accept-Language": "ko"})
        assert len(page.body) + sum([await size(at, name) for name in FILES]) < MOST_BYTES
        assert f'<noscript><p class="trouble">{word("wallet.page.noscript", "ko")}</p></noscript>' in page.text


FILES = ("link.js", "wallets.js", "server.js", "texts.js", "page.css")


async def size(at: Desk, name: str) -> int:
    got = await at.browser.get(at.world.platform.web.asset(name))
    assert got.status == 200
    return len(got.body)


async def test_2_1_6_discord_is_asked_who_is_in_front_of_the_page(tmp_path: Path, chromium: Browser) -> None:
    wallet = Wallet("Fox", HOLDER)
    async with (
        double() as discord,
        served(tmp_path, discord_client_secret=SecretStr(SECRET)) as at,
        screen(chromium, wallet) as mine,
        screen(chromium, wallet) as theirs,
    ):
        platform = at.world.platform
        platform.settings = platform.settings.model_copy(update={"discord_api_url": discord.url})

        async def consenting(shown: Screen, user_id: int) -> None:
            async def agree(route: Route) -> None:
                back = discord.consent(route.request.url, user_id)
                target = f"{at.world.settings.web_public_url}/oauth?code={back['code']}&state={back['state']}"
                await route.fulfill(status=302, headers={"Location": target})

            await shown.page.route("https://discord.com/**", agree)

        await consenting(mine, at.world.member.id)
        await consenting(theirs, at.world.other.id)
        _, token = await at.link()
        # Somebody else got hold of the link.
        await theirs.open(at, token)
        await theirs.press("wallet.page.identify")
        await says(theirs, word("wallet.identity.other"))
        await mine.open(at, token)
        await expect(mine.page.locator("#confirm")).to_be_hidden()
        await mine.press("wallet.page.identify")
        await expect(mine.page.get_by_role("button", name="Fox")).to_be_visible()
        assert mine.page.url.endswith(f"/link#{token}"), "neither code nor state stays in the address"
        # The link still tells nobody else's browser anything.
        await theirs.open(at, token)
        await theirs.page.reload()
        await expect(theirs.page.locator("#confirm")).to_be_hidden()
        await mine.choose(wallet)
        await says(mine, word("wallet.page.done"))
        assert [row.user_id for row in await linked(at.world)] == [at.world.member.id]


async def test_whoever_says_no_to_discord_is_told(tmp_path: Path, chromium: Browser) -> None:
    async with (
        served(tmp_path, discord_client_secret=SecretStr(SECRET)) as at,
        screen(chromium) as shown,
    ):
        _, token = await at.link()
        await shown.page.goto(f"{at.world.settings.web_public_url}/oauth?error=access_denied&state=x")
        await says(shown, word("wallet.page.other_browser"))
        await shown.page.evaluate(f"() => sessionStorage.setItem('ikuzo.token', {json.dumps(token)})")
        await shown.page.goto(f"{at.world.settings.web_public_url}/oauth?error=access_denied&state=x")
        await says(shown, word("wallet.page.refused_identity"))
