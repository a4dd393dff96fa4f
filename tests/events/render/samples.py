"""Views to render: an event in each of its states and kinds of place, in three languages."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from bot.markup import jump
from bot.posts import Place
from cogs.events.rules.kinds import Answer, Where
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.service.answering import AnswerView
from cogs.events.service.calls import OfferView
from cogs.events.service.checking_in import CheckIn
from cogs.events.service.finding import Attendee, Attendees, Listed, Month
from cogs.events.service.loading import PostView
from cogs.events.service.notices import NoticeView, Was
from cogs.events.service.records import Counts, Details, EventInfo, OccurrenceInfo
from cogs.events.service.reminding import ReminderView
from cogs.events.tables import EventState, OccurrenceState

GUILD: Final = 1_400_000_000_000_000_001
VOICE: Final = GUILD + 2
ROLE: Final = GUILD + 11
# Nearly when the world of the pictures begins, so that what is said of other zones is about the same day.
NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
# A Saturday evening in Tokyo.
STARTS: Final = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
PEOPLE: Final = tuple(GUILD + 100 + i for i in range(40))
URL: Final = jump(GUILD, GUILD + 1, GUILD + 50)
SOME: Final = Counts(going=12, maybe=3, cant=2)
FULL: Final = Counts(going=19, maybe=3, cant=2, waiting=4, held=1)

Words = Mapping[str, str]
WORDS: Final[Mapping[str, Words]] = {
    "en": {
        "title": "Sketch night",
        "description": "We draw from life for two hours and talk afterwards. Beginners are welcome.",
        "bring": "A sketchbook and something to draw with.",
        "place": "Gallery Hibiya, 2F, 1-2-3 Yurakucho, Tokyo",
        "other": "Café Lantern, 5-6 Ginza, Tokyo",
        "reason": "The gallery lost its power after the storm. We will find another day.",
        "critique": "Critique circle",
        "walk": "Gallery walk",
    },
    "ja": {
        "title": "スケッチナイト",
        "description": "2時間のデッサンのあと、感想を話し合います。初めての方も歓迎です。",
        "bring": "スケッチブックと画材をお持ちください。",
        "place": "ギャラリー日比谷 2階(東京都千代田区有楽町1-2-3)",
        "other": "カフェ・ランタン(東京都中央区銀座5-6)",
        "reason": "台風のためギャラリーが停電しています。別の日を改めてお知らせします。",
        "critique": "講評会",
        "walk": "ギャラリー散歩",
    },
    "ko": {
        "title": "스케치의 밤",
        "description": "두 시간 동안 크로키를 하고 함께 이야기를 나눕니다. 처음이신 분도 환영합니다.",
        "bring": "스케치북과 그릴 도구를 가져오세요.",
        "place": "갤러리 히비야 2층, 도쿄 유라쿠초 1-2-3",
        "other": "카페 랜턴, 도쿄 긴자 5-6",
        "reason": "태풍으로 갤러리가 정전되었습니다. 다른 날을 다시 알려 드리겠습니다.",
        "critique": "작품 비평 모임",
        "walk": "갤러리 산책",
    },
}


def info(
    language: str,
    where: Where = Where.IN_PERSON,
    state: OccurrenceState = OccurrenceState.OPEN,
    *,
    rule: Rule | None = None,
    **changes: Any,
) -> OccurrenceInfo:
    """Return a date of the event of all pictures; *changes* are the date's."""
    words = WORDS[language]
    places: Mapping[Where, tuple[int | None, str | None]] = {
        Where.IN_PERSON: (None, words["place"]),
        Where.ONLINE: (None, "https://meet.example.org/sketch-night"),
    }
    channel, place = places.get(where, (VOICE, None))
    bring = words["bring"] if where is Where.IN_PERSON else None
    details = Details(words["title"], words["description"], bring, None, where, channel, place, timedelta(hours=2))
    event = EventInfo(
        id=7,
        guild_id=GUILD,
        number=42,
        uid="9f86d081884c7d659a2feaa0c55ad015",
        state=EventState.LIVE,
        organiser_id=PEOPLE[0],
        details=details,
        zone="Asia/Tokyo",
        begins=datetime(2026, 1, 10, 18),  # noqa: DTZ001 (a time on the wall)
        rule=None if rule is None else rule.to_json(),
        capacity=None,
        rsvp_role=None,
        rsvp_lead=timedelta(0),
        going_role=None,
        shows_names=False,
        remind=(timedelta(days=1), timedelta(hours=1), timedelta(0)),
        ping_role=None,
        places=(Place(GUILD + 1, language),),
        announce_lead=None,
        sequence=0,
        created_at=NOW,
        changed_at=NOW,
        cancel_reason=None,
    )
    base = OccurrenceInfo(
        id=9,
        event=event,
        ordinal=3,
        state=state,
        slot=event.begins,
        starts_at=STARTS,
        ends_at=STARTS + details.length,
        rsvp_closes_at=STARTS,
        announce_at=None,
        moved=False,
        details=details,
        capacity=None,
        sequence=0,
        changed_at=NOW,
        announced_at=NOW,
        cancel_reason=None,
    )
    return replace(base, **changes)


