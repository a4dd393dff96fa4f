"""Whatever people may type and whatever may happen to a giveaway, for hypothesis."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.images import CheckedImage
from bot.markup import clean
from cogs.giveaways.rules.draw import Outcome, PassReason
from cogs.giveaways.rules.terms import Bar, Claim, Named, Repeats, Terms
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PlaceInfo, PostView
from cogs.giveaways.tables import ClaimState, Source, State, Waiting
from tests.giveaways.render import samples

SPITEFUL = (
    "@everyone",
    "<@1400000000000000101>",
    "<@&1400000000000000011>",
    "](https://evil.example)",
    "[a](https://evil.example)",
    "**",
    "`",
    "||",
    "# ",
    "> ",
    "- ",
    "\n",
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "שלום",
    "مرحبا",
    "🎉",
    "👩‍👩‍👧‍👧",
    "e\u0301\u0301\u0301",
    "https://example.com/a_b",
    "\\",
    "_",
    " ",
    "a",
    "版画",
)


def typed(most: int) -> st.SearchStrategy[str]:
    """Return what is left of anything typed, at most so long, once the bot has cleaned it; never blank."""
    pieces = st.lists(st.sampled_from(SPITEFUL), max_size=most).map("".join)
    same = st.tuples(st.sampled_from(SPITEFUL), st.integers(1, most)).map(lambda pair: pair[0] * pair[1])
    anything = st.one_of(st.text(max_size=most), pieces, same)
    return anything.map(lambda text: clean(text[:most]) or "x")


IDS = st.integers(1, 2**63 - 1)
MOMENTS = st.integers(1_420_070_400, 3_786_912_000).map(lambda second: datetime.fromtimestamp(second, UTC))
LENGTHS = st.integers(1, 400 * 86_400).map(lambda seconds: timedelta(seconds=seconds))
MAYBE_LENGTHS = st.none() | LENGTHS
NAMED = st.none() | st.builds(Named, st.integers(1, 10**9), typed(100))
TERMS = st.builds(
    Terms,
    IDS,
    st.none() | IDS,
    st.lists(IDS, max_size=2).map(tuple),
    st.lists(st.tuples(IDS, st.integers(1, 100)), max_size=5).map(tuple),
    MAYBE_LENGTHS,
    MAYBE_LENGTHS,
    MAYBE_LENGTHS,
    NAMED,
    NAMED,
)
SNAPSHOTS = st.none() | st.builds(lambda name: {"name": name, "digest": samples.DIGEST}, typed(100))
TRUSTED = st.none() | st.just(samples.OFF) | st.just(samples.ABANDONED)


@st.composite
def infos(draw: st.DrawFn, *states: State) -> GiveawayInfo:
    """Return any giveaway, in one of these states or in any."""
    state = draw(st.sampled_from(states or tuple(State)))
    cancelled = state is State.CANCELLED or (state in (State.FROZEN, State.DRAWN) and draw(st.booleans()))
    return samples.giveaway(
        state,
        number=draw(st.integers(1, 10**9)),
        source=draw(st.sampled_from(Source)),
        organiser_id=draw(st.none() | IDS),
        prize=draw(typed(200)),
        description=draw(st.none() | typed(1_000)),
        winners=draw(st.integers(1, 1_000)),
        terms=draw(TERMS),
        claim=draw(st.sampled_from(Claim)),
        claim_within=draw(MAYBE_LENGTHS),
        claim_until=draw(st.none() | MOMENTS),
        ping_role=draw(st.none() | IDS),
        repeats=draw(st.none() | st.sampled_from(Repeats)),
        ended_early=draw(st.booleans()),
        entry_count=draw(st.integers(0, 10**6)),
        trusted=draw(TRUSTED),
        beacon_failing_since=draw(st.none() | MOMENTS),
        drawn_at=draw(MOMENTS) if state is State.DRAWN else None,
        drawn_winners=draw(st.none() | st.integers(1, 1_000)),
        cancelled_at=draw(MOMENTS) if cancelled else None,
        cancel_reason=draw(typed(300)) if cancelled else None,
        snapshot=draw(SNAPSHOTS),
        per_token=draw(st.booleans()),
    )


REASONS = st.one_of(st.sampled_from([reason.value for reason in PassReason]), typed(300))
PLACES = st.builds(
    PlaceInfo,
    prize_id=IDS,
    rank=st.integers(1, 10**6),
    who=st.none() | IDS.map(str),
    is_address=st.just(False),
    outcome=st.sampled_from(Outcome),
    reason=st.none() | REASONS,
    at=MOMENTS,
    claim_state=st.sampled_from(ClaimState),
    claim_until=st.none() | MOMENTS,
    received=st.none() | st.booleans(),
)
HOLDERS = st.integers(1, 10**6).map(samples.holder)


def places(most: int, outcome: Outcome | None = None) -> st.SearchStrategy[tuple[PlaceInfo, ...]]:
    """Return places of the ranking, all members or all holders; of one outcome, if it is named."""

    def fit(found: list[Any]) -> tuple[PlaceInfo, ...]:
        return tuple(place for place in found if outcome is None or place.outcome is outcome)

    return st.one_of(st.lists(PLACES, max_size=most), st.lists(HOLDERS, max_size=most)).map(fit)


FREEZES = st.lists(st.sampled_from([samples.FREEZE, samples.LATE, samples.SENDING]), max_size=5).map(tuple)
PICTURES = st.none() | st.just(CheckedImage("picture.png", b"png"))
DROPPED = st.sampled_from([bar.value for bar in Bar])


@st.composite
def posts(draw: st.DrawFn, *states: State) -> PostView:
    """Return what any post shows."""
    info = draw(infos(*states))
    return PostView(
        info=info,
        title=draw(st.none() | typed(200)),
        text=draw(st.none() | typed(1_000)),
        picture=draw(PICTURES),
        chain=draw(st.none() | st.just(samples.CHAIN)),
        freezes=draw(FREEZES) if info.state in (State.FROZEN, State.DRAWN) else (),
        waiting=draw(st.none() | st.sampled_from(Waiting)) if info.state is State.FROZEN else None,
        places=draw(places(100)) if info.state is State.DRAWN else (),
        result_url=draw(st.none() | st.just(samples.URL)),
        corrected=draw(st.booleans()),
    )
