"""After the draw: one winner picks the prize up, the other never comes."""

import re

from bot.demo.person import Person
from bot.demo.story.scene import Scene


def loser(scene: Scene) -> Person:
    """Return someone who was on the list and did not win."""
    return next(scene.person(name) for name in ("lena", "tomas", "jiwoo") if name not in scene.notes.winners)


async def pick_up(scene: Scene) -> None:
    """A winner shows a pick-up code, and staff redeem it, once."""
    tell, notes = scene.tell, scene.notes
    winner, tess = scene.person(notes.winners[0]), scene.person("tess")
    refused = await loser(scene).presses(scene.message(notes.result), "gw.code")
    tell.holds(not code_in(refused.text), "who did not win gets no code")
    shown = await winner.presses(scene.message(notes.result), "gw.code")
    code = code_in(shown.text)
    tell.holds(code and any(file.filename == "code.png" for file in shown.last.attachments), "a code and its picture")
    refused = await scene.person("ben").types(f"/giveaway redeem code:{code}")
    tell.holds(scene.role("Staff") in refused.text, "only staff may redeem")
    redeemed = await tess.types(f"/giveaway redeem code:{code}")
    tell.holds(winner.mention in redeemed.text, "Tess is told whom to hand the prize to")
    again = await tess.types(f"/giveaway redeem code:{code}")
    tell.holds(tess.mention in again.text, "the code works once; Tess is told that she redeemed it")


async def pass_on(scene: Scene) -> None:
    """The other winner never comes: the prize passes on along the ranking that is fixed since the draw."""
    tell, notes = scene.tell, scene.notes
    late = scene.person(notes.winners[1])
    before = {message.id for message in scene.public()}
    await scene.away(days=1, hours=10)
    await scene.passes("a day and a half later; the bot was away for most of it", hours=2)
    for message in scene.public():
        if message.id not in before:
            tell.shows(message)
    await scene.away(days=1, hours=10)
    await scene.passes("three days after the draw", hours=2)
    passed = scene.with_file(r"draw-\d+\.json")[-1]
    tell.holds(passed.id != notes.result, "a public line says that the prize passed on")
    tell.shows(passed)
    tell.holds(late.mention in scene.said(passed), f"it names {late.profile.display}, who did not claim it")
    risen = scene.named(passed)
    tell.holds(len(risen) == 1 and risen[0] not in notes.winners, "the next in the ranking is told, nobody else")
    shown = await scene.person(risen[0]).presses(passed, "gw.code")
    tell.holds(code_in(shown.text), "and can pick the prize up now")
    refused = await late.presses(scene.message(notes.result), "gw.code")
    tell.holds(not code_in(refused.text), f"{late.profile.display} no longer can")
    notes.bundles["passed on"] = scene.person("ben").download(passed, "draw-1.json")


def code_in(text: str) -> str | None:
    """Return the pick-up code in a text."""
    found = re.search(r"`([0-9A-Z]{4}-?[0-9A-Z]{4})`", text)
    return None if found is None else found[1]
