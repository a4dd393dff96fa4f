"""Redraws: declining, leaving, passing over by organisers and moderators, further places, and the end of a ranking."""

import json
from pathlib import Path

import pytest

from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState
from tests.giveaways.after.stage import bundles, drawn, public, results, snapshot, verify
from tests.giveaways.stage import giveaway, open_giveaway
from tests.harness import GUILD_ID, World, choose, forge, press, running_bot, say

HOURS = 7_200


async def reroll(world: World, who: str, **options: object) -> str:
    values = {"giveaway": "1", "reason": "Could not be reached", **options}
    answer = await getattr(world, who).slash(world.general, "giveaway reroll", **values)
    # Members are read at a pace.
    await world.advance(seconds=2)
    return say(answer)


async def test_a_winner_declines_and_the_next_wins(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, claim=Claim.BUTTON, claim_seconds=HOURS)
        winner, result = stage.ranking[0], public(world)[-1]
        claimed = await press(winner, result, "gw.claim")
        asked = await press(winner, claimed, "gw.decline")
        assert "will not come back" in say(asked)
        assert await stage.outcomes() == stage.won(1)
        done = await press(winner, asked, "gw.decline_sure")
        assert "passed to the next in the ranking" in say(done)
        assert await stage.outcomes() == [stage.passed(1, "declined"), *stage.won(2)]
        assert results(verify(tmp_path, bundles(world)[-1]))[0] == ("passed", "declined")
        assert "declined the prize" in say(public(world)[-1])
        before = await snapshot(world)
        again = await forge(winner, world.general, f"gw.decline_sure:{stage.key}")
        assert "passed to the next in the ranking" in say(again)
        assert await snapshot(world) == before


async def test_a_delivered_prize_is_not_declined(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world)
        winner, result = stage.ranking[0], public(world)[-1]
        missing = await press(winner, result, "gw.missing")
        await press(winner, result, "gw.received")
        before = await snapshot(world)
        assert "delivered already" in say(await press(winner, missing, "gw.decline"))
        assert await snapshot(world) == before


async def test_unclaimed_prizes_of_those_who_left_pass_on_within_a_day(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 5, winners=2, claim=Claim.BUTTON, claim_seconds=90_000)
        gone, next_gone = stage.ranking[0], stage.ranking[2]
        world.guild.remove_member(gone)
        world.guild.remove_member(next_gone)
        await world.advance(hours=24, minutes=1)
        expected = [stage.passed(1, "left"), *stage.won(2), stage.passed(3, "left"), *stage.won(4)]
        assert await stage.outcomes() == expected
        assert results(verify(tmp_path, bundles(world)[-1])) == [
            ("passed", "left"),
            ("won", None),
            ("passed", "left"),
            ("won", None),
        ]
        assert "left the server" in say(public(world)[-1])


async def test_who_cannot_be_read_has_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, claim=Claim.BUTTON, claim_seconds=HOURS)
        world.guild.remove_member(stage.ranking[0])
        backend_guild = world.env.backend.get_guild(GUILD_ID)
        monkeypatch.setattr(world.bot.get_guild(backend_guild.id), "unavailable", True)
        await world.advance(hours=2, minutes=1)
        assert (await stage.outcomes())[0] == stage.passed(1, "unclaimed")


async def test_an_organiser_passes_over_who_has_not_claimed_and_not_who_has(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 5, winners=2, claim=Claim.BUTTON, claim_seconds=HOURS)
        first, second = stage.ranking[:2]
        await press(second, public(world)[-1], "gw.claim")
        before = await snapshot(world)
        assert "only a moderator" in await reroll(world, "organiser", winner=second)
        assert "Only organisers" in await reroll(world, "member", winner=first)
        assert await snapshot(world) == before
        answer = await reroll(world, "organiser", winner=first)
        assert f"<@{first.id}>" in answer
        assert f"<@{stage.ranking[2].id}>" in answer
        reason = "Could not be reached"
        assert await stage.outcomes() == [stage.passed(1, reason), *stage.won(2, 3)]
        assert reason in say(public(world)[-1])
        verify(tmp_path, bundles(world)[-1])
        assert "already" in await reroll(world, "organiser", winner=first)
        await reroll(world, "moderator", winner=second, reason="Won with a second account")
        assert await stage.outcomes() == [
            stage.passed(1, reason),
            stage.passed(2, "Won with a second account"),
            *stage.won(3, 4),
        ]
        assert results(verify(tmp_path, bundles(world)[-1]))[1] == ("passed", "Won with a second account")
        rows = [row for row in await world.ledger() if row.kind == "giveaway.passed"]
        assert [row.facts["because"] for row in rows] == ["unclaimed", "moderator"]
        assert rows[0].texts["reason"].value == reason
        assert rows[0].actor is not None


