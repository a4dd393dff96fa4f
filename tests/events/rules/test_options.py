"""What may be said of an event, as people type it, and every refusal."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.drafting.reading import Reader, read
from bot.errors import BadInput
from bot.i18n import Text, languages, plain
from cogs.events.rules.kinds import Where
from cogs.events.rules.options import LONGEST, Options, Proposal, channel_fits, review
from cogs.events.rules.reading import TAKES, read_reminders
from cogs.events.rules.recurrence import Every, Rule

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
READER = Reader(NOW, "en")
ONLINE = {"title": "Sketch night", "starts": "2026-11-24 20:00", "where": "online"}


def typed(**values: str | int) -> Options:
    return read(Options(), values, READER, TAKES)


def problems(**values: str | int) -> list[str]:
    return [problem.text.key for problem in review(typed(**values), NOW).problems]


def proposal(**values: str | int) -> Proposal:
    found = review(typed(**{**ONLINE, **values}), NOW)
    assert found.proposal is not None, found.problems
    return found.proposal


def refusal(**values: str | int) -> Text:
    with pytest.raises(BadInput) as raised:
        typed(**{**ONLINE, **values})
    return raised.value.text


def test_the_defaults() -> None:
    made = proposal()
    assert made.first.ends_at - made.first.starts_at == timedelta(hours=1)
    assert made.remind == (timedelta(days=1), timedelta(hours=1), timedelta(0))
    assert (made.rule, made.capacity, made.rsvp_lead) == (None, None, timedelta(0))
    assert made.announce_lead is None
    assert not made.shows_names


def test_everything_said() -> None:
    made = proposal(
        ends="3h",
        capacity="20",
        rsvp_closes="6h",
        repeat="monthly on the first saturday",
        until="2027-06-30",
        remind="2d, 30m, at start",
        announce_at="2026-11-23 09:00",
        zone="Europe/Berlin",
        bring="A pencil",
    )
    assert made.length == timedelta(hours=3)
    assert made.capacity == 20
    assert made.rsvp_lead == timedelta(hours=6)
    assert made.rule == Rule(Every.MONTH, weekdays=(5,), nth=1, until=datetime(2027, 6, 30, 23, 59))  # noqa: DTZ001
    assert made.begins.isoformat() == "2026-12-05T20:00:00"
    assert made.first.starts_at == datetime(2026, 12, 5, 19, tzinfo=UTC)
    assert made.remind == (timedelta(days=2), timedelta(minutes=30), timedelta(0))
    assert made.announce_lead == made.first.starts_at - datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"title": ""}, "event.missing.title"),
        ({"starts": ""}, "event.missing.starts"),
        ({"where": ""}, "event.missing.where"),
        ({"where": "stage"}, "event.missing.channel"),
        ({"where": "voice"}, "event.missing.channel"),
        ({"where": "in-person"}, "event.missing.place"),
        ({"where": "stage", "channel": 7, "place": "Town hall"}, "event.wrong.place"),
        ({"where": "voice", "channel": 7, "place": "Town hall"}, "event.wrong.place"),
        ({"channel": 7}, "event.wrong.channel"),
        ({"until": "2026-12-31"}, "event.wrong.until_alone"),
        ({"repeat": "weekly", "until": "2026-11-21"}, "event.wrong.no_date"),
        ({"repeat": "daily", "ends": "30h"}, "event.wrong.overlap"),
        ({"rsvp_closes": "2026-11-25 20:00"}, "event.wrong.rsvp_late"),
        ({"rsvp_closes": "5d"}, "event.wrong.rsvp_early"),
        ({"announce_at": "2026-11-25 20:00"}, "event.wrong.announce_late"),
    ],
)
def test_what_is_missing_or_forbidden(values: dict[str, str | int], key: str) -> None:
    assert key in problems(**{**ONLINE, **values})


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"starts": "2026-11-01 20:00"}, "time.past"),
        ({"ends": "2026-11-24 19:00"}, "draft.ends.before_start"),
        ({"ends": "400 days"}, "draft.ends.too_long"),
        ({"ends": "2027-12-30 20:00"}, "draft.ends.too_long"),
        ({"ends": "10s"}, "draft.ends.too_short"),
        ({"capacity": "0"}, "event.capacity.wrong"),
        ({"capacity": "-3"}, "event.capacity.wrong"),
        ({"capacity": "many"}, "event.capacity.wrong"),
        ({"title": "x" * 101}, "event.title.too_long"),
        ({"title": "\u200b"}, "event.title.blank"),
        ({"description": "x" * 1001}, "event.description.too_long"),
        ({"repeat": "sometimes"}, "event.repeat.unclear"),
        ({"remind": "1d, 2d, 3d, 4d, 5d, 6d"}, "event.remind.count"),
        ({"remind": "when it rains"}, "event.remind.unclear"),
        ({"where": "the moon"}, "error.bad_value"),
        ({"announce_at": "2026-11-01 20:00"}, "time.past"),
    ],
)
def test_what_is_refused_as_it_is_typed(values: dict[str, str | int], key: str) -> None:
    text = refusal(**values)
    assert text.key == key
    for language in languages():
        assert plain(language, text)


def test_what_became_wrong_with_time_is_refused_too() -> None:
    late = NOW + timedelta(days=5)
    assert [each.text.key for each in review(typed(**ONLINE), late).problems] == ["event.wrong.past"]
    long = Options(title="x", where=Where.ONLINE, starts=NOW + timedelta(days=1), runs=LONGEST + timedelta(days=310))
    assert [each.text.key for each in review(long, NOW).problems] == ["event.wrong.too_long"]
    order = Options(title="x", where=Where.ONLINE, starts=NOW + timedelta(days=2), ends=NOW + timedelta(days=1))
    assert [each.text.key for each in review(order, NOW).problems] == ["event.wrong.order"]


@pytest.mark.parametrize("where", list(Where))
def test_the_channel_has_to_fit(where: Where) -> None:
    for kind in (Where.VOICE, Where.STAGE, Where.TEXT, None):
        assert (channel_fits(where, kind) is None) == (not where.in_channel or kind is where)


@pytest.mark.parametrize(
    "text", ["1d, 1h, at start", "開始時、1時間前、1日前", "1일 전, 1시간 전, 시작 시", "1 day; 60m; start"]
)
def test_reminders_in_three_languages(text: str) -> None:
    assert read_reminders(text) == (timedelta(days=1), timedelta(hours=1), timedelta(0))


@pytest.mark.parametrize("text", ["none", "なし", "없음"])
def test_no_reminders(text: str) -> None:
    assert read_reminders(text) == ()


def test_a_single_date_is_at_the_instant_said_when_clocks_show_it_twice() -> None:
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)  # 02:30 in Berlin for the second time
    said = Options(title="x", where=Where.ONLINE, starts=second, zone="Europe/Berlin")
    found = review(said, NOW).proposal
    assert found is not None
    assert found.first.starts_at == second


def test_options_survive_json() -> None:
    whole = typed(**ONLINE, repeat="every 2 weeks on friday", until="2027-06-30", remind="2h", capacity=3)
    assert Options.from_json(whole.to_json()) == whole
    assert Options.from_json(Options().to_json()) == Options()
