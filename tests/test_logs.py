"""The log: its two formats, and that no secret reaches it."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import Redactor, configure
from bot.settings import LogFormat, LogLevel, Settings

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.a-token_nobody-may-see"
INTERACTION = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OmFiY2RlZmdo"
SETTINGS = Settings.model_validate(
    {
        "discord_token": TOKEN,
        "discord_client_secret": "client-secret",
        "database_url": 'postgresql+asyncpg://ikuzo:p%40ss"word@db.example/ikuzo',
        "chains": "1=https://rpc.example/v2/abcdefghijklmnopqrst",
    }
)
HIDDEN = [TOKEN, "client-secret", "p%40ss", "p@ss", "abcdefghijklmnopqrst", INTERACTION]


@pytest.fixture(autouse=True)
def _untouched() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def start(format_: LogFormat, level: LogLevel = LogLevel.DEBUG) -> io.StringIO:
    stream = io.StringIO()
    configure(format_, level, redact=Redactor(SETTINGS.secrets()), stream=stream)
    return stream


def raise_with(text: str) -> None:
    raise RuntimeError(text)


@pytest.mark.parametrize("format_", LogFormat)
@pytest.mark.parametrize(
    "text",
    [
        f"connecting with {TOKEN}",
        f"headers: {{'Authorization': 'Bot {TOKEN}'}}",
        "headers: {'Authorization': 'Bot anOther.token-of.someone'}",
        'cannot connect to postgresql+asyncpg://ikuzo:p%40ss"word@db.example/ikuzo',
        'the password is p@ss"word',
        "POST https://rpc.example/v2/abcdefghijklmnopqrst failed",
        f"PATCH https://discord.com/api/v10/webhooks/123/{INTERACTION}/messages/@original has returned 200",
        "POST https://discord.com/api/v10/interactions/123/some-token/callback has returned 204",
        f"For Shard ID 0: WebSocket Event: {{'token': '{INTERACTION}', 'd': 'client-secret'}}",
        "GET /link#some-token",
        "GET /calendar/some-token.ics",
    ],
)
def test_no_secret_is_written_wherever_it_stands(format_: LogFormat, text: str) -> None:
    stream = start(format_)
    log = logging.getLogger("bot.somewhere")
    log.info(text)
    log.info("with an argument: %s", text)
    log.info("with a value", extra={"value": text, "nested": {"deep": [text]}})
    try:
        raise_with(text)
    except RuntimeError:
        log.exception("with a traceback")
    written = stream.getvalue()
    assert written.count("…") >= 4
    for secret in [*HIDDEN, "some-token", "anOther.token"]:
        assert secret not in written


@given(st.text(min_size=1, max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_named_secret_leaves_nothing_of_itself(secret: str, before: str, after: str) -> None:
    redacted = Redactor([secret])(f"{before}{secret}{after}")
    if secret not in f"{before}…{after}":
        assert secret not in redacted.replace("…", "")


def test_what_is_no_secret_stays() -> None:
    line = "GET https://discord.com/api/v10/channels/123/messages?limit=50 took 0.2 s; see user@example.org"
    assert Redactor([])(line) == line
    assert Redactor(["", TOKEN])(line) == line


def test_json_is_one_object_a_line() -> None:
    stream = start(LogFormat.JSON)
    log = logging.getLogger("bot.somewhere")
    log.warning("two\nlines of %s", "日本", extra={"guild": 42})
    try:
        raise_with("gone")
    except RuntimeError:
        log.exception("failed")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["event"] == "two\nlines of 日本"
    assert (first["level"], first["logger"], first["guild"]) == ("warning", "bot.somewhere", 42)
    assert first["timestamp"].endswith("Z")
    assert "RuntimeError: gone" in second["exception"]


def test_text_reads_as_text_and_cannot_be_forged() -> None:
    stream = start(LogFormat.TEXT)
    logging.getLogger("bot.somewhere").info("hello\n2026-01-01T00:00:00Z [error] forged\x1b[2J")
    first, second = stream.getvalue().splitlines()
    assert "hello" in first
    assert second.startswith("    ")
    assert "\x1b" not in stream.getvalue()


def test_the_level_decides_what_is_written() -> None:
    stream = start(LogFormat.TEXT, LogLevel.WARNING)
    logging.getLogger("bot.somewhere").info("quiet")
    logging.getLogger("aiohttp.access").info("quiet")
    logging.getLogger("bot.somewhere").warning("loud")
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def test_libraries_do_not_write_what_people_wrote() -> None:
    stream = start(LogFormat.TEXT, LogLevel.DEBUG)
    logging.getLogger("aiosqlite").debug("executing INSERT ... ('a secret ballot')")
    assert stream.getvalue() == ""
