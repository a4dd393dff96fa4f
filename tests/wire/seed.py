"""A starting world from a file, so that a server can be started with people in it.

```json
{"users": [{"name": "alice", "locale": "ja", "created": "2020-01-01T00:00:00+00:00"}],
 "guilds": [{"name": "Art", "locale": "en-US", "shard": 0, "shards": 1,
             "roles": [{"name": "artist", "permissions": ["manage_events"]}],
             "channels": [{"name": "general", "kind": "text"}],
             "members": [{"name": "alice", "roles": ["artist"], "joined": "2021-01-01T00:00:00+00:00"}]}]}
```

Members not among the users are created. The result maps `alice`, `Art`, `Art/general`, `Art/@artist`
to ids.
"""

from typing import TYPE_CHECKING

from tests.wire.calls import Json

if TYPE_CHECKING:
    from tests.wire.control import Control


async def plant(control: "Control", seed: Json) -> dict[str, str]:
    """Carry out a seed; raises KeyError or TypeError for one that is not understood."""
    ids: dict[str, str] = {}
    for user in seed.get("users", []):
        ids[user["name"]] = (await control.run("create_user", user))["id"]
    for guild in seed.get("guilds", []):
        await _guild(control, guild, ids)
    return ids


async def _guild(control: "Control", guild: Json, ids: dict[str, str]) -> None:
    name = guild["name"]
    own = {key: guild[key] for key in ("name", "locale", "shard", "shards") if key in guild}
    made = ids[name] = (await control.run("create_guild", own))["id"]
    for role in guild.get("roles", []):
        ids[f"{name}/@{role['name']}"] = (await control.run("create_role", {"guild": made, **role}))["id"]
    for channel in guild.get("channels", []):
        placed = await control.run("create_channel", {"guild": made, **channel})
        ids[f"{name}/{channel['name']}"] = placed["id"]
    for member in guild.get("members", []):
        who = member["name"]
        if who not in ids:
            ids[who] = (await control.run("create_user", {"name": who}))["id"]
        rest = {key: member[key] for key in ("joined", "nick") if key in member}
        roles = [ids[f"{name}/@{role}"] for role in member.get("roles", [])]
        await control.run("join", {"guild": made, "user": ids[who], "roles": roles, **rest})
