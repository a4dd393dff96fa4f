"""What people typed is shown letter by letter, and nothing of it reaches what stands around it."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import markup
from bot.markup import Markup

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ISOLATE, POP = "\u2068", "\u2069"

anything = st.text()
tricky = st.text(alphabet="ab1 .\n\\*_~`|[]()<>@#&-+:/" + OVERRIDES + "אب漢")


def as_shown(escaped: str) -> str:
    """Read Markdown the way Discord shows it when nothing in it is special: a backslash hides before a sign."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escaped)


def without_overrides(text: str) -> str:
    return "".join(c for c in text if c not in OVERRIDES)


@given(anything | tricky)
def test_escaped_text_is_shown_letter_by_letter(text: str) -> None:
    assert without_overrides(as_shown(markup.escape(text))) == without_overrides(text)


@given(anything | tricky)
def test_no_sign_of_markdown_or_of_a_mention_is_left_bare(text: str) -> None:
    bare = re.sub(r"\\[^0-9A-Za-z\s]", "", re.sub(r"https?://[^\s<>\"'`|\\\[\]]+", "", markup.escape(text)))
    assert not set(bare) & set("\\`|[]<"), bare
    assert not set(bare) & set("*_~@")


@pytest.mark.parametrize("start", ["# ", "## ", "-# ", "- ", "+ ", "* ", "> ", ">>> ", "1. ", "23. "])
@pytest.mark.parametrize("before", ["", "  ", "a line\n", "a line\n   "])
def test_headings_lists_and_quotes_at_the_start_of_a_line_are_only_text(start: str, before: str) -> None:
    escaped = markup.escape(f"{before}{start}text")
    line = escaped.splitlines()[-1].lstrip()
    assert re.match(r"\\|\d+\\", line), line
    assert as_shown(escaped) == f"{before}{start}text"


@pytest.mark.parametrize(
    "text",
    ["<@123456789012345678>", "<@!1>", "<@&5>", "<#7>", "@everyone", "@here", "<:e:1>", "<a:e:1>", "<t:1:R>", "</x:1>"],
)
def test_mentions_emoji_and_timestamps_that_people_type_stay_text(text: str) -> None:
    assert markup.escape(text).startswith("\\")
    assert as_shown(markup.escape(text)) == text


def test_addresses_of_pages_still_work() -> None:
    url = "https://example.com/a_b/c*d~e?q=1#-f"
    assert markup.escape(f"see *{url}* or _{url}_") == rf"see \*{url}* or \_{url}_"
    assert markup.escape("plain_name") == r"plain\_name"


def test_an_address_in_a_link_text_cannot_choose_where_the_link_leads() -> None:
    link = markup.link("https://a.example](https://evil.example/", "https://good.example/x")
    assert re.findall(r"(?<!\\)\]\(([^)]*)\)", link) == ["https://good.example/x"]
    assert markup.link("https://a.example/\\", "https://good.example").endswith(r"\\](https://good.example)")


def test_brackets_in_an_address_do_not_end_the_link() -> None:
    assert markup.link("page", "https://x.example/a_(b)") == "[page](https://x.example/a_%28b%29)"


@given(anything | tricky)
def test_direction_changes_end_with_the_value(text: str) -> None:
    escaped = markup.escape(text)
    controls = [c for c in escaped if c in OVERRIDES]
    turned = any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)
    assert controls == ([ISOLATE, POP] if turned else [])
    if turned:
        assert escaped[0] == ISOLATE
        assert escaped[-1] == POP


def test_right_to_left_text_is_isolated_even_when_it_brings_its_own_end() -> None:
    assert markup.escape("שלום\u2069\u202eabc") == f"{ISOLATE}שלוםabc{POP}"


@given(anything | tricky)
def test_code_is_one_span_and_cannot_be_left(text: str) -> None:
    span = markup.code(text)
    assert span[0] == span[-1] == "`"
    assert not set(span[1:-1]) & {"`", "\n", *OVERRIDES}


@given(st.text(alphabet=st.characters()) | tricky)
def test_cleaning_leaves_no_controls_and_changes_nothing_the_second_time(text: str) -> None:
    cleaned = markup.clean(text)
    assert markup.clean(cleaned) == cleaned
    assert cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"} for c in cleaned)
    assert not set(cleaned) & set(OVERRIDES)
    cleaned.encode()


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  한국어\u0000 ", "한국어"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("two\twords", "two words"),
        ("e\u0301", "é"),
        ("e\u0000\u0301", "é"),
        ("a\u202eb", "ab"),
        ("👩\u200d🎨", "👩\u200d🎨"),
    ],
)
def test_cleaning(typed: str, cleaned: str) -> None:
    assert markup.clean(typed) == cleaned


BLANKS = ["", " ", "\u200b", "\u3164", "\uffa0", "\u2800", "\u00a0\u2060", "\u115f\u1160", "\u034f", "\U0001d159", "\n"]


@pytest.mark.parametrize("text", BLANKS)
def test_what_cannot_be_seen_is_blank(text: str) -> None:
    assert markup.is_blank(text)
    assert not markup.is_blank(f"{text}.")


@pytest.mark.parametrize("text", ["a", "。", "漢", "한", "0", "👍", "-"])
def test_what_can_be_seen_is_not_blank(text: str) -> None:
    assert not markup.is_blank(text)


def test_our_own_markup() -> None:
    when = datetime(2026, 12, 31, 23, 59, tzinfo=UTC)
    assert markup.user(1) == "<@1>"
    assert markup.role(2) == "<@&2>"
    assert markup.channel(3) == "<#3>"
    assert markup.time(when) == "<t:1798761540:F>"
    assert markup.time(when, "R") == "<t:1798761540:R>"
    assert markup.jump(1, 2, 3) == "https://discord.com/channels/1/2/3"
    made = (
        markup.user(1),
        markup.escape("a"),
        markup.code("a"),
        markup.time(when),
        markup.link("a", "https://b.example"),
    )
    assert all(isinstance(each, Markup) for each in made)
