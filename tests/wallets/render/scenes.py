"""What the gallery photographs of wallets and gates: what moderators and members see of rules."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.ui.outgoing import Outgoing
from bot.verdict import Verdict
from cogs.wallets.render import gates, linking
from cogs.wallets.rules.siwe import Challenge, text
from cogs.wallets.rules.terms import How, Method, Standard
from cogs.wallets.service.applying import Tally
from cogs.wallets.service.breaking import BreakerView
from cogs.wallets.service.explaining import MemberStatus, RuleStatus
from cogs.wallets.service.gates import GateView, Overview
from cogs.wallets.service.keeping import Record, RecordPage
from cogs.wallets.service.linking import Errand, Invitation
from cogs.wallets.service.outcomes import Fate, Outcome
from cogs.wallets.service.rechecking import Report
from cogs.wallets.service.snapshots import SnapshotView
from cogs.wallets.service.telling import GraceView
from cogs.wallets.service.wallets import OwnWallet
from cogs.wallets.tables import Gate, GrantState, Trouble
from tests.browser.gallery import Scene

PREFIX: Final = "gate"
NOW: Final = datetime(2027, 3, 1, 12, tzinfo=UTC)
LENA, MINA, HARU = 901, 902, 903
COLLECTORS, PATRONS, EARLY = 801, 802, 803
PEOPLE: Final = {LENA: "lena", MINA: "mina", HARU: "haru"}
ROLES: Final = {COLLECTORS: "Collectors", PATRONS: "Patrons", EARLY: "Early birds"}
ART: Final = "0xb47e3cd837ddf8e4c57f05d70ab865de6e193bbb"
COIN: Final = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48"
WALLET: Final = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"
SAFE: Final = "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"
PAGE: Final = "https://bot.example.org/link"
SERVER: Final = "Paper Lantern"
SERVER_ID: Final = 1_400_000_000_000_000_001

Message = Callable[[str], Outgoing]


def _rule(number: int, name: str, role: int, **values: object) -> GateView:
    row = Gate(id=number, number=number, name=name, role_id=role, decimals=0, **values)
    return GateView(row, None, (34, 8, 21)[number - 1])


LANTERNS: Final = _rule(1, "lanterns", COLLECTORS, chain_id=1, contract=ART, standard=Standard.ERC721, minimum="1")
PATRON: Final = _rule(
    2, "patron", PATRONS, chain_id=8453, contract=COIN, standard=Standard.ERC20, minimum="100", maximum="5000"
)
_COMBINED: Final = _rule(3, "early", EARLY, trouble=Trouble.ROLE_ABOVE)
BOTH: Final = GateView(_COMBINED.row, "lanterns and not patron", 21)
BREAKER: Final = BreakerView(1, "lanterns", COLLECTORS, 12, 34)


def _status(
    number: int,
    name: str,
    role: int,
    verdict: Verdict,
    found: str | None,
    needed: str | None,
    **more: object,
) -> RuleStatus:
    return RuleStatus(number, name, role, None, verdict, found, needed, None, NOW - timedelta(minutes=40), **more)  # type: ignore[arg-type]


STATUS: Final = MemberStatus(
    LENA,
    2,
    protected=False,
    next_at=NOW + timedelta(hours=5),
    rules=(
        _status(1, "lanterns", COLLECTORS, Verdict.YES, "3", "1", grant=GrantState.GIVEN),
        _status(2, "patron", PATRONS, Verdict.NO, "40", "100", grace_until=NOW + timedelta(hours=20)),
        RuleStatus(
            3,
            "early",
            EARLY,
            "lanterns and not patron",
            Verdict.UNKNOWN,
            None,
            None,
            None,
            NOW - timedelta(minutes=40),
            trouble=Trouble.ROLE_ABOVE,
        ),
    ),
)
RECORDS: Final = RecordPage(
    (
        Record(LENA, "0x5aae…eaed", NOW, How.PAGE, Method.RECOVER, (("lanterns", NOW), ("early", NOW))),
        Record(MINA, "0xfb69…d359", NOW - timedelta(days=9), How.PASTE, Method.CONTRACT, ()),
        Record(HARU, "0xdbf0…c6fb", NOW - timedelta(days=30), How.PAGE, Method.UNDEPLOYED, (("patron", NOW),)),
    ),
    0,
    1,
)
SNAPSHOT: Final = SnapshotView("spring drop", 1, ART, 21_934_007, "5f" * 32, 1_874, looked_to=9_999)
WALLETS: Final = (
    OwnWallet(1, WALLET, How.PAGE, Method.RECOVER, 1, NOW - timedelta(days=3)),
    OwnWallet(2, SAFE, How.PASTE, Method.CONTRACT, 8453, NOW - timedelta(days=200), old=True),
)
SIGNED: Final = text(
    Challenge(
        domain="club.example",
        uri="https://club.example",
        address=WALLET,
        chain_id=1,
        nonce="9f" * 16,
        user_id=LENA,
        account="lena",
        guild_id=SERVER_ID,
        guild_name=SERVER,
        issued_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )
)


def _overview(language: str) -> Outgoing:
    overview = Overview((LANTERNS, PATRON, BOTH), timedelta(hours=24), (), (MINA,))
    return gates.render_overview(overview, language)


def _grace(language: str) -> Outgoing:
    return gates.render_grace(GraceView("lanterns", SERVER, NOW + timedelta(hours=24)), language)


def _recheck(language: str) -> Outgoing:
    tally = Tally(given=2, taken=1, warned=3)
    return gates.render_report(Report(members=40, unknown=1, tally=tally, halted=["lanterns"]), language)


def _invitation(language: str) -> Outgoing:
    url = f"{PAGE}#token"
    return linking.render_invitation(Invitation(url, PAGE, "lena", SERVER, NOW + timedelta(minutes=10)), language)


def _errand(language: str) -> Outgoing:
    return linking.render_errand(
        Errand(1, SIGNED, "club.example", "lena", SERVER, NOW + timedelta(minutes=10)), language
    )


def _outcome(language: str) -> Outgoing:
    return linking.render_outcome(Outcome(Fate.LINKED, "0x5aae…eaed", STATUS, "reply"), language)


def _scene(message: Message, *, kept: bool = False) -> Scene:
    return Scene(message, NOW, PEOPLE, ROLES, kept)


SCENES: Final[Mapping[str, Scene]] = {
    "panel": _scene(lambda language: gates.render_panel(None, language), kept=True),
    "invitation": _scene(_invitation, kept=True),
    "paste": _scene(_errand, kept=True),
    "outcome": _scene(_outcome),
    "wallets": _scene(lambda language: linking.render_wallets(WALLETS, language)),
    "status": _scene(lambda language: gates.render_status(STATUS, language), kept=True),
    "grace": _scene(_grace, kept=True),
    "list": _scene(_overview, kept=True),
    "added": _scene(lambda language: gates.render_added(PATRON, language)),
    "remove": _scene(lambda language: gates.render_remove(LANTERNS, language)),
    "test": _scene(lambda language: gates.render_test(STATUS, language), kept=True),
    "recheck": _scene(_recheck),
    "breaker": _scene(lambda language: gates.render_breaker(BREAKER, language), kept=True),
    "records": _scene(lambda language: gates.render_records(RECORDS, language), kept=True),
    "snapshot": _scene(lambda language: gates.render_snapshot(SNAPSHOT, language), kept=True),
    "snapshot-taken": _scene(lambda language: gates.render_snapshot_taken(SNAPSHOT, language)),
}
