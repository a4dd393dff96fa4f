"""From the closing to the announcement, with the bot away in between."""

import hashlib

from bot.demo.story.scene import Scene


async def freeze(scene: Scene) -> None:
    """The giveaway closes: before anyone can know who wins, the list is fixed in public."""
    tell, notes = scene.tell, scene.notes
    await scene.passes("two hours later, five seconds after the closing", hours=1, minutes=59, seconds=5)
    frozen = scene.with_file(r"entrants-\d+\.txt")
    tell.holds(len(frozen) == 1, "one message freezes the list")
    message = frozen[0]
    tell.shows(message)
    notes.freeze = message.id
    listed = scene.person("haruka").download(message, "entrants-1.txt")
    notes.entrants = listed
    tell.prints(listed.decode().splitlines())
    digest = hashlib.sha256(listed).hexdigest()
    tell.holds(digest in scene.said(message), "the file's SHA-256 is the digest the message names")
    tell.holds(f"{notes.token}:2\n" in listed.decode(), "はるか finds her token in it, with her two tickets")
    tell.holds(listed.count(b"\n") == 5, "five are on it: Eli, who left, and Priya are not")
    tell.holds(not scene.with_file(r"draw-\d+\.json"), "nothing is drawn yet: the beacon's round lies ahead")


async def stop_and_start(scene: Scene) -> None:
    """The bot is stopped before the round appears, and started again long after."""
    tell, stage = scene.tell, scene.stage
    frozen = scene.message(scene.notes.freeze)
    await stage.stop()
    tell.passes("the bot is stopped")
    await scene.passes("half an hour later; the round appeared, and nobody was there to use it", minutes=30)
    tell.holds(not scene.with_file(r"draw-\d+\.json"), "nothing was drawn")
    await stage.start()
    await scene.passes("the bot is started again, with what is in its database and nothing else", minutes=1)
    again = scene.with_file(r"entrants-\d+\.txt")
    same = [(each.id, scene.said(each), each.edited_at) for each in again]
    tell.holds(same == [(frozen.id, scene.said(frozen), None)], "the list was not frozen again, its message not edited")


async def announce(scene: Scene) -> None:
    """The draw is announced, once, with its proof."""
    tell, notes = scene.tell, scene.notes
    results = scene.with_file(r"draw-\d+\.json")
    tell.holds(len(results) == 1, "the draw is announced once")
    message = results[0]
    tell.shows(message)
    notes.result = message.id
    notes.winners = scene.named(message)
    tell.holds(len(set(notes.winners)) == 2, "two different winners are mentioned")
    tell.holds("eli" not in notes.winners and "priya" not in notes.winners, "both were on the list")
    notes.bundles["drawn"] = scene.person("ben").download(message, "draw-1.json")
    await scene.passes("an hour later, and after another restart", hours=1)
    await scene.stage.stop()
    await scene.stage.start()
    await scene.passes("nothing more is said", minutes=10)
    tell.holds(len(scene.with_file(r"draw-\d+\.json")) == 1, "it is still announced once")
    tell.shows(scene.message(notes.post))
