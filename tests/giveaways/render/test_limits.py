"""No message is refused by Discord, whatever people typed and however much happened."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.i18n import languages
from cogs.giveaways.render import (
    render_freeze,
    render_info,
    render_notice,
    render_pass,
    render_pickup_code,
    render_post,
    render_result,
    render_trust_question,
)
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim, Named, Repeats, Terms
from cogs.giveaways.service.announcing import MENTIONS
from cogs.giveaways.service.passing import LINES
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import State, Waiting
from tests.giveaways.render import samples
from tests.giveaways.render.limits import faults
from tests.giveaways.render.strategies import DROPPED, REASONS, infos, places, posts, typed

LANGUAGES = st.sampled_from(languages())
some = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@some
@given(posts(), LANGUAGES)
def test_a_post_fits(view: PostView, language: str) -> None:
    assert faults(render_post(view, language)) == []


@pytest.mark.parametrize("letter", ["*", "🎉", "ש", "\n*", "a", "字"])
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("language", languages())
def test_everything_at_its_longest_fits(state: State, language: str, letter: str) -> None:
    def long(most: int) -> str:
        return (letter * most)[:most].replace("\n", "\n" if most == 1_000 else "-")

    every = 2**63 - 1
    terms = Terms(
        organiser_id=every,
        required_role=every,
        excluded_roles=(every, every),
        bonuses=((every, 100),) * 5,
        account_age=timedelta(days=999, hours=23, minutes=59, seconds=59),
        member_for=timedelta(days=999, hours=23, minutes=59, seconds=59),
        cooldown=timedelta(days=999, hours=23, minutes=59, seconds=59),
        holders_of=Named(1, long(100)),
        attended=Named(2, long(100)),
    )
    closed = state in (State.FROZEN, State.DRAWN)
    over = [samples.place(rank, Outcome.PASSED, who=str(every), reason=long(300)) for rank in range(100)]
    won = [samples.place(rank, who=str(every)) for rank in range(100)]
    for cancelled in (None, samples.NOW):
        info = samples.giveaway(
            state,
            number=10**9,
            prize=long(200),
            description=long(1_000),
            terms=terms,
            claim=Claim.WALLET,
            claim_until=samples.NOW,
            repeats=Repeats.MONTHLY,
            ended_early=True,
            beacon_failing_since=samples.NOW,
            trusted=samples.ABANDONED,
            drawn_winners=1,
            drawn_at=samples.NOW + timedelta(days=2),
            cancelled_at=cancelled,
            cancel_reason=long(300),
            winners=1_000,
        )
        view = samples.post(
            info,
            chain=None,
            freezes=(samples.LATE,) * 5 if closed else (),
            waiting=Waiting.PERMISSIONS if state is State.FROZEN else None,
            places=(*over, *won),
            result_url=samples.URL,
            corrected=True,
        )
        assert faults(render_post(view, language)) == []
        mine = samples.receipt(info, dropped="required_role", unchecked=True)
        assert faults(render_info(view, language, mine)) == []
        announced = samples.result(info, places=(*over[:30], *won[:30]), mentioned=(), parts=20, **samples.PAGES)
        assert faults(render_result(announced, language)) == []
        passed = samples.passing(info, passed=over[:LINES], risen=won[:MENTIONS], reason=long(300), **samples.PAGES)
        assert faults(render_pass(passed, language)) == []


@some
@given(posts(), LANGUAGES, st.none() | DROPPED, st.booleans())
def test_an_explanation_fits(view: PostView, language: str, dropped: str | None, unchecked: bool) -> None:
    mine = samples.receipt(view.info, dropped=dropped, unchecked=unchecked)
    assert faults(render_info(view, language, mine)) == []
    assert faults(render_info(view, language, None)) == []
    assert faults(render_trust_question(view, language)) == []


@some
@given(st.data(), LANGUAGES)
def test_a_freeze_message_fits(data: st.DataObject, language: str) -> None:
    chain = data.draw(st.none() | st.just(samples.CHAIN))
    excluded = data.draw(st.dictionaries(DROPPED, st.integers(1, 10**6)))
    view = samples.freeze(
        data.draw(infos(State.FROZEN)),
        chain=chain,
        excluded=excluded,
        unchecked=data.draw(st.integers(0, 10**6)),
        replaces=data.draw(st.none() | st.just(samples.URL)),
    )
    assert faults(render_freeze(view, language)) == []


@some
@given(st.data(), LANGUAGES)
def test_an_announcement_fits(data: st.DataObject, language: str) -> None:
    found = data.draw(places(MENTIONS))
    won = [int(place.who) for place in found if place.who and not place.is_address and place.outcome is Outcome.WON]
    parts = data.draw(st.integers(1, 20))
    view = samples.result(
        data.draw(infos(State.DRAWN)),
        places=found,
        mentioned=won if data.draw(st.booleans()) else (),
        part=data.draw(st.integers(0, parts - 1)),
        parts=parts,
        proof_url=data.draw(st.none() | st.just(samples.URL)),
        **samples.PAGES,
    )
    assert faults(render_result(view, language)) == []


@pytest.mark.parametrize("language", languages())
def test_the_longest_mentions_fit(language: str) -> None:
    longest = 2**63 - 1
    everyone = [longest - i for i in range(MENTIONS)]
    won = tuple(samples.place(1, who=str(user)) for user in everyone)
    message = render_result(samples.result(places=won, mentioned=everyone), language)
    assert faults(message) == []
    assert all(f"<@{user}>" in message.content for user in everyone)
    silent = render_result(samples.result(places=won, mentioned=()), language)
    assert faults(silent) == []
    assert all(f"<@{user}>" in (silent.embeds[0].description or "") for user in everyone)


@some
@given(st.data(), LANGUAGES)
def test_a_line_about_passing_on_fits(data: st.DataObject, language: str) -> None:
    risen = data.draw(places(MENTIONS, Outcome.WON))
    view = samples.passing(
        data.draw(infos(State.DRAWN)),
        passed=data.draw(places(LINES, Outcome.PASSED)),
        risen=risen,
        reason=data.draw(st.none() | REASONS),
        mentioned=[int(place.who) for place in risen if place.who and not place.is_address],
        **samples.PAGES,
    )
    assert faults(render_pass(view, language)) == []


@some
@given(typed(200), st.sampled_from(Waiting), LANGUAGES)
def test_a_notice_and_a_code_fit(prize: str, waiting: Waiting, language: str) -> None:
    view = samples.notice(waiting)
    view = replace(view, info=replace(view.info, prize=prize))
    assert faults(render_notice(view, language)) == []
    assert faults(render_pickup_code(view.info, "7KQ2M9XD", language)) == []
