"""``/verify`` in a real browser: what holds and what does not, in three languages, and nothing leaves the page."""

import gzip
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, expect

from bot.i18n import languages, plain, t
from cogs.giveaways.rules import draw
from tests.browser.chromium import browser
from tests.browser.verify import ROOT, TOO_WIDE, VECTORS, Visit, visit

POLLS = VECTORS / "polls"
LEDGER = ROOT / "tests" / "ledger" / "example.json"
DRAW = VECTORS / "quicknet.json"
PARTS = sorted(POLLS.glob("poll-44.json.gz.*"))
PICTURES = ROOT / "docs" / "pictures" / "verify"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    async with browser() as started:
        yield started


def failed(verdicts: list[dict[str, Any]]) -> dict[str, list[str]]:
    for verdict in verdicts:
        assert verdict["holds"] is (verdict["failed"] == []), verdict
    return {verdict["name"]: verdict["failed"] for verdict in verdicts}


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ja", "dark"), ("ko", "light")])
async def test_good_files_hold_in_every_language(
    chromium: Browser, language: str, scheme: Literal["light", "dark"]
) -> None:
    async with visit(chromium, language=language, scheme=scheme) as shown:
        verdicts = await shown.check(DRAW, POLLS / "ranked.json", LEDGER, *reversed(PARTS))
        names = [DRAW.name, "ranked.json", LEDGER.name, "poll-44.json.gz"]
        assert failed(verdicts) == {name: [] for name in names}
        assert [verdict["checks"] for verdict in verdicts] == [13, 12, 5, 12]
        texts = await shown.page.locator(".verdict").all_inner_texts()
        assert texts == [f"✓ {plain(language, t('verify.page.good'))}"] * 4
        said = [plain(language, t("verify.page.summary_good", file=name)) for name in names]
        await expect(shown.page.locator("#status")).to_have_text(" ".join(said))
        assert await shown.page.evaluate(TOO_WIDE) == []
        await shown.page.locator("details").evaluate("each => { each.open = true; }")
        assert await shown.page.evaluate(TOO_WIDE) == []
        assert (await Axe().run(shown.page)).violations_count == 0
        assert {request.method for request in shown.requests} == {"GET"}
        origins = {request.url.split("/", 3)[2] for request in shown.requests if not request.url.startswith("data:")}
        assert origins == {shown.page.url.split("/", 3)[2]}, "nothing is asked of, or told to, anybody else"
        assert shown.complaints == []


def tampered(module: str, folder: Path) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", module, "--tampered", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return json.loads((folder / "index.json").read_bytes())


async def test_falsified_polls_do_not_hold(tmp_path: Path, chromium: Browser) -> None:
    falsified = tampered("tests.vectors.polls.make", tmp_path)[::8]
    async with visit(chromium) as shown:
        await shown.page.locator("#totals").evaluate("each => { each.checked = true; }")
        found = failed(await shown.check(*(tmp_path / entry["file"] for entry in falsified)))
        assert len(found) == len(falsified) >= 25
        assert [entry["name"] for entry in falsified if entry["check"] not in found[entry["file"]]] == []


async def test_falsified_draws_do_not_hold(tmp_path: Path, chromium: Browser) -> None:
    falsified = tampered("tests.vectors.make", tmp_path)[::20]
    async with visit(chromium) as shown:
        await shown.page.locator("#trusted").evaluate("each => { each.checked = true; }")
        await shown.page.set_input_files("#chain", VECTORS / "chain.json")
        found = failed(await shown.check(*(tmp_path / entry["file"] for entry in falsified)))
        assert len(found) == len(falsified) >= 5
        assert [entry["name"] for entry in falsified if entry["check"] not in found[entry["file"]]] == []


async def test_what_was_copied_is_compared(chromium: Browser) -> None:
    drawn = json.loads(DRAW.read_bytes())
    copied = {"commitment": drawn["commitment"], "digest": drawn["entrants_digest"], "round": "1000"}
    async with visit(chromium) as shown:
        await shown.page.get_by_text(plain("en", t("verify.page.options"))).click()
        for name, value in copied.items():
            await shown.page.fill(f"#{name}", f" `{value.upper()}` ")
        verdicts = await shown.check(DRAW)
        assert failed(verdicts) == {DRAW.name: []}
        assert verdicts[0]["checks"] == 14
        for name, value in copied.items():
            await shown.page.fill(f"#{name}", "1" + value[1:-1] + ("0" if value[-1] != "0" else "1"))
            await shown.page.get_by_role("button", name=plain("en", t("verify.page.again"))).click()
            assert failed(await shown.verdicts()) == {DRAW.name: ["compared"]}
            await shown.page.fill(f"#{name}", value)
        rows = json.loads(LEDGER.read_bytes())["rows"]
        for head, expected in ((rows[0]["hash"], []), (rows[-1]["hash"], []), ("0" * 64, ["compared"])):
            await shown.page.fill("#head", head)
            assert failed(await shown.check(LEDGER)) == {LEDGER.name: expected}


