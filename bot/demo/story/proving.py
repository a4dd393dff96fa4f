"""A stranger recomputes the draw, forgers fail, and one who is forgotten changes nothing of it."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Final

from bot.demo.story.scene import Scene
from bot.export import export_guild
from bot.verify import VerifyOptions, verify_files

Forge = Callable[[dict[str, Any]], None]


async def verify(scene: Scene) -> None:
    """Ben, who trusts nobody here, checks the draw offline."""
    tell, bundles, options = scene.tell, scene.notes.bundles, compared(scene)
    lines = check(scene, bundles["drawn"], options)
    tell.prints(lines)
    tell.holds(good(lines), "every step recomputes, and agrees with the freeze message")
    tell.holds(good(check(scene, bundles["passed on"], options)), "so does the proof of the prize that passed on")


async def forge(scene: Scene) -> None:
    """Someone would rather have won: every forged proof is refused."""
    for claim, forgery in FORGERIES.items():
        bundle: dict[str, Any] = json.loads(scene.notes.bundles["drawn"])
        forgery(bundle)
        data = json.dumps(bundle, separators=(",", ":")).encode()
        lines = check(scene, data, compared(scene))
        scene.tell.prints(line for line in lines if "✗" in line)
        scene.tell.holds(lines[-1].endswith("does NOT verify."), f"refused: {claim}")


async def forget(scene: Scene) -> None:
    """The winner who never came takes everything about themselves, and is forgotten."""
    tell, notes = scene.tell, scene.notes
    leaver = scene.person(notes.winners[1])
    exported = await leaver.types("/privacy export")
    data = leaver.download(exported.last, "my-data.json")
    tell.holds(str(leaver.actor.id) in data.decode(), "the export holds what is kept about them")
    asked = await leaver.types("/privacy forget")
    await leaver.presses(asked.last, "privacy.erase")
    await scene.passes("a minute later", minutes=1)
    empty = await leaver.types("/privacy export")
    held = json.loads(leaver.download(empty.last, "my-data.json"))["data"]
    tell.holds(not held, "a minute later nothing is kept about them")


async def verify_erased(scene: Scene) -> None:
    """The draw still verifies, without the one who was forgotten; so does the record of who did what."""
    tell, ben = scene.tell, scene.person("ben")
    proof = await ben.types("/giveaway proof giveaway:1")
    bundle = ben.download(proof.last, "draw-1.json")
    lines = check(scene, bundle, compared(scene))
    tell.prints(line for line in lines if "erased" in line or line == lines[-1])
    tell.holds(good(lines), "a proof issued later verifies")
    tell.holds(any("erased" in line for line in lines), "and says that someone was erased")
    forgotten = str(scene.person(scene.notes.winners[1]).actor.id).encode()
    public = [ben.download(message, "draw-1.json") for message in scene.with_file(r"draw-\d+\.json")]
    tell.holds(not any(forgotten in each for each in (bundle, *public)), "no attached proof names them any more")
    await verify_ledger(scene)


async def verify_ledger(scene: Scene) -> None:
    """Export the record of who did what, as ``ikuzo export`` does, and check it."""
    platform = scene.stage.bot.platform
    folder = scene.folder / "export"
    (ledger,) = await export_guild(platform.database, scene.stage.community.guild.id, folder, platform.ledger)
    lines: list[str] = []
    verify_files([ledger], VerifyOptions(), lines.append)
    scene.tell.prints(lines)
    scene.tell.holds(good(lines), "the ledger of every change verifies too")


def compared(scene: Scene) -> VerifyOptions:
    """Return what a stranger copies from the public messages, and the file of the demo's beacon."""
    frozen = scene.said(scene.message(scene.notes.freeze))
    commitment = re.search(r"[0-9a-f]{64}", scene.said(scene.message(scene.notes.post)))
    round_ = re.search(r"round\W+(\d+)", frozen)
    return VerifyOptions(
        commitment=None if commitment is None else commitment[0],
        digest=hashlib.sha256(scene.notes.entrants).hexdigest(),
        round=None if round_ is None else int(round_[1]),
        chain=scene.stage.chain_file,
    )


def good(lines: list[str]) -> bool:
    """Say whether ``ikuzo verify`` found that everything holds, by what it printed."""
    return lines[-1].endswith("everything holds.")


def check(scene: Scene, data: bytes, options: VerifyOptions) -> list[str]:
    """Return what ``ikuzo verify`` prints about a proof."""
    path = scene.folder / "draw-1.json"
    path.write_bytes(data)
    lines: list[str] = []
    verify_files([path], options, lines.append)
    return lines


def _other_winner(bundle: dict[str, Any]) -> None:
    winners = [result["token"] for result in bundle["results"]]
    bundle["results"][0]["token"] = next(token for token, _ in bundle["entrants"] if token not in winners)


def _more_tickets(bundle: dict[str, Any]) -> None:
    bundle["entrants"][0][1] = 100


def _other_seed(bundle: dict[str, Any]) -> None:
    bundle["seed"] = hashlib.sha256(b"a seed that suits better").hexdigest()


def _other_round(bundle: dict[str, Any]) -> None:
    bundle["beacon"]["round"] += 1


FORGERIES: Final[dict[str, Forge]] = {
    "someone else in the first place": _other_winner,
    "a hundred tickets for one entrant": _more_tickets,
    "another seed": _other_seed,
    "another round of the beacon": _other_round,
}
