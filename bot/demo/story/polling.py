"""Two polls: a secret one with ranks and an open one; votes, changes, a restart, the count that anyone can repeat."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import discord

from bot.demo import ballots
from bot.demo.person import Missed, Seen
from bot.demo.story.proving import good
from bot.demo.story.scene import Scene
from bot.verify import VerifyOptions, verify_files

POLLS: Final = "polls"
_RANKED_POLL: Final = (
    "/poll create question:What shall the winter exhibition be about? options:Light in the dark | Small rooms | Paper "
    "kind:ranked ends:2 hours voters:@Artist answer_by:3 days channel:#polls post:true"
)
_OPEN_POLL: Final = (
    "/poll create question:Where do we meet in September? options:River studio | Old library | Night market "
    "secrecy:open results:live ends:2 hours channel:#polls post:true"
)
# What each ranks, best first: none has half of the first choices, so that one goes out first.
_RANKED: Final = {
    "haruka": (0, 2),
    "jiwoo": (0, 1),
    "lena": (2, 0),
    "tomas": (1, 0, 2),
    "noor": (2,),
}
_RECEIPT: Final = re.compile(r"`([0-9A-HJKMNP-TV-Z]{8})`")


async def start(scene: Scene) -> None:
    """Oren opens two polls: one is secret and ranked, in the other everyone sees everything."""
    tell, oren = scene.tell, scene.person("oren")
    refused = await scene.person("priya").types(_OPEN_POLL, POLLS)
    tell.holds(scene.role("Organiser") in refused.text, "a member is told who may open polls")
    await oren.types(_RANKED_POLL, POLLS)
    await oren.types(_OPEN_POLL, POLLS)
    await scene.stage.env.settle()
    posted = scene.public(POLLS)
    tell.holds(len(posted) == 2, "both stand in #polls, once each")
    tell.passes("everyone sees the posts")
    for post in posted:
        tell.shows(post)
    scene.notes.polls = [post.id for post in posted]


async def vote(scene: Scene) -> None:
    """Members rank in private; Ben may not; Lena thinks again; in the open poll everyone sees how it stands."""
    tell, notes = scene.tell, scene.notes
    for name, order in _RANKED.items():
        cast = await rank(scene, name, order)
        notes.receipts[name] = receipt(cast)
    tell.holds(len(set(notes.receipts.values())) == len(_RANKED), "each got a receipt of their own")
    refused = await scene.person("ben").presses(post(scene, 0), "poll.vote")
    tell.holds(scene.role("Artist") in refused.text, "Ben is refused, and told which role he lacks")
    notes.receipts["lena, at first"] = notes.receipts["lena"]
    notes.receipts["lena"] = receipt(await rank(scene, "lena", (2, 1)))
    tell.holds(notes.receipts["lena"] != notes.receipts["lena, at first"], "Lena changes her vote: a new receipt")
    for name, choice in (("ben", "2"), ("priya", "1"), ("eli", "1")):
        ballot = await scene.person(name).presses(post(scene, 1), "poll.vote")
        await scene.person(name).chooses(ballot.last, "poll.pick", choice)
    await scene.passes("a minute later", minutes=1)
    tell.shows(post(scene, 0))
    tell.holds("5 votes" in scene.said(post(scene, 0)), "the secret poll says how many voted, and no more")
    tell.holds("67%" in scene.said(post(scene, 1)), "the open one says how it stands")


async def stop_and_start(scene: Scene) -> None:
    """The bot is stopped as soon as Eli was answered, and started again: his vote is there."""
    tell, stage = scene.tell, scene.stage
    scene.notes.receipts["eli"] = receipt(await rank(scene, "eli", (0, 1)))
    await stage.stop()
    await scene.passes("the bot is stopped, before the post could follow", minutes=10)
    await stage.start()
    await scene.passes("and started again", minutes=1)
    tell.holds("6 votes" in scene.said(post(scene, 0)), "Eli's vote counts")
    again = await scene.person("eli").presses(post(scene, 0), "poll.vote")
    tell.holds("voted already" in again.text, "and he is told that he voted already")


async def ask_early(scene: Scene) -> None:
    """Nobody sees the result of a secret poll before it is closed, whoever asks."""
    tell = scene.tell
    for name, command in (("mina", "/poll results poll:1"), ("oren", "/poll export poll:1")):
        refused = await scene.person(name).types(command, POLLS)
        told = not refused.last.attachments and "%" not in refused.text and "clos" in refused.text
        tell.holds(told, f"{scene.person(name).profile.display} is refused, and told when it closes")


async def count(scene: Scene) -> None:
    """It closes, the votes are counted and published, and Ben, who trusts nobody, counts them again."""
    tell, notes, ben = scene.tell, scene.notes, scene.person("ben")
    await scene.passes("two hours later both have closed", hours=2)
    (result,) = published(scene, "poll-1.json")
    tell.shows(result)
    data = ben.download(result, "poll-1.json")
    bundle: dict[str, Any] = json.loads(data)
    lines = recount(scene, data)
    tell.prints(lines)
    tell.holds(good(lines), "every round recounts offline, to the same winner")
    found = {ballot["receipt"]: ballot["choices"] for ballot in bundle["ballots"]}
    tell.holds(found.get(notes.receipts["lena"]) == [2, 1], "Lena finds her ballot by its receipt, as she changed it")
    tell.holds(notes.receipts["lena, at first"] not in found, "the one it replaced does not count")
    tell.holds(len(found) == 6 and notes.receipts["eli"] in found, "six ballots, Eli's among them")
    ids = [str(scene.person(name).actor.id) for name in _RANKED]
    tell.holds(not any(each in data.decode() for each in ids), "and nothing in the file says who cast which")
    for ballot in bundle["ballots"]:
        if ballot["receipt"] == notes.receipts["lena"]:
            ballot["choices"] = [0]
    lines = recount(scene, json.dumps(bundle, separators=(",", ":")).encode())
    tell.prints(line for line in lines if "✗" in line)
    tell.holds(not good(lines), "a file with one ballot changed is refused")
    (other,) = published(scene, "poll-2.json")
    named = ben.download(other, "poll-2.json").decode()
    tell.holds(str(ben.actor.id) in named, "the open poll's file names who voted for what")


async def rank(scene: Scene, name: str, order: Sequence[int]) -> Seen:
    """Have someone fill in a ranked ballot, one pick at a time, and cast it."""
    person = scene.person(name)
    return await ballots.rank(person, await person.presses(post(scene, 0), "poll.vote"), order)


def receipt(seen: Seen) -> str:
    """Return the receipt somebody was shown."""
    found = _RECEIPT.search(seen.text)
    if found is None:
        raise Missed("no receipt was shown")
    return found[1]


def post(scene: Scene, number: int) -> discord.Message:
    """Return a poll's post as it is now, the secret one's first."""
    return next(each for each in scene.public(POLLS) if each.id == scene.notes.polls[number])


def published(scene: Scene, name: str) -> list[discord.Message]:
    """Return the public messages with such a file."""
    return [each for each in scene.public(POLLS) if name in {file.filename for file in each.attachments}]


def recount(scene: Scene, data: bytes) -> list[str]:
    """Return what ``ikuzo verify`` prints about a poll."""
    path: Path = scene.folder / "poll-1.json"
    path.write_bytes(data)
    lines: list[str] = []
    verify_files([path], VerifyOptions(), lines.append)
    return lines
