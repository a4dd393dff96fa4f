"""Where the dates of a series go when all are changed: each to its own turn, and none comes to be again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from cogs.events.rules.laying import Before, lay
from cogs.events.rules.recurrence import Every, Rule, Span, anchored, slots, spans

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BEGINS = datetime.fromisoformat("2026-01-06T20:00")
WEEKLY = anchored(Rule(Every.WEEK), BEGINS)


def coming(rule: Rule, begins: datetime, count: int = 12) -> list[Span]:
    return list(islice(spans(rule, begins, HOUR, UTC), count))


def turns(count: int) -> list[datetime]:
    return list(islice(slots(WEEKLY, BEGINS), count))


def moved(by: timedelta, ahead: Sequence[datetime], off: Sequence[datetime], anchor: datetime) -> list[datetime | None]:
    """Return where dates ahead and off go when the series is moved from *anchor* on; None for nowhere."""
    begins = anchor + by
    rule = anchored(Rule(Every.WEEK), begins)
    laid = lay(Before(WEEKLY, BEGINS, anchor), rule, coming(rule, begins), ahead, off)
    places = [laid.to[slot].slot if slot in laid.to else None for slot in (*ahead, *off)]
    assert len(set(places) - {None}) == len([place for place in places if place is not None])
    return places


def test_each_goes_where_its_own_turn_is() -> None:
    first, second, third, fourth = turns(4)
    for by in (HOUR, -HOUR, DAY, DAY + HOUR, timedelta(0)):
        assert moved(by, [first, third, fourth], [second], first) == [
            first + by,
            third + by,
            fourth + by,
            second + by,
        ]


def test_a_date_that_was_moved_past_the_first_stays() -> None:
    first, second, third = turns(3)
    laid = lay(Before(WEEKLY, BEGINS, second), WEEKLY, coming(WEEKLY, second), [second, first, third], [])
    assert {slot: each.slot for slot, each in laid.to.items()} == {second: second, third: third}
    assert laid.stays == {first}


def test_dates_after_a_new_end_are_left_over() -> None:
    first, second, third = turns(3)
    short = anchored(Rule(Every.WEEK, until=second), BEGINS)
    laid = lay(Before(WEEKLY, BEGINS, first), short, coming(short, BEGINS), [first, second, third], [])
    assert (set(laid.to), set(laid.stays)) == ({first, second}, set())


def test_another_rule_puts_dates_in_order_and_leaves_out_the_days_that_were_cancelled() -> None:
    first, second, third = turns(3)
    begins = BEGINS + HOUR
    rule = anchored(Rule(Every.WEEK, weekdays=(1, 4)), begins)
    laid = lay(Before(WEEKLY, BEGINS, first), rule, coming(rule, begins), [first, third], [second])
    days = [each.slot for each in coming(rule, begins)]
    assert laid.to[second].slot == second + HOUR
    assert [laid.to[first].slot, laid.to[third].slot] == [day for day in days if day != second + HOUR][:2]
