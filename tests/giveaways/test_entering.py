"""Entering: every requirement with its sentence, what cannot be read, the last moment, and pressing twice at once."""

import asyncio
from datetime import timedelta
from pathlib import Path

import simcord

from bot.drafting.values import Named
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.tables import GiveawayEntry
from cogs.wallets.rules.terms import Standard
from cogs.wallets.tables import Gate
from tests.giveaways.after.stage import drawn, public
from tests.giveaways.organising.desk import post
from tests.giveaways.stage import entries, giveaway, open_giveaway, prizes
from tests.harness import GUILD_ID, World, forge, press, running_bot, say
from tests.wallets.stage import link


async def enter(world: World, actor: simcord.MemberActor, key: int) -> str:
    return say(await forge(actor, world.general, f"gw.enter:{key}"))


async def test_ages_are_told_with_the_day_from_which_they_suffice(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        terms = Terms(world.organiser.id, account_age=timedelta(hours=2), member_for=timedelta(hours=4))
        key = await open_giveaway(world, minutes=600, terms=terms)
        newcomer = world.add_member("newcomer")
        begun = int(world.env.now().timestamp())
        for passed, words, suffices in (
            (timedelta(), "Your Discord account must be at least 2 hours old", 7_200),
            (timedelta(hours=3), "must have been a member of this server for 4 hours", 14_400),
        ):
            await world.advance(seconds=passed.total_seconds())
            said = await enter(world, newcomer, key)
            assert words in said
            (from_then,) = [int(part.partition(":")[0]) for part in said.split("<t:")[1:]]
            assert abs(from_then - (begun + suffices)) < 60
        assert await entries(world, key) == []
        await world.advance(hours=2)
        assert "You are in" in await enter(world, newcomer, key)


async def test_who_won_here_waits_and_no_longer_than_asked(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 2)
        terms = Terms(world.organiser.id, cooldown=timedelta(hours=3))
        key = await open_giveaway(world, minutes=600, terms=terms, number=2, public_id="f" * 32)
        winner, other = stage.ranking
        assert "You won here recently" in await enter(world, winner, key)
        assert "You are in" in await enter(world, other, key)
        await world.advance(hours=3)
        assert "You are in" in await enter(world, winner, key)


async def test_the_servers_excluded_role_and_the_giveaways_own(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        barred, own = world.guild.create_role("Barred"), world.guild.create_role("Suspended")
        await world.moderator.slash(world.general, "config role", purpose="excluded", role=barred)
        key = (await post(world, excluded_role=own)).id
        for role in (barred, own):
            assert f"Members with <@&{role.id}> cannot enter" in await enter(world, world.add_member("a", role), key)
        assert "You are in" in await enter(world, world.add_member("b"), key)


async def test_tickets_are_a_hundred_at_most(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        many = world.guild.create_role("Many")
        terms = Terms(world.organiser.id, bonuses=((many.id, 60), (world.artists.id, 60)))
        key = await open_giveaway(world, terms=terms)
        rich = world.add_member("rich", many, world.artists)
        assert "100 tickets" in await enter(world, rich, key)
        assert "61 tickets" in await enter(world, world.member, key)


async def unread_rule(world: World) -> Named:
    """Make a gate rule about a chain that the operator does not read any more."""
    with world.inside():
        async with world.platform.database.write() as tx:
            rule = Gate(
                guild_id=GUILD_ID,
                number=1,
                name="clonex",
                folded="clonex",
                role_id=world.artists.id,
                chain_id=1,
                contract="0x" + "cc" * 20,
                standard=Standard.ERC721,
                minimum="1",
                created_at=world.env.now(),
            )
            tx.session.add(rule)
    return Named(rule.id, "clonex")


async def test_what_cannot_be_read_is_never_said_to_be_missing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        terms = Terms(world.organiser.id, holders_of=await unread_rule(world))
        key = await open_giveaway(world, terms=terms)
        await link(world, world.member.id)
        said = await enter(world, world.member, key)
        assert "I cannot read right now" in said
        assert "try again" in said
        assert "removed" not in said
        assert await entries(world, key) == []


async def test_who_is_in_can_leave_though_nothing_can_be_read(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        terms = Terms(world.organiser.id, holders_of=await unread_rule(world))
        key = await open_giveaway(world, terms=terms)
        await link(world, world.member.id)
        row = await giveaway(world, key)
        async with world.platform.database.write() as tx:
            salt, user_id = "0" * 32, world.member.id
            name = draw.token(row.public_id, str(user_id), salt)
            now = world.env.now()
            tx.session.add(
                GiveawayEntry(giveaway_id=key, token=name, user_id=user_id, salt=salt, tickets=1, entered_at=now)
            )
        answer = await forge(world.member, world.general, f"gw.enter:{key}")
        assert "already in" in say(answer)
        assert "left" in say(await press(world.member, answer, "gw.leave"))
        assert await entries(world, key) == []


async def test_a_rule_that_was_removed_is_said_to_be(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        rule = await unread_rule(world)
        key = await open_giveaway(world, terms=Terms(world.organiser.id, holders_of=Named(rule.key + 1, "older")))
        said = await enter(world, world.member, key)
        assert "“older”" in said
        assert "was removed" in said
        # One of the same name is another rule.
        again = Terms(world.organiser.id, holders_of=Named(rule.key + 1, "clonex"))
        second = await open_giveaway(world, terms=again, number=2, public_id="f" * 32)
        assert "was removed" in await enter(world, world.member, second)


async def test_a_role_that_was_deleted_shuts_out_nobody_who_is_in(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world, terms=Terms(world.organiser.id, required_role=world.artists.id), winners=2)
        for person in (world.member, world.other):
            assert "You are in" in await enter(world, person, key)
        guild = world.bot.get_guild(GUILD_ID)
        role = None if guild is None else guild.get_role(world.artists.id)
        assert role is not None
        with world.inside():
            await role.delete()
        await world.env.settle()
        assert "was deleted" in await enter(world, world.add_member("late"), key)
        await world.advance(minutes=62)
        assert {prize.user_id for prize in await prizes(world, key)} == {world.member.id, world.other.id}
        assert all(entry.unchecked for entry in await entries(world, key))
        # Nor is a winner without it one of whom any organiser may take the prize.
        refused = await world.organiser.slash(
            world.general, "giveaway reroll", giveaway="1", reason="No role", winner=world.member
        )
        assert "moderator" in say(refused)
        assert {prize.outcome for prize in await prizes(world, key)} == {draw.Outcome.WON}


async def test_what_opens_later_cannot_be_left_or_read_about(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = (await post(world, starts="1h", ends="1h")).id
        opens = int((await giveaway(world, key)).starts_at.timestamp())
        for kind in ("gw.enter", "gw.leave"):
            assert f"opens <t:{opens}" in say(await forge(world.member, world.general, f"{kind}:{key}"))
        assert "Art print" not in say(await forge(world.member, world.general, f"gw.info:{key}"))
        assert "Art print" in say(await forge(world.organiser, world.general, f"gw.info:{key}"))


async def test_after_the_closing_time_nobody_enters_though_nothing_has_closed_it_yet(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world, minutes=10)
        await world.sleep(minutes=10)
        before = (await giveaway(world, key)).state
        assert before == "open", "the process that closes it is down"
        assert "takes no more entries" in await enter(world, world.member, key)
        assert await entries(world, key) == []


async def test_one_member_pressing_many_times_at_once_is_in_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world)
        said = await asyncio.gather(*(enter(world, world.member, key) for _ in range(8)))
        assert sorted("You are in" in each for each in said) == [False] * 7 + [True]
        assert all("already in" in each for each in said if "You are in" not in each)
        assert len(await entries(world, key)) == 1
        assert (await giveaway(world, key)).entry_count == 1


async def test_who_is_banned_or_gone_is_left_out_and_who_is_timed_out_is_not(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await open_giveaway(world, winners=4)
        banned, gone, silent = (world.add_member(name) for name in ("banned", "gone", "silent"))
        for person in (banned, gone, silent):
            assert "You are in" in await enter(world, person, key)
        until = (world.env.now() + timedelta(days=1)).isoformat()
        with world.inside():
            await world.bot.http.ban(banned.id, world.guild.id, 0)
            await world.bot.http.edit_member(world.guild.id, silent.id, communication_disabled_until=until)
        world.guild.remove_member(gone)
        await world.env.settle()
        await world.advance(minutes=61)
        dropped = {entry.user_id: entry.dropped for entry in await entries(world, key)}
        assert dropped == {banned.id: "left", gone.id: "left", silent.id: None}
        assert [prize.user_id for prize in await prizes(world, key)] == [silent.id]


async def test_a_hundred_winners_are_mentioned_once_each_and_nobody_else_is(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.organiser.send(world.general, "hello")
        stage = await drawn(world, 102, winners=100)
        parts = [each for each in public(world) if "Congratulations" in each.content]
        assert len(parts) > 1
        assert all(len(each.content) <= 2_000 for each in parts)
        mentioned = [user.id for each in parts for user in each.mentions]
        assert sorted(mentioned) == sorted(who.id for who in stage.ranking[:100])
        assert sum(len(each.attachments) for each in parts) == 1
