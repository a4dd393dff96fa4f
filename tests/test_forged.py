"""Whatever custom id somebody makes up, of whatever feature: an answer each time, and nothing unforeseen in the log."""

from pathlib import Path
from typing import Final

from tests.harness import World, forge, forge_modal, running_bot, say

TAILS: Final = ((f":{'9' * 30}", None), (f":1:{'9' * 30}", ["x", "9" * 30]))


async def silence(world: World) -> list[str]:
    """Press and submit everything made up; returns what was met with silence, or with something unforeseen."""
    found: list[str] = []
    for kind in world.platform.router._handlers:
        for tail, values in TAILS:
            ident = f"{kind}{tail}"
            answer = await forge(world.member, world.general, ident, values=values)
            if not answer.acknowledged or "reference" in say(answer):
                found.append(f"{ident}: {say(answer)}")
        answer = await forge_modal(world.member, world.general, f"{kind}:1", {"text": "x"})
        if not answer.acknowledged or "reference" in say(answer):
            found.append(f"{kind} as a form: {say(answer)}")
    for name in world.platform.pager._lists:
        for tail in (f"{'9' * 60}:{name}", f"0:{name}", f"-1:{name}:1", f"{'9' * 40}:{name}:1", f"0:{name}:{'9' * 30}"):
            answer = await forge(world.moderator, world.general, f"page:{tail}"[:100])
            if not answer.acknowledged or "reference" in say(answer):
                found.append(f"page:{tail}: {say(answer)}")
    return found


async def test_nothing_made_up_is_met_with_silence_or_an_error(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        assert await silence(world) == []
