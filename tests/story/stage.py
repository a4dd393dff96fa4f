"""A server with people in it, and as many bot processes as wanted, each of which may be killed at any moment."""

import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.verify import VerifyOptions, verify_files
from tests.drand import DrandServer
from tests.wire.client import Wire
from tests.wire.handles import Channel, Guild, Member
from tests.wire.harness import BotProcess, WireServer
from tests.wire.models import Message, Reply

BOT = [sys.executable, "-m", "bot", "run"]


@dataclass
class Stage:
    """Everything a story needs; ``processes`` are the bots, in order of their shards."""

    folder: Path
    wire: Wire
    drand: DrandServer
    processes: list[BotProcess]
    guild: Guild
    channel: Channel
    organiser: Member
    members: list[Member]
    server: WireServer

    @property
    def chain_file(self) -> Path:
        return self.folder / "chain.json"

    @property
    def posts(self) -> str:
        """The path messages of the channel are posted to."""
        return f"/channels/{self.channel.id}/messages"

    async def restart(self, process: BotProcess | None = None) -> None:
        """Start a killed bot again and wait until it is connected."""
        process = process or self.processes[0]
        await process.start()
        await self.wire.connected(*range(len(self.processes)), timeout=120)

    async def kill(self, process: BotProcess | None = None) -> None:
        """SIGKILL; returns once Discord has noticed."""
        await (process or self.processes[0]).kill()
        if len(self.processes) == 1:
            await self.wire.gone()

    async def post(self) -> Message:
        """The giveaway's post, once it is there."""

        async def there() -> Message | None:
            found = [message for message in await self.channel.messages() if message.buttons]
            return found[0] if found else None

        return await self.wire.until(there, timeout=20, what="the post")

    async def enter(self, member: Member) -> Reply:
        return await member.click(await self.post(), "Enter")

    async def announcements(self) -> list[Message]:
        """Every message ever posted that carries a bundle, deleted ones too."""
        return [message for message in await self.channel.created() if _named(message, "draw-")]

    async def freezes(self) -> list[Message]:
        """Every freeze message ever posted."""
        return [message for message in await self.channel.created() if _named(message, "entrants-")]

    async def bundle(self, message: Message, *, trusted: bool = False) -> dict[str, Any]:
        """Return the bundle of an announcement, after a stranger has verified it offline; *trusted* has no beacon."""
        (file,) = [each for each in message.attachments if each.filename.startswith("draw-")]
        data = await self.wire.download(file.url)
        path = self.folder / file.filename
        path.write_bytes(data)
        lines: list[str] = []
        options = VerifyOptions(chain=self.chain_file, allow_operator_trusted=trusted)
        assert verify_files([path], options, lines.append) == 0, "\n".join(lines)
        return json.loads(data)


def _named(message: Message, start: str) -> bool:
    return any(each.filename.startswith(start) for each in message.attachments)


@asynccontextmanager
async def staged(
    folder: Path, database_url: str, *, processes: int = 1, members: int = 6, beacon: bool = True
) -> AsyncIterator[Stage]:
    """Start Discord, the beacon and the bots on one database, and make a server with an organiser and members."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(WireServer(folder / "wire.log"))
        drand = await stack.enter_async_context(DrandServer())
        (folder / "chain.json").write_text(json.dumps(drand.source.info_json()))
        wire = server.client
        guild = await wire.guild("Studio")
        channel = await guild.channel("giveaways")
        organisers = await guild.role("Organisers", "manage_events")
        old = datetime.now(UTC) - timedelta(days=400)
        organiser = await guild.member("oren", organisers, created=old)
        people = [await guild.member(f"member{i}", created=old) for i in range(members)]
        bots: list[BotProcess] = []
        for shard in range(processes):
            environment = {
                **server.environment,
                "DATABASE_URL": database_url,
                "BEACON_URL": drand.url if beacon else "off",
                "BEACON_CHAIN": str(folder / "chain.json"),
                "LOG_LEVEL": "info",
                **_shards(shard, processes),
            }
            bots.append(await stack.enter_async_context(BotProcess(BOT, environment, folder / f"bot{shard}.log")))
            await wire.connected(*range(shard + 1), timeout=180)
        await wire.commands("giveaway", timeout=180)
        yield Stage(folder, wire, drand, bots, guild, channel, organiser, people, server)


def _shards(shard: int, count: int) -> Mapping[str, str]:
    return {} if count == 1 else {"SHARD_IDS": str(shard), "SHARD_COUNT": str(count)}
