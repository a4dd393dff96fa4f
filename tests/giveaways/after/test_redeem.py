"""Pick-up codes: shown to the winner only, redeemed once by staff, undone within ten minutes."""

from datetime import timedelta
from pathlib import Path

import pytest

from cogs.giveaways.rules.claiming import ALPHABET
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import ClaimState
from tests.giveaways.after.stage import Drawn, deadlines, drawn, files, public, snapshot
from tests.harness import World, forge, forge_modal, press, running_bot, say, shown


async def at_the_stand(world: World, **values: object) -> Drawn:
    return await drawn(world, 5, **{"claim": Claim.IN_PERSON, "claim_seconds": 7_200, **values})


async def redeem(world: World, who: str, code: str) -> str:
    return say(await getattr(world, who).slash(world.general, "giveaway redeem", code=code))


async def test_a_code_is_shown_redeemed_once_and_undone(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await at_the_stand(world, winners=3)
        winner = stage.ranking[0]
        codes = [prize.code or "" for prize in await stage.prizes()]
        assert len(set(codes)) == 3
        assert all(len(code) == 8 and set(code) <= set(ALPHABET) for code in codes)
        result = public(world)[-1]
        code = codes[0]
        mine = await press(winner, result, "gw.code")
        assert code in say(mine)
        assert mine.ephemeral
        assert files(world, shown(mine))["code.png"].startswith(b"\x89PNG")
        assert "did not win" in say(await press(world.member, result, "gw.code"))

        before = await snapshot(world)
        assert "Only staff" in await redeem(world, "member", code)
        assert "No prize here" in await redeem(world, "organiser", "00000000")
        assert "is not a pick-up code" in await redeem(world, "organiser", "abc")
        assert await snapshot(world) == before

        typed = f" {code[:4].lower()}-{code[4:].lower()} ".replace("0", "o").replace("1", "l")
        done = await world.organiser.slash(world.general, "giveaway redeem", code=typed)
        assert f"<@{winner.id}>" in say(done)
        assert "A print" in say(done)
        prize = await stage.prize(1)
        assert prize.claim_state is ClaimState.DELIVERED
        assert prize.redeemed_by == world.organiser.id
        (row,) = [row for row in await world.ledger() if row.kind == "giveaway.redeemed"]
        assert row.actor is not None
        assert row.actor.value == str(world.organiser.id)

        twice = await redeem(world, "moderator", code)
        assert "used already" in twice
        assert f"<@{world.organiser.id}>" in twice
        assert "picked up" in say(await press(winner, result, "gw.code"))

        await world.advance(minutes=9)
        undone = await forge(world.moderator, world.general, f"gw.redeem_undo:{prize.id}")
        assert "works as before" in say(undone)
        prize = await stage.prize(1)
        assert (prize.claim_state, prize.redeemed_by) == (ClaimState.OPEN, None)
        assert code in say(await press(winner, result, "gw.code"))
        assert f"<@{winner.id}>" in await redeem(world, "moderator", code)
        assert (await stage.prize(1)).redeemed_by == world.moderator.id


async def test_after_ten_minutes_a_redemption_stays(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await at_the_stand(world)
        done = await world.organiser.slash(world.general, "giveaway redeem", code=(await stage.prize(1)).code)
        await world.advance(minutes=10, seconds=1)
        before = await snapshot(world)
        assert "ten minutes" in say(await press(world.organiser, done, "gw.redeem_undo"))
        assert "Only staff" in say(await forge(world.member, world.general, "gw.redeem_undo:1"))
        assert await snapshot(world) == before
        await world.advance(hours=3)
        assert await stage.outcomes() == stage.won(1)


async def test_an_undone_redemption_leaves_time_to_come_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await at_the_stand(world)
        await world.advance(hours=1, minutes=55)
        done = await world.organiser.slash(world.general, "giveaway redeem", code=(await stage.prize(1)).code)
        await world.advance(minutes=9)
        await press(world.organiser, done, "gw.redeem_undo")
        assert await stage.outcomes() == stage.won(1)
        due = (await deadlines(world, "giveaway.claim_end"))[1]
        assert due - world.env.now() == pytest.approx(timedelta(hours=1), abs=timedelta(minutes=1))
        await world.advance(hours=1, minutes=1)
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), *stage.won(2)]


async def test_staff_redeem_with_the_form_too(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await at_the_stand(world)
        staff = world.guild.create_role("Staff")
        await world.moderator.slash(world.general, "config role", purpose="staff", role=staff)
        helper = world.add_member("helper", staff)
        opened = await helper.slash(world.general, "giveaway redeem")
        assert opened.modal is not None
        done = await helper.submit_modal(opened, {"code": (await stage.prize(1)).code or ""})
        assert f"<@{stage.ranking[0].id}>" in say(done)
        assert (await stage.prize(1)).redeemed_by == helper.id
        refused = await forge_modal(world.member, world.general, "gw.redeem_code", {"code": "7KX2M9QA"})
        assert "Only members with" in say(refused) or "Only staff" in say(refused)
        assert "Only staff" in say(await world.member.slash(world.general, "giveaway redeem"))


async def test_a_passed_prize_is_not_handed_over(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await at_the_stand(world)
        code = (await stage.prize(1)).code or ""
        await world.advance(hours=2, minutes=1)
        assert await stage.outcomes() == [stage.passed(1, "unclaimed"), *stage.won(2)]
        assert "no longer valid" in await redeem(world, "organiser", code)
        assert (await stage.prize(2)).code != code
        assert f"<@{stage.ranking[1].id}>" in await redeem(world, "organiser", (await stage.prize(2)).code or "")


async def test_guessing_is_limited_for_who_guesses(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await at_the_stand(world)
        code = (await stage.prize(1)).code or ""
        for guess in range(10):
            assert "No prize here" in await redeem(world, "organiser", f"ZZZZZZZ{guess}")
        assert "too many wrong codes" in await redeem(world, "organiser", code)
        assert (await stage.prize(1)).claim_state is ClaimState.OPEN
        assert f"<@{stage.ranking[0].id}>" in await redeem(world, "moderator", code)
        await world.advance(minutes=1)
        assert "used already" in await redeem(world, "organiser", code)


async def test_a_code_of_another_server_is_unknown(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await at_the_stand(world)
        elsewhere, stranger = world.other_guild()
        code = (await stage.prize(1)).code
        assert "No prize here" in say(await stranger.slash(elsewhere, "giveaway redeem", code=code))
        assert "does not exist" in say(await forge(stranger, elsewhere, "gw.redeem_undo:1"))
