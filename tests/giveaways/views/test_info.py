"""*How it works* and *Go on without the beacon*, pressed by all kinds of people."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from bot.posts import Post
from cogs.giveaways.rules.draw import commitment
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.tables import State, Waiting
from tests.giveaways.stage import SEED, giveaway, now_of, open_giveaway
from tests.harness import World, forge, labels, press, running_bot, say, shown


async def away(world: World, hours: float = 25) -> int:
    """Write a giveaway whose list is fixed and whose beacon has not answered for some hours."""
    return await open_giveaway(
        world,
        state=State.FROZEN,
        waiting=Waiting.BEACON_GIVE_UP,
        beacon_failing_since=now_of(world) - timedelta(hours=hours),
        digest="ab" * 32,
        entries=2,
        tickets=3,
        round=1000,
    )


async def test_it_explains_requirements_and_the_draw_to_anyone(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        terms = Terms(organiser_id=world.organiser.id, required_role=world.artists.id)
        await open_giveaway(world, terms=terms)
        answer = await press(world.member, world.general.history()[0], "gw.info")
        said = say(answer)
        assert f"Have the role <@&{world.artists.id}>" in said
        assert commitment(SEED) in said
        assert "You are in" not in said
        assert labels(answer) == []
        assert answer.ephemeral


async def test_an_entrant_sees_where_they_stand_and_their_receipt(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        key = await open_giveaway(world)
        post = world.general.history()[0]
        await press(world.member, post, "gw.enter")
        answer = await press(world.member, post, "gw.info")
        assert "You are in, with 1 ticket." in say(answer)
        details = await press(world.member, answer, "gw.details")
        assert (await giveaway(world, key)).public_id in shown(details).content, "where a phone can copy it"


async def test_it_says_what_happens_when_nobody_is_on_the_list(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        await open_giveaway(world)
        nobody = "If nobody is on the list at closing, nothing is drawn."
        assert nobody in say(await press(world.member, world.general.history()[0], "gw.info"))
        await world.advance(minutes=61)
        said = say(await press(world.member, world.general.history()[0], "gw.info"))
        assert "Nobody was on the list, so nothing was drawn." in said
        assert nobody not in said
        assert "How the draw works" not in said


async def test_whoever_was_left_out_at_closing_sees_why_on_the_ended_post(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        terms = Terms(organiser_id=world.organiser.id, required_role=world.artists.id)
        await open_giveaway(world, terms=terms)
        post = world.general.history()[0]
        await press(world.member, post, "gw.enter")
        await press(world.other, post, "gw.enter")
        with world.inside():
            await world.bot.http.remove_role(world.guild.id, world.other.id, world.artists.id)
        await world.advance(minutes=61)
        ended = world.general.history()[0]
        assert labels(ended) == ["How it works"]
        assert "left out at closing. You no longer had the required role." in say(
            await press(world.other, ended, "gw.info")
        )
        assert "You are on the published list" in say(await press(world.member, ended, "gw.info"))


async def test_it_answers_in_the_members_language_with_the_organisers_translation(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        await open_giveaway(world)
        async with world.platform.database.write() as tx:
            await tx.session.execute(update(Post).values(language="ja", title="サイン入り版画", text="A2サイズ"))
        await world.speak(world.member, "ja")
        await world.speak(world.other, "ko")
        post = world.general.history()[0]
        assert "サイン入り版画" in say(await press(world.member, post, "gw.info"))
        korean = say(await press(world.other, post, "gw.info"))
        assert "A print" in korean
        assert "추첨 방식" in korean


@pytest.mark.parametrize("kind", ["gw.info", "gw.trust", "gw.trust_sure"])
async def test_another_servers_giveaway_is_as_if_it_were_not_there(tmp_path: Path, kind: str) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        key = await away(world)
        channel, moderator = world.other_guild()
        for custom_id in (f"{kind}:{key}", f"{kind}:999", f"{kind}:x", kind):
            answer = await forge(moderator, channel, custom_id)
            assert "A print" not in say(answer)
        assert (await giveaway(world, key)).trusted is None


async def test_a_moderator_is_asked_and_then_the_draw_goes_on_labelled(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        key = await away(world)
        question = await press(world.moderator, world.general.history()[0], "gw.trust")
        assert "operator-trusted draw" in say(question)
        assert (await giveaway(world, key)).trusted is None
        done = await press(world.moderator, question, "gw.trust_sure")
        assert "#1 goes on without the beacon" in say(done)
        trusted: Any = (await giveaway(world, key)).trusted
        assert trusted["abandoned_round"] == 1000
        await world.advance(minutes=1)
        assert "Operator-trusted draw" in say(world.general.history()[0])
        assert [row.kind for row in await world.ledger()] == ["giveaway.untrusted"]


@pytest.mark.parametrize("kind", ["gw.trust", "gw.trust_sure"])
async def test_only_moderators_may_go_on_without_the_beacon(tmp_path: Path, kind: str) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        key = await away(world)
        for actor in (world.member, world.organiser):
            answer = await forge(actor, world.general, f"{kind}:{key}")
            assert "Only moderators" in say(answer)
        assert (await giveaway(world, key)).trusted is None


@pytest.mark.parametrize("kind", ["gw.trust", "gw.trust_sure"])
async def test_a_beacon_that_answers_is_not_gone_on_without(tmp_path: Path, kind: str) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        key = await open_giveaway(world)
        answer = await forge(world.moderator, world.general, f"{kind}:{key}")
        assert "not waiting for the beacon" in say(answer)
        assert (await giveaway(world, key)).trusted is None
