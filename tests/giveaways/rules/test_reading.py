"""What people type for a giveaway's options is taken, or refused with a sentence that quotes it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import markup
from bot.drafting.reading import Reader, Typed, read, read_end, with_translation
from bot.drafting.values import with_channels
from bot.errors import BadInput
from bot.i18n import languages, render
from cogs.giveaways.rules.options import LONGEST, SHORTEST, Options, Spot
from cogs.giveaways.rules.reading import (
    LONGEST_PRIZE,
    LONGEST_TEXT,
    TAKES,
    read_bonuses,
    read_claim_time,
    read_description,
    read_prize,
    read_winners,
    with_bonus_roles,
)
from cogs.giveaways.rules.terms import Claim, Named, Repeats

NOW = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
READER = Reader(NOW, "en")
EMPTY = Options()
OWN = (read_prize, read_description)


def take(before: Options = EMPTY, /, **typed: Typed) -> Options:
    return read(before, typed, READER, TAKES)


def refusal(**typed: Typed) -> str:
    """Return the sentence with which something is refused, which there must be in every language."""
    with pytest.raises(BadInput) as refused:
        take(**typed)
    said = [str(render(language, refused.value.text)) for language in languages()]
    assert all(said)
    return said[0]


def test_everything_that_can_be_typed_is_taken() -> None:
    options = take(
        prize="Print",
        description="Signed\nby hand",
        winners=3,
        zone="Asia/Seoul",
        starts="tomorrow 20:00",
        ends="3 days",
        required_role=1,
        excluded_role=2,
        bonuses="<@&3> 2, <@&4> 5",
        account_age="30",
        member_for="2 weeks",
        cooldown="7 days",
        holders_of=Named(8, "Holders"),
        attended=Named(9, "Opening"),
        claim="in-person",
        claim_within="5",
        ping=6,
        repeat="weekly",
    )
    assert options == Options(
        prize="Print",
        description="Signed\nby hand",
        winners=3,
        starts=datetime(2026, 3, 29, 20, 0, tzinfo=ZoneInfo("Asia/Seoul")),
        runs=timedelta(days=3),
        zone="Asia/Seoul",
        required_role=1,
        excluded_role=2,
        bonuses=((3, 2), (4, 5)),
        account_age=timedelta(days=30),
        member_for=timedelta(days=14),
        cooldown=timedelta(days=7),
        holders_of=Named(8, "Holders"),
        attended=Named(9, "Opening"),
        claim=Claim.IN_PERSON,
        claim_within=timedelta(days=5),
        ping=6,
        repeat=Repeats.WEEKLY,
    )
    assert Options.from_json(options.to_json()) == options


def test_an_empty_text_takes_a_value_away() -> None:
    full = take(
        prize="Print", description="Words", starts="1h", ends="2h", cooldown="1", claim_within="3", repeat="daily"
    )
    empty = take(
        full, prize="", description=" ", starts="", ends="", cooldown="", claim_within="", repeat="", required_role=0
    )
    assert empty == Options()


PRIZES = {
    "@everyone and <@&1>": "@everyone and <@&1>",
    "**bold** [link](https://x.y)": "**bold** [link](https://x.y)",
    "two\nlines\r\nthree": "two lines three",
    "\u202eoverride\u202c": "override",
    "\u2067isolate\u2069 עברית": "isolate עברית",
    "👩\u200d🎨 print": "👩\u200d🎨 print",
    "  e\u0301  ": "é",
}


@pytest.mark.parametrize("typed", PRIZES)
def test_a_prize_is_one_clean_line(typed: str) -> None:
    assert read_prize(typed) == PRIZES[typed]


@pytest.mark.parametrize("typed", ["\u200b", "\u200d\u200d", "\u2067\u2069", "\u3164", "\u2800 \u00ad"])
def test_a_prize_nobody_can_see_is_refused(typed: str) -> None:
    assert "Nothing of the prize" in refusal(prize=typed)
    assert "Nothing of the description" in refusal(description=typed)


@settings(deadline=None)
@given(st.text(min_size=1, max_size=400))
def test_whatever_prize_is_taken_is_short_visible_and_reads_the_same_again(typed: str) -> None:
    try:
        prize = read_prize(typed)
    except BadInput:
        cleaned = " ".join(markup.clean(typed).split("\n"))
        assert markup.is_blank(cleaned) or len(cleaned) > LONGEST_PRIZE
    else:
        assert 0 < len(prize) <= LONGEST_PRIZE
        assert "\n" not in prize
        assert read_prize(prize) == prize


def test_too_long_is_refused_with_how_long_it_is() -> None:
    assert "10,000 characters" in refusal(prize="x" * 10_000)
    assert "1,001 characters" in refusal(description="x" * (LONGEST_TEXT + 1))
    assert read_prize("x" * LONGEST_PRIZE)
    assert read_description("x" * LONGEST_TEXT)


@pytest.mark.parametrize("typed", ["0", "101", "-1", "1.5", "three", "", "9" * 5_000, "１０１", "1 000"])
def test_winners_out_of_bounds_are_refused(typed: str) -> None:
    with pytest.raises(BadInput):
        read_winners(typed)


@pytest.mark.parametrize("number", [0, 101, -5, 2**70])
def test_winners_as_numbers_are_held_to_the_same_bounds(number: int) -> None:
    assert "from 1 to 100" in refusal(winners=number)


@settings(deadline=None)
@given(st.integers(1, 100))
def test_winners_within_bounds_are_taken(number: int) -> None:
    assert read_winners(number) == read_winners(f" {number} ") == number
    assert read_winners(str(number).translate({ord("0") + i: ord("０") + i for i in range(10)})) == number


@settings(deadline=None)
@given(st.dictionaries(st.integers(1, 2**63 - 1), st.integers(1, 100), min_size=1, max_size=5), st.data())
def test_bonuses_are_read_however_they_are_separated(wanted: dict[int, int], data: st.DataObject) -> None:
    between = data.draw(st.sampled_from([", ", ",", "; ", "、", "\n", " ", "，"]))
    sign = data.draw(st.sampled_from([" ", ": ", " = ", " +", " x", "×", ""]))
    typed = between.join(f"<@&{role}>{sign}{extra}" for role, extra in wanted.items())
    assert read_bonuses(typed) == tuple(wanted.items())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("@Artist 2", "@Artist 2"),
        ("<@&1>", "cannot be read"),
        ("<@&1> many", "many"),
        ("<@1> 2", "cannot be read"),
        ("<@&1> 0", "from 1 to 100"),
        ("<@&1> 101", "from 1 to 100"),
        ("<@&1> -3", "cannot be read"),
        ("<@&1> 2, <@&1> 3", "twice"),
        (", ".join(f"<@&{role}> 1" for role in range(1, 7)), "6 roles"),
    ],
)
def test_other_bonuses_are_refused(typed: str, said: str) -> None:
    assert said in refusal(bonuses=typed).replace("\\", "")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "no unit"),
        ("-5m", "less than a second"),
        ("9999d", "90 days"),
        ("29s", "30 seconds"),
        ("91 days", "90 days"),
        ("tomorrow", "no time of day"),
        ("2026-03-27 20:00", "ago"),
        ("2026-07-28 20:00", "90 days"),
        ("soon", "cannot be read"),
    ],
)
def test_ends_that_cannot_be_are_refused_with_what_was_typed(typed: str, said: str) -> None:
    sentence = refusal(ends=typed)
    assert said in sentence
    assert typed in sentence.replace("\\", "")


def test_a_time_that_clocks_leave_out_or_show_twice_is_refused() -> None:
    berlin = Options(zone="Europe/Berlin")
    with pytest.raises(BadInput) as skipped:
        read(berlin, {"ends": "tomorrow 02:30"}, READER, TAKES)
    assert skipped.value.text.key == "time.skipped"
    autumn = Reader(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), "en")
    with pytest.raises(BadInput) as twice:
        read(berlin, {"ends": "tomorrow 02:30"}, autumn, TAKES)
    assert twice.value.text.key == "time.twice"


def test_a_length_counts_from_the_opening_and_an_instant_is_one() -> None:
    assert take(starts="3h", ends="45m").times(NOW) == (NOW + timedelta(hours=3), NOW + timedelta(hours=3, minutes=45))
    later = NOW + timedelta(days=5)
    assert take(ends="45m").times(later) == (later, later + timedelta(minutes=45))
    assert take(starts="3h", ends="18:00").times(NOW)[1] == NOW + timedelta(hours=6)


def test_a_clock_time_alone_is_the_next_after_the_opening() -> None:
    options = take(starts="tomorrow 20:00", ends="19:00")
    assert options.ends == datetime(2026, 3, 30, 19, 0, tzinfo=UTC)


def test_an_end_before_the_opening_is_refused() -> None:
    assert "before it opens" in refusal(starts="2026-03-30 20:00", ends="2026-03-29 20:00")


def test_the_end_of_what_is_open_already_counts_from_now() -> None:
    reader = Reader(NOW, "en", opened_at=NOW - timedelta(days=2))
    assert read(Options(), {"ends": "2 days"}, reader, TAKES).ends == NOW + timedelta(days=2)


@settings(deadline=None)
@given(st.timedeltas(SHORTEST, LONGEST))
def test_every_length_within_bounds_is_taken(length: timedelta) -> None:
    seconds = int(length.total_seconds())
    assert read_end(f"{seconds}s", None, "UTC", READER, SHORTEST, LONGEST) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("5", timedelta(days=5)),
        ("72h", timedelta(hours=72)),
        ("2026-04-24", datetime(2026, 4, 24, 23, 59, tzinfo=UTC)),
        ("2026-04-24 18:00", datetime(2026, 4, 24, 18, 0, tzinfo=UTC)),
        ("next friday 18:00", datetime(2026, 4, 3, 18, 0, tzinfo=UTC)),
        ("3日", timedelta(days=3)),
    ],
)
def test_the_time_to_claim_is_a_length_or_a_date(typed: str, wanted: timedelta | datetime) -> None:
    assert read_claim_time(typed, "UTC", READER) == wanted


@pytest.mark.parametrize("typed", ["0", "10s", "400 days", "2020-01-01", "whenever"])
def test_other_times_to_claim_are_refused(typed: str) -> None:
    assert typed in refusal(claim_within=typed).replace("\\", "")


def test_forged_choices_are_refused() -> None:
    assert "bribe" in refusal(claim="bribe")
    assert "hourly" in refusal(repeat="hourly")
    assert "Mars" in refusal(zone="Mars/Olympus")


def test_choosing_roles_keeps_the_tickets_they_had() -> None:
    options = with_bonus_roles(take(bonuses="<@&1> 7, <@&2> 3"), [2, 5])
    assert options.bonuses == ((2, 3), (5, 1))
    with pytest.raises(BadInput):
        with_bonus_roles(options, range(1, 7))


def test_choosing_channels_keeps_what_was_said_of_them() -> None:
    options = with_translation(with_channels(Options(), [1, 2]), 2, "ja", "版画", "説明", *OWN)
    assert with_channels(options, [2, 3, 2]).spots == (Spot(2, "ja", "版画", "説明"), Spot(3))
    with pytest.raises(BadInput):
        with_channels(options, range(1, 7))


def test_a_translation_is_held_to_the_same_bounds() -> None:
    options = with_channels(Options(), [1])
    for language, title, text in (("xx", "", ""), ("ja", "x" * 201, ""), ("ja", "", "x" * 1001), ("ja", "\u200b", "")):
        with pytest.raises(BadInput):
            with_translation(options, 1, language, title, text, *OWN)
    assert with_translation(options, 1, "ko", " ", "", *OWN).spots == (Spot(1, "ko"),)
    assert with_translation(options, 9, "ko", "t", "t", *OWN) == options
