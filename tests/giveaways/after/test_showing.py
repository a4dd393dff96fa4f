"""A winner finds the prize in ``/my show``, in their own language, and after a restart all the same."""

from pathlib import Path

import pytest

from cogs.giveaways.rules.terms import Claim
from tests.giveaways.after.stage import drawn, public
from tests.giveaways.stage import open_giveaway
from tests.harness import components, press, running_bot, say


def kinds(answer: object) -> list[str]:
    return [str(each.get("custom_id", "")).partition(":")[0] for each in components(answer)]  # type: ignore[arg-type]


async def test_a_pick_up_code_from_my_show(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.IN_PERSON, claim_seconds=7_200, number=1_234)
        winner = stage.ranking[0]
        mine = await winner.slash(world.general, "my show")
        assert "#1234" in say(mine)
        assert "to be claimed" in say(mine)
        assert {"gw.code", "gw.decline"} <= set(kinds(mine))
        await world.restart()
        code = (await stage.prize(1)).code or "none"
        assert code in say(await press(winner, mine, "gw.code"))
        assert code in say(await press(winner, public(world)[-1], "gw.code"))
        await world.organiser.slash(world.general, "giveaway redeem", code=code)
        assert "to be claimed" not in say(await winner.slash(world.general, "my show"))


async def test_a_number_is_said_as_it_is_typed(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await open_giveaway(world, number=1_234)
        await press(world.member, public(world)[0], "gw.enter")
        for person in (world.member, world.organiser):
            assert "#1234 A print" in say(await person.slash(world.general, "my show"))
        await world.advance(minutes=62)
        assert "#1234 A print" in say(await world.member.slash(world.general, "browse"))


async def test_what_is_claimed_can_be_said_to_have_arrived(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        winner = stage.ranking[0]
        await press(winner, public(world)[-1], "gw.claim")
        mine = await winner.slash(world.general, "my show")
        assert {"gw.received", "gw.missing"} <= set(kinds(mine))
        assert "delivered" in say(await press(winner, mine, "gw.received"))


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "受け取り手続きが完了しました"), ("ko", "수령 신청이 완료되었습니다")]
)
async def test_private_answers_are_in_the_winners_language(tmp_path: Path, language: str, said: str) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, claim=Claim.BUTTON, claim_seconds=7_200)
        await world.speak(stage.ranking[0], language)
        claimed = await press(stage.ranking[0], public(world)[-1], "gw.claim")
        assert said in say(claimed)
        assert "Congratulations" in public(world)[-1].content