async def test_trust_totals_and_another_chain_are_asked_for(chromium: Browser) -> None:
    off, few, plain_draw = VECTORS / "off.json", POLLS / "ranked-few.json", VECTORS / "plain.json"
    async with visit(chromium) as shown:
        found = failed(await shown.check(off, few, plain_draw))
        assert (found["off.json"], found["ranked-few.json"]) == (["trust"], ["recountable"])
        assert "beacon" in found["plain.json"]
        await shown.page.get_by_text(plain("en", t("verify.page.options"))).click()
        await shown.page.get_by_label(plain("en", t("verify.page.allow_trusted"))).check()
        await shown.page.get_by_label(plain("en", t("verify.page.allow_totals"))).check()
        await shown.page.set_input_files("#chain", VECTORS / "chain.json")
        assert failed(await shown.again()) == {"off.json": [], "ranked-few.json": [], "plain.json": []}
        await shown.page.set_input_files("#chain", DRAW)
        assert await shown.again() == []
        await expect(shown.page.get_by_role("alert")).to_have_text(plain("en", t("verify.page.chain_bad")))


def large(entrants: int) -> dict[str, Any]:
    """Return an honest draw among many, decided by the round of the small one."""
    rng = random.Random(entrants)
    made = json.loads(DRAW.read_bytes())
    listed = sorted((rng.randbytes(16).hex(), rng.choice((1, 1, 1, 2, 5))) for _ in range(entrants))
    digest = hashlib.sha256("".join(f"{token}:{weight}\n" for token, weight in listed).encode()).hexdigest()
    beacon = made["beacon"]
    key = draw.draw_key(
        made["giveaway"]["id"],
        bytes.fromhex(made["seed"]),
        digest,
        beacon["round"],
        bytes.fromhex(beacon["randomness"]),
    )
    ranking = draw.rank(key, listed)
    made |= {"entrants": listed, "entrants_digest": digest, "ranking": ranking}
    tickets = sum(weight for _, weight in listed)
    for freeze in made["freezes"]:
        freeze.update(digest=digest, entries=entrants, tickets=tickets)
    made["results"][0].update(token=ranking[0], user_id=None, salt=None)
    return made


WATCH = """() => {
    window.steps = [];
    window.longest = 0;
    const bar = document.getElementById("progress");
    new MutationObserver(() => window.steps.push(bar.getAttribute("value"))).observe(bar, { attributes: true });
    let last = performance.now();
    setInterval(() => {
        const now = performance.now();
        window.longest = Math.max(window.longest, now - last);
        last = now;
    }, 20);
}"""


async def test_a_huge_draw_is_checked_while_the_page_stays_quick(tmp_path: Path, chromium: Browser) -> None:
    packed = gzip.compress(json.dumps(large(100_000), separators=(",", ":")).encode(), 6)
    parts = [tmp_path / "draw-2.json.gz.1", tmp_path / "draw-2.json.gz.2"]
    for part, data in zip(parts, (packed[:1_000_000], packed[1_000_000:]), strict=True):
        part.write_bytes(data)
    async with visit(chromium) as shown:
        await shown.page.evaluate(WATCH)
        assert failed(await shown.check(*parts)) == {"draw-2.json.gz": []}
        assert await shown.fact(plain("en", t("verify.fact.entries"))) == "100000"
        shares = [float(value) for value in await shown.page.evaluate("() => window.steps") if value is not None]
        assert len(shares) >= 5
        assert all(0 < share <= 1 for share in shares)
        # Where all of it ran in the page itself, it would stand still for seconds.
        assert await shown.page.evaluate("() => window.longest") < 1_000


def garbage() -> dict[str, bytes]:
    small = DRAW.read_bytes()
    return {
        "empty.json": b"",
        "noise.json": random.Random(1).randbytes(5_000),
        "page.json": b"<!doctype html><title>no</title>",
        "deep.json": b"[" * 1_000_000,
        "deeper.json": b'{"format":' * 200_000 + b"1" + b"}" * 200_000,
        "other.json": b'{"format": "ikuzo-draw/2"}',
        "list.json": b"[1, 2, 3]",
        "cut.json": small[:-20],
        "twice.json": small.replace(b'{"format"', b'{"format":"ikuzo-draw/1","format"', 1),
        "noise.json.gz": random.Random(2).randbytes(5_000),
        "bomb.json.gz": gzip.compress(bytes(300 * 2**20), 1),
        "two.json.gz": gzip.compress(small) * 2,
        "missing.json.gz.2": b"later",
    }


