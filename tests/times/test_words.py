"""The words of times are the catalogs' business: they are there, clear, and a new language needs no code."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
from babel.messages.pofile import read_po, write_po

from bot import i18n
from bot.i18n import catalog, languages, plain, t
from bot.times import parse_duration, parse_instant, zones
from bot.times import vocabulary as words
from tests.catalogs import forms, keys
from tests.times import test_durations, test_instants

NOW = datetime(2026, 7, 15, 12, 0, 5, tzinfo=UTC)


def shipped() -> list[tuple[str, str, str]]:
    """Return language, key and wording of every refusal."""
    return [
        (language, key, wording)
        for language in languages()
        for key in keys(catalog(language))
        if key.startswith("time.") and not key.startswith("time.words.")
        for wording in forms(catalog(language), key)
    ]


def test_examples_in_refusals_work_when_copied() -> None:
    copied = 0
    for language, key, wording in shipped():
        for example in re.findall(r"`([^`{}]+)`", wording):
            copied += 1
            if key.startswith("time.duration."):
                assert parse_duration(example) > timedelta(0)
            else:
                assert parse_instant(example, now=NOW, zone=UTC, language=language) > NOW
    assert copied > 50


def test_every_refusal_names_the_value_and_what_to_type_instead() -> None:
    helpful = ("`", "{example", "{date}", "{say_", "{choices}", "{one}", "{longest}")
    for language, key, wording in shipped():
        assert "{value}" in wording, (language, key)
        assert any(each in wording for each in helpful), (language, key)


def test_every_refusal_has_been_seen() -> None:
    zoned = {"time.zone.ambiguous", "time.zone.unknown", "time.zone.season"}
    seen = {
        *test_instants.REFUSALS,
        *test_durations.REFUSALS,
        *zoned,
        "time.duration.bare",
        "time.twice",
        "time.skipped",
    }
    assert seen == {key for _, key, _ in shipped()}


def test_no_word_of_one_language_is_another_thing_in_another() -> None:
    meanings: dict[str, object] = {}
    for language in languages():
        for word, meaning in words._spoken(language).items():
            assert meanings.setdefault(word, meaning) == meaning, (language, word)
    assert not meanings.keys() & set(zones.spellings())


def test_a_word_after_an_hour_is_no_unit() -> None:
    # Or "2 hours" and "2 o'clock" could not be told apart.
    for language in languages():
        for word, meanings in words._spoken(language).items():
            assert not {words.Kind.HOUR_MARK, words.Kind.UNIT} <= meanings.keys(), (language, word)


@pytest.mark.parametrize("language", languages())
def test_units_as_we_write_them_are_units_as_we_read_them(language: str) -> None:
    assert set(plain(language, t("time.words.day")).split("|")) & {"days", "日", "일"}
    for n in (1, 2, 5):
        for key, unit in (("unit.days", 86400), ("unit.hours", 3600), ("unit.minutes", 60), ("unit.seconds", 1)):
            assert parse_duration(plain(language, i18n.Text(key, {"n": n}))) == timedelta(seconds=n * unit)


@pytest.fixture
def french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Add a language as a translator would: one more file beside the others."""
    folder = tmp_path / "locales"
    copytree(i18n.LOCALES, folder)
    with (folder / "en.po").open("rb") as file:
        texts = read_po(file, locale="fr")
    for key, wording in {
        "time.words.day": "j|jour|jours",
        "time.words.tomorrow": "demain",
        "time.words.from_now": "dans",
        "time.words.mark_hour": "-",
        "time.words.next_week": "la semaine prochaine|prochain",
        "time.words.filler": "à|le",
    }.items():
        message = texts.get(key)
        assert message is not None
        message.string = wording
    with (folder / "fr.po").open("wb") as file:
        write_po(file, texts)
    monkeypatch.setattr(i18n, "LOCALES", folder)
    forget()
    yield
    forget()


def forget() -> None:
    for cached in (i18n.languages, i18n.catalog, i18n._plural, words.vocabulary, words.longest_word, zones._names):
        cached.cache_clear()


@pytest.mark.usefixtures("french")
def test_adding_a_language_is_adding_one_file() -> None:
    def read(text: str, language: str = "fr") -> str:
        return f"{parse_instant(text, now=NOW, zone=UTC, language=language):%Y-%m-%d %H:%M}"

    assert read("demain à 20:00") == read("demain 20:00", "ja") == "2026-07-16 20:00"
    assert read("le 14 juillet 2027 à 20:00") == "2027-07-14 20:00"
    assert read("vendredi 20:00") == "2026-07-17 20:00"
    assert read("vendredi prochain 20:00") == "2026-07-24 20:00"
    assert read("dans 3 jours") == "2026-07-18 12:00"
    assert read("20:00 Athènes") == "2026-07-15 17:00"
    assert read("tomorrow 20:00") == read("明日 20:00") == "2026-07-16 20:00"
