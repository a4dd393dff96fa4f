"""Mirrored events edited by someone who means ill: followed where it can be, taken back where not, harmless always."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.events.outside.stage import FEATURES, edit_by_hand, go, natives, post, row_of, said_in, thread_of
from tests.events.stage import post_message
from tests.harness import World, running_bot, say

SHOUT = "@everyone <@&5> ~~[free](https://evil.example)~~ `x`"


async def edited(world: World, **changes: Any) -> Any:
    """Edit the only scheduled event; returns it as it is once the bot has seen that."""
    (native,) = natives(world)
    edit_by_hand(world, native.id, **changes)
    await world.env.settle()
    await world.advance(minutes=1)
    return natives(world)[0]


async def test_words_ping_nobody_and_lead_nowhere(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        key = await post(world, remind=())
        await go(world, key, world.member)
        native = await edited(world, name=SHOUT, entity_metadata={"location": SHOUT})
        assert native.name == SHOUT
        sent: list[Any] = [e.json for e in world.env.http_requests if e.method in ("POST", "PATCH") and e.json]
        for body in sent:
            if isinstance(body, dict) and "allowed_mentions" in body:
                allowed = body["allowed_mentions"]
                assert "everyone" not in allowed.get("parse", [])
                assert set(allowed.get("users", [])) <= {world.member.id, str(world.member.id)}
        (notice,) = await thread_of(world, key)
        assert notice.content == f"<@{world.member.id}>"
        assert "[free](" not in notice.embeds[0]["description"]
        assert "@everyone" not in (await post_message(world, key)).content


async def test_what_no_draft_would_take_is_taken_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        key = await post(world, remind=())
        (before,) = [each.__dict__.copy() for each in natives(world)]
        starts = datetime.fromisoformat(before["scheduled_start_time"])
        for changes in (
            {"name": "x" * 300},
            {"name": "\u200d\u2060"},
            {"entity_metadata": {"location": "\u200b"}},
            {"entity_metadata": {"location": "x" * 1_000}},
            {"description": "x" * 5_000},
            {"scheduled_start_time": (starts - timedelta(days=30)).isoformat()},
            {"scheduled_end_time": (starts - timedelta(hours=1)).isoformat()},
            {"scheduled_start_time": "9990-01-01T00:00:00+00:00", "scheduled_end_time": "9990-01-02T00:00:00+00:00"},
        ):
            native = await edited(world, **changes)
            for name in changes:
                assert getattr(native, name) == before[name], changes
        row = await row_of(world, key)
        assert (row.starts_at, row.sequence) == (starts, 0)
        assert [each.kind for each in await world.ledger()] == ["event.posted"]
        assert await thread_of(world, key) == []
        assert len(said_in(world, world.general.id)) == 1


async def test_lines_and_links_in_a_name_stay_in_their_line(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        key = await post(world, remind=())
        await edited(world, name="Walk\n\n# Big news \u202egnp.exe")
        title = (await post_message(world, key)).embeds[0].title
        assert "\n" not in title
        assert "\u202e" not in title
        assert "Walk" in say(await world.organiser.slash(world.general, "event list"))
