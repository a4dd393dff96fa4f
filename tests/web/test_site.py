"""What every request to the bot's pages passes through, asked over a real connection."""

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web as aio

from bot.environment import Listen
from bot.errors import NotAllowed, TryAgain
from bot.i18n import t
from bot.refusal import Refusal
from bot.web import Limit, Web, WebError, answer_json, conditional, page, read_json
from tests.web.client import LOOPBACK, Browser, browsing

PUBLIC = "https://bot.example.org"


def site(public_url: str | None = PUBLIC) -> Web:
    """Return a server with a few routes, each failing or answering in its own way."""
    made = Web(LOOPBACK, public_url)

    async def hello(request: aio.Request) -> aio.StreamResponse:
        return page("<p>hello</p>")

    async def feed(request: aio.Request) -> aio.StreamResponse:
        return conditional(request, b"BEGIN:VCALENDAR", "text/calendar")

    async def broken(request: aio.Request) -> aio.StreamResponse:
        raise RuntimeError("the secret is xyzzy")

    async def refused(request: aio.Request) -> aio.StreamResponse:
        raise NotAllowed(t("error.not_allowed"))

    async def later(request: aio.Request) -> aio.StreamResponse:
        raise TryAgain(t("error.discord_down"))

    async def teapot(request: aio.Request) -> aio.StreamResponse:
        raise WebError(418, t("web.error.method"))

    async def echo(request: aio.Request) -> aio.StreamResponse:
        return answer_json({"got": await read_json(request)})

    made.get("/hello", hello)
    made.get("/feed/{token}.ics", feed)
    made.get("/broken/{token}", broken)
    made.get("/refused", refused)
    made.get("/later", later)
    made.get("/api/teapot", teapot)
    made.post("/api/echo", echo, limit=Limit(5, timedelta(minutes=1)), max_body=100)
    return made


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    made = site()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def browser(web: Web) -> AsyncIterator[Browser]:
    async with browsing(web) as opened:
        yield opened


async def test_every_answer_carries_the_strict_headers(browser: Browser) -> None:
    for path in ("/hello", "/nothing", "/broken/1", "/api/teapot"):
        got = await browser.get(path)
        policy = got.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; script-src 'self';")
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "frame-ancestors 'none'" in policy
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Referrer-Policy"] == "no-referrer"
        assert got.headers["Strict-Transport-Security"]
        assert got.headers["Cache-Control"] == "no-store"
        assert got.headers["Server"] == "Ikuzo"
        assert "Set-Cookie" not in got.headers


async def test_on_this_machine_alone_nothing_forces_https() -> None:
    made = site("http://localhost:8080")
    await made.start()
    async with browsing(made) as browser:
        assert "Strict-Transport-Security" not in (await browser.get("/hello")).headers
    await made.stop()


async def test_refusals_are_sentences_in_the_language_of_the_browser(browser: Browser) -> None:
    assert (await browser.get("/nothing")).text.startswith("There is nothing at this address.")
    assert "아무것도 없습니다" in (await browser.get("/nothing", **{"Accept-Language": "fr, ko;q=0.8, en;q=0.5"})).text
    assert "何もありません" in (await browser.get("/nothing", **{"Accept-Language": "ja-JP,ja;q=0.9"})).text
    assert (await browser.get("/nothing", **{"Accept-Language": "ja;q=x, ;;;,=,q=1"})).status == 404
    assert (await browser.get("/refused")).status == 403
    assert (await browser.get("/later")).status == 503
    got = await browser.get("/api/teapot")
    assert (got.status, got.headers["Content-Type"]) == (418, "application/json; charset=utf-8")
    assert got.text == '{"error": "This address cannot be used in this way."}'


async def test_what_was_not_foreseen_gets_a_reference_and_no_traceback(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    got = await browser.get("/broken/a-private-token")
    (record,) = [each for each in caplog.records if each.levelno >= logging.ERROR]
    reference = got.text.rpartition("under ")[2].strip(" .\n")
    assert got.status == 500
    assert "xyzzy" not in got.text
    assert "Traceback" not in got.text
    assert len(reference) == 6
    assert reference in record.getMessage()
    assert "a-private-token" not in record.getMessage()


async def test_other_methods_are_refused(browser: Browser) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        got = await browser.request(method, "/hello")
        assert (got.status, got.headers["Allow"]) == (405, "GET, HEAD")
    assert (await browser.request("HEAD", "/hello")).status == 200
    assert (await browser.get("/api/echo")).status == 405


class TestBodies:
    async def test_an_object_is_read(self, browser: Browser) -> None:
        got = await browser.request("POST", "/api/echo", json={"a": [1]})
        assert got.text == '{"got": {"a": [1]}}'

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"a": NaN}', b'{"a":1,"a":2}', b"[" * 90, b"\xff"])
    async def test_anything_else_is_refused(self, browser: Browser, body: bytes) -> None:
        got = await browser.request("POST", "/api/echo", data=body, headers={"Content-Type": "application/json"})
        assert (got.status, got.text) == (400, '{"error": "The request must be a JSON object."}')

    async def test_a_form_is_refused(self, browser: Browser) -> None:
        assert (await browser.request("POST", "/api/echo", data={"a": "1"})).status == 415

    async def test_too_much_is_refused_whether_its_length_is_told_or_not(self, browser: Browser) -> None:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 10

        headers = {"Content-Type": "application/json"}
        assert (await browser.request("POST", "/api/echo", data=b" " * 101, headers=headers)).status == 413
        assert (await browser.request("POST", "/api/echo", data=pieces(), headers=headers)).status == 413
        assert (await browser.request("POST", "/api/echo", data=b'{"a": 1}'.ljust(100), headers=headers)).status == 200


