"""What a post says in each of its states."""

from dataclasses import replace

import pytest

from bot.i18n import languages
from bot.images import CheckedImage
from cogs.giveaways.render import render_post
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState, Source, State, Waiting
from tests.giveaways.render import samples
from tests.giveaways.render.limits import faults
from tests.giveaways.render.reading import kinds, text
from tests.giveaways.render.samples import NOW, POSTS, giveaway, place, post


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", POSTS)
def test_every_state_is_worded_in_every_language(name: str, language: str) -> None:
    message = render_post(POSTS[name](), language)
    said = text(message)
    assert faults(message) == []
    assert "giveaway.render" not in said
    assert "{" not in said


def test_languages_differ() -> None:
    for view in POSTS.values():
        assert len({text(render_post(view(), language)) for language in languages()}) == len(languages())


@pytest.mark.parametrize("name", POSTS)
def test_only_an_open_giveaway_offers_to_enter(name: str) -> None:
    view = POSTS[name]()
    enterable = view.info.state is State.OPEN and view.info.source is Source.ENTRY
    assert ("gw.enter" in kinds(render_post(view, "en"))) == enterable
    assert kinds(render_post(view, "en"))[-1] == "gw.info"


@pytest.mark.parametrize("name", POSTS)
def test_only_a_beacon_away_for_a_day_offers_to_go_on_without(name: str) -> None:
    view = POSTS[name]()
    assert ("gw.trust" in kinds(render_post(view, "en"))) == (view.waiting is Waiting.BEACON_GIVE_UP)


def test_an_open_post_says_all_a_member_needs() -> None:
    said = text(render_post(POSTS["open"](), "en"))
    closes = int(giveaway().closes_at.timestamp())
    for part in (
        "Giveaway #42",
        "Signed print “Blue Hour”",
        f"<t:{closes}:F>",
        f"<t:{closes}:R>",
        "**Winners** 3",
        "**So far** 128 entrants",
        f"<@{samples.PEOPLE[0]}>",
        "Have the role <@&1400000000000000012>",
        "Not have <@&1400000000000000013>",
        "account at least 30 days old",
        "Member here for at least 7 days",
        "No win here in the last 60 days",
        "Pass the gate “clonex”",
        "Attended “Open studio, June”",
        "<@&1400000000000000014> +2 tickets",
        "Your membership, roles, holdings, and extra tickets",
        "Winners press *Claim*",
        "3 days from the draw",
        f"`{samples.COMMITMENT}`",
        "public random beacon",
    ):
        assert part in said, part


def test_a_giveaway_without_conditions_is_open_to_everyone_and_rechecks_membership_alone() -> None:
    said = text(render_post(POSTS["open-to-all"](), "en"))
    assert "Everyone in this server" in said
    assert "Your membership. Whoever" in said
    assert "Repeats every week" in said
    assert "Corrected since it was posted" in said


def test_the_organisers_translation_replaces_prize_and_text() -> None:
    message = render_post(post(giveaway(), title="サイン入り版画", text="A2サイズ"), "ja")
    assert message.embeds[0].title == "サイン入り版画"
    assert message.embeds[0].description == "A2サイズ"


def test_a_picture_is_attached_and_shown() -> None:
    message = render_post(post(giveaway(), picture=CheckedImage("picture.png", b"png")), "en")
    assert [(file.name, file.data) for file in message.files] == [("picture.png", b"png")]
    assert message.embeds[0].image.url == "attachment://picture.png"


@pytest.mark.parametrize("state", [State.SCHEDULED, State.OPEN, State.CLOSING, State.FROZEN, State.DRAWN])
def test_without_a_beacon_it_is_labelled_from_the_start(state: State) -> None:
    labels = {"en": "Operator-trusted draw", "ja": "運営者を信頼する抽選", "ko": "운영자 신뢰 추첨"}
    for language, label in labels.items():
        assert label in text(render_post(post(giveaway(state), chain=None), language))
        assert label not in text(render_post(post(giveaway(state)), language))


def test_a_given_up_round_is_named() -> None:
    said = text(render_post(POSTS["drawn-abandoned"](), "en"))
    assert f"went on without round `{samples.ROUND}`" in said


def test_a_frozen_post_leads_to_the_freeze_messages_and_names_the_round() -> None:
    said = text(render_post(POSTS["frozen"](), "en"))
    assert f"[Freeze message]({samples.URL})" in said
    assert f"[Earlier one]({samples.URL}), too late" in said
    assert f"`{samples.ROUND}`" in said
    assert "126 entrants, 142 tickets" in said


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        (Waiting.PERMISSIONS, "*Attach Files*"),
        (Waiting.UNREADABLE, "*Read Message History*"),
        (Waiting.BEACON, f"From <t:{int(NOW.timestamp()) + 23 * 3600}:f> on"),
        (Waiting.BEACON_GIVE_UP, "A moderator may go on without it"),
    ],
)
def test_a_waiting_draw_says_for_what(waiting: Waiting, said: str) -> None:
    names = {each().waiting: each for each in POSTS.values()}
    found = text(render_post(names[waiting](), "en"))
    assert said in found
    assert "The draw waits" in found


