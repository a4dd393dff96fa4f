"""Every text exists in every language, is used, and gets what it needs; and how texts become words."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import discord
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from discord import app_commands
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import i18n, markup
from bot.i18n import Text, duration, language_of, languages, plain, render, t
from bot.markup import Markup
from bot.tree import CatalogTranslator, desc
from tests import catalogs

ROOT = Path(i18n.__file__).parents[1]

FORMS = {"en": 2, "ja": 1, "ko": 1}


def read_catalogs() -> dict[str, Catalog]:
    return {language: i18n.catalog(language) for language in languages()}


def test_catalogs_agree_with_each_other() -> None:
    assert list(catalogs.between_catalogs(read_catalogs())) == []


def test_code_and_catalogs_agree() -> None:
    found = catalogs.between_code_and_catalogs(catalogs.sources(ROOT / "bot", ROOT / "cogs"), read_catalogs())
    assert list(found) == []


def test_no_wording_is_marked_as_doubtful() -> None:
    assert [(language, m.id) for language, catalog in read_catalogs().items() for m in catalog if m.fuzzy] == []


class TestTheCheckItself:
    """The tests above are worth what the check finds."""

    @staticmethod
    def made(**texts: str | tuple[str, ...]) -> Catalog:
        catalog = Catalog(locale="en")
        for key, string in texts.items():
            catalog.add((key, key) if isinstance(string, tuple) else key, string)
        return catalog

    def between(self, one: str | tuple[str, ...] | None, other: str | tuple[str, ...] | None) -> list[str]:
        made = {
            language: self.made(**({} if text is None else {"key": text}))
            for language, text in (("en", one), ("ja", other))
        }
        return list(catalogs.between_catalogs(made))

    def test_texts_that_agree(self) -> None:
        assert self.between("{a} and {b}", "{b}と{a}") == []
        assert self.between(("an entry", "{n} entries"), ("{n}件", "{n}件")) == []

    @pytest.mark.parametrize(
        ("one", "other", "problem"),
        [
            ("text", None, "ja.po has no key"),
            ("text", "", "ja.po has no key"),
            ("{a}", "{b}", r"placeholders \['b'\], others \['a'\]"),
            ("none", "{a}", r"placeholders \['a'\], others \[\]"),
            ("{a}", "none", r"placeholders \[\], others \['a'\]"),
            (("one", "{n}"), "{n}", "plural forms in some"),
            (("{a}", "{n}"), ("{a} {n}", "{a} {n}"), "different placeholders"),
            (("{n}", "{n}", "{n}"), ("{n}", "{n}"), "3 forms, not 2"),
        ],
    )
    def test_texts_that_do_not(
        self, one: str | tuple[str, ...], other: str | tuple[str, ...] | None, problem: str
    ) -> None:
        assert any(re.search(problem, found) for found in self.between(one, other))

    def code(self, source: str, **texts: str | tuple[str, ...]) -> list[str]:
        return list(catalogs.between_code_and_catalogs({"bot/x.py": source}, {"en": self.made(**texts)}))

    def test_code_that_agrees(self) -> None:
        assert self.code("t('a', x=1); i18n.t('b', n=2); desc('c'); KEYS = {1: 'd'}; t('a', **rest)",
                         a="{x}", b=("one", "{n}"), c="A command", d="d") == []  # fmt: skip

    @pytest.mark.parametrize(
        ("source", "problem"),
        [
            ("t('b')", "a is used nowhere"),
            ("t('a', x=1)\nt('b')", "bot/x.py:2: no catalog has b"),
            ("t('a' if yes else 'b', x=1)", "no catalog has b"),
            ("t('a')", r"given \[\] and needs \['x'\]"),
            ("t('a', x=1, y=2)", r"given \['x', 'y'\]"),
            ("desc('a')", "as it stands"),
            ("desc('b')", "no catalog has b"),
        ],
    )
    def test_code_that_does_not(self, source: str, problem: str) -> None:
        assert any(re.search(problem, found) for found in self.code(source, a="{x}"))

    def test_descriptions_discord_would_refuse(self) -> None:
        assert self.code("desc('a')", a="x" * 100) == []
        assert "longer" in self.code("desc('a')", a="x" * 101)[0]

    def test_plurals_need_their_number(self) -> None:
        assert self.code("t('a')", a=("one", "many"))
        assert not self.code("t('a', n=3)", a=("one", "many"))


@pytest.fixture
def texts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand catalogs of the test's own in for the real ones."""
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for cached in (i18n.languages, i18n.catalog, i18n._plural):
        cached.cache_clear()


def write(folder: Path, language: str, body: str, plural: str = "nplurals=2; plural=(n != 1);") -> None:
    header = f'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"Plural-Forms: {plural}\\n"\n'
    header += '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    read_po(BytesIO((header + body).encode()), locale=language, abort_invalid=True)
    (folder / f"{language}.po").write_text(header + body, encoding="utf-8")


COUNT = 'msgid "count"\nmsgid_plural "count"\nmsgstr[0] "{n} entry"\nmsgstr[1] "{n} entries"\n\n'


