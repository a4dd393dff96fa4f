"""Calendar files, read back by libraries that did not write them, come to the dates we come to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import vobject
from dateutil.tz import tzical
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.times import at_wall_clock
from cogs.events.rules.calendar import Date, Item, Series, Single, Status, Words, write_calendar
from cogs.events.rules.recurrence import LAST, Every, Rule, Span, Zone, anchored, span, spans
from cogs.events.rules.zones import observances, zone_id

naive = datetime.fromisoformat
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
BEGINS = naive("2026-06-19 20:00")
WORDS = Words("Sketch night", "Bring paper", "Studio", "https://discord.com/channels/1/2/3")
HOUR = timedelta(hours=1)

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
    "America/St_Johns",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "UTC",
)
zones = st.sampled_from([ZoneInfo(name) for name in ZONES] + [timezone(timedelta(hours=9)), timezone(-HOUR * 3.5)])
rules = st.one_of(
    st.builds(Rule, st.just(Every.DAY), st.integers(2, 9)),
    st.builds(
        Rule,
        st.just(Every.WEEK),
        st.integers(1, 5),
        st.sets(st.integers(0, 6), min_size=0, max_size=3).map(lambda days: tuple(sorted(days))),
    ),
    st.builds(Rule, st.just(Every.MONTH), st.integers(1, 4), day=st.sampled_from([None, 1, 15, 29, 30, 31])),
    st.builds(
        Rule,
        st.just(Every.MONTH),
        st.integers(1, 4),
        st.integers(0, 6).map(lambda day: (day,)),
        nth=st.sampled_from([1, 2, 3, 4, LAST]),
    ),
)
lengths = st.sampled_from([timedelta(minutes=30), HOUR, timedelta(hours=8), timedelta(days=1), timedelta(hours=50)])
# Starts on the quarter of an hour, often in the small hours in which clocks are changed.
starts = st.builds(
    lambda day, minutes: naive("2026-01-01 00:00") + timedelta(days=day, minutes=minutes),
    st.integers(0, 400),
    st.one_of(st.integers(0, 13).map(lambda n: n * 15), st.integers(0, 95).map(lambda n: n * 15)),
)


def series(rule: Rule, zone: Zone = BERLIN, begins: datetime = BEGINS, **values: object) -> Series:
    made = Series("ab" * 16, zone, begins, HOUR, rule, WORDS, 3, NOW, NOW)
    return replace(made, **values)


def single(begins: datetime = BEGINS, zone: Zone = BERLIN, **values: object) -> Single:
    made = Date(span(begins, HOUR, zone), WORDS, 2, NOW)
    return Single("cd" * 16, zone, NOW, replace(made, **values))


def written(*items: Item, name: str = "Studio") -> str:
    return write_calendar(name, items, now=NOW).decode()


def read(text: str, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return what recurring-ical-events makes of a file: the dates that take place, in UTC."""
    found: list[Any] = recurring_ical_events.of(icalendar.Calendar.from_ical(text)).between(
        naive("2025-12-01 00:00"), until
    )
    return sorted(
        (entry.start.astimezone(UTC), entry.end.astimezone(UTC))
        for entry in found
        if entry.get("STATUS") != Status.CANCELLED and entry.start.astimezone(UTC) < until
    )


def ours(made: Series, until: datetime) -> list[tuple[datetime, datetime]]:
    """Return the dates that take place: the rule's, but for those told apart, which only ever move to later."""
    near = takewhile(lambda each: each.starts_at < until, spans(made.rule, made.begins, made.length, made.zone))
    apart = {slot: date.span for slot, date in made.dates.items()}
    called_off = {slot for slot, date in made.dates.items() if date.status is Status.CANCELLED}
    found = [apart.get(each.slot, each) for each in near if each.slot not in called_off]
    return sorted((each.starts_at, each.ends_at) for each in found if each.starts_at < until)


