"""The month at a glance, who is coming, ``/my show``, ``/browse``, and what turning events off does."""

from datetime import timedelta
from pathlib import Path

from bot.ui.look import size
from cogs.events.rules.kinds import Answer
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.service.exports import EventExporter
from cogs.events.tables import EventState
from tests.events.stage import answers, event_of, post_event, post_message
from tests.harness import GUILD_ID, press, running_bot, say, shown


async def test_a_month_at_a_glance(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post_event(world, hours=5, title="Sketch night", capacity=20)
        key = await post_event(world, hours=6, title="Critique", repeat=Rule(Every.WEEK))
        await post_event(world, hours=100, title="Surprise", announce_at=world.env.now() + timedelta(hours=50))
        await press(world.member, await post_message(world, key), "ev.going")
        said = say(await world.member.slash(world.general, "event list"))
        assert "January 2026" in said
        assert "· today" in said
        assert "[Sketch night](https://discord.com/channels/" in said
        assert "0 of 20 going" in said
        assert said.count("Critique") >= 4
        assert "✅ [Critique](https://" in said
        assert "· 1 going" in said
        assert "✅ going" in said, "what the marks mean"
        assert "Surprise" not in said
        assert "Surprise" in say(await world.organiser.slash(world.general, "event list"))


async def test_a_full_month_fits_and_every_language_has_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        for hour in range(3):
            await post_event(world, hours=4 + hour, title=f"{'Very long title ' * 6}{hour}", repeat=Rule(Every.DAY))
        for language in ("en", "ja", "ko"):
            await world.speak(world.member, language)
            answer = shown(await world.member.slash(world.general, "event list"))
            embed = answer.embeds[0]
            assert size(embed.description or "") <= 4_096
            assert len(answer.embeds) == 1


async def test_who_is_coming_is_private_unless_it_is_shown(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world)
        await press(world.member, await post_message(world, key), "ev.going")
        assert f"<@{world.member.id}>" not in say(await world.other.slash(world.general, "event attendees", event="1"))
        listed = say(await world.organiser.slash(world.general, "event attendees", event="1"))
        assert f"<@{world.member.id}>" in listed
        open_key = await post_event(world, title="Open", shows_names=True)
        post = await post_message(world, open_key)
        await press(world.member, post, "ev.going")
        await world.advance(seconds=10)
        assert f"<@{world.member.id}>" in say(await post_message(world, open_key))
        assert f"<@{world.member.id}>" in say(await world.other.slash(world.general, "event attendees", event="2"))


async def test_my_show_and_browse(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=1)
        post = await post_message(world, key)
        await press(world.member, post, "ev.going")
        await press(world.other, post, "ev.going")
        mine = await world.member.slash(world.general, "my show")
        assert "Going: #1 Sketch night" in say(mine)
        assert "On the waiting list: #1 Sketch night" in say(await world.other.slash(world.general, "my show"))
        assert "#1 Sketch night · 1 going" in say(await world.other.slash(world.general, "browse"))


async def test_a_long_series_leaves_room_for_what_comes_after_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post_event(world, hours=5, title="Daily", repeat=Rule(Every.DAY))
        await post_event(world, hours=60 * 24, title="Far away")
        mine = say(await world.organiser.slash(world.general, "my show"))
        assert "#2 Far away" in mine


async def test_forgetting_a_member_gives_their_place_to_the_next(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, capacity=1, hours=72, shows_names=True)
        post = await post_message(world, key)
        await press(world.member, post, "ev.going")
        await press(world.other, post, "ev.going")
        custodian = next(each for each in world.platform.custodians if type(each).__name__ == "EventCustodian")
        async with world.platform.database.read() as session:
            exported = await custodian.export(session, GUILD_ID, world.member.id)
            ends = await custodian.consequences(session, GUILD_ID, world.member.id)
            known = await custodian.known_users(session, GUILD_ID, 0, 100)
        assert exported["event_answers"][0]["answer"] == "going"
        assert [text.key for text in ends] == ["event.privacy.ends_places"]
        assert set(known) >= {world.member.id, world.other.id, world.organiser.id}
        with world.inside():
            async with world.platform.database.write() as tx:
                await custodian.forget(tx, GUILD_ID, world.member.id, world.env.now())
        await world.advance(seconds=10)
        assert await answers(world, key) == {world.other.id: Answer.OFFERED}
        assert f"<@{world.member.id}>" not in say(await post_message(world, key))
        async with world.platform.database.write() as tx:
            await custodian.erase_guild(tx, GUILD_ID)
        async with world.platform.database.read() as session:
            assert not list(await custodian.known_users(session, GUILD_ID, 0, 100))


async def test_turning_events_off_cancels_what_is_to_come(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, repeat=Rule(Every.WEEK))
        asked = await world.moderator.slash(world.general, "config feature", name="events", enabled=False)
        assert "Event #1, a series: Sketch night" in say(asked)
        await press(world.moderator, asked, "cfg.off:events:cancel")
        event = await event_of(world, key)
        assert (event.state, event.cancel_reason) == (EventState.CANCELLED, "Events were turned off in this server.")
        assert "turned off" in say(await world.member.slash(world.general, "event list"))


async def test_the_servers_files(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await post_event(world, title="=SUM(A1)")
        await press(world.member, await post_message(world, key), "ev.going")
        async with world.platform.database.read() as session:
            files = {
                name: b"".join([piece async for piece in content])
                async for name, content in EventExporter().files(session, GUILD_ID)
            }
        assert set(files) == {"events.csv", "event-1.csv"}
        assert b"'=SUM(A1)" in files["events.csv"]
        assert files["event-1.csv"].decode().splitlines()[1].startswith(f"{world.member.id},going,")
