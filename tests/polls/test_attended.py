"""A poll for those who were there: drafted with an event's name, and voted in by whoever checked in."""

from pathlib import Path

from tests.events.stage import post_event
from tests.harness import choose, press, running_bot, say
from tests.polls.organising.desk import post


async def test_only_who_was_at_an_event_votes(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post_event(world, hours=0.5)
        shown = await world.organiser.slash(world.general, "event checkin", event="1")
        await choose(world.organiser, shown, "ev.tick", world.member)
        await post(world, question="Again next month?", options="Yes | No", attended="Sketch night")
        await world.env.settle()
        (message,) = [each for each in world.general.history() if "Again next month?" in say(each)]
        assert "Sketch night" in say(message)
        assert "Sketch night" in say(await press(world.other, message, "poll.vote"))
        paper = await press(world.member, message, "poll.vote")
        assert "Your vote is in" in say(await choose(world.member, paper, "poll.pick", "0"))
