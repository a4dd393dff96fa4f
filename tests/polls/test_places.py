"""One poll in several channels: one count, and every result leads to the one file."""

from pathlib import Path

from tests.harness import choose, press, running_bot, say


async def test_results_in_further_channels_lead_to_the_file(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me, rooms = world.organiser, [world.general, world.announcements, world.log]
        draft = await me.slash(world.general, "poll create", question="Next?", options="Mosaic | Linocut", ends="1h")
        where = await press(me, draft, "poll.d.where")
        where = await choose(me, where, "poll.d.channels", *rooms)
        await press(me, await press(me, where, "poll.d"), "poll.d.post")
        await world.env.settle()
        await world.advance(minutes=61)
        results = [room.history()[1] for room in rooms]
        files = [[file.filename for file in message.attachments] for message in results]
        assert [name for names in files for name in names if name.endswith(".json")] == ["poll-1.json"]
        first = next(room for room, names in zip(rooms, files, strict=True) if "poll-1.json" in names)
        jump = f"/{first.id}/{first.history()[1].id}"
        others = [room.history()[1] for room in rooms if room is not first]
        assert [jump in say(message) for message in others] == [True, True]
        assert [len(room.history()) for room in rooms] == [2, 2, 2]
