"""What the gallery photographs of events."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from bot.i18n import t
from bot.ports import Section
from bot.ui.outgoing import Outgoing
from cogs.events.render.answers import render_answer, render_offer, render_present
from cogs.events.render.checkin import render_checkin
from cogs.events.render.notices import render_notice, render_reminder
from cogs.events.render.overview import render_attendees, render_month
from cogs.events.render.post import render_post
from cogs.events.rules.kinds import Answer, Where
from cogs.events.service.checking_in import Present
from cogs.events.service.showcase import line_of
from cogs.events.tables import OccurrenceState
from cogs.home.render.overview import mine_page
from cogs.home.service.overview import Overview
from tests.browser.gallery import Scene
from tests.events.render import samples
from tests.events.render.draft_scenes import DRAFTS
from tests.events.render.samples import FULL, NOW, PEOPLE, ROLE, URL, VOICE, WEEKLY, WORDS, info

PREFIX: Final = "event"
NAMES: Final = ("oren", "mina", "haru", "sol", "lena", "tomo", "jiwoo", "ada", "kei", "noor")
PEOPLE_SHOWN: Final = {PEOPLE[i]: name for i, name in enumerate(NAMES)}
ROLES: Final = {ROLE: "Artists"}
CHANNELS: Final = {VOICE: "Studio"}

Message = Callable[[str], Outgoing]


def scene(message: Message, *, kept: bool = False) -> Scene:
    # Discord shows a calendar's file as its name; the page of the simulation would show its lines.
    return Scene(lambda language: replace(message(language), files=()), NOW, PEOPLE_SHOWN, ROLES, kept, CHANNELS)


def _post(where: Where) -> Message:
    return lambda language: render_post(samples.post(info(language, where)), language)


def _full(language: str) -> Outgoing:
    return render_post(samples.post(info(language, capacity=20), FULL), language)


def _series(language: str) -> Outgoing:
    made = info(language, Where.VOICE, rule=WEEKLY, rsvp_closes_at=samples.STARTS - timedelta(hours=3))
    return render_post(samples.post(made, names=PEOPLE[:10]), language)


def _in_state(state: OccurrenceState) -> Message:
    def message(language: str) -> Outgoing:
        reason = WORDS[language]["reason"] if state is OccurrenceState.CANCELLED else None
        return render_post(samples.post(info(language, state=state, capacity=20, cancel_reason=reason)), language)

    return message


def _answer(given: Answer, before: Answer | None = None, position: int | None = None) -> Message:
    def message(language: str) -> Outgoing:
        view = samples.answer(info(language, capacity=20), given, before, position=position)
        return render_answer(view, language)

    return message


def _offer(language: str) -> Outgoing:
    return render_offer(samples.offer(info(language, capacity=20)), language)


def _reminder(language: str) -> Outgoing:
    soon = NOW + timedelta(hours=1)
    made = info(language, starts_at=soon, ends_at=soon + timedelta(hours=2))
    return render_reminder(samples.reminder(made), language)


def _begun(language: str) -> Outgoing:
    begun = NOW - timedelta(minutes=20)
    made = info(language, Where.VOICE, starts_at=begun, ends_at=begun + timedelta(hours=2))
    return render_reminder(samples.reminder(made, begun=True, late=True), language)


def _change(language: str) -> Outgoing:
    return render_notice(samples.change(info(language)), language)


def _off(language: str) -> Outgoing:
    made = info(language, state=OccurrenceState.CANCELLED, cancel_reason=WORDS[language]["reason"])
    return render_notice(samples.cancelled(made), language)


def _month(language: str) -> Outgoing:
    return render_month(samples.month(language), language)


def _checkin(language: str) -> Outgoing:
    return render_checkin(samples.checkin(info(language, state=OccurrenceState.RUNNING)), language)


def _present(language: str) -> Outgoing:
    return render_present(Present(info(language), new=True), language)


def _attendees(language: str) -> Outgoing:
    return render_attendees(samples.attendees(info(language, capacity=20)), language)


def _mine(language: str) -> Outgoing:
    answers = (Answer.GOING, Answer.OFFERED, Answer.WAITING, Answer.MAYBE, Answer.LAPSED)
    until = NOW + timedelta(hours=12)
    # One date a line: a member has one answer to each.
    lines = [line_of(info(language, id=key), each, until, URL) for key, each in enumerate(answers, start=1)]
    sections = [Section(t("event.show.answers"), lines)]
    return mine_page(language, Overview((), (), sections, ()), 0).message


SCENES: Final[Mapping[str, Scene]] = {
    **DRAFTS,
    "in-person": scene(_post(Where.IN_PERSON), kept=True),
    "full": scene(_full, kept=True),
    "offer": scene(_offer, kept=True),
    "change": scene(_change, kept=True),
    "month": scene(_month, kept=True),
    "checkin": scene(_checkin, kept=True),
    "voice": scene(_post(Where.VOICE)),
    "stage": scene(_post(Where.STAGE)),
    "text": scene(_post(Where.TEXT)),
    "online": scene(_post(Where.ONLINE)),
    "series": scene(_series),
    "running": scene(_in_state(OccurrenceState.RUNNING)),
    "cancelled": scene(_in_state(OccurrenceState.CANCELLED)),
    "over": scene(_in_state(OccurrenceState.OVER)),
    "answer-going": scene(_answer(Answer.GOING)),
    "answer-took": scene(_answer(Answer.GOING, Answer.OFFERED)),
    "answer-maybe": scene(_answer(Answer.MAYBE)),
    "answer-cant": scene(_answer(Answer.CANT, Answer.GOING)),
    "answer-waiting": scene(_answer(Answer.WAITING, position=3)),
    "reminder": scene(_reminder),
    "reminder-begun": scene(_begun),
    "notice-cancelled": scene(_off),
    "present": scene(_present),
    "attendees": scene(_attendees),
    "mine": scene(_mine),
}
