"""Views to render: a giveaway in each of its states, plain enough to be read in a picture."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.i18n import t
from bot.markup import Markup, jump
from bot.published import File
from cogs.giveaways.rules.draw import Outcome, entrants_text, token
from cogs.giveaways.rules.freeze import AgeBand
from cogs.giveaways.rules.terms import Claim, Named, Repeats, Terms
from cogs.giveaways.service.entering import Receipt
from cogs.giveaways.service.notices import NoticeView
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import FreezeInfo, FreezeView, PassView, PlaceInfo, PostView, ResultView
from cogs.giveaways.tables import ClaimState, Source, State, Waiting

GUILD: Final = 1_400_000_000_000_000_001
CHANNEL: Final = GUILD + 1
NOW: Final = datetime(2026, 7, 3, 11, 0, tzinfo=UTC)
PUBLIC_ID: Final = "9f86d081884c7d659a2feaa0c55ad015"
COMMITMENT: Final = "6cfd1a0b7e2f4c59d8a3b6e10f9c47d25b80e3a94f1d6c72ab05e8319d47f026"
DIGEST: Final = "bb550c1e9d3f7a264810cf5be92d60a73f4e81b5c6d9270a1e3b84f05c97d612"
CHAIN: Final = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
ROUND: Final = 29_712_345
PEOPLE: Final = tuple(GUILD + 100 + i for i in range(1_000))
URL: Final = jump(GUILD, CHANNEL, GUILD + 50)
LIST: Final = entrants_text(
    sorted((token(PUBLIC_ID, str(person), "1b" * 16), 1 + (i % 8 == 0)) for i, person in enumerate(PEOPLE[:126]))
)
TERMS: Final = Terms(
    organiser_id=PEOPLE[0],
    required_role=GUILD + 11,
    excluded_roles=(GUILD + 12,),
    bonuses=((GUILD + 13, 2), (GUILD + 14, 5)),
    account_age=timedelta(days=30),
    member_for=timedelta(days=7),
    cooldown=timedelta(days=60),
    holders_of=Named(1, "clonex"),
    attended=Named(2, "Open studio, June"),
)


def giveaway(state: State = State.OPEN, **changes: Any) -> GiveawayInfo:
    """Return a giveaway of a signed print among members, closing tomorrow."""
    fixed = state in (State.FROZEN, State.DRAWN)
    base = GiveawayInfo(
        id=7,
        guild_id=GUILD,
        number=42,
        public_id=PUBLIC_ID,
        commitment=COMMITMENT,
        source=Source.ENTRY,
        state=state,
        revision=0,
        organiser_id=PEOPLE[0],
        prize="Signed print “Blue Hour”",
        description="A2 on cotton paper, numbered. Shipping is on us, anywhere.",
        picture_id=None,
        winners=3,
        terms=Terms(organiser_id=PEOPLE[0]),
        claim=Claim.BUTTON,
        claim_within=timedelta(days=3),
        claim_until=None,
        ping_role=None,
        zone="Asia/Seoul",
        repeats=None,
        starts_at=NOW - timedelta(hours=2),
        opened_at=None if state is State.SCHEDULED else NOW - timedelta(hours=2),
        closes_at=NOW + timedelta(days=1) if state in (State.OPEN, State.SCHEDULED) else NOW - timedelta(minutes=5),
        ended_early=False,
        entry_count=128,
        digest=DIGEST if fixed else None,
        entries=126 if fixed else None,
        tickets=142 if fixed else None,
        round=ROUND if fixed else None,
        trusted=None,
        beacon_failing_since=None,
        drawn_at=NOW if state is State.DRAWN else None,
        cancelled_at=NOW if state is State.CANCELLED else None,
        cancel_reason="The print was damaged on its way." if state is State.CANCELLED else None,
    )
    return replace(base, **changes)


def place(rank: int, outcome: Outcome = Outcome.WON, **changes: Any) -> PlaceInfo:
    """Return a place; the person's id follows from the rank."""
    won = outcome is Outcome.WON
    base = PlaceInfo(
        prize_id=rank,
        rank=rank,
        who=str(GUILD + 100 + rank),
        is_address=False,
        outcome=outcome,
        reason=None if won else "unclaimed",
        at=NOW,
        claim_state=ClaimState.OPEN if won else ClaimState.NONE,
        claim_until=NOW + timedelta(days=3),
        received=None,
    )
    return replace(base, **changes)