class TestOrigins:
    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "http://bot.example.org", f"{PUBLIC}:8443", "["]
    )
    async def test_pages_of_other_sites_change_nothing(self, browser: Browser, origin: str) -> None:
        got = await browser.request("POST", "/api/echo", json={}, headers={"Origin": origin})
        assert got.status == 403
        assert "page of another site" in got.text

    async def test_a_browser_that_only_says_where_it_is_from(self, browser: Browser) -> None:
        got = await browser.request("POST", "/api/echo", json={}, headers={"Sec-Fetch-Site": "cross-site"})
        assert got.status == 403

    @pytest.mark.parametrize("origin", [PUBLIC, f"{PUBLIC}:443"])
    async def test_our_own_pages_do(self, browser: Browser, origin: str) -> None:
        assert (await browser.request("POST", "/api/echo", json={}, headers={"Origin": origin})).status == 200


class TestLimits:
    async def ask(self, browser: Browser, forwarded: str | None = None) -> int:
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        return (await browser.request("POST", "/api/echo", json={}, headers=headers)).status

    async def test_an_address_that_asks_too_often_is_told_when_to_come_back(self, browser: Browser) -> None:
        assert [await self.ask(browser) for _ in range(5)] == [200] * 5
        got = await browser.request("POST", "/api/echo", json={})
        assert got.status == 429
        assert 1 <= int(got.headers["Retry-After"]) <= 12
        assert (await browser.get("/hello")).status == 200

    async def test_behind_a_proxy_each_visitor_has_a_share_of_their_own(self, browser: Browser) -> None:
        assert [await self.ask(browser, "203.0.113.1") for _ in range(6)] == [200] * 5 + [429]
        assert await self.ask(browser, "203.0.113.2") == 200

    async def test_what_a_visitor_claims_before_the_proxys_own_word_counts_for_nothing(self, browser: Browser) -> None:
        tried = [await self.ask(browser, f"198.51.100.{n}, 203.0.113.1") for n in range(6)]
        assert tried == [200] * 5 + [429]

    async def test_a_whole_network_of_the_new_kind_shares(self, browser: Browser) -> None:
        tried = [await self.ask(browser, f"2001:db8:0:1::{n}") for n in range(6)]
        assert tried == [200] * 5 + [429]
        assert await self.ask(browser, "2001:db8:0:2::1") == 200

    async def test_without_a_proxy_nobody_is_believed(self) -> None:
        made = site(None)
        await made.start()
        async with browsing(made) as browser:
            assert [await self.ask(browser, f"203.0.113.{n}") for n in range(6)] == [200] * 5 + [429]
        await made.stop()


async def test_what_a_client_has_is_not_sent_again(browser: Browser) -> None:
    first = await browser.get("/feed/x.ics")
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert first.headers["Cache-Control"] == "no-cache"
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await browser.get("/feed/x.ics", **{"If-None-Match": known})
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", tag)
    assert (await browser.get("/feed/x.ics", **{"If-None-Match": '"other"'})).body == first.body


async def test_files_of_ours_stand_at_an_address_of_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "link.js").write_text("export {}", encoding="utf-8")
    made = site()
    made.add_assets(tmp_path / "link.js")
    path = made.asset("link.js")
    await made.start()
    async with browsing(made) as browser:
        got = await browser.get(path)
        assert (got.status, got.body) == (200, b"export {}")
        assert got.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert "immutable" in got.headers["Cache-Control"]
        assert (await browser.get(path, **{"If-None-Match": got.headers["ETag"]})).status == 304
        for wrong in ("/static/0123456789abcdef/link.js", "/static/../site.py", "/static/%2e%2e/%2e%2e/site.py"):
            assert (await browser.get(wrong)).status == 404
    await made.stop()
    (tmp_path / "link.js").write_text("export {1}", encoding="utf-8")
    other = site()
    other.add_assets(tmp_path / "link.js")
    assert other.asset("link.js") != path


async def test_stopping_finishes_what_is_being_answered() -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    made = Web(LOOPBACK, None)

    async def slow(request: aio.Request) -> aio.StreamResponse:
        entered.set()
        await leave.wait()
        return page("done")

    made.get("/slow", slow)
    await made.start()
    address = made.address
    async with browsing(made) as browser:
        asking = asyncio.create_task(browser.get("/slow"))
        await entered.wait()
        stopping = asyncio.create_task(made.stop())
        asyncio.get_running_loop().call_later(0.05, leave.set)
        assert (await asking).text == "done"
        await stopping
        with pytest.raises(OSError, match="onnect"):
            await asyncio.open_connection(address.host, address.port)


async def test_an_address_in_use_stops_the_start_with_one_sentence(web: Web) -> None:
    second = Web(Listen("127.0.0.1", web.address.port), None)
    with pytest.raises(Refusal, match=rf"WEB_LISTEN=127\.0\.0\.1:{web.address.port} cannot be listened on: .+\."):
        await second.start()
    await second.stop()


async def test_without_an_address_to_listen_on_there_are_no_pages_and_no_links() -> None:
    made = Web(None, PUBLIC)
    await made.start()
    assert (made.listens, made.url("/healthz")) == (False, None)
    assert Web(LOOPBACK, None).url("/healthz") is None
    assert Web(LOOPBACK, PUBLIC).url("/healthz") == f"{PUBLIC}/healthz"
    await made.stop()
