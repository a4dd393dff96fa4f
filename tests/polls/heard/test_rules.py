"""When people are reminded, what the board's figures are, and what a proposal may be."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from random import Random
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import BadInput
from cogs.polls.rules.heard import (
    DAY,
    PERIOD,
    USUAL,
    Moment,
    Record,
    answer_due,
    figures,
    overtaken,
    reminders,
)
from cogs.polls.rules.proposing import read_reason, read_wish

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
lengths = st.timedeltas(timedelta(seconds=1), timedelta(days=600))
moments = st.timedeltas(timedelta(days=-800), timedelta(days=200)).map(lambda since: NOW + since)


@st.composite
def records(draw: st.DrawFn) -> Record:
    closed = draw(moments)
    answered = draw(st.none() | lengths)
    return Record(closed, closed + draw(lengths), None if answered is None else closed + answered)


class TestDue:
    def test_a_week_is_usual(self) -> None:
        assert answer_due(NOW, None, None) == NOW + timedelta(days=7)

    def test_what_was_promised_goes_before_it(self) -> None:
        assert answer_due(NOW, timedelta(days=2), None) == NOW + timedelta(days=2)
        assert answer_due(NOW, None, NOW + DAY) == NOW + DAY

    def test_a_date_the_poll_has_outlived(self) -> None:
        assert answer_due(NOW, None, NOW - DAY) == NOW + USUAL


class TestReminders:
    def test_of_a_week(self) -> None:
        assert reminders(NOW, NOW + USUAL) == {
            Moment.HALF: NOW + timedelta(days=3.5),
            Moment.DAY: NOW + timedelta(days=6),
            Moment.DUE: NOW + timedelta(days=7),
        }

    @pytest.mark.parametrize("days", [0.5, 1, 2])
    def test_short_times_have_no_day_before(self, days: float) -> None:
        assert list(reminders(NOW, NOW + timedelta(days=days))) == [Moment.HALF, Moment.DUE]

    @given(moments, lengths)
    def test_they_come_in_order_and_end_when_it_is_due(self, start: datetime, length: timedelta) -> None:
        times = list(reminders(start, start + length).values())
        assert times == sorted(times)
        assert len(set(times)) == len(times)
        assert start < times[0]
        assert times[-1] == start + length

    @given(moments, lengths, st.floats(0, 2))
    def test_after_a_downtime_the_last_one_is_left(self, start: datetime, length: timedelta, late: float) -> None:
        due = start + length
        now = start + length * late
        arrived = [moment for moment, when in reminders(start, due).items() if when <= now]
        assert [each for each in arrived if not overtaken(each, start, due, now)] == arrived[-1:]


class TestFigures:
    @settings(max_examples=40)
    @given(st.lists(records(), max_size=30))
    def test_they_agree_with_counting_by_hand(self, found: list[Record]) -> None:
        made = figures(found, NOW)
        recent = [each for each in found if NOW - PERIOD <= each.closed_at <= NOW]
        answered = [each for each in recent if each.answered_at is not None]
        unanswered = [each for each in recent if each.answered_at is None and each.due_at <= NOW]
        assert made.due == len(answered) + len(unanswered)
        assert made.in_time == sum(each.answered_at <= each.due_at for each in answered if each.answered_at)
        waits = [(each.answered_at - each.closed_at) / timedelta(days=1) for each in answered if each.answered_at]
        assert (made.median_days is None) is not bool(waits)
        if made.median_days is not None:
            assert float(made.median_days) == pytest.approx(median(waits), abs=1e-9)

    @settings(max_examples=40)
    @given(st.lists(records(), max_size=20), st.randoms())
    def test_their_order_does_not_matter(self, found: list[Record], random: Random) -> None:
        shuffled = [*found]
        random.shuffle(shuffled)
        assert figures(shuffled, NOW) == figures(found, NOW)

    @settings(max_examples=40)
    @given(st.lists(records(), max_size=20))
    def test_the_share_is_never_flattering(self, found: list[Record]) -> None:
        made = figures(found, NOW)
        if made.percent is None:
            assert made.due == 0
        else:
            assert 0 <= made.percent <= 100
            assert (made.percent == 100) is (made.in_time == made.due)
            assert Fraction(made.percent, 100) <= Fraction(made.in_time, made.due)

    @settings(max_examples=40)
    @given(st.lists(records(), max_size=20), st.integers(0, 5))
    def test_another_answer_in_time_never_lowers_it(self, found: list[Record], days: int) -> None:
        closed = NOW - timedelta(days=10)
        better = [*found, Record(closed, closed + USUAL, closed + timedelta(days=days))]
        assert (figures(better, NOW).percent or 0) >= (figures(found, NOW).percent or 0)

    def test_what_is_not_due_yet_counts_once_it_is_answered(self) -> None:
        open_one = Record(NOW - DAY, NOW + DAY)
        assert figures([open_one], NOW).percent is None
        assert figures([Record(NOW - DAY, NOW + DAY, NOW)], NOW).percent == 100


class TestProposals:
    def test_lines_and_bars_divide_options(self) -> None:
        wish = read_wish("  Which   day? ", "Monday\n\n Tuesday | Friday｜Sunday", " ")
        assert wish.question == "Which day?"
        assert wish.options == ("Monday", "Tuesday", "Friday", "Sunday")
        assert wish.why is None

    @pytest.mark.parametrize(
        ("question", "options", "key"),
        [
            (" \u200b", "a\nb", "poll.question.blank"),
            ("x" * 301, "a\nb", "poll.question.too_long"),
            ("q", "a", "poll.options.how_many"),
            ("q", "\n".join(map(str, range(26))), "poll.options.how_many"),
            ("q", f"a\n{'x' * 101}", "poll.options.too_long"),
            ("q", "Cafe\nＣＡＦＥ", "poll.options.same"),
        ],
    )
    def test_what_no_poll_could_be_is_refused(self, question: str, options: str, key: str) -> None:
        with pytest.raises(BadInput) as refusal:
            read_wish(question, options, "")
        assert refusal.value.text.key == key

    def test_declining_needs_a_reason(self) -> None:
        assert read_reason(" No room. ") == "No room."
        for typed in ("", "  ", "\u2800", "x" * 301):
            with pytest.raises(BadInput):
                read_reason(typed)
