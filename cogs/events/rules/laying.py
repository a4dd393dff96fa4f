"""Where the dates of a series go when what is said of all of them is changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from cogs.events.rules.recurrence import Rule, Span, anchored, slots


@dataclass(frozen=True, slots=True)
class Before:
    """A series before it was changed; what was said of all dates was said of the one at the slot ``anchor``."""

    rule: Rule | None
    begins: datetime
    anchor: datetime


@dataclass(frozen=True, slots=True)
class Laid:
    """The places of dates, by the slots they had before; ``stays`` have none and are where they were."""

    to: Mapping[datetime, Span]
    stays: Collection[datetime]


def lay(
    before: Before, rule: Rule | None, coming: Sequence[Span], ahead: Sequence[datetime], off: Sequence[datetime]
) -> Laid:
    """Return where dates go whose series has the dates *coming* now, under *rule*; those without a place are left over.

    *ahead* are the slots of dates that have not begun, in the order in which they are; *off* those of dates that do not
    take place any more, cancelled or held: they go along, so that no date comes to be again in their place. Where only
    days and times were moved each date goes where the same turn of the rule is now; of one that had no turn from
    the anchor on, since it was moved past it, nothing was said, and it stays. Where it takes place more or less often,
    dates are put in order, but for those whose slot there still is.
    """
    turns = _turns(before, rule, (*ahead, *off))
    if turns is not None:
        stays = {slot for slot in ahead if slot not in turns}
        fixed = stays | {slot for slot in off if slot not in turns}
        free = [each for each in coming if each.slot not in fixed]
        return Laid({slot: each for slot, each in zip(turns, free, strict=False) if slot in {*ahead, *off}}, stays)
    there = {each.slot: each for each in coming}
    to = {slot: there[slot] for slot in (*ahead, *off) if slot in there}
    for slot in off:
        same_day = [each for each in coming if each.slot.date() == slot.date()]
        if slot not in to and same_day and same_day[0] not in to.values():
            to[slot] = same_day[0]
    taken = {each.slot for each in to.values()}
    free = [each for each in coming if each.slot not in taken]
    to |= dict(zip([slot for slot in ahead if slot not in to], free, strict=False))
    return Laid(to, ())


def _turns(before: Before, rule: Rule | None, known: Sequence[datetime]) -> Sequence[datetime] | None:
    """Return the slots there were from the anchor on; None where it takes place more or less often now."""
    if before.rule is None or rule is None or _shape(before.rule, before.begins) != _shape(rule, before.begins):
        return None
    last = max((*known, before.anchor))
    from_anchor = slots(before.rule, before.begins, before.anchor - timedelta(seconds=1))
    found = list(takewhile(lambda slot: slot <= last, from_anchor))
    return found if before.anchor in found else None


def _shape(rule: Rule, begins: datetime) -> tuple[object, ...]:
    whole = anchored(rule, begins)
    return whole.every, whole.interval, len(whole.weekdays), whole.nth is None