def post(made: OccurrenceInfo, counts: Counts = SOME, names: tuple[int, ...] = ()) -> PostView:
    return PostView(made, None, None, counts, names, None)


def answer(made: OccurrenceInfo, given: Answer, before: Answer | None = None, **values: Any) -> AnswerView:
    view = AnswerView(made, given, True, before, None, Counts(going=12), False)
    return replace(view, **values)


def offer(made: OccurrenceInfo) -> OfferView:
    return OfferView(made, PEOPLE[4], NOW + timedelta(hours=12), URL, direct=False)


def reminder(made: OccurrenceInfo, *, begun: bool = False, late: bool = False) -> ReminderView:
    return ReminderView(made, PEOPLE[3:5], URL, begun, late, direct=False)


def change(made: OccurrenceInfo) -> NoticeView:
    """Return the notice that time and place are others now."""
    words = WORDS[made.event.places[0].language]
    moved = replace(made, starts_at=STARTS + timedelta(hours=1), ends_at=STARTS + timedelta(hours=3))
    moved = replace(moved, details=replace(made.details, place=words["other"]))
    was = Was(made.starts_at, made.ends_at, None, None, words["place"], place_changed=True)
    return NoticeView(moved, was, PEOPLE[3:6], URL)


def cancelled(made: OccurrenceInfo) -> NoticeView:
    return NoticeView(made, Was(), PEOPLE[3:6], URL, cancelled=True)


def checkin(made: OccurrenceInfo) -> CheckIn:
    return CheckIn(made, "408217", NOW + timedelta(seconds=42), 7, 12)


def attendees(made: OccurrenceInfo) -> Attendees:
    given = (*[Answer.GOING] * 5, Answer.WAITING, Answer.WAITING, Answer.MAYBE, Answer.CANT)
    people = [Attendee(PEOPLE[i], answer, present=i < 3) for i, answer in enumerate(given)]
    return Attendees(made, FULL, [*people, Attendee(PEOPLE[9], None, present=True)], more=False)


def month(language: str) -> Month:
    """Return a January with something on."""
    words, listed = WORDS[language], list[Listed]()

    def add(day: int, hour: int, title: str, mine: Answer | None = None, **changes: Any) -> None:
        starts = datetime(2026, 1, day, hour, tzinfo=UTC)
        made = info(language, starts_at=starts, ends_at=starts + timedelta(hours=2), **changes)
        made = replace(made, details=replace(made.details, title=words[title]))
        planned = made.announced_at is None
        listed.append(Listed(made, Counts() if planned else SOME, None if planned else URL, mine))

    add(2, 10, "critique", Answer.GOING)
    add(3, 2, "walk", Answer.MAYBE, capacity=20)
    add(9, 10, "critique", announced_at=None)
    add(10, 9, "title", Answer.WAITING, capacity=12)
    add(10, 13, "walk", None, state=OccurrenceState.CANCELLED)
    add(16, 10, "critique", announced_at=None)
    add(23, 10, "critique", announced_at=None)
    add(30, 10, "critique", announced_at=None)
    return Month(date(2026, 1, 1), date(2026, 1, 2), "Asia/Tokyo", listed)


WEEKLY: Final = Rule(Every.WEEK, weekdays=(5,))