class TestDates:
    @settings(max_examples=60)
    @given(rules, zones, starts, lengths)
    @example(Rule(Every.WEEK), ZoneInfo("America/New_York"), naive("2026-03-01 02:30"), HOUR)
    @example(Rule(Every.WEEK), ZoneInfo("America/New_York"), naive("2026-03-01 01:30"), HOUR)
    @example(Rule(Every.DAY, 2), ZoneInfo("Australia/Lord_Howe"), naive("2026-04-03 01:45"), timedelta(hours=8))
    @example(Rule(Every.MONTH, day=31), ZoneInfo("Asia/Tokyo"), naive("2026-01-31 08:00"), HOUR)
    @example(Rule(Every.WEEK), timezone(HOUR * 9), naive("2026-01-02 08:00"), HOUR)
    def test_over_five_years_another_library_comes_to_ours(
        self, rule: Rule, zone: Zone, begins: datetime, length: timedelta
    ) -> None:
        made = series(anchored(rule, begins), zone, begins, length=length)
        until = datetime(2031, 6, 15, tzinfo=UTC)
        assert read(written(made), until) == ours(made, until)

    @settings(max_examples=40)
    @given(rules, zones, starts, st.data())
    def test_dates_moved_and_cancelled_come_out_as_they_are(
        self, rule: Rule, zone: Zone, begins: datetime, data: st.DataObject
    ) -> None:
        made = series(replace(anchored(rule, begins), until=begins + timedelta(days=700)), zone, begins)
        by_rule = list(spans(made.rule, begins, HOUR, zone))[:30]
        if not by_rule:
            return
        changed = data.draw(st.sets(st.sampled_from(by_rule), max_size=4))
        differing: dict[datetime, Date] = {}
        for each in changed:
            if data.draw(st.booleans()):
                differing[each.slot] = Date(each, WORDS, 4, NOW, Status.CANCELLED)
            else:
                later = timedelta(minutes=15 * data.draw(st.integers(1, 200)))
                moved = Span(each.slot, each.starts_at + later, each.ends_at + later * 2)
                differing[each.slot] = Date(moved, WORDS, 4, NOW)
        made = replace(made, dates=differing)
        until = datetime(2029, 1, 1, tzinfo=UTC)
        assert read(written(made), until) == ours(made, until)

    def test_a_rule_that_ends_ends_there(self) -> None:
        made = series(Rule(Every.WEEK, weekdays=(4,), until=naive("2026-07-03 20:00")))
        assert len(read(written(made), datetime(2031, 1, 1, tzinfo=UTC))) == 3
        assert "UNTIL=20260703T180000Z" in written(made)

    def test_a_rule_is_told_as_one_where_all_readers_agree(self) -> None:
        assert written(series(Rule(Every.WEEK, weekdays=(4,)))).count("BEGIN:VEVENT") == 1

    def test_a_time_that_does_not_exist_one_night_has_each_date_told(self) -> None:
        text = written(series(Rule(Every.WEEK, weekdays=(6,)), begins=naive("2026-06-21 02:30")))
        assert "RRULE:FREQ=WEEKLY" not in text
        assert "DTSTART;TZID=Europe/Berlin:20270328T033000" in text

    def test_a_date_held_before_the_rule_was_changed_stands_beside_it(self) -> None:
        past = span(naive("2026-05-01 09:00"), HOUR, ZoneInfo("Europe/Berlin"))
        text = written(series(Rule(Every.WEEK, weekdays=(4,)), dates={past.slot: Date(past, WORDS, 0, NOW)}))
        assert f"UID:{'ab' * 16}-20260501T090000@ikuzo" in text
        assert (past.starts_at, past.ends_at) in read(text, NOW)


class TestIdentity:
    def test_an_event_keeps_its_uid_and_counts_its_changes(self) -> None:
        before, after = written(single()), written(single(sequence=5, changed_at=NOW + HOUR))
        assert f"UID:{'cd' * 16}@ikuzo" in before
        assert f"UID:{'cd' * 16}@ikuzo" in after
        assert ("SEQUENCE:2" in before, "SEQUENCE:5" in after) == (True, True)
        assert "LAST-MODIFIED:20260615T130000Z" in after

    def test_a_date_of_a_series_by_itself_is_named_by_its_slot_wherever_it_moved(self) -> None:
        made = replace(single(), of_series=True)
        moved = Span(BEGINS, NOW + HOUR, NOW + 2 * HOUR)
        for text in (written(made), written(replace(made, date=replace(made.date, span=moved)))):
            assert f"UID:{'cd' * 16}-20260619T200000@ikuzo" in text

    def test_a_changed_date_of_a_series_names_the_one_it_replaces(self) -> None:
        slot = BEGINS + timedelta(days=7)
        by_rule = span(slot, HOUR, ZoneInfo("Europe/Berlin"))
        date = Date(by_rule, replace(WORDS, title="Ink night"), 4, NOW)
        text = written(series(Rule(Every.WEEK, weekdays=(4,)), dates={slot: date}))
        assert "RECURRENCE-ID;TZID=Europe/Berlin:20260626T200000" in text
        assert text.count(f"UID:{'ab' * 16}@ikuzo") == 2
        assert "SUMMARY:Ink night" in text

    def test_what_is_cancelled_stays_and_says_so(self) -> None:
        text = written(single(status=Status.CANCELLED, sequence=3))
        assert "STATUS:CANCELLED" in text
        assert "TRANSP:TRANSPARENT" in text

    def test_the_same_month_writes_the_same_bytes(self) -> None:
        made = [series(Rule(Every.DAY)), single()]
        later = NOW + timedelta(days=10)
        assert write_calendar("x", made, now=NOW) == write_calendar("x", made, now=later)


