"""From an invitation to a giveaway with entrants."""

import hashlib
import re

from bot.demo.person import Seen
from bot.demo.reading import kinds
from bot.demo.story.scene import Scene


async def set_up(scene: Scene) -> None:
    """Mina, a moderator, sets the bot up."""
    tell, mina = scene.tell, scene.person("mina")
    first = await mina.types("/help", "general")
    tell.holds(len(first.messages) == 2, "the first moderator who comes is offered the setup")
    await mina.presses(first.last, "cfg.setup")
    for command in (
        "/config channel purpose:giveaways channel:#giveaways",
        "/config channel purpose:announcements channel:#announcements",
        "/config channel purpose:polls channel:#polls",
        "/config channel purpose:log channel:#log",
        "/config role purpose:organiser role:@Organiser",
        "/config role purpose:staff role:@Staff",
    ):
        await mina.types(command)
    checked = await mina.types("/config check")
    tell.holds("⚠" not in checked.text and "❌" not in checked.text, "the check finds nothing to mend")
    tell.holds(scene.public("log"), "the log channel is told of every change")


async def choose_languages(scene: Scene) -> None:
    """Two members choose their languages; what is public stays English."""
    for name, language in (("haruka", "ja"), ("jiwoo", "ko")):
        person = scene.person(name)
        panel = await person.types("/my settings")
        changed = await person.chooses(panel.last, "settings.language", language)
        scene.tell.holds(changed.text != panel.text, "the panel answers in the language just chosen")


async def start_giveaway(scene: Scene) -> None:
    """Oren, an organiser, puts a giveaway together in a private draft and posts it."""
    tell, oren, priya = scene.tell, scene.person("oren"), scene.person("priya")
    refused = await priya.types("/giveaway start prize:Everything for me ends:1h post:true")
    tell.holds(scene.role("Organiser") in refused.text, "a member is told who may do that")
    form = await oren.types("/giveaway start")
    draft = await oren.fills_in(
        form,
        prize="Lantern Festival, signed print",
        ends="2 hours",
        winners="2",
        description="A2, on cotton paper, handed over at the autumn meetup.",
    )
    tell.holds(not scene.public(), "nothing is public yet")
    who = await oren.presses(draft.last, "gw.d.who")
    who = await oren.chooses(who.last, "gw.d.required", scene.stage.community.roles["Artist"])
    draft = await oren.presses(who.last, "gw.d")
    tickets = await oren.presses(draft.last, "gw.d.tickets")
    tickets = await oren.chooses(tickets.last, "gw.d.roles", scene.stage.community.roles["OG"])
    draft = await oren.presses(tickets.last, "gw.d")
    claim = await oren.presses(draft.last, "gw.d.claim")
    draft = await oren.fills_in(claim, claim="in-person", claim_within="3 days")
    await oren.presses(draft.last, "gw.d.post")
    await scene.stage.env.settle()
    posted = scene.public()
    tell.holds(len(posted) == 1, "the giveaway stands in #giveaways, once")
    tell.passes("everyone sees the post")
    tell.shows(posted[0])
    tell.holds(re.search(r"\b[0-9a-f]{64}\b", scene.said(posted[0])), "the post commits to a secret seed")
    scene.notes.post = posted[0].id


async def enter(scene: Scene) -> None:
    """Members enter, one is refused, one leaves again."""
    tell = scene.tell

    async def press(name: str) -> Seen:
        return await scene.person(name).presses(scene.message(scene.notes.post), "gw.enter")

    for count, name in enumerate(("haruka", "jiwoo", "lena", "tomas", "noor", "eli"), 1):
        seen = await press(name)
        tell.holds(number(count, seen.text) and "gw.leave" in kinds(seen.last), f"in, as number {count}")
    refused = await press("priya")
    tell.holds(scene.role("Artist") in refused.text, "Priya is refused, and told which role she lacks")
    again = await press("eli")
    await scene.person("eli").presses(again.last, "gw.leave")
    await keep_receipt(scene)
    await scene.passes("a minute later", minutes=1)
    tell.shows(scene.message(scene.notes.post))
    tell.holds(number(5, scene.said(scene.message(scene.notes.post))), "the public count followed: five are in")


async def keep_receipt(scene: Scene) -> None:
    """Keep what はるか needs to find herself on the public list, without anyone else seeing who is on it."""
    haruka = scene.person("haruka")
    again = await haruka.presses(scene.message(scene.notes.post), "gw.enter")
    receipt = await haruka.presses(again.last, "gw.details")
    found = re.findall(r"`([0-9a-f]{32})`", receipt.text)
    tokens = {token(found[i], haruka.actor.id, found[j]) for i in range(len(found)) for j in range(len(found))}
    kept = [each for each in found if each in tokens]
    scene.tell.holds(kept, "her token is the hash of the giveaway's id, her own id and her salt")
    scene.notes.token = kept[0]


def number(count: int, text: str) -> bool:
    """Say whether a number stands in a text by itself, not in another one, or in the code of a time."""
    return re.search(rf"(?<![\d:]){count}(?!\d)", text) is not None


def token(giveaway: str, user_id: int, salt: str) -> str:
    """Return an entry's token, computed as docs/verify.md says."""
    return hashlib.sha256(f"{giveaway}:{user_id}:{salt}".encode()).hexdigest()[:32]