def holder(rank: int, outcome: Outcome = Outcome.WON) -> PlaceInfo:
    """Return a place in a holders' airdrop."""
    address = f"0x{rank:04x}{'5aaeb6053f3e94c9b9a09f33669435e7ef1b'}"
    return place(rank, outcome, who=address, is_address=True, claim_state=ClaimState.NONE, claim_until=None)


FREEZE: Final = FreezeInfo(1, NOW - timedelta(minutes=4), ROUND, NOW - timedelta(minutes=3), counts=True, url=URL)
LATE: Final = replace(FREEZE, ordinal=0, counts=False, round=ROUND - 40)
SENDING: Final = replace(FREEZE, counts=None, url=None)


def post(info: GiveawayInfo, **changes: Any) -> PostView:
    """Return what the post of a giveaway shows."""
    base = PostView(
        info=info,
        title=None,
        text=None,
        picture=None,
        chain=CHAIN,
        freezes=(FREEZE,) if info.state in (State.FROZEN, State.DRAWN) else (),
        waiting=None,
        places=tuple(place(rank) for rank in (1, 2, 3)) if info.state is State.DRAWN else (),
        result_url=URL if info.state is State.DRAWN else None,
        corrected=False,
    )
    return replace(base, **changes)


def freeze(info: GiveawayInfo | None = None, **changes: Any) -> FreezeView:
    """Return what a freeze message shows."""
    bands = dict(zip(AgeBand, (2, 5, 9, 31, 79), strict=True))
    base = FreezeView(
        info=info or giveaway(State.FROZEN),
        freeze=replace(SENDING, round_at=NOW + timedelta(minutes=1)),
        chain=CHAIN,
        digest=DIGEST,
        entries=126,
        tickets=142,
        bands=bands,
        excluded={"left": 1, "required_role": 1},
        unchecked=3,
        files=(File("entrants-42.txt", LIST),),
        replaces=None,
    )
    return replace(base, **changes)


# Names of hosts have at most 253 letters.
HOST: Final = ".".join(["a" * 61] * 4)
PAGES: Final[dict[str, Any]] = {
    "verify_url": f"https://{HOST}/verify",
    "genuine": t(
        "wallet.genuine_both", page=Markup(f"**https://{HOST}/link**"), domain=Markup(f"**{'b' * 3}{HOST[3:]}**")
    ),
}


def result(info: GiveawayInfo | None = None, **changes: Any) -> ResultView:
    """Return what an announcement shows."""
    base = ResultView(
        chain=CHAIN,
        info=info or giveaway(State.DRAWN),
        places=tuple(place(rank) for rank in (1, 2, 3)),
        mentioned=PEOPLE[1:4],
        part=0,
        parts=1,
        freeze=FREEZE,
        files=(File("draw-42.json", b"{}"),),
        post_url=URL,
        proof_url=None,
    )
    return replace(base, **changes)


def passing(info: GiveawayInfo | None = None, **changes: Any) -> PassView:
    """Return what is said when a prize passes on."""
    base = PassView(
        info=info or giveaway(State.DRAWN),
        passed=(place(2, Outcome.PASSED),),
        risen=(place(4),),
        reason=None,
        mentioned=(PEOPLE[4],),
        files=(File("draw-42.json", b"{}"),),
        post_url=URL,
    )
    return replace(base, **changes)


def receipt(info: GiveawayInfo, **changes: Any) -> Receipt:
    """Return an entrant's receipt."""
    base = Receipt(info, token="0a" * 16, salt="1b" * 16, tickets=3, dropped=None, unchecked=False)
    return replace(base, **changes)


def notice(waiting: Waiting) -> NoticeView:
    """Return what an organiser is told."""
    return NoticeView(giveaway(State.FROZEN), waiting, URL)


