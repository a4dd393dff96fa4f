"""What the freeze message, announcements, passes, notices, explanations and codes say."""

from dataclasses import replace
from io import BytesIO

import pytest
import segno
from PIL import Image

from bot.i18n import languages
from bot.published import File
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
from cogs.giveaways.render.codes import qr_picture
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import Source, State, Waiting
from tests.giveaways.render import samples
from tests.giveaways.render.reading import kinds, text
from tests.giveaways.render.samples import COMMITMENT, DIGEST, NOW, PEOPLE, PUBLIC_ID, ROUND, URL, giveaway, place


@pytest.mark.parametrize("language", languages())
def test_a_freeze_message_holds_every_value_exactly(language: str) -> None:
    message = render_freeze(samples.freeze(), language)
    said = text(message)
    for value in ("42", PUBLIC_ID, COMMITMENT, DIGEST, "126", "142", samples.CHAIN, str(ROUND)):
        assert f"`{value}`" in said
    for name in ("number", "id", "commitment", "entrants_digest", "entries", "tickets", "chain", "round"):
        assert f"**{name}**" in said
    expected = int(NOW.timestamp()) + 60
    assert f"<t:{expected}:T>" in said
    assert [(file.name, file.data) for file in message.files] == [("entrants-42.txt", samples.LIST)]
    assert message.content == ""
    assert message.rows == ()


def test_a_freeze_message_counts_ages_exclusions_and_what_could_not_be_read() -> None:
    said = text(render_freeze(samples.freeze(), "en"))
    for line in (
        "- under 7 days: 2",
        "- over a year: 79",
        "- left the server: 1",
        "- without the required role: 1",
        "3 entrants, counted as meeting the requirements",
    ):
        assert line in said
    assert "1 entrant, counted" in text(render_freeze(samples.freeze(unchecked=1), "en"))
    nothing = text(render_freeze(samples.freeze(excluded={}, unchecked=0, bands={}), "en"))
    for heading in ("Left out", "Could not be read", "Age of"):
        assert heading not in nothing


def test_a_replaced_freeze_message_says_why() -> None:
    said = text(render_freeze(samples.freeze(replaces=URL), "en"))
    assert f"[the message before]({URL}), which was posted too late for its round" in said


def test_a_freeze_message_without_a_beacon_is_labelled_and_has_no_round() -> None:
    freeze = replace(samples.SENDING, round=None, round_at=None)
    view = samples.freeze(giveaway(State.FROZEN, trusted=samples.OFF), chain=None, freeze=freeze)
    said = text(render_freeze(view, "en"))
    assert "Operator-trusted draw" in said
    assert "round**" not in said


def test_a_freeze_message_of_a_holders_airdrop_names_its_snapshot() -> None:
    info = giveaway(State.FROZEN, source=Source.HOLDERS, snapshot=samples.SNAPSHOT)
    assert "**snapshot** “clonex-july”" in text(render_freeze(samples.freeze(info), "en"))


def test_the_same_freeze_is_the_same_message() -> None:
    first, second = (render_freeze(samples.freeze(), "ko") for _ in range(2))
    assert [embed.to_dict() for embed in first.embeds] == [embed.to_dict() for embed in second.embeds]
    assert first.files == second.files


@pytest.mark.parametrize(
    ("claim", "buttons"),
    [
        (Claim.NONE, ["gw.received", "gw.missing", "gw.info"]),
        (Claim.BUTTON, ["gw.claim", "gw.received", "gw.missing", "gw.info"]),
        (Claim.WALLET, ["gw.claim", "gw.received", "gw.missing", "gw.info"]),
        (Claim.IN_PERSON, ["gw.code", "gw.info"]),
    ],
)
def test_an_announcement_offers_what_its_claim_needs(claim: Claim, buttons: list[str]) -> None:
    info = giveaway(State.DRAWN, claim=claim)
    assert kinds(render_result(samples.result(info), "en")) == buttons
    assert kinds(render_pass(samples.passing(info), "en")) == buttons