def test_a_drawn_post_names_winners_passed_places_and_what_was_delivered() -> None:
    message = render_post(POSTS["drawn"](), "en")
    said = text(message)
    assert f"**Winners**\n- <@{samples.PEOPLE[1]}>\n- <@{samples.PEOPLE[3]}>\n- someone whose data was erased" in said
    assert f"<@{samples.PEOPLE[2]}>: not claimed in time" in said
    assert "**Delivered** 2/3" in said
    assert f"[Announcement with the proof]({samples.URL})" in said
    assert message.mention_users == set()
    assert message.content == ""


def test_delivered_counts_what_arrived_only() -> None:
    states = [ClaimState.DELIVERED] * 7 + [ClaimState.OPEN, ClaimState.CLAIMED, ClaimState.NONE]
    places = [place(rank, claim_state=state) for rank, state in enumerate(states, 1)]
    places.append(place(11, Outcome.PASSED, claim_state=ClaimState.DELIVERED))
    said = text(render_post(post(giveaway(State.DRAWN, winners=10), places=places), "en"))
    assert "**Delivered** 7/10" in said


def test_the_time_left_to_claim_is_shown_while_somebody_has_not() -> None:
    open_one = [place(1, claim_state=ClaimState.CLAIMED), place(2)]
    assert "Claim until" in text(render_post(post(giveaway(State.DRAWN), places=open_one), "en"))
    assert "Claim until" not in text(render_post(post(giveaway(State.DRAWN), places=open_one[:1]), "en"))


def test_many_winners_are_counted_not_listed() -> None:
    said = text(render_post(POSTS["drawn-airdrop"](), "en"))
    assert "`0x0001...ef1b`" in said
    assert "and 980 more" in said
    assert "Delivered" not in said


def test_further_places_and_a_late_draw_are_said() -> None:
    said = text(render_post(POSTS["drawn-further"](), "en"))
    assert "2 further places were added after the draw" in said
    assert "later than planned" in said
    assert "later than planned" not in text(render_post(POSTS["drawn"](), "en"))


def test_cancelled_before_the_freeze_nothing_is_drawn() -> None:
    said = text(render_post(POSTS["cancelled"](), "en"))
    assert "Cancelled" in said
    assert "Reason: The print was damaged on its way." in said
    assert "Nothing is drawn" in said


def test_cancelled_after_the_freeze_the_draw_is_published_and_nobody_wins() -> None:
    before = text(render_post(POSTS["cancelled-frozen"](), "en"))
    assert "published unchanged, but nobody wins" in before
    after = render_post(POSTS["cancelled-drawn"](), "en")
    said = text(after)
    assert "**Would have won**" in said
    assert "**Winners**" not in said
    assert "Delivered" not in said
    assert kinds(after) == ["gw.info"]


def test_an_early_end_is_said() -> None:
    for state in (State.CLOSING, State.FROZEN, State.DRAWN, State.EMPTY):
        early = text(render_post(post(giveaway(state, ended_early=True)), "en"))
        assert "The organiser ended it early." in early
        assert "ended it early" not in text(render_post(post(giveaway(state)), "en"))


def test_an_airdrop_says_who_is_in_the_draw() -> None:
    members = text(render_post(POSTS["open-airdrop"](), "en"))
    assert "Airdrop #42" in members
    assert "Pass the gate “clonex”" in members
    assert "One ticket per whole token, at most 100" in members
    holders = text(render_post(POSTS["open-holders"](), "en"))
    assert "All holders in the snapshot “clonex-july”" in holders
    assert "One ticket each" in holders
    assert "Claiming" not in holders


def test_how_a_prize_is_claimed_follows_from_its_claim() -> None:
    said = {claim: text(render_post(post(giveaway(claim=claim)), "en")) for claim in Claim}
    assert "The organiser gets in touch" in said[Claim.NONE]
    assert "*Claim* under" in said[Claim.BUTTON]
    assert "pick-up code" in said[Claim.IN_PERSON]
    assert "*Choose wallet*" in said[Claim.WALLET]
    assert "passes to the next" not in said[Claim.NONE]
    until = text(render_post(post(giveaway(claim=Claim.IN_PERSON, claim_within=None, claim_until=NOW)), "en"))
    assert f"Until <t:{int(NOW.timestamp())}:F>" in until


def test_a_giveaway_of_a_forgotten_organiser_names_nobody() -> None:
    view = post(replace(giveaway(), organiser_id=None))
    assert "**Organiser** someone whose data was erased" in text(render_post(view, "en"))
