"""The configuration: what each variable means, and what a wrong one is answered with."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot import environment
from bot.beacon import PUBLIC_ENDPOINTS
from bot.demo.beacon import TestChain
from bot.environment import Chain, Listen
from bot.settings import VARIABLES, LogFormat, LogLevel, Settings, SettingsError, load

EXAMPLE = Path(__file__).parents[1] / ".env.example"
SECRET = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.a-token_nobody-may-see"

WRONG = [
    ("DISCORD_TOKEN", f"{SECRET} {SECRET}", "copy it again"),
    ("DISCORD_CLIENT_SECRET", f"{SECRET}\n{SECRET}", "copy it again"),
    ("DATABASE_URL", f"mysql://ikuzo:{SECRET}@db/ikuzo", "sqlite+aiosqlite:///ikuzo.db"),
    ("DATABASE_URL", f"postgresql://ikuzo:{SECRET}@db/ikuzo", "postgresql+asyncpg://"),
    ("DATABASE_URL", f"postgresql+asyncpg://ikuzo:{SECRET}@db", "names no database"),
    ("DATABASE_URL", f"ikuzo:{SECRET}@db", "sqlite+aiosqlite:///ikuzo.db"),
    ("DATABASE_URL", "sqlite+aiosqlite://", "kept in memory"),
    ("DATABASE_URL", "sqlite+aiosqlite:///:memory:", "kept in memory"),
    ("DATABASE_URL", "sqlite+aiosqlite:///file:x?mode=memory&uri=true", "kept in memory"),
    ("DATABASE_URL", "sqlite+aiosqlite:////no/such/folder/ikuzo.db", "/no/such/folder"),
    ("DATABASE_URL", "sqlite+aiosqlite:////", "a folder"),
    ("DISCORD_API_URL", "https://discord.com/", "/api/v10"),
    ("DISCORD_API_URL", "discord.com/api/v10", "/api/v10"),
    ("WEB_LISTEN", "8080", "127.0.0.1:8080"),
    ("WEB_LISTEN", "0.0.0.0:99999", "127.0.0.1:8080"),
    ("WEB_LISTEN", "::1:8080", "127.0.0.1:8080"),
    ("WEB_PUBLIC_URL", "http://bot.example.org", "https"),
    ("WEB_PUBLIC_URL", "https://bot.example.org/ikuzo", "without a path"),
    ("WEB_PUBLIC_URL", "bot.example.org", "https://bot.example.org"),
    ("WALLET_PASTE", "https://bot.example.org", "bot.example.org"),
    ("WALLET_PASTE", "-bot.example.org", "bot.example.org"),
    ("CHAINS", "https://rpc.example", "1=https://rpc.example"),
    ("CHAINS", f"1=ftp://rpc.example/{SECRET}", "chain 1"),
    ("CHAINS", f"1=https://a.example/{SECRET} https://b.example https://c.example", "two URLs"),
    ("CHAINS", f"1=https://a.example/{SECRET},1=https://b.example", "twice"),
    ("CHAINS", "0=https://a.example", "1=https://rpc.example"),
    ("BEACON_URL", "api.drand.sh", "https://api.drand.sh"),
    ("BEACON_URL", ",", "https://api.drand.sh"),
    ("BEACON_CHAIN", "no-such-file.json", "drand.json"),
    ("SHARD_IDS", "0;1", "0,1"),
    ("SHARD_IDS", "3-1", "0-3"),
    ("SHARD_COUNT", "0", "for example 4"),
    ("SHARD_COUNT", "many", "for example 4"),
    ("LOG_FORMAT", "xml", "text or json"),
    ("LOG_LEVEL", "loud", "debug, info, warning or error"),
    ("METRICS_LISTEN", "9100", "127.0.0.1:8080"),
]


def from_environment(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load(None)


@pytest.mark.parametrize(("variable", "value", "advice"), WRONG, ids=lambda text: None)
def test_a_wrong_value_is_one_sentence_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, advice: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        from_environment(monkeypatch, **{variable: value})
    sentence = str(refusal.value)
    assert sentence.startswith(f"{variable} ")
    assert advice in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert SECRET not in sentence
    assert refusal.value.__suppress_context__


def test_every_variable_that_can_be_wrong_is_tried_wrong() -> None:
    assert {variable for variable, _, _ in WRONG} == set(VARIABLES.values())


def test_shards_need_a_count_that_holds_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match=r"^SHARD_COUNT is missing; .* for example 4\.$"):
        from_environment(monkeypatch, SHARD_IDS="0,1")
    with pytest.raises(SettingsError, match=r"^SHARD_IDS names shard 1, but SHARD_COUNT=1 makes 0 the last\.$"):
        from_environment(monkeypatch, SHARD_IDS="0,1", SHARD_COUNT="1")


def test_a_missing_token_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_environment(monkeypatch, DISCORD_TOKEN="")
    with pytest.raises(SettingsError, match=r"^DISCORD_TOKEN is missing: [^\n]*DISCORD_TOKEN=…$"):
        settings.token()


def test_the_example_says_what_happens_without_it() -> None:
    assert load(EXAMPLE) == load(None) == Settings()


def test_the_example_names_every_variable_once_each_with_a_comment() -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    places = [index for index, line in enumerate(lines) if re.match(r"[A-Z_]+=", line)]
    assert sorted(lines[index].partition("=")[0] for index in places) == sorted(VARIABLES.values())
    assert all(lines[index - 1].startswith("# ") for index in places)


def test_the_environment_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"DISCORD_TOKEN={SECRET}\nLOG_LEVEL=debug\nSOMETHING_ELSE=1\nSHARD_COUNT=\n", encoding="utf-8")
    monkeypatch.setenv("LOG_LEVEL", "Error")
    settings = load(file)
    assert settings.token() == SECRET
    assert settings.log_level is LogLevel.ERROR


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_bytes("WALLET_PASTE=日本".encode("shift_jis"))
    with pytest.raises(SettingsError, match=r"\.env cannot be read: it is not UTF-8"):
        load(file)


def test_values_become_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    chain = tmp_path / "drand.json"
    chain.write_text(json.dumps(TestChain().info_json()), encoding="utf-8")
    settings = from_environment(
        monkeypatch,
        DISCORD_TOKEN=f" {SECRET}\n",
        DATABASE_URL="postgresql+asyncpg://ikuzo:pass@db/ikuzo",
        DISCORD_API_URL="http://127.0.0.1:8080/api/v10/",
        WEB_LISTEN="[::]:8080",
        WEB_PUBLIC_URL="https://bot.example.org/",
        WALLET_PASTE="Bot.Example.org",
        CHAINS="1=https://a.example/k?x=1,y=2 https://b.example , 8453=http://127.0.0.1:8545,",
        BEACON_URL="https://a.example/, https://b.example,https://a.example",
        BEACON_CHAIN=str(chain),
        SHARD_IDS="4, 0-2",
        SHARD_COUNT="8",
        LOG_FORMAT="JSON",
        METRICS_LISTEN="localhost:0",
    )
    assert settings.token() == SECRET
    assert settings.discord_api_url == "http://127.0.0.1:8080/api/v10"
    assert settings.web_listen == Listen("::", 8080)
    assert str(settings.web_listen) == "[::]:8080"
    assert settings.web_public_url == "https://bot.example.org"
    assert settings.wallet_paste == "bot.example.org"
    assert settings.chains == (
        Chain(1, ("https://a.example/k?x=1,y=2", "https://b.example")),
        Chain(8453, ("http://127.0.0.1:8545",)),
    )
    assert settings.beacon_urls == ("https://a.example", "https://b.example")
    assert settings.beacon_chain == chain
    assert settings.shard_ids == (0, 1, 2, 4)
    assert settings.shard_count == 8
    assert settings.log_format is LogFormat.JSON
    assert settings.metrics_listen == Listen("localhost", 0)


def test_the_beacon_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().beacon_urls == PUBLIC_ENDPOINTS
    assert not Settings().beacon_off
    assert from_environment(monkeypatch, BEACON_URL="off").beacon_off


def test_http_is_enough_on_this_machine() -> None:
    for url in ("http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"):
        assert environment.public_url(url) == url


def test_secrets_are_in_no_repr(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = from_environment(
        monkeypatch,
        DISCORD_TOKEN=SECRET,
        DISCORD_CLIENT_SECRET="client-secret-nobody-may-see",
        DATABASE_URL="postgresql+asyncpg://ikuzo:p%40ssword@db/ikuzo",
        CHAINS="1=https://user:rpc-password@rpc.example/v2/abcdefghijklmnopqrst?key=0123456789",
    )
    hidden = {
        SECRET,
        "client-secret-nobody-may-see",
        "p%40ssword",
        "rpc-password",
        "abcdefghijklmnopqrst",
        "0123456789",
    }
    for shown in (repr(settings), str(settings)):
        assert not [secret for secret in hidden if secret in shown]
    assert hidden <= set(settings.secrets())


def test_settings_are_frozen_and_read_nothing_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    settings = Settings()
    assert settings.log_level is LogLevel.INFO
    with pytest.raises(ValidationError):
        settings.log_level = LogLevel.ERROR  # pyright: ignore[reportAttributeAccessIssue]


@given(
    st.sampled_from(sorted(VARIABLES.values())),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1),
)
def test_whatever_is_written_is_understood_or_refused_in_a_sentence(variable: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, value)
        sentence = _refusal()
    assert sentence is None or sentence.startswith(("SHARD_COUNT ", f"{variable} "))
    assert "\n" not in (sentence or "")


def _refusal() -> str | None:
    try:
        load(None)
    except SettingsError as error:
        return str(error)
    return None