def test_an_announcement_mentions_its_winners_and_carries_the_proof() -> None:
    message = render_result(samples.result(), "en")
    assert message.content == f"Congratulations, <@{PEOPLE[1]}> <@{PEOPLE[2]}> <@{PEOPLE[3]}>."
    assert message.mention_users == set(PEOPLE[1:4])
    said = text(message)
    assert f"[Freeze message]({URL})" in said
    assert "`ikuzo verify draw-42.json`" in said
    assert f"Until <t:{int(NOW.timestamp()) + 3 * 86_400}:F>" in said
    assert [file.name for file in message.files] == ["draw-42.json"]
    assert message.embeds[0].url == URL


def test_elsewhere_winners_are_named_without_a_ping_and_the_proof_is_linked() -> None:
    message = render_result(samples.result(mentioned=(), files=(), proof_url=URL), "en")
    assert message.content == ""
    assert message.mention_users == set()
    assert f"**Winners**\n- <@{PEOPLE[1]}>" in text(message)
    assert f"[The proof is in the main announcement]({URL})" in text(message)


def test_a_long_announcement_counts_its_parts() -> None:
    said = text(render_result(samples.result(part=1, parts=3, files=()), "en"))
    assert "Part 2 of 3" in said
    assert "ikuzo verify" not in said


def test_a_large_proof_is_checked_whole() -> None:
    files = [File(f"draw-42.json.gz.{i}", b"") for i in (1, 2)]
    assert "`ikuzo verify draw-42.json.gz.1 draw-42.json.gz.2`" in text(
        render_result(samples.result(files=files), "en")
    )
    many = [File(f"draw-42.json.gz.{i}", b"") for i in range(1, 8)]
    assert "`ikuzo verify draw-42.json.gz.*`" in text(render_result(samples.result(files=many), "en"))


def test_a_draw_without_a_beacon_is_checked_as_such() -> None:
    said = text(render_result(samples.result(giveaway(State.DRAWN, trusted=samples.ABANDONED)), "en"))
    assert "`ikuzo verify draw-42.json --allow-operator-trusted`" in said
    assert "Operator-trusted draw" in said


def test_a_cancelled_draw_is_announced_without_winners_mentions_or_claims() -> None:
    info = giveaway(State.DRAWN, cancelled_at=NOW, cancel_reason="Sold out")
    message = render_result(samples.result(info, mentioned=()), "en")
    said = text(message)
    assert "**Would have won**" in said
    assert "Reason: Sold out" in said
    assert kinds(message) == ["gw.info"]
    assert message.content == ""
    assert [file.name for file in message.files] == ["draw-42.json"]


def test_a_holders_airdrop_shows_shortened_addresses_and_nothing_to_press() -> None:
    info = giveaway(State.DRAWN, source=Source.HOLDERS, claim=Claim.NONE)
    message = render_result(samples.result(info, places=[samples.holder(1)], mentioned=()), "en")
    assert "`0x0001...ef1b`" in text(message)
    assert "there is nothing to press here" in text(message)
    assert kinds(message) == ["gw.info"]


def test_a_pass_names_the_next_in_the_published_ranking_and_why() -> None:
    message = render_pass(samples.passing(), "en")
    said = text(message)
    assert "**Passed to the next in the published ranking**" in said
    assert f"<@{PEOPLE[2]}>: not claimed in time" in said
    assert f"**Now wins**\n- <@{PEOPLE[4]}>" in said
    assert "Nothing was rolled again" in said
    assert message.mention_users == {PEOPLE[4]}
    assert [file.name for file in message.files] == ["draw-42.json"]


def test_an_organisers_own_reason_is_said_once_and_whole() -> None:
    words = "Two accounts of one person, " * 10
    places = (place(2, Outcome.PASSED, reason=words.strip()),)
    said = text(render_pass(samples.passing(passed=places, reason=words.strip()), "en"))
    assert said.count(words.strip()) == 1


def test_further_places_are_announced_with_their_reason() -> None:
    view = samples.passing(passed=(), risen=(place(4), place(5)), reason="We found two more prints")
    said = text(render_pass(view, "en"))
    assert "**2 further places of the published ranking win**" in said
    assert "Reason: We found two more prints" in said
    assert "**Now win**" in said