async def test_an_organiser_passes_over_a_winner_who_left_or_lost_a_required_role(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 5, winners=2)
        gone = stage.ranking[0]
        world.guild.remove_member(gone)
        # Discord's picker offers members only; whoever left is chosen in the list of claims.
        panel = await world.organiser.slash(world.general, "giveaway claims", giveaway="1")
        shown_prize = await choose(world.organiser, panel, "gw.panel_pick", str((await stage.prize(1)).id))
        form = await press(world.organiser, shown_prize, "gw.panel_pass")
        await world.organiser.submit_modal(form, {"reason": "Left, and cannot be reached"})
        await world.advance(seconds=2)
        assert (await stage.outcomes())[0] == stage.passed(1, "Left, and cannot be reached")
        row = await giveaway(world, stage.key)
        async with world.platform.database.write() as tx:
            held = await tx.session.merge(row)
            held.terms = {**row.terms, "required_role": world.artists.id}
        await reroll(world, "organiser", winner=stage.ranking[1])
        rows = [row.facts["because"] for row in await world.ledger() if row.kind == "giveaway.passed"]
        assert rows == ["left", "ineligible"]


async def test_further_places_win_and_the_post_says_so(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 5)
        await reroll(world, "organiser", count=2, reason="The studio gave two more")
        assert await stage.outcomes() == stage.won(1, 2, 3)
        bundle = verify(tmp_path, bundles(world)[-1])
        assert bundle["giveaway"]["winners"] == 3
        line = public(world)[-1]
        assert "The studio gave two more" in say(line)
        assert all(f"<@{stage.ranking[place].id}>" in line.content for place in (1, 2))
        assert f"<@{stage.ranking[0].id}>" not in line.content
        await world.advance(seconds=30)
        assert f"<@{stage.ranking[2].id}>" in say(public(world)[0])


async def test_a_ranking_at_its_end_is_said_so(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 3, winners=2)
        answer = await reroll(world, "organiser", count=5)
        assert f"<@{stage.ranking[2].id}>" in answer
        assert await stage.outcomes() == stage.won(1, 2, 3)
        assert verify(tmp_path, bundles(world)[-1])["giveaway"]["winners"] == 3
        before = await snapshot(world)
        assert "at its end" in await reroll(world, "organiser")
        assert await snapshot(world) == before
        answer = await reroll(world, "moderator", winner=stage.ranking[0])
        assert "Nobody is left" in answer
        assert "Nobody is left" in say(public(world)[-1])
        assert results(verify(tmp_path, bundles(world)[-1]))[0] == ("passed", "Could not be reached")


async def test_what_a_reroll_refuses_it_leaves_as_it_is(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4)
        await open_giveaway(world, number=2, public_id="f" * 32, prize="A second print")
        before = await snapshot(world)
        cases = {
            "not both": {"winner": stage.ranking[0], "count": 1},
            "has no prize": {"winner": world.member},
            "do not fit": {"count": 100},
            "at least 1": {"count": 0},
            "Give a reason": {"reason": "\u200b"},
            "at most 300": {"reason": "x" * 301},
            "not drawn yet": {"giveaway": "2"},
            "no giveaway": {"giveaway": "print"},
        }
        for said, options in cases.items():
            assert said in await reroll(world, "moderator", **options), said
        assert await snapshot(world) == before
        assert (await stage.prize(1)).claim_state is ClaimState.NONE


async def test_a_redraw_after_a_beacon_follows_the_ranking_it_decided(tmp_path: Path) -> None:
    from bot.demo.beacon import DemoBeacon, TestChain

    chain = TestChain()
    async with running_bot(tmp_path) as world:
        world.platform.beacon = DemoBeacon(chain, world.env.now)
        stage = await drawn(world, 4)
        await reroll(world, "moderator", winner=stage.ranking[0])
        assert await stage.outcomes() == [stage.passed(1, "Could not be reached"), *stage.won(2)]
        path = tmp_path / "chain.json"
        path.write_text(json.dumps(chain.info_json()))
        bundle = verify(tmp_path, bundles(world)[-1], chain=path)
        assert bundle["operator_trusted"] is None
