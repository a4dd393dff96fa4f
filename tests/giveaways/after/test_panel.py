"""The organisers' panel of claims: remind, give more time, mark delivered; and the list of entrants."""

from datetime import timedelta
from pathlib import Path

import pytest
import simcord

from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState
from tests.giveaways.after.stage import Drawn, answered_files, deadlines, drawn, public, snapshot
from tests.giveaways.stage import giveaway
from tests.harness import World, choose, components, forge, forge_modal, labels, press, running_bot, say


async def opened(world: World, stage: Drawn, place: int) -> simcord.InteractionResult:
    """Open the panel and choose a winner."""
    panel = await world.organiser.slash(world.general, "giveaway claims", giveaway="1")
    return await choose(world.organiser, panel, "gw.panel_pick", str((await stage.prize(place)).id))


async def test_the_panel_shows_what_became_of_each_prize(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 5, winners=3, claim=Claim.BUTTON, claim_seconds=7_200)
        await press(stage.ranking[1], public(world)[-1], "gw.claim")
        panel = await world.organiser.slash(world.general, "giveaway claims", giveaway="1")
        assert panel.ephemeral
        said = say(panel)
        assert "Delivered: 0 of 3" in said
        assert f"<@{stage.ranking[0].id}>: not claimed yet" in said
        assert f"<@{stage.ranking[1].id}>: claimed" in said
        assert labels(panel) == ["Choose a winner", "Remind all", "Mark all delivered"]
        all_done = await press(world.organiser, panel, "gw.panel_deliver_all")
        assert "1 prize marked as delivered" in say(all_done)
        assert (await stage.prize(2)).claim_state is ClaimState.DELIVERED
        assert (await stage.prize(1)).claim_state is ClaimState.OPEN


async def test_marking_one_prize_and_taking_it_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4)
        shown = await opened(world, stage, 1)
        marked = await press(world.organiser, shown, "gw.panel_delivered")
        assert "Marked as delivered" in say(marked)
        await world.advance(seconds=30)
        assert "1/1" in say(public(world)[0])
        await press(world.organiser, marked, "gw.panel_undelivered")
        assert (await stage.prize(1)).claim_state is ClaimState.NONE
        await world.advance(seconds=30)
        assert "0/1" in say(public(world)[0])
        kinds = [row.kind for row in await world.ledger()]
        assert kinds[-2:] == ["giveaway.delivered", "giveaway.undelivered"]


async def marked_and_taken_back(world: World, stage: Drawn) -> str:
    """Mark the first prize as delivered, later take that back; returns what the organiser was shown."""
    marked = await press(world.organiser, await opened(world, stage, 1), "gw.panel_delivered")
    assert (await stage.prize(1)).claim_state is ClaimState.DELIVERED
    assert not await deadlines(world, "giveaway.claim_end")
    await world.advance(hours=3)
    return say(await press(world.organiser, marked, "gw.panel_undelivered"))


async def test_a_mark_made_by_mistake_costs_nobody_their_code(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.IN_PERSON, claim_seconds=7_200)
        code = (await stage.prize(1)).code
        assert code is not None
        assert "not claimed yet" in await marked_and_taken_back(world, stage)
        assert code in say(await press(stage.ranking[0], public(world)[-1], "gw.code"))
        redeemed = await world.organiser.slash(world.general, "giveaway redeem", code=code)
        assert f"<@{stage.ranking[0].id}>" in say(redeemed)


@pytest.mark.parametrize("claim", [Claim.BUTTON, Claim.WALLET])
async def test_what_nobody_claimed_waits_again_when_a_mark_is_taken_back(tmp_path: Path, claim: Claim) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=claim, claim_seconds=7_200)
        assert "not claimed yet" in await marked_and_taken_back(world, stage)
        prize = await stage.prize(1)
        assert prize.claim_until is not None
        assert prize.claim_until > world.env.now() + timedelta(hours=23)
        assert await deadlines(world, "giveaway.claim_end") == {prize.id: prize.claim_until}
        await world.advance(hours=25)
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), *stage.won(2)]


async def test_what_was_claimed_stays_so_when_a_mark_is_taken_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        await press(stage.ranking[0], public(world)[-1], "gw.claim")
        claimed = (await stage.prize(1)).claimed_at
        await marked_and_taken_back(world, stage)
        prize = await stage.prize(1)
        assert (prize.claim_state, prize.claimed_at) == (ClaimState.CLAIMED, claimed)


async def test_who_says_that_a_marked_prize_has_not_arrived_need_not_claim_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        await press(world.organiser, await opened(world, stage, 1), "gw.panel_delivered")
        await forge(stage.ranking[0], world.general, f"gw.missing:{stage.key}")
        assert (await stage.prize(1)).claim_state is ClaimState.CLAIMED
        await press(world.organiser, await opened(world, stage, 1), "gw.panel_delivered")
        await press(world.organiser, await opened(world, stage, 1), "gw.panel_undelivered")
        assert (await stage.prize(1)).claim_state is ClaimState.CLAIMED


