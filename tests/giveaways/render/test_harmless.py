"""What people type stays in its place: it mentions nobody, formats nothing and pretends to be nothing of ours."""

from dataclasses import replace

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.markup import escape, is_blank
from bot.ui.look import cut, shorten, size
from bot.ui.outgoing import Outgoing
from cogs.giveaways.render import render_freeze, render_info, render_notice, render_pass, render_post, render_result
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.tables import State, Waiting
from tests.giveaways.render import samples
from tests.giveaways.render.strategies import typed

PLAIN = "Teapot"
some = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def messages(prize: str) -> list[Outgoing]:
    """Return every message that names a prize, in the states in which it looks different."""
    made = [
        render_post(replace(view(), info=replace(view().info, prize=prize, description=None)), "en")
        for view in samples.POSTS.values()
        if view().title is None
    ]
    frozen, drawn = samples.giveaway(State.FROZEN, prize=prize), samples.giveaway(State.DRAWN, prize=prize)
    notice = samples.notice(Waiting.BEACON)
    return [
        *made,
        render_freeze(samples.freeze(frozen), "en"),
        render_result(samples.result(drawn), "en"),
        render_pass(samples.passing(drawn), "en"),
        render_info(samples.post(drawn), "en", None),
        render_notice(replace(notice, info=frozen), "en"),
    ]


@some
@given(typed(200))
def test_a_prize_changes_nothing_but_its_own_place(prize: str) -> None:
    assume(not is_blank(prize))
    shown = shorten(prize, 256)
    for plain, spiteful in zip(messages(PLAIN), messages(prize), strict=True):
        expected = [embed.to_dict() for embed in plain.embeds]
        for embed in expected:
            if embed.get("title") == PLAIN:
                embed["title"] = shown
            else:
                embed["description"] = embed.get("description", "").replace(PLAIN, shown)
        assert [embed.to_dict() for embed in spiteful.embeds] == expected
        assert spiteful.content == plain.content
        assert spiteful.allowed_mentions().to_dict() == plain.allowed_mentions().to_dict()


@some
@given(typed(1_000))
def test_a_description_stays_above_the_facts(description: str) -> None:
    with_text = render_post(samples.post(samples.giveaway(description=description)), "en").embeds[0]
    without = render_post(samples.post(samples.giveaway(description=None)), "en").embeds[0]
    assert with_text.fields == without.fields
    assert with_text.title == without.title


@some
@given(typed(300))
def test_a_reason_is_said_and_no_more(reason: str) -> None:
    def passed(value: str) -> Outgoing:
        place = samples.place(2, Outcome.PASSED, reason=value)
        return render_pass(samples.passing(passed=(place,), reason=value), "en")

    plain, spiteful = passed(PLAIN), passed(reason)
    description = (plain.embeds[0].description or "").replace(PLAIN, shorten(reason, 600))
    assert spiteful.embeds[0].description == description
    assert spiteful.embeds[0].fields == plain.embeds[0].fields


@given(typed(300), st.integers(2, 400))
def test_what_is_cut_fits_and_stays_harmless(text: str, room: int) -> None:
    found = cut(text, room)
    assert size(found) <= room
    if size(escape(text)) <= room:
        assert found == escape(text)
    else:
        kept = text
        while kept and found != escape(kept.rstrip() + "…"):
            kept = kept[:-1]
        assert found == escape(kept.rstrip() + "…")


@given(typed(300))
def test_one_line_stays_one_line(text: str) -> None:
    assert "\n" not in shorten(text, 200)


def test_nobody_is_mentioned_but_the_winners_of_the_first_announcement() -> None:
    hostile = samples.giveaway(
        State.DRAWN, prize="@everyone <@1400000000000000105> <@&1400000000000000011>", description="@here"
    )
    message = render_result(samples.result(hostile), "en")
    assert message.mention_users == set(samples.PEOPLE[1:4])
    assert message.mention_roles == set()
    assert not message.allowed_mentions().everyone
    assert "@everyone" not in message.content
    assert "<@1400000000000000105>" not in message.content


def test_a_ping_reaches_its_role_only() -> None:
    message = render_post(samples.post(samples.giveaway(ping_role=5)), "en")
    assert message.content == "<@&5>"
    assert message.mention_roles == {5}
    assert message.mention_users == set()


def test_a_prize_that_cannot_be_seen_leaves_the_number_to_name_the_giveaway() -> None:
    embed = render_post(samples.post(samples.giveaway(prize="\u200b\u3164")), "en").embeds[0]
    assert not embed.title
    assert embed.author.name == "Giveaway #42"
