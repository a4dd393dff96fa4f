"""What may still be changed: anything for ten minutes, then little, and nothing that was promised."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.i18n import languages, render
from cogs.giveaways.rules.correcting import (
    GRACE,
    NOTICE,
    Stage,
    changed,
    is_correction,
    objections,
    stage_of,
)
from cogs.giveaways.rules.options import Options, Spot
from cogs.giveaways.rules.terms import Claim, Named, Repeats

OPENED = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
FRESH, LATER = OPENED + GRACE - timedelta(seconds=1), OPENED + GRACE
BEFORE = Options(
    prize="Print",
    winners=3,
    starts=OPENED,
    ends=OPENED + timedelta(days=5),
    spots=(Spot(1, "en"), Spot(2, "ja", "版画", "説明")),
)
ANYTHING: dict[str, dict[str, Any]] = {
    "prize": {"prize": "Painting"},
    "fewer winners": {"winners": 2},
    "earlier": {"ends": OPENED + timedelta(hours=2)},
    "claim": {"claim": Claim.BUTTON},
    "claim time": {"claim_within": timedelta(days=1)},
    "required role": {"required_role": 4},
    "excluded role": {"excluded_role": 4},
    "tickets": {"bonuses": ((4, 2),)},
    "account age": {"account_age": timedelta(days=1)},
    "member for": {"member_for": timedelta(days=1)},
    "cooldown": {"cooldown": timedelta(days=1)},
    "gate": {"holders_of": Named(1, "Holders")},
    "event": {"attended": Named(1, "Opening")},
    "one more channel": {"spots": (*BEFORE.spots, Spot(3, "ko"))},
    "translated title": {"spots": (Spot(1, "en"), Spot(2, "ja", "絵", "説明"))},
}
ALWAYS: dict[str, dict[str, Any]] = {
    "text": {"description": "Signed"},
    "picture": {"picture_id": 5},
    "more winners": {"winners": 4},
    "later": {"ends": OPENED + timedelta(days=6)},
    "a day's notice": {"ends": LATER + NOTICE},
    "translated text": {"spots": (Spot(1, "en"), Spot(2, "ja", "版画", "新しい説明"))},
    "language": {"spots": (Spot(1, "ko"), Spot(2, "ja", "版画", "説明"))},
    "what follows": {"repeat": Repeats.WEEKLY},
}
NEVER: dict[str, dict[str, Any]] = {
    "opening": {"starts": OPENED + timedelta(days=1)},
    "ping": {"ping": 4},
    "a post that is there": {"spots": (Spot(1, "en"),)},
    "at once": {"ends": LATER + timedelta(seconds=20)},
}


def refused(changes: dict[str, Any], now: datetime, opened_at: datetime | None = OPENED) -> list[str]:
    found = objections(BEFORE, replace(BEFORE, **changes), opened_at, now)
    for problem in found:
        assert all(render(language, problem.text) for language in languages())
    return [problem.text.key for problem in found]


@pytest.mark.parametrize("what", ANYTHING)
def test_for_ten_minutes_anything_may_be_corrected_and_not_after(what: str) -> None:
    assert refused(ANYTHING[what], FRESH) == []
    assert len(refused(ANYTHING[what], LATER)) == 1


@pytest.mark.parametrize("what", ALWAYS)
def test_some_may_be_changed_until_closing(what: str) -> None:
    assert refused(ALWAYS[what], FRESH) == []
    assert refused(ALWAYS[what], LATER) == []


@pytest.mark.parametrize("what", NEVER)
def test_what_is_public_cannot_be_called_back(what: str) -> None:
    assert refused(NEVER[what], FRESH if what != "at once" else LATER)
    assert refused(NEVER[what], LATER)


def test_less_than_a_days_notice_is_refused() -> None:
    assert refused({"ends": LATER + NOTICE - timedelta(seconds=1)}, LATER) == ["giveaway.fixed.earlier"]
    soon = replace(BEFORE, ends=LATER + timedelta(hours=3))
    sooner, longer = replace(soon, ends=LATER + timedelta(hours=2)), replace(soon, ends=LATER + timedelta(hours=4))
    assert [p.text.key for p in objections(soon, sooner, OPENED, LATER)] == ["giveaway.fixed.earlier"]
    assert objections(soon, longer, OPENED, LATER) == []


@pytest.mark.parametrize("what", [*ANYTHING, *ALWAYS, *NEVER])
def test_before_it_opens_everything_may_be_changed(what: str) -> None:
    assert refused((ANYTHING | ALWAYS | NEVER)[what], OPENED, opened_at=None) == []


def test_every_refusal_is_said_once() -> None:
    both: dict[str, Any] = {
        "claim": Claim.BUTTON,
        "claim_within": timedelta(days=1),
        "cooldown": timedelta(days=1),
        "attended": Named(1, "x"),
    }
    assert sorted(refused(both, LATER)) == ["giveaway.fixed.claim", "giveaway.fixed.who"]


def test_stages() -> None:
    assert [stage_of(None, LATER), stage_of(OPENED, FRESH), stage_of(OPENED, LATER)] == list(Stage)


@pytest.mark.parametrize("what", ANYTHING)
def test_what_people_entered_for_is_a_correction_they_are_told_of(what: str) -> None:
    names = changed(BEFORE, replace(BEFORE, **ANYTHING[what]))
    assert is_correction(names) == ("spots" not in names)


def test_words_and_pictures_are_none() -> None:
    assert not is_correction(changed(BEFORE, replace(BEFORE, description="x", picture_id=3, repeat=Repeats.DAILY)))
    assert is_correction(changed(BEFORE, replace(BEFORE, winners=9)))
    assert is_correction(changed(BEFORE, replace(BEFORE, ends=OPENED + timedelta(days=9))))
