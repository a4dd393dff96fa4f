"""The draft's panel: each step, and everyone it does not belong to."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.drafting.craft import Audience, Findings, Ping, Posted, Sheet
from bot.drafting.problems import Fault, Problem
from bot.drafting.values import Named, Spot
from bot.drafts import Draft
from bot.i18n import languages, t
from bot.posts import Place
from bot.ui.drafts.cards import render_copies, render_panel, render_where
from bot.ui.drafts.forms import number_form, translate_form, when_form
from cogs.polls.render import draft_forms as forms
from cogs.polls.render.draft import FACE, render_answer, render_posted, render_rules, render_who
from cogs.polls.rules.ballots import Kind, Quorum, Secrecy
from cogs.polls.rules.options import Options, Step
from cogs.polls.rules.terms import Results
from cogs.polls.service.craft import preview_of
from tests.desk import drafts, fill, modal_values, unchanged
from tests.giveaways.render import samples
from tests.giveaways.render.limits import faults
from tests.harness import World, choose, forge, forge_modal, labels, press, running_bot, say
from tests.polls.organising.desk import create, polls, post, values

ID = 2**63 - 1


async def test_what_was_refused_stands_in_the_form_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        typed = "\n".join(f"Place {number}" for number in range(26))
        panel = await fill(me, await create(world), question="Where?", options=typed, ends="banana")
        assert "2 to 25 options, not 26" in say(panel)
        form = await press(me, panel, "poll.d.question")
        assert modal_values(form) == {"question": "Where?", "options": typed}

        # Also after a restart, and for whoever leaves another form untouched in between.
        await world.restart()
        panel = await fill(me, await press(me, panel, "poll.d.look"))
        when = await press(me, panel, "poll.d.when")
        assert modal_values(when)["ends"] == "banana"
        panel = await fill(me, when, ends="2 days")
        assert modal_values(await press(me, panel, "poll.d.when"))["ends"] == "2d"

        panel = await fill(me, await press(me, panel, "poll.d.question"), options=typed[: typed.rindex("\n")])
        assert len((await values(world)).choices) == 25
        refused = await fill(me, await press(me, panel, "poll.d.question"), options="Cafe")
        form = await press(me, refused, "poll.d.question")
        assert modal_values(form)["options"] == "Cafe"
        # Put back as it was, it is no change; what was refused is given up all the same.
        panel = await fill(me, form, options=typed[: typed.rindex("\n")])
        assert modal_values(await press(me, panel, "poll.d.question"))["options"].count("Place") == 25
        posted = await press(me, panel, "poll.d.post")
        assert "Poll #1" in say(posted)


async def test_every_step_on_the_way_to_a_post(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await create(world, question="Where?", options="Cafe | Park")
        assert labels(draft) == [
            "Question",
            "Who",
            "Rules",
            "When",
            "Answer",
            "Where",
            "Look",
            "Copy an old one",
            "Post",
            "Discard",
        ]
        who = await press(me, draft, "poll.d.who")
        who = await choose(me, who, "poll.d.voters", world.artists)
        who = await choose(me, who, "poll.d.weight_roles", world.organisers)
        assert "secret poll has no weights" not in say(who)
        form = await press(me, who, "poll.d.weights")
        who = await fill(me, form, **{f"role-{world.organisers.id}": "7"})
        assert (await values(world)).weights == ((world.organisers.id, 7),)

        rules = await press(me, await press(me, who, "poll.d"), "poll.d.rules")
        assert "secret poll has no weights" in say(rules)
        rules = await choose(me, rules, "poll.d.showing", "open")
        assert "secret poll has no weights" not in say(rules)
        rules = await choose(me, rules, "poll.d.kind", "multiple")
        form = await press(me, rules, "poll.d.bounds")
        rules = await fill(me, form, max_choices="2", quorum="30%", threshold="x")
        assert "“x” is not a threshold" in say(rules)
        rules = await press(me, rules, "poll.d.write_ins")
        rules = await press(me, rules, "poll.d.receipts")
        assert "No receipts" in say(rules)

        answer = await press(me, await press(me, rules, "poll.d"), "poll.d.answer")
        answer = await choose(me, answer, "poll.d.owner", world.organisers)
        assert world.organisers.mention in say(answer)
        answer = await choose(me, answer, "poll.d.owner", world.member)
        assert world.member.mention in say(answer)
        form = await press(me, answer, "poll.d.answer_by")
        answer = await fill(me, form, answer_by="3 days")
        answer = await press(me, answer, "poll.d.no_answer")
        assert "none promised" in say(answer)
        answer = await press(me, answer, "poll.d.myself")

        form = await press(me, await press(me, answer, "poll.d"), "poll.d.when")
        assert modal_values(form)["ends"] == ""
        panel = await fill(me, form, ends="2 days")
        assert "members with" in say(panel)
        assert "Poll #1" in say(await press(me, panel, "poll.d.post"))
        (row,) = await polls(world)
        assert (row.kind, row.secrecy, row.max_choices) == (Kind.MULTIPLE, Secrecy.OPEN, 2)
        assert (row.quorum, row.quorum_is_percent, row.threshold) == (30, True, None)
        assert (row.write_ins, row.receipts, row.answer_user) == (True, False, me.id)


STEPS = (
    "poll.d",
    "poll.d.question",
    "poll.d.who",
    "poll.d.rules",
    "poll.d.when",
    "poll.d.answer",
    "poll.d.where",
    "poll.d.look",
    "poll.d.copy",
    "poll.d.gate",
    "poll.d.weights",
    "poll.d.bounds",
    "poll.d.write_ins",
    "poll.d.receipts",
    "poll.d.answer_by",
    "poll.d.no_answer",
    "poll.d.myself",
    "poll.d.number",
    "poll.d.ping_usual",
    "poll.d.post",
)
SELECTS = (
    "poll.d.voters",
    "poll.d.weight_roles",
    "poll.d.kind",
    "poll.d.showing",
    "poll.d.owner",
    "poll.d.ping",
    "poll.d.channels",
    "poll.d.place",
    "poll.d.copied",
)
FORMS = ("question", "look", "when", "gate", "bounds", "answer_by", "weights", "translate", "number")


async def attempts(world: World, actor: Any, channel: Any, key: object) -> list[Any]:
    """Try everything a draft's panel has, by hand."""
    role = str(world.artists.id)
    answers = [await forge(actor, channel, f"{kind}:{key}") for kind in STEPS]
    answers += [await forge(actor, channel, f"{kind}:{key}", values=[role]) for kind in SELECTS]
    fields = {"question": "Stolen", "ends": "3 days", "number": "1", "quorum": "5", f"role-{role}": "9"}
    answers += [await forge_modal(actor, channel, f"poll.f.{form}:{key}:{role}", fields) for form in FORMS]
    return answers


