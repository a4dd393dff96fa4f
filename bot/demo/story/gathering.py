"""An event: two places, one who leaves and the next in line, a restart, another time, digits at the door."""

import re
from datetime import datetime, timedelta
from typing import Any, Final

import discord

from bot.demo.person import Person
from bot.demo.story.scene import Scene

EVENTS: Final = "events"
_DIGITS: Final = re.compile(r"^# (\d{3}) (\d{3})$", re.MULTILINE)


async def announce(scene: Scene) -> None:
    """Oren announces a walk with two places; it stands in Discord's own list of events too."""
    tell = scene.tell
    await scene.person("oren").types(
        "/event create title:Lantern walk starts:2 days ends:2 hours where:in-person place:River gate, Paper Street 1 "
        "capacity:2 bring:A lantern, if you have one remind:1h, at start post_in:#events post:true",
        EVENTS,
    )
    await scene.stage.env.settle()
    posted = [each for each in scene.public(EVENTS) if each.attachments]
    tell.holds(len(posted) == 1, "it is announced in #events, once")
    tell.passes("everyone sees the post")
    tell.shows(posted[0])
    scene.notes.event = posted[0].id
    tell.holds([each.name for each in _natives(scene)] == ["Lantern walk"], "it stands in Discord's own list too")
    file = scene.person("haruka").download(posted[0], "event-1.ics").decode()
    tell.holds("BEGIN:VEVENT" in file and "SUMMARY:Lantern walk" in file, "the file puts it into any calendar")


async def answer(scene: Scene) -> None:
    """Three want to come and there are two places: one leaves, and the first in line is asked."""
    tell = scene.tell
    haruka, lena, jiwoo = (scene.person(name) for name in ("haruka", "lena", "jiwoo"))
    for person in (haruka, lena, jiwoo):
        await person.presses(_post(scene), "ev.going")
    await scene.passes("half a minute later", seconds=30)
    tell.shows(_post(scene))
    tell.holds("2 of 2 going" in scene.said(_post(scene)), "two are going, and 지우 is first in line")
    await lena.presses(_post(scene), "ev.cant")
    await scene.stage.env.settle()
    tell.passes("in the thread under the post")
    offer = _to(scene, jiwoo)
    tell.shows(offer)
    await scene.stage.stop()
    await scene.stage.start()
    await scene.passes("the bot was stopped and started again", minutes=1)
    refused = await lena.presses(_post(scene), "ev.going")
    tell.holds("waiting list" in refused.text, "the place is kept: Lena, who had it, has to wait now")
    await jiwoo.presses(offer, "ev.take")
    await scene.passes("a minute later", minutes=1)
    tell.holds("2 of 2 going" in scene.said(_post(scene)), "both places are taken again, across the restart")


async def move(scene: Scene) -> None:
    """Mina moves it in Discord's own list of events, and everything follows."""
    tell, (native,) = scene.tell, _natives(scene)
    later = datetime.fromisoformat(native.scheduled_start_time) + timedelta(hours=1)
    times = {"scheduled_start_time": later, "scheduled_end_time": later + timedelta(hours=2)}
    changes = {name: time.isoformat() for name, time in times.items()}
    scene.stage.env.backend.edit_scheduled_event(scene.stage.community.guild.id, native.id, changes)
    tell.did("Mina", "moves it by an hour, in Discord's own list of events")
    await scene.passes("a minute later", minutes=1)
    tell.shows(_post(scene))
    tell.holds(f"<t:{int(later.timestamp())}:" in scene.said(_post(scene)), "the post has followed")
    notice = _said(scene)[-1]
    tell.shows(notice)
    tell.holds(scene.named(notice) == ["haruka", "jiwoo"], "those who are going are told, and nobody else")
    await scene.person("haruka").presses(notice, "ev.still")


async def check_in(scene: Scene) -> None:
    """Reminded in time, people come, and check in with digits that staff show."""
    tell, before = scene.tell, len(_said(scene))
    haruka, jiwoo, tess = (scene.person(name) for name in ("haruka", "jiwoo", "tess"))
    await scene.stage.stop()
    await scene.passes("the bot is away while the day before passes", days=1, hours=23, minutes=50)
    await scene.stage.start()
    await scene.passes("an hour before the start", minutes=10)
    await scene.passes("at the start", hours=1, minutes=1)
    reminders = _said(scene)[before:]
    for each in reminders:
        tell.shows(each)
    tell.holds(len(reminders) == 2, "each reminder came once")
    digits = await _digits(scene, tess)
    form = await haruka.presses(_post(scene), "ev.here")
    await haruka.fills_in(form, digits=digits)
    await scene.passes("a minute later", minutes=1)
    form = await jiwoo.presses(_post(scene), "ev.here")
    await jiwoo.fills_in(form, digits=digits)
    listed = await tess.types("/event attendees event:1", EVENTS)
    there = [line for line in listed.text.splitlines() if "✅" in line]
    tell.holds(
        len(there) == 1 and haruka.mention in there[0], "はるか was there; the digits of a minute ago are worth nothing"
    )


async def reward(scene: Scene) -> None:
    """Whoever was there may enter a giveaway that asks for it."""
    tell, oren = scene.tell, scene.person("oren")
    await oren.types("/giveaway start prize:Print of the walk ends:1 hour attended:1 post:true")
    await scene.stage.env.settle()
    posted = scene.public()[-1]
    entered = await scene.person("haruka").presses(posted, "gw.enter")
    refused = await scene.person("jiwoo").presses(posted, "gw.enter")
    tell.holds("Lantern walk" in refused.text, "지우 is refused, and told which event it is about")
    tell.holds("Lantern walk" not in entered.text, "はるか is in")
    calendar = await scene.person("haruka").types("/event calendar", EVENTS)
    file = scene.person("haruka").download(calendar.last, "events.ics").decode()
    tell.holds("SUMMARY:Lantern walk" in file, "the server's events fit any calendar")


def _post(scene: Scene) -> discord.Message:
    """Return the announcement as it is now."""
    return next(each for each in scene.public(EVENTS) if each.id == scene.notes.event)


def _natives(scene: Scene) -> list[Any]:
    """Return what stands in Discord's own list of events."""
    backend = scene.stage.env.backend
    return list(backend.get_guild(scene.stage.community.guild.id).scheduled_events.values())


def _said(scene: Scene) -> list[discord.Message]:
    """Return what the bot said in the thread of the announcement, oldest first."""
    (thread,) = scene.stage.community.channels[EVENTS].threads
    return [each for each in thread.history() if each.embeds]


def _to(scene: Scene, person: Person) -> discord.Message:
    """Return the last message of the thread that mentions someone."""
    return [each for each in _said(scene) if person.mention in each.content][-1]


async def _digits(scene: Scene, staff: Person) -> str:
    shown = await staff.types("/event checkin event:1", EVENTS)
    found = _DIGITS.search(shown.text)
    scene.tell.holds(found, "staff alone are shown six digits")
    return "" if found is None else "".join(found.groups())