async def test_more_time_moves_the_end_and_the_reminders(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        before = (await stage.prize(1)).claim_until
        form = await press(world.organiser, await opened(world, stage, 1), "gw.panel_extend")
        done = await world.organiser.submit_modal(form, {"until": "3h"})
        assert "now has until" in say(done)
        prize = await stage.prize(1)
        assert prize.claim_until is not None
        assert before is not None
        assert prize.claim_until - before == timedelta(hours=3)
        assert await deadlines(world, "giveaway.claim_end") == {prize.id: prize.claim_until}
        await world.advance(hours=2, minutes=5)
        assert await stage.outcomes() == stage.won(1)
        held = await snapshot(world)
        earlier = f"<t:{int(prize.claim_until.timestamp()) - 60}>"
        for typed, said in (("soon", "soon"), (earlier, "not later than"), ("900 days", "900 days")):
            answer = await forge_modal(
                world.organiser, world.general, f"gw.panel_extend_to:{prize.id}", {"until": typed}
            )
            assert said in say(answer), typed
        assert await snapshot(world) == held
        await world.advance(hours=3)
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), *stage.won(2)]


async def test_reminding_by_hand_once_a_day(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, winners=2, claim=Claim.BUTTON, claim_seconds=300_000)
        shown = await opened(world, stage, 1)
        reminded = await press(world.organiser, shown, "gw.panel_remind")
        assert "is reminded" in say(reminded)
        await world.env.settle()
        assert public(world)[-1].content == f"<@{stage.ranking[0].id}>, a reminder:"
        assert "reminded today already" in say(await press(world.organiser, reminded, "gw.panel_remind"))
        panel = await world.organiser.slash(world.general, "giveaway claims", giveaway="1")
        assert "1 winner is reminded" in say(await press(world.organiser, panel, "gw.panel_remind_all"))
        await world.env.settle()
        assert public(world)[-1].content == f"<@{stage.ranking[1].id}>, a reminder:"
        panel = await world.organiser.slash(world.general, "giveaway claims", giveaway="1")
        assert "Nobody to remind" in say(await press(world.organiser, panel, "gw.panel_remind_all"))


async def test_members_and_strangers_are_refused_everywhere(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        prize = await stage.prize(1)
        elsewhere, stranger = world.other_guild()
        before = await snapshot(world)
        of_prize = ("remind", "extend", "pass", "delivered", "undelivered")
        ids = [f"gw.panel_{kind}:{prize.id}" for kind in of_prize]
        ids += [f"gw.panel_{kind}:{stage.key}" for kind in ("back", "remind_all", "deliver_all")]
        ids += [f"gw.entrants_file:{stage.key}", f"page:0:gw.claims:{stage.key}", f"page:0:gw.entrants:{stage.key}"]
        for custom_id in ids:
            assert "Only organisers" in say(await forge(world.member, world.general, custom_id)), custom_id
            assert "does not exist" in say(await forge(stranger, elsewhere, custom_id)), custom_id
        for kind, field in (("extend_to", "until"), ("pass_why", "reason")):
            answer = await forge_modal(world.member, world.general, f"gw.panel_{kind}:{prize.id}", {field: "3h"})
            assert "Only organisers" in say(answer)
        for custom_id in ("page:0:gw.claims:x", "page:0:gw.entrants", f"page:0:gw.claims:{10**30}"):
            assert "no longer in use" in say(await forge(world.organiser, world.general, custom_id)), custom_id
        for command in ("claims", "entrants", "export"):
            answer = await world.member.slash(world.general, f"giveaway {command}", giveaway="1")
            assert "Only organisers" in say(answer)
        picked = await forge(world.member, world.general, f"gw.panel_pick:{stage.key}:0", values=[str(prize.id)])
        assert "Only organisers" in say(picked)
        assert await snapshot(world) == before


async def test_commands_say_that_giveaways_are_turned_off(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 3)
        await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
        before = await snapshot(world)
        for command, options in (
            ("reroll", {"giveaway": "1", "reason": "x"}),
            ("claims", {"giveaway": "1"}),
            ("entrants", {"giveaway": "1"}),
            ("export", {"giveaway": "1"}),
            ("proof", {"giveaway": "1"}),
            ("redeem", {"code": "7KX2M9QA"}),
            ("airdrop", {"prize": "A print", "winners": 1, "rule": "x"}),
        ):
            answer = await world.moderator.slash(world.general, f"giveaway {command}", **options)
            assert "turned off" in say(answer), command
        assert await snapshot(world) == before
        # What was running goes on.
        assert "Good to hear" in say(await forge(stage.ranking[0], world.general, f"gw.received:{stage.key}"))


async def test_entrants_page_by_page_and_as_a_file(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 23)
        page = await world.organiser.slash(world.general, "giveaway entrants", giveaway="1")
        assert page.ephemeral
        assert "23 entrants" in say(page)
        onward = await forge(world.organiser, world.general, f"page:1:gw.entrants:{stage.key}")
        seen = say(page) + say(onward)
        assert all(f"<@{who.id}>" in seen for who in stage.ranking)
        assert components(page)[0]["custom_id"] == f"gw.entrants_file:{stage.key}"
        answer = await press(world.organiser, page, "gw.entrants_file")
        data = answered_files(world, answer)["giveaway-1-entrants.csv"].decode()
        assert data.splitlines()[0] == "user,tickets,entered_at,dropped,unchecked"
        assert len(data.splitlines()) == 24
        assert all(str(who.id) in data for who in stage.ranking)
        assert (await giveaway(world, stage.key)).public_id not in data
        assert [row.kind for row in await world.ledger()][-1] == "giveaway.exported"