async def test_nobody_else_can_touch_a_draft(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        weights = f"{world.artists.mention}=2"
        await create(world, question="Where?", options="Cafe | Park", ends="2 days", secrecy="open", weights=weights)
        (row,) = await drafts(world)
        elsewhere, stranger = world.other_guild()
        async with unchanged(world):
            for actor, channel in ((world.moderator, world.general), (stranger, elsewhere)):
                for answer in await attempts(world, actor, channel, row.id):
                    assert answer.modal is None
                    assert "no longer exists" in say(answer)
            for answer in await attempts(world, world.member, world.general, row.id):
                assert answer.modal is None
                assert "Only organisers" in say(answer)


async def test_forged_ids_and_values_are_refused_politely(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await create(world, question="Where?", options="Cafe | Park", ends="2 days")
        async with unchanged(world):
            for key in (999, "", "x", "-1", "9" * 40):
                for answer in await attempts(world, world.organiser, world.general, key):
                    assert answer.modal is None, key
                    assert say(answer), key
                    assert "reference" not in say(answer), key
        (row,) = await drafts(world)
        async with unchanged(world):
            for kind in SELECTS:
                for forged in ("everyone", str(world.guild.default_role.id), "9" * 30):
                    answer = await forge(world.organiser, world.general, f"{kind}:{row.id}", values=[forged])
                    assert say(answer), (kind, forged)
                    assert "reference" not in say(answer), (kind, forged)


async def test_a_posted_poll_of_another_server_cannot_be_edited(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        elsewhere, stranger = world.other_guild()
        async with unchanged(world):
            refused = say(await stranger.slash(elsewhere, "poll edit", poll="1"))
        assert "no poll" in refused or "There is no" in refused


def sheet(letter: str, wrong: int) -> Sheet[Any, Any, Any]:
    """Return a draft with everything at its longest and *wrong* problems of each kind."""
    said = Options(
        question=letter * 300,
        choices=tuple(f"{n:02}{letter * 98}"[:100] for n in range(25)),
        kind=Kind.MULTIPLE,
        secrecy=Secrecy.OPEN,
        results=Results.LIVE,
        max_choices=25,
        voters=ID,
        holders_of=Named(1, letter * 100),
        attended=Named(2, letter * 100),
        weights=tuple((ID - n, 100) for n in range(5)),
        quorum=Quorum(100, percent=True),
        threshold=100,
        write_ins=True,
        answer_role=ID,
        answer_within=timedelta(days=365),
        runs=timedelta(days=90),
        ping=ID,
        zone="America/Argentina/ComodRivadavia",
        spots=tuple(Spot(ID - n, "ja", letter * 300, letter * 100) for n in range(5)),
    )
    long = t("draft.where.missing", channel="<#9223372036854775807>", needs=[letter * 20] * 4)
    now = samples.NOW
    return Sheet(
        draft=Draft(2**48, "poll", ID, ID, ID, None, {}, now),
        subject=None,
        findings=Findings(
            options=said,
            places=tuple(Place(spot.channel_id, "ja", spot.title, spot.text) for spot in said.spots),
            problems=tuple(Problem(Step.WHERE, fault, long) for fault in Fault for _ in range(wrong)),
            notices=(long,) * wrong,
            audience=Audience(ID, 10**7, narrowed=True),
            ping=Ping(ID, works=False),
            offered_ping=None,
            proposal=None,
        ),
        preview=preview_of(said, letter * 300, ID, 10**6, ID, (now, now + timedelta(days=90))),
        opens=now,
        closes=now + timedelta(days=90),
        scheduled=False,
    )


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("wrong", [0, 12])
@pytest.mark.parametrize("letter", ["*", "🎉", "字"])
def test_the_panel_and_its_steps_fit(letter: str, wrong: int, language: str) -> None:
    shown = sheet(letter, wrong)
    refusals = [t("poll.quorum.unclear", value=letter * 60)] * (5 if wrong else 0)
    assert shown.preview is not None
    names = {place.channel_id: letter * 100 for place in shown.findings.places}
    for message in (
        render_panel(FACE, shown, language, refusals),
        render_who(shown, language, refusals),
        render_rules(shown, language, refusals),
        render_answer(shown, language, refusals),
        render_where(FACE, shown, language, None, names),
        render_copies(FACE, 1, [shown.preview.info] * 25, language),
        render_posted(Posted(shown.preview.info, [ID] * 5, new=True), language),
    ):
        assert [fault for fault in faults(message) if "label" not in fault] == []


@pytest.mark.parametrize("language", languages())
async def test_no_hint_or_label_is_cut(language: str) -> None:
    said = sheet("a", 0).findings.options
    for form in (
        forms.new_form(language),
        forms.question_form(language, 1, said),
        forms.look_form(language, 1, said),
        forms.gate_form(language, 1, said),
        forms.bounds_form(language, 1, said),
        forms.answer_form(language, 1, said),
        when_form(FACE, language, 1, said, opened=False),
        translate_form(FACE, language, 1, said.spots[0], "general"),
        number_form(FACE, language, 1),
    ):
        raw = form.to_dict()
        assert len(raw["components"]) <= 5
        for label in raw["components"]:
            assert len(label["label"]) < 45
            assert len(label.get("description") or "") < 100, label["label"]
