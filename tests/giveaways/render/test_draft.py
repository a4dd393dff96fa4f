"""The draft's panel fits into what Discord takes, however much is typed and wrong."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.drafting.craft import Audience, Findings, Ping, Posted, Sheet
from bot.drafts import Draft
from bot.i18n import Text, languages, t
from bot.posts import Place
from bot.ui.drafts.cards import render_copies, render_panel, render_where
from bot.ui.drafts.forms import number_form, translate_form, when_form
from cogs.giveaways.render.draft import (
    FACE,
    render_posted,
    render_tickets,
    render_who,
)
from cogs.giveaways.render.forms import (
    ages_form,
    claim_form,
    extras_form,
    gate_form,
    look_form,
    new_form,
)
from cogs.giveaways.rules.options import Fault, Options, Problem, Spot, Step
from cogs.giveaways.rules.terms import Claim, Named, Repeats, Terms
from tests.giveaways.render import samples
from tests.giveaways.render.limits import faults

ID = 2**63 - 1
LONG = timedelta(days=999, hours=23, minutes=59, seconds=59)
LETTERS = ("*", "🎉", "ש", "a", "字")


def options(letter: str) -> Options:
    """Return options with everything at its longest."""
    return Options(
        prize=letter * 200,
        description=(letter * 1_000)[:1_000],
        picture_id=1,
        winners=100,
        runs=timedelta(days=89, hours=23, minutes=59, seconds=59),
        zone="America/Argentina/ComodRivadavia",
        required_role=ID,
        excluded_role=ID - 1,
        bonuses=tuple((ID - number, 100) for number in range(5)),
        account_age=LONG,
        member_for=LONG,
        cooldown=LONG,
        holders_of=Named(1, letter * 100),
        attended=Named(2, letter * 100),
        claim=Claim.WALLET,
        claim_within=LONG,
        ping=ID,
        repeat=Repeats.MONTHLY,
        spots=tuple(Spot(ID - number, "ja", letter * 200, letter * 1_000) for number in range(5)),
    )


def sheet(letter: str, wrong: int) -> Sheet:
    """Return a draft with *wrong* problems of each kind."""
    said = options(letter)
    long = t("giveaway.where.missing", channel="<#9223372036854775807>", needs=[letter * 20] * 4)
    problems = [Problem(Step.WHERE, fault, long) for fault in Fault for _ in range(wrong)]
    now = samples.NOW
    info = replace(
        samples.giveaway(),
        prize=said.prize or "",
        description=said.description,
        terms=Terms(ID, ID, (ID, ID), said.bonuses, LONG, LONG, LONG, said.holders_of, said.attended),
        claim=Claim.WALLET,
        claim_within=LONG,
        ping_role=ID,
        repeats=Repeats.MONTHLY,
    )
    view = samples.post(info, title=letter * 200, text=letter * 1_000)
    return Sheet(
        draft=Draft(2**48, "giveaway", ID, ID, ID, None, {}, now),
        subject=None,
        findings=Findings(
            options=said,
            places=tuple(Place(spot.channel_id, "ja", spot.title, spot.text) for spot in said.spots),
            problems=tuple(problems),
            notices=(long,) * wrong,
            audience=Audience(ID, 10**7, narrowed=True),
            ping=Ping(ID, works=False),
            offered_ping=ID,
            proposal=None,
        ),
        preview=view,
        opens=now,
        closes=now + timedelta(days=90),
        scheduled=False,
    )


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("wrong", [0, 1, 12])
@pytest.mark.parametrize("letter", LETTERS)
def test_the_panel_and_its_steps_fit(letter: str, wrong: int, language: str) -> None:
    shown = sheet(letter, wrong)
    refusals: Sequence[Text] = [t("giveaway.bonus.unclear", value=letter * 60)] * (5 if wrong else 0)
    for message in (
        render_panel(FACE, shown, language, refusals),
        render_who(shown, language, refusals),
        render_tickets(shown, language, refusals),
        render_where(
            FACE, shown, language, letter * 100, {place.channel_id: letter * 100 for place in shown.findings.places}
        ),
        render_copies(FACE, 1, [shown.preview.info] * 25 if shown.preview else [], language),
    ):
        assert [fault for fault in faults(message) if "label" not in fault] == []
        assert len(message.rows) <= 25


def test_the_preview_gives_way_only_where_there_is_no_room() -> None:
    small = replace(sheet("a", 0), findings=replace(sheet("a", 0).findings, places=(Place(ID, "en"),)))
    assert len(render_panel(FACE, small, "en").embeds) == 2
    many = sheet("*", 12)
    assert many.preview is not None
    wordless = replace(many, preview=replace(many.preview, text="-"))
    crowded = render_panel(FACE, wordless, "en", [t("giveaway.bonus.unclear", value="*" * 60)] * 12)
    assert len(crowded.embeds) == 1
    assert "no room" in (crowded.embeds[0].description or "")
    assert crowded.files == ()


@pytest.mark.parametrize("language", languages())
def test_what_is_said_after_posting_fits(language: str) -> None:
    info = replace(samples.giveaway(), prize="*" * 200)
    for planned in (info, replace(info, opened_at=None)):
        assert faults(render_posted(Posted(planned, [ID] * 5, new=True), language)) == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("letter", LETTERS)
async def test_forms_fit(letter: str, language: str) -> None:
    said = options(letter)
    names = {role: letter * 100 for role, _ in said.bonuses}
    forms = [
        new_form(language),
        look_form(language, 2**48, said),
        when_form(FACE, language, 2**48, said, opened=False),
        claim_form(language, 2**48, said),
        ages_form(language, 2**48, said),
        gate_form(language, 2**48, said),
        extras_form(language, 2**48, said, names),
        translate_form(FACE, language, 2**48, said.spots[0], letter * 100),
        number_form(FACE, language, 2**48),
    ]
    for form in forms:
        raw = form.to_dict()
        assert 1 <= len(str(raw["title"])) <= 45
        assert len(str(raw["custom_id"])) <= 100
        assert 1 <= len(raw["components"]) <= 5
        for label in raw["components"]:
            assert 1 <= len(label["label"]) <= 45, label
            assert len(label.get("description") or "") <= 100, label


@pytest.mark.parametrize("language", languages())
async def test_no_hint_or_label_is_cut(language: str) -> None:
    said = options("a")
    for form in (
        new_form(language),
        look_form(language, 1, said),
        when_form(FACE, language, 1, said, opened=False),
        claim_form(language, 1, said),
        ages_form(language, 1, said),
        gate_form(language, 1, said),
        translate_form(FACE, language, 1, said.spots[0], "general"),
        number_form(FACE, language, 1),
    ):
        for label in form.to_dict()["components"]:
            assert len(label["label"]) < 45
            assert len(label.get("description") or "") < 100