def strictly(text: str, zone: Zone = BERLIN) -> Any:
    """Read a calendar as if it were the first: the library keeps what the first says of a zone for all that follow.

    What ours say of a zone reaches as far as their dates.
    """
    if zone_id(zone) != "UTC":
        vobject.icalendar.registerTzid(zone_id(zone), None)
    return vobject.readOne(text, validate=True)


HARD = "Comma, semicolon; back\\slash\nline “quotes” 日本語 한국어 🎨" + "長い題名" * 40 + "\x00\x07\r\nEND:VEVENT"


class TestForm:
    """RFC 5545 to the letter, as a strict parser reads it."""

    def test_texts_survive_and_cannot_break_out(self) -> None:
        text = written(single(words=Words(HARD, HARD, HARD)), name=HARD)
        (entry,) = strictly(text).vevent_list
        kept = HARD.replace("\x00\x07\r\n", "\n")
        assert (entry.summary.value, entry.description.value, entry.location.value) == (kept, kept, kept)
        assert text.count("BEGIN:VEVENT") == text.count("\r\nEND:VEVENT") == 1

    def test_lines_are_folded_and_ended_as_they_must_be(self) -> None:
        data = write_calendar("x", [single(words=Words(HARD, HARD))], now=NOW)
        lines = data.split(b"\r\n")
        assert lines[-1] == b""
        assert max(map(len, lines)) <= 75
        assert all(b"\n" not in line and b"\r" not in line for line in lines)
        for line in lines:
            line.decode()

    @given(rules, zones, starts)
    @settings(max_examples=25)
    def test_a_strict_parser_takes_it(self, rule: Rule, zone: Zone, begins: datetime) -> None:
        until = begins + timedelta(days=120)
        text = written(series(replace(anchored(rule, begins), until=until), zone, begins), single(begins, zone))
        parsed = strictly(text, zone)
        assert parsed.behavior.validate(parsed, raiseException=True)
        (made,) = [entry for entry in parsed.vevent_list if entry.uid.value == f"{'cd' * 16}@ikuzo"]
        assert made.dtstart.value.astimezone(UTC) == at_wall_clock(begins, zone)

    def test_a_zone_is_told_anew_by_each_calendar(self) -> None:
        for begins in (naive("2027-02-04 20:00"), naive("2026-06-01 20:00")):
            (entry,) = strictly(written(single(begins, BERLIN))).vevent_list
            assert entry.dtstart.value.astimezone(UTC) == at_wall_clock(begins, BERLIN)

    def test_an_empty_calendar_is_one(self) -> None:
        assert strictly(written()).name == "VCALENDAR"


class TestZones:
    @pytest.mark.parametrize("name", ZONES[:-1])
    def test_another_library_reads_each_hour_of_years_off_what_we_wrote(self, name: str) -> None:
        zone = ZoneInfo(name)
        text = written(series(Rule(Every.DAY, 9), zone))
        told = tzical(StringIO(text.replace("\r\n ", "").replace("\r\n", "\n"))).get(zone_id(zone))
        assert told is not None
        at = naive("2026-06-20 00:00")
        while at < naive("2031-06-01 00:00"):
            instant = at_wall_clock(at, zone)
            shown = instant.astimezone(zone).replace(tzinfo=None)
            assert told.utcoffset(shown) == instant.astimezone(zone).utcoffset(), shown
            at += timedelta(hours=7)

    def test_a_change_begins_when_clocks_say_so_that_are_not_changed_yet(self) -> None:
        text = written(series(Rule(Every.DAY), ZoneInfo("America/New_York")))
        assert "DTSTART:20260308T020000\r\nRDATE:20270314T020000" in text
        assert "TZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400" in text

    def test_an_offset_is_a_zone_without_changes(self) -> None:
        text = written(single(zone=timezone(-HOUR * 3.5)))
        assert "DTSTART;TZID=UTC-0330:20260619T200000" in text
        assert text.count("BEGIN:STANDARD") == 1

    def test_utc_needs_no_zone_and_a_second_time_the_same_hour_neither(self) -> None:
        assert "DTSTART:20260619T200000Z" in written(single(zone=ZoneInfo("UTC")))
        second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
        again = written(single(span=Span(BEGINS, second, second + HOUR)))
        assert "DTSTART:20261025T013000Z" in again

    def test_every_change_is_found(self) -> None:
        found = observances(
            ZoneInfo("Europe/Berlin"), datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
        )
        assert [each.starts_at.isoformat() for each in found[1:3]] == [
            "2026-03-29T01:00:00+00:00",
            "2026-10-25T01:00:00+00:00",
        ]
        assert len(found) == 5