def test_what_people_typed_is_escaped_in_messages_and_plain_elsewhere(texts: Path) -> None:
    write(texts, "en", 'msgid "hello"\nmsgstr "Hello *{name}*, {who}"\n')
    text = t("hello", name="a_b {who} **", who=markup.user(7))
    assert render("en", text) == r"Hello *a\_b {who} \*\**, <@7>"
    assert isinstance(render("en", text), Markup)
    assert plain("en", text) == "Hello *a_b {who} ***, <@7>"


def test_parameters_are_worded_in_the_readers_language(texts: Path) -> None:
    body = 'msgid "list"\nmsgstr "{people}"\n\nmsgid "at"\nmsgstr "{when}"\n\nmsgid "in"\nmsgstr "<{inner}>"\n\n'
    for language in ("en", "ja"):
        write(texts, language, body + COUNT.replace("entries", "entries" if language == "en" else "件"))
    people = t("list", people=["a", markup.user(1), t("count", n=1234)])
    assert render("en", people) == "a, <@1>, and 1,234 entries"
    assert render("ja", people) == "a、<@1>、1,234 件"
    when = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert render("en", t("at", when=when)) == "<t:1798761540:F>"
    assert plain("en", t("at", when=when)) == "2026-12-31 23:59 UTC"
    assert render("en", t("in", inner=t("count", n=1))) == "<1 entry>"
    assert render("en", t("list", people=[])) == ""


def test_a_language_is_one_file_with_its_own_plural_rule(texts: Path) -> None:
    write(texts, "en", COUNT)
    assert languages() == ("en",)
    forget()
    write(texts, "fr", COUNT.replace("entries", "entrées").replace("entry", "entrée"), "nplurals=2; plural=(n > 1);")
    forms = 'msgstr[0] "{n} wpis"\nmsgstr[1] "{n} wpisy"\nmsgstr[2] "{n} wpisów"\n'
    rule = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);"
    write(texts, "pl", f'msgid "count"\nmsgid_plural "count"\n{forms}', rule)
    assert languages() == ("en", "fr", "pl")
    assert language_of("fr") == "fr"
    worded = {(language, n): render(language, t("count", n=n)) for language in ("en", "fr", "pl") for n in (0, 1, 2, 5)}
    assert worded["en", 0] == "0 entries"
    assert worded["fr", 0] == "0 entrée"
    assert worded["fr", 2] == "2 entrées"
    assert render("fr", t("count", n=1_000_000)).endswith("entrées")
    assert [worded["pl", n] for n in (1, 2, 5)] == ["1 wpis", "2 wpisy", "5 wpisów"]


def test_what_is_missing_is_an_error_that_names_it(texts: Path) -> None:
    write(texts, "en", COUNT + 'msgid "empty"\nmsgstr ""\n\nmsgid "one"\nmsgstr "{a}"\n')
    for missing in (t("nowhere"), t("empty"), t("one"), t("count")):
        with pytest.raises(KeyError):
            render("en", missing)
    with pytest.raises(TypeError, match="whole number"):
        render("en", t("count", n="3"))
    with pytest.raises(TypeError, match="boolean"):
        render("en", t("one", a=True))


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en-US", "en"),
        ("en-GB", "en"),
        ("ja", "ja"),
        ("ko", "ko"),
        ("ko-KR", "ko"),
        ("fi", "en"),
        (None, "en"),
        ("", "en"),
    ],
)
def test_discords_locales_find_their_catalog(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_english_japanese_and_korean_are_there_english_first() -> None:
    assert languages()[0] == "en"
    assert {"en", "ja", "ko"} <= set(languages())
    for language, number in FORMS.items():
        assert i18n.catalog(language).num_plurals == number


@pytest.mark.parametrize(
    ("length", "en", "ja", "ko"),
    [
        (timedelta(0), "0 seconds", "0秒", "0초"),
        (timedelta(seconds=1), "1 second", "1秒", "1초"),
        (timedelta(hours=1, minutes=30), "1 hour 30 minutes", "1時間30分", "1시간 30분"),
        (timedelta(days=2, seconds=1), "2 days 1 second", "2日1秒", "2일 1초"),
        (timedelta(days=1000), "1,000 days", "1,000日", "1,000일"),
    ],
)
def test_lengths_of_time(length: timedelta, en: str, ja: str, ko: str) -> None:
    worded = duration(length)
    assert [plain(language, worded) for language in ("en", "ja", "ko")] == [en, ja, ko]


@settings(deadline=None)  # the first example reads the catalogs
@given(st.text(), st.sampled_from(["en", "ja", "ko"]))
def test_nothing_people_type_breaks_a_sentence(typed: str, language: str) -> None:
    text = Text("error.unexpected", {"reference": typed})
    assert markup.escape(typed) in render(language, text)
    assert typed in plain(language, text)


@pytest.mark.parametrize(
    ("locale", "language"),
    [(discord.Locale.japanese, "ja"), (discord.Locale.korean, "ko"), (discord.Locale.british_english, None)],
)
async def test_commands_are_worded_in_discords_languages(locale: discord.Locale, language: str | None) -> None:
    context = app_commands.TranslationContext(app_commands.TranslationContextLocation.other, None)
    said = await CatalogTranslator().translate(desc("command.giveaway.start"), locale, context)
    assert said == (None if language is None else plain(language, Text("command.giveaway.start")))
