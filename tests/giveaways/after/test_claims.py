"""Claiming with the button: once, in time, by the winner, and what becomes of a prize nobody claims."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.preferences import Preference
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState
from tests.giveaways.after.stage import Drawn, bundles, deadlines, deliveries, drawn, public, results, snapshot, verify
from tests.giveaways.stage import giveaway
from tests.harness import World, forge, press, running_bot, say, shown

HOURS = timedelta(hours=2)


async def with_button(world: World, entrants: int = 4, **values: object) -> Drawn:
    return await drawn(world, entrants, claim=Claim.BUTTON, claim_seconds=int(HOURS.total_seconds()), **values)


async def test_a_winner_claims_once_however_often_the_button_is_pressed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world)
        winner = stage.ranking[0]
        result = public(world)[-1]
        assert f"<@{winner.id}>" in result.content
        first = await press(winner, result, "gw.claim")
        again = await press(winner, result, "gw.claim")
        prize = await stage.prize(1)
        rows = [row.kind for row in await world.ledger()]
    assert "Claimed" in say(first)
    assert first.ephemeral
    assert "already" in say(again)
    assert prize.claim_state is ClaimState.CLAIMED
    assert rows.count("giveaway.claimed") == 1


async def test_an_unclaimed_prize_passes_on_to_the_next_in_the_ranking(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world)
        await world.advance(hours=2, minutes=1)
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), *stage.won(2)]
        line = public(world)[-1]
        assert f"<@{stage.ranking[1].id}>" in line.content
        assert "not claimed in time" in say(line)
        assert "Passed to the next in the published ranking" in say(line)
        bundle = verify(tmp_path, bundles(world)[-1])
        assert results(bundle) == [("passed", "unclaimed"), ("won", None)]
        prize = await stage.prize(2)
        assert prize.claim_state is ClaimState.OPEN
        assert prize.claim_until is not None
        assert prize.claim_until - prize.at == pytest.approx(HOURS, abs=timedelta(seconds=1))
        late = await press(stage.ranking[0], line, "gw.claim")
        taken = await press(stage.ranking[1], line, "gw.claim")
    assert "passed to the next" in say(late)
    assert "Claimed" in say(taken)


async def test_after_a_long_downtime_each_prize_passes_on_exactly_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world, winners=2)
        await press(stage.ranking[1], public(world)[-1], "gw.claim")
        before = len(bundles(world))
        await world.sleep(days=10)
        await world.restart()
        await world.env.settle()
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), *stage.won(2, 3)]
        assert len(bundles(world)) == before + 1
        assert verify(tmp_path, bundles(world)[-1])["giveaway"]["winners"] == 2
        reminders = [message for message in public(world) if "a reminder" in message.content]
        assert reminders == []
        rows = [row.kind for row in await world.ledger()]
        assert rows.count("giveaway.passed") == 1


async def test_several_unclaimed_prizes_pass_on_in_one_public_line(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world, 6, winners=3)
        before = len(public(world))
        await world.advance(hours=2, minutes=1)
        assert await stage.outcomes() == [
            *(stage.passed(place, "unclaimed") for place in (1, 2, 3)),
            *stage.won(4, 5, 6),
        ]
        lines = [message for message in public(world)[before:] if "draw-1.json" in str(message.attachments)]
        assert len(lines) == 1
        assert all(f"<@{winner.id}>" in lines[0].content for winner in stage.ranking[3:])
        verify(tmp_path, bundles(world)[-1])


async def test_prizes_go_on_passing_until_the_ranking_is_at_its_end(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world, 3, winners=2)
        await world.advance(hours=2, minutes=1)
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), stage.passed(2, "unclaimed"), *stage.won(3)]
        await world.advance(hours=2, minutes=1)
        assert [outcome for _, outcome, _ in await stage.outcomes()] == ["passed"] * 3
        assert "Nobody is left" in say(public(world)[-1])
        assert results(verify(tmp_path, bundles(world)[-1])) == [("passed", "unclaimed")] * 3
        for kind in ("claim_half", "claim_last", "claim_end"):
            assert await deadlines(world, f"giveaway.{kind}") == {}


async def test_more_winners_than_entrants_leave_nobody_to_pass_to(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world, 2, winners=5)
        assert await stage.outcomes() == stage.won(1, 2)
        await press(stage.ranking[0], public(world)[-1], "gw.claim")
        await world.advance(hours=2, minutes=1)
        assert await stage.outcomes() == [*stage.won(1), stage.passed(2, "unclaimed")]
        verify(tmp_path, bundles(world)[-1])


async def test_whoever_did_not_win_is_told_so_and_nothing_changes(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world)
        elsewhere, stranger = world.other_guild()
        before = await snapshot(world)
        for kind in ("claim", "received", "missing", "decline", "decline_sure"):
            answer = await forge(world.member, world.general, f"gw.{kind}:{stage.key}")
            assert "You did not win giveaway #1" in say(answer), kind
            foreign = await forge(stranger, elsewhere, f"gw.{kind}:{stage.key}")
            assert "does not exist" in say(foreign), kind
            unknown = await forge(world.member, world.general, f"gw.{kind}:{10**30}")
            assert "no longer in use" in say(unknown), kind
        winner = stage.ranking[0]
        for kind, said in (("code", "not picked up in person"), ("received", "Claim it first"), ("missing", "first")):
            assert said in say(await forge(winner, world.general, f"gw.{kind}:{stage.key}"))
        wallet = await forge(winner, world.general, f"gw.wallet:{stage.key}", values=["1"])
        assert "does not go to a wallet" in say(wallet)
        assert await snapshot(world) == before


async def test_a_claim_that_came_too_late_changes_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world)
        winner = stage.ranking[0]
        result = public(world)[-1]
        with world.inside():
            await world.platform.schedule.stop()
        await world.advance(hours=2, minutes=1)
        before = await snapshot(world)
        answer = await press(winner, result, "gw.claim")
        assert "The time to claim the prize of giveaway #1 was over" in say(answer)
        assert await snapshot(world) == before


async def test_a_cancelled_draw_opens_no_claim(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world)
        row = await giveaway(world, stage.key)
        async with world.platform.database.write() as tx:
            held = await tx.session.merge(row)
            held.cancelled_at, held.cancel_reason = row.drawn_at, "The print is damaged"
        answer = await forge(stage.ranking[0], world.general, f"gw.claim:{stage.key}")
        assert "was cancelled" in say(answer)
        assert "damaged" in say(answer)


async def test_the_winner_says_what_arrived_and_the_post_counts_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await with_button(world, winners=2)
        result = public(world)[-1]
        winner = stage.ranking[0]
        await press(winner, result, "gw.claim")
        missing = await press(winner, result, "gw.missing")
        assert "organiser is told" in say(missing)
        assert (await stage.prize(1)).received is False
        assert [row.kind for row in await world.ledger()].count("giveaway.not_received") == 1
        again = await press(winner, result, "gw.missing")
        assert "already" in say(again)
        assert "counts this prize as delivered" in say(await press(winner, result, "gw.received"))
        await world.advance(seconds=30)
        assert "1/2" in say(public(world)[0])
        assert (await stage.prize(1)).claim_state is ClaimState.DELIVERED
        corrected = await press(winner, result, "gw.missing")
        assert "not arrived" in say(corrected)
        assert (await stage.prize(1)).claim_state is ClaimState.CLAIMED
        await world.advance(seconds=30)
        assert "0/2" in say(public(world)[0])
        assert shown(corrected)


async def test_the_organiser_is_told_once_directly_where_wanted(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        async with world.platform.database.write() as tx:
            await world.platform.preferences.save(tx, world.organiser.id, Preference(direct=True))
        stage = await drawn(world, 3)
        winner, result = stage.ranking[0], public(world)[-1]
        for kind in ("missing", "received", "missing"):
            await press(winner, result, f"gw.{kind}")
        await world.advance(seconds=30)
        (told,) = await deliveries(world, "giveaway.missing")
        assert told.user_id == world.organiser.id
        assert told.sent_message_id is not None
        assert [row.kind for row in await world.ledger()].count("giveaway.not_received") == 1