def test_a_ranking_that_ends_is_said() -> None:
    message = render_pass(samples.passing(risen=(), mentioned=()), "en")
    assert "Nobody is left in the ranking" in text(message)
    assert kinds(message) == ["gw.info"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("waiting", Waiting)
def test_a_notice_leads_to_the_post(waiting: Waiting, language: str) -> None:
    message = render_notice(samples.notice(waiting), language)
    assert message.embeds[0].url == URL
    assert message.rows == ()


def test_an_explanation_gives_the_command_with_every_value() -> None:
    info = giveaway(State.DRAWN)
    said = text(render_info(samples.post(info), "en", None))
    assert f"`ikuzo verify draw-42.json --commitment {COMMITMENT} --digest {DIGEST} --round {ROUND}`" in said
    assert "What this does not prove" in said
    running = text(render_info(samples.post(giveaway()), "en", None))
    assert "ikuzo verify" not in running
    assert f"`{PUBLIC_ID}`" in running
    assert "Not the organiser, not a bot" in running


def test_an_explanation_tells_entrants_where_they_stand() -> None:
    def said(state: State, **changes: object) -> str:
        info = giveaway(state)
        message = render_info(samples.post(info), "en", samples.receipt(info, **changes))
        assert kinds(message) == ["gw.details"]
        return text(message)

    assert "You are in, with 3 tickets." in said(State.OPEN)
    assert "You are on the published list, with 3 tickets." in said(State.DRAWN)
    assert "left out at closing. You no longer had the required role." in said(State.DRAWN, dropped="required_role")
    assert "could not be read at closing" in said(State.FROZEN, unchecked=True)
    assert kinds(render_info(samples.post(giveaway()), "en", None)) == []


def test_an_untrusted_draw_is_explained_as_such() -> None:
    info = giveaway(State.DRAWN, trusted=samples.ABANDONED)
    said = text(render_info(samples.post(info, chain=None), "en", None))
    assert "--allow-operator-trusted" in said
    assert "--round" not in said
    assert "Operator-trusted draw" in said


def test_going_on_without_the_beacon_asks_first() -> None:
    message = render_trust_question(samples.post(giveaway(State.FROZEN)), "en")
    assert kinds(message) == ["gw.trust_sure"]
    assert "operator-trusted draw" in text(message)


def test_a_code_is_shown_to_be_read_and_to_be_scanned() -> None:
    until = place(1, claim_until=NOW)
    message = render_pickup_code(giveaway(State.DRAWN, claim=Claim.IN_PERSON), "7KQ2M9XD", "en", until)
    assert "# `7KQ2M9XD`" in text(message)
    assert f"Until <t:{int(NOW.timestamp())}:F>" in text(message)
    (file,) = message.files
    assert message.embeds[0].image.url == f"attachment://{file.name}"
    assert file.description == "QR code of the pick-up code 7KQ2M9XD"


def test_the_picture_of_a_code_is_opaque_with_a_white_zone_around_it() -> None:
    with Image.open(BytesIO(qr_picture("7KQ2M9XD"))) as image:
        modules = segno.make_qr("7KQ2M9XD", error="q").matrix
        scale = image.width // (len(modules) + 8)
        assert image.width == image.height == scale * (len(modules) + 8)
        assert scale >= 8
        pixels = image.convert("RGBA")
    border = 4 * scale
    for at in range(pixels.width):
        for edge in (0, border - 1, pixels.width - border, pixels.width - 1):
            assert pixels.getpixel((at, edge)) == pixels.getpixel((edge, at)) == (255, 255, 255, 255)
    for row, line in enumerate(modules):
        for column, dark in enumerate(line):
            middle = (border + column * scale + scale // 2, border + row * scale + scale // 2)
            assert pixels.getpixel(middle) == ((0, 0, 0, 255) if dark else (255, 255, 255, 255))


@pytest.mark.parametrize("language", languages())
def test_a_beacon_that_is_not_the_public_one_is_labelled_wherever_a_draw_is_explained(language: str) -> None:
    own = "1f61afa0fee1e066cfa763dad6a23d9f172a78195adfbda5d5ecf16eb3d60a64"
    drawn = giveaway(State.DRAWN)
    opened = samples.post(giveaway())
    assert text(render_post(replace(opened, chain=own), language)) != text(render_post(opened, language))
    for public, private in (
        (render_freeze(samples.freeze(), language), render_freeze(samples.freeze(chain=own), language)),
        (render_result(samples.result(), language), render_result(samples.result(chain=own), language)),
        (
            render_info(samples.post(drawn), language, None),
            render_info(samples.post(drawn, chain=own), language, None),
        ),
    ):
        assert "--chain FILE" not in text(public)
        assert "--chain FILE" in text(private)
