"""Rows in words: every kind in every language, whatever people typed, never longer than Discord takes."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import languages
from bot.ledger import render
from bot.ledger.live import ROWS_A_MESSAGE, Rows
from bot.ledger.rules import Fact, Head, Row, Sealed, seal
from bot.ledger.service import Page
from tests.ledger.books import MODERATOR, NOW, WINNER

ROOT = Path(__file__).parents[2]
SALT = "0123456789abcdef0123456789abcdef"
KINDS = (*render.WITH_SUBJECT, *render.ALONE)


def row(
    kind: str = "giveaway.drawn",
    subject: str | None = "giveaway:42",
    *,
    actor: int | None = MODERATOR,
    persons: dict[str, Sealed] | None = None,
    texts: dict[str, Sealed] | None = None,
    facts: dict[str, Fact] | None = None,
) -> Row:
    by = None if actor is None else seal(str(actor), SALT)
    return Row(7, NOW, kind, subject, by, persons or {}, texts or {}, facts or {})


def shown(*rows: Row, language: str = "en") -> str:
    return str(render.rows_message(Rows(rows), language).embeds[0].description)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_sentence(kind: str, language: str) -> None:
    text = shown(row(kind, None if kind in render.ALONE else "giveaway:42"), language=language)
    assert kind not in text
    assert "{" not in text
    assert f"<@{MODERATOR}>" in text


def test_kinds_of_other_versions_are_shown_by_their_names() -> None:
    assert "`raffle.spun`: `raffle:3`" in shown(row("raffle.spun", "raffle:3"))
    assert "`giveaway.drawn`" in shown(row(subject=None))
    assert "Role given: Rule 3" in shown(row("role.given", "rule:3"))


def test_what_was_erased_and_what_the_bot_did_itself_is_said() -> None:
    gone = Sealed("0" * 64, None, None)
    text = shown(row(actor=None, persons={"winner": gone}, texts={"reason": gone}))
    assert text.splitlines()[0].endswith("· Ikuzo")
    assert "winner: (erased) · reason: (erased)" in text


def test_facts_are_shown_as_what_they_are() -> None:
    facts: dict[str, Fact] = {
        "entries": 1234,
        "enabled": False,
        "before": None,
        "channel_id": "1400000000000000011",
        "role": "1400000000000000012",
        "due": "2026-03-01T12:00:00Z",
        "unheard_of": "x",
    }
    assert shown(row(facts=facts)).splitlines()[1] == (
        "> entries: 1,234 · on: no · before: none · channel: <#1400000000000000011> · role: <@&1400000000000000012>"
        " · due: <t:1772366400:f> · `unheard_of`: x"
    )


def test_many_persons_are_counted() -> None:
    winners = {f"winner_{number}": seal(str(WINNER + number), SALT) for number in range(1, 1001)}
    text = shown(row(persons=winners))
    assert f"winner: <@{WINNER + 1}>, <@{WINNER + 2}>" in text
    assert text.endswith("and 990 more")
    several = shown(*[row(persons=winners, texts={"prize": seal("x" * 200, SALT)})] * ROWS_A_MESSAGE)
    assert several.count("more · prize: x") == ROWS_A_MESSAGE


def test_whatever_is_written_down_has_a_sentence() -> None:
    """A kind that is added anywhere gets one in all languages, and its key in the tables of ``render.py``."""
    written = {kind for path in (*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py")) for kind in kinds_in(path)}
    assert written
    assert written - set(KINDS) == set()


def kinds_in(path: Path) -> Iterator[str]:
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Entry":
            named = [keyword.value for keyword in call.keywords if keyword.arg == "kind"]
            for value in named or call.args[1:2]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def test_what_people_typed_stays_in_its_line() -> None:
    text = shown(row(texts={"reason": seal("**no**\n`9` <t:1:f> @everyone", SALT)}))
    assert len(text.splitlines()) == 2
    assert "\\*\\*no\\*\\* \\`9\\` \\<t:1:f> \\@everyone" in text


@pytest.mark.parametrize("language", languages())
@given(
    texts=st.lists(
        st.text(min_size=250, max_size=400) | st.sampled_from(["*" * 300, "😀" * 300]), min_size=4, max_size=4
    ),
    count=st.integers(1, ROWS_A_MESSAGE),
)
def test_a_message_fits_whatever_was_typed(language: str, texts: list[str], count: int) -> None:
    sealed = {f"text{number}": seal(text, SALT) for number, text in enumerate(texts)}
    rows = [row("x" * 31 + "." + "y" * 32, "z" * 64, persons={"winner": seal(str(WINNER), SALT)}, texts=sealed)] * count
    text = shown(*rows, language=language)
    assert len(text.encode("utf-16-le")) // 2 <= 4096
    assert text.count("<t:") >= count


@pytest.mark.parametrize("language", languages())
def test_the_head_is_shown_so_that_it_can_be_copied(language: str) -> None:
    embed = render.head_message(Head(57, "ab" * 32), language).embeds[0]
    assert f"ikuzo verify ledger.json --head {'ab' * 32}" in str(embed.description)
    assert "57" in str(embed.title)


@pytest.mark.parametrize("language", languages())
def test_a_page_of_the_log_ends_with_the_head(language: str) -> None:
    embed = render.page_message(Page(Head(7, "ab" * 32), [row()]), language).embeds[0]
    assert f"`{'ab' * 32}`" in str(embed.description)
    empty = render.page_message(Page(Head(0, "ab" * 32), []), language).embeds[0]
    assert empty.description