OFF: Final[Mapping[str, Any]] = {"off": True}
ABANDONED: Final[Mapping[str, Any]] = {"at": "2026-07-04T11:00:00Z", "abandoned_round": ROUND}


SNAPSHOT: Final[Mapping[str, Any]] = {"name": "clonex-july", "digest": DIGEST}


def _waiting(what: Waiting) -> PostView:
    sent = what not in (Waiting.PERMISSIONS, Waiting.UNREADABLE)
    failing = NOW - timedelta(hours=25 if what is Waiting.BEACON_GIVE_UP else 1)
    info = giveaway(State.FROZEN, beacon_failing_since=failing if sent else None)
    return post(info, waiting=what, freezes=(FREEZE,) if sent else (SENDING,))


# What a post can look like, by name.
POSTS: Final[Mapping[str, Callable[[], PostView]]] = {
    "scheduled": lambda: post(giveaway(State.SCHEDULED, starts_at=NOW + timedelta(hours=3))),
    "open": lambda: post(giveaway(terms=TERMS)),
    "open-to-all": lambda: post(giveaway(claim=Claim.NONE, repeats=Repeats.WEEKLY), corrected=True),
    "open-without-beacon": lambda: post(giveaway(), chain=None),
    "open-in-person": lambda: post(giveaway(claim=Claim.IN_PERSON, claim_within=None, claim_until=NOW)),
    "open-translated": lambda: post(giveaway(), title="サイン入りプリント", text="コットン紙、A2サイズです。"),
    "open-airdrop": lambda: post(
        giveaway(source=Source.MEMBERS, terms=replace(Terms(PEOPLE[0]), holders_of=Named(1, "clonex")), per_token=True)
    ),
    "open-holders": lambda: post(giveaway(source=Source.HOLDERS, claim=Claim.NONE, snapshot=SNAPSHOT)),
    "closing": lambda: post(giveaway(State.CLOSING, ended_early=True)),
    "closing-airdrop-waiting": lambda: post(
        giveaway(State.CLOSING, source=Source.MEMBERS, terms=replace(Terms(PEOPLE[0]), holders_of=Named(1, "clonex"))),
        waiting=Waiting.RULE,
    ),
    "frozen": lambda: post(
        giveaway(State.FROZEN), freezes=(LATE, replace(FREEZE, round_at=NOW + timedelta(minutes=1)))
    ),
    "waiting-permissions": lambda: _waiting(Waiting.PERMISSIONS),
    "waiting-unreadable": lambda: _waiting(Waiting.UNREADABLE),
    "waiting-beacon": lambda: _waiting(Waiting.BEACON),
    "waiting-give-up": lambda: _waiting(Waiting.BEACON_GIVE_UP),
    "drawn": lambda: post(
        giveaway(State.DRAWN),
        places=(
            place(1, claim_state=ClaimState.DELIVERED),
            place(2, Outcome.PASSED),
            place(3, claim_state=ClaimState.DELIVERED, received=True),
            place(4, who=None),
        ),
    ),
    "drawn-abandoned": lambda: post(giveaway(State.DRAWN, trusted=ABANDONED), chain=None),
    "drawn-airdrop": lambda: post(
        giveaway(State.DRAWN, source=Source.HOLDERS, winners=1_000, claim=Claim.NONE, snapshot=SNAPSHOT),
        places=tuple(holder(rank) for rank in range(1, 1_001)),
    ),
    "empty": lambda: post(giveaway(State.EMPTY)),
    "cancelled": lambda: post(giveaway(State.CANCELLED)),
    "drawn-further": lambda: post(
        giveaway(State.DRAWN, winners=5, drawn_winners=3, drawn_at=NOW + timedelta(hours=2)),
        places=tuple(place(rank) for rank in range(1, 6)),
    ),
    "cancelled-frozen": lambda: post(giveaway(State.FROZEN, cancelled_at=NOW, cancel_reason="The print was damaged.")),
    "cancelled-drawn": lambda: post(giveaway(State.DRAWN, cancelled_at=NOW, cancel_reason="The print was damaged.")),
}