async def test_garbage_is_refused_and_the_page_goes_on(tmp_path: Path, chromium: Browser) -> None:
    made = garbage()
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)
    async with visit(chromium) as shown:
        verdicts = await shown.check(*(tmp_path / name for name in made))
        assert [verdict["failed"] for verdict in verdicts] == [["shape"]] * len(made)
        await expect(shown.page.get_by_text(plain("en", t("verify.page.unread"))).first).to_be_visible()
        assert failed(await shown.check(DRAW)) == {DRAW.name: []}
        assert shown.complaints == []


async def test_what_a_file_says_is_text_and_nothing_else(tmp_path: Path, chromium: Browser) -> None:
    document = json.loads((POLLS / "single.json").read_bytes())
    html = '<img src=x onerror="document.title=1"><b>bold</b>'
    document["options"][document["winners"][0]] = html
    path = tmp_path / "<i>poll.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    async with visit(chromium) as shown:
        assert failed(await shown.check(path)) == {path.name: []}
        assert await shown.fact(plain("en", t("verify.fact.winner"))) == html
        assert await shown.page.locator("article img, article b, article i").count() == 0


async def test_a_voter_finds_the_own_ballot_by_its_receipt(chromium: Browser) -> None:
    document = json.loads((POLLS / "ranked.json").read_bytes())
    ballot = next(each for each in document["ballots"] if len(each["choices"]) > 1)
    chosen = " → ".join(document["options"][index] for index in ballot["choices"])
    async with visit(chromium) as shown:
        await shown.check(POLLS / "ranked.json")
        box = shown.page.get_by_label(plain("en", t("verify.page.receipt")))
        await box.fill(ballot["receipt"].lower())
        await expect(shown.page.locator("output")).to_have_text(
            plain("en", t("verify.page.receipt_found", choices=chosen))
        )
        await box.fill("ZZZZZZZZ")
        await expect(shown.page.locator("output")).to_have_text(plain("en", t("verify.page.receipt_missing")))


DROP = """async ([name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name));
    const drop = new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    document.querySelector("h1").dispatchEvent(drop);
}"""


async def test_files_are_dropped_anywhere_and_languages_change_over_with_the_verdict(chromium: Browser) -> None:
    async with visit(chromium) as shown:
        await shown.page.evaluate(DROP, ["mine.json", DRAW.read_text(encoding="utf-8")])
        await shown.page.wait_for_selector("article")
        assert failed(await shown.verdicts()) == {"mine.json": []}
        for language in reversed(languages()):
            await shown.page.locator(f"[data-language={language}]").click()
            await expect(shown.page.locator(".verdict")).to_have_text(f"✓ {plain(language, t('verify.page.good'))}")
            await expect(shown.page.get_by_role("heading", level=1)).to_have_text(
                plain(language, t("verify.page.title"))
            )
            assert await shown.page.evaluate("document.documentElement.lang") == language


async def by_keyboard(shown: Visit, name: str) -> None:
    """Press Tab until an element with this id has the focus."""
    for _ in range(30):
        await shown.page.keyboard.press("Tab")
        if await shown.page.evaluate("document.activeElement.id") == name:
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


async def test_the_keyboard_is_enough_and_results_are_read_out(chromium: Browser) -> None:
    async with visit(chromium) as shown:
        # The browser is told early that the dialogue is the test's: pressed at once, the key would arrive before that.
        async with shown.page.expect_file_chooser() as chooser:
            await by_keyboard(shown, "files")
            await shown.page.keyboard.press("Enter")
        await (await chooser.value).set_files(LEDGER)
        await shown.verdicts()
        await expect(shown.page.get_by_role("heading", name=LEDGER.name)).to_be_focused()
        await shown.page.locator("summary").focus()
        await shown.page.keyboard.press("Enter")
        await by_keyboard(shown, "head")
        await shown.page.keyboard.type("0" * 64)
        await shown.page.keyboard.press("Enter")
        await expect(shown.page.locator(".steps .bad")).to_have_count(1)
        step = await shown.page.locator(".steps .bad").inner_text()
        assert plain("en", t("verify.page.fails")) in step


async def test_without_scripts_the_page_says_what_to_do(chromium: Browser) -> None:
    async with visit(chromium, java_script_enabled=False) as shown:
        said = shown.page.locator("noscript p")
        await expect(said).to_be_visible()
        await expect(said).to_have_text(plain("en", t("verify.page.noscript")))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", ["start", "draw", "poll", "falsified"])
async def test_the_documentation_has_each_picture(name: str, language: str) -> None:
    assert 0 < (PICTURES / f"verify-{name}-{language}.png").stat().st_size < 250 * 1024
