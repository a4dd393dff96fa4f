"""What of polls is photographed as it comes: a draft put together step by step, and the lists polls stand in."""

from typing import Final

from cogs.polls.rules.ballots import Kind
from tests.browser.gallery import Snap
from tests.harness import World, choose, press
from tests.polls.heard import stage
from tests.polls.render.samples import EXHIBITION, MEETUP, WORKSHOPS

FEATURES: Final = ("config", "home", "polls")
PICTURES: Final = ("draft", "draft-who", "draft-rules", "draft-answer", "list", "show", "browse")


async def play(world: World, language: str, snap: Snap) -> None:
    """Draft a poll and post it, vote, close others, and look at all the lists."""
    oren, lena = world.organiser, world.member
    for person in (oren, lena):
        await world.speak(person, language)
    await draft(world, language, snap)
    await vote(world)
    await stage.closed(world, question=WORKSHOPS[language][0], voters=(lena,), kind=Kind.MULTIPLE, vote_count=41)
    await stage.respond(world, oren, "accepted", number=2)
    await stage.closed(world, question=EXHIBITION[language][0], voters=(lena, oren), kind=Kind.RANKED, vote_count=27)
    await stage.propose(world, lena, MEETUP[language][0])
    await world.advance(minutes=1)
    await snap("list", oren, await oren.slash(world.announcements, "poll list"))
    await snap("show", lena, await lena.slash(world.announcements, "my show"))
    await snap("browse", lena, await lena.slash(world.announcements, "browse"))


async def draft(world: World, language: str, snap: Snap) -> None:
    """Put a poll together and post it."""
    oren = world.organiser
    question, options = MEETUP[language]
    panel = await oren.slash(
        world.general, "poll create", question=question, options=" | ".join(options), ends="2 days"
    )
    await snap("draft", oren, panel)
    who = await press(oren, panel, "poll.d.who")
    await snap("draft-who", oren, await choose(oren, who, "poll.d.voters", world.artists))
    rules = await press(oren, await press(oren, who, "poll.d"), "poll.d.rules")
    await snap("draft-rules", oren, rules)
    answer = await press(oren, await press(oren, rules, "poll.d"), "poll.d.answer")
    await snap("draft-answer", oren, answer)
    await press(oren, await press(oren, answer, "poll.d"), "poll.d.post")
    await world.env.settle()


async def vote(world: World) -> None:
    """Have a member vote for the first option."""
    post = next(each for each in world.general.history() if not each.flags.ephemeral)
    ballot = await press(world.member, post, "poll.vote")
    await choose(world.member, ballot, "poll.pick", "0")
