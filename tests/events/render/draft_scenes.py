"""What the gallery photographs of events' drafts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.drafting.craft import Audience, Findings, Ping, Sheet, Subject
from bot.drafts import Draft
from bot.i18n import Text, t
from bot.posts import Place
from bot.ui.drafts.cards import render_panel
from bot.ui.outgoing import Outgoing
from cogs.events.render.draft import FACE, render_repeat, render_venue, render_who
from cogs.events.rules.kinds import Scope, Where
from cogs.events.rules.options import Options, Proposal, review
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.service.craft import Chosen
from cogs.events.service.loading import PostView
from cogs.events.service.previews import imagine
from cogs.events.service.records import Counts
from cogs.events.tables import Event, Occurrence, OccurrenceState
from tests.browser.gallery import Scene

# When the pictures' world begins, so that times on the wall and timestamps agree.
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
GUILD: Final = 1_400_000_000_000_000_001
ARTISTS, GUESTS, STUDIO, ORGANISER = GUILD + 11, GUILD + 12, GUILD + 13, GUILD + 21
ROLES: Final = {ARTISTS: "Artists", GUESTS: "Tonight"}
CHANNELS: Final = {STUDIO: "studio"}
WORDS: Final = {
    "en": (
        "Sketch night",
        "Two hours of drawing together, for beginners and everyone else. There is tea.",
        "Studio Linden, Oranienstr. 12, Berlin, second courtyard",
        "Paper and something to draw with",
    ),
    "ja": (
        "スケッチの夜",
        "2時間、みんなで絵を描きます。初めての方も歓迎です。お茶があります。",
        "スタジオ・リンデン(ベルリン、オラニエン通り12、第二中庭)",
        "紙と描くもの",
    ),
    "ko": (
        "스케치의 밤",
        "두 시간 동안 함께 그림을 그립니다. 처음 오시는 분도 환영합니다. 차가 있습니다.",
        "스튜디오 린덴 (베를린 오라니엔슈트라세 12, 두 번째 안뜰)",
        "종이와 그릴 도구",
    ),
}


def options(language: str, **changes: Any) -> Options:
    """Return what is said in all drafts, in a language."""
    title, description, place, bring = WORDS[language]
    said: dict[str, Any] = {
        "title": title,
        "description": description,
        "bring": bring,
        "where": Where.IN_PERSON,
        "place": place,
        "starts": datetime(2026, 1, 9, 18, tzinfo=UTC),
        "runs": timedelta(hours=2),
        "zone": "Europe/Berlin",
        "capacity": 20,
        "repeat": Rule(Every.WEEK, 2),
        **changes,
    }
    return Options(**said)


def sheet(
    language: str, said: Options, *, notices: tuple[Text, ...] = (), subject: Subject[Options] | None = None
) -> Sheet[Options, Proposal, PostView]:
    """Return a draft as its panel is given it."""
    reviewed = review(said, NOW, None if subject is None else subject.opened_at)
    chosen: Chosen | None = None if subject is None else subject.row
    there = None if chosen is None else (chosen.row, chosen.event, chosen.scope)
    imagined = imagine(said, GUILD, 7, ORGANISER, NOW, there)
    counts = Counts() if subject is None else Counts(14, 3, 2, 0)
    opens, closes = said.times(NOW)
    findings = Findings(
        options=said,
        places=(Place(STUDIO, language),),
        problems=reviewed.problems,
        notices=notices,
        audience=Audience(said.rsvp_role, 128, narrowed=False),
        ping=None if said.ping is None else Ping(said.ping, works=True),
        offered_ping=None,
        proposal=reviewed.proposal,
    )
    preview = None if imagined is None else PostView(imagined, None, None, counts, (), None)
    draft = Draft(1, "event", GUILD, ORGANISER, STUDIO, None, {}, NOW)
    return Sheet(draft, subject, findings, preview, opens, closes, scheduled=True)


def _ready(language: str) -> Outgoing:
    said = options(language, ping=ARTISTS, going_role=GUESTS, announce_at=NOW + timedelta(days=1))
    return render_panel(FACE, sheet(language, said), language)


def _missing(language: str) -> Outgoing:
    said = options(language, starts=None, where=Where.STAGE)
    notices = (t("event.advice.not_mirrored"),)
    return render_panel(FACE, sheet(language, said, notices=notices), language)


def _changing(language: str) -> Outgoing:
    before = options(language)
    after = replace(
        before,
        starts=datetime(2026, 1, 10, 17, tzinfo=UTC),
        where=Where.ONLINE,
        place="https://meet.example/sketch",
        capacity=10,
        remind=(timedelta(hours=2),),
    )
    event = Event(number=7, organiser_id=ORGANISER, rule=Rule(Every.WEEK, 2, (4,)).to_json())
    row = Occurrence(
        ordinal=1, starts_at=before.starts, announced_at=NOW - timedelta(days=2), state=OccurrenceState.OPEN
    )
    subject = Subject(Chosen(row, event, Scope.ALL, 14), 7, row.announced_at, before, after)
    notices = (t("event.advice.fewer", n=14, capacity=10),)
    return render_panel(FACE, sheet(language, after, notices=notices, subject=subject), language)


def _step(render: Callable[..., Outgoing], **changes: Any) -> Callable[[str], Outgoing]:
    return lambda language: render(sheet(language, options(language, **changes)), language)


def _scene(message: Callable[[str], Outgoing], *, kept: bool = False) -> Scene:
    return Scene(message, NOW, {}, ROLES, kept, CHANNELS)


DRAFTS: Final[Mapping[str, Scene]] = {
    "draft": _scene(_ready, kept=True),
    "draft-changing": _scene(_changing, kept=True),
    "draft-missing": _scene(_missing),
    "draft-repeat": _scene(_step(render_repeat)),
    "draft-venue": _scene(_step(render_venue)),
    "draft-who": _scene(_step(render_who, rsvp_role=ARTISTS, going_role=GUESTS, shows_names=True)),
}
