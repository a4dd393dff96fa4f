"""The preflight: what is missing, for each feature and channel, and where it is mended."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy.ext.asyncio import AsyncSession

from bot.beacon import EndpointFailure, ProbeResult, Trouble
from bot.delivery import Delivery, DeliveryState, Parcel, Target
from bot.environment import Chain, Listen
from bot.guilds import Feature, GuildConfig
from bot.i18n import languages, render, t
from bot.reach import Reached
from cogs.config import render as words
from cogs.config.service.check import Finding, Mark, Mend, Outside, Part, Report, outside_findings
from tests.harness import GUILD_ID, World, running_bot, say, shown


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path, features=("config",)) as running:
        yield running


@dataclass
class Giver:
    """A feature that gives roles."""

    roles: list[int]

    async def given_roles(self, session: AsyncSession, guild_id: int) -> Sequence[int]:
        return self.roles


async def check(world: World) -> str:
    answer = await world.moderator.slash(world.general, "config check")
    assert shown(answer).flags.ephemeral
    return say(answer)


def part(said: str, title: str) -> str:
    """Return the lines below a heading."""
    return said.split(f"**{title}**\n")[1].split("\n**", maxsplit=1)[0]


def lower(world: World, *permissions: str) -> None:
    """Take permissions from the bot's own role."""
    (own,) = [role for role in world.guild.roles.values() if role.name == world.me.name]
    (everyone,) = [role for role in world.guild.roles.values() if role.id == GUILD_ID]
    for role in (own, everyone):
        held = discord.Permissions(role._role.permissions)
        held.update(**dict.fromkeys(permissions, False))
        world.env.backend.edit_role(GUILD_ID, role.id, {"permissions": held.value})


async def test_a_fresh_server_works_in_the_channel_where_it_is_asked(world: World) -> None:
    said = await check(world)
    assert "No problems found" in said
    assert "how to begin" not in said
    for feature in ("Giveaways", "Polls", "Events", "Wallets"):
        assert part(said, feature).strip() == f"✅ {world.general.mention} (this channel)"


async def test_each_channel_that_lacks_something_is_named_with_it_and_where_it_is_granted(world: World) -> None:
    closed = world.channel_without("closed", "attach_files", "read_message_history")
    for purpose in ("giveaways", "log"):
        await world.moderator.slash(world.general, "config channel", purpose=purpose, channel=closed)
    await world.moderator.slash(world.general, "config channel", purpose="announcements", channel=world.announcements)
    said = await check(world)
    assert "2 things to fix" in said
    giveaways = part(said, "Giveaways")
    assert f"❌ {closed.mention}: allow Attach Files and Read Message History." in giveaways
    assert f"✅ {world.announcements.mention}" in giveaways
    assert "this channel" not in giveaways
    assert f"❌ {closed.mention}: allow Read Message History." in part(said, "Log")
    assert closed.mention not in part(said, "Polls")
    assert "**In a channel**" in said
    assert f"**{world.me.name}**" in said
    assert "**Role order**" not in said


async def test_a_deleted_channel_and_a_deleted_role_are_named_by_what_they_were_for(world: World) -> None:
    gone = world.guild.create_text_channel("gone")
    role = world.guild.create_role("gone")
    await world.moderator.slash(world.general, "config channel", purpose="polls", channel=gone)
    await world.moderator.slash(world.general, "config role", purpose="staff", role=role)
    world.env.backend.delete_channel(gone.id)
    world.env.backend.delete_role(GUILD_ID, role.id)
    said = await check(world)
    assert "❌ Polls: the channel was deleted" in part(said, "Polls")
    assert "❌ Staff: the role was deleted" in part(said, "Roles")


async def test_what_the_bot_may_not_do_in_the_whole_server(world: World) -> None:
    lower(world, "manage_roles", "create_events")
    said = await check(world)
    assert "allow Create Events and Manage Roles" in part(said, "Events")
    assert "allow Manage Roles" in part(said, "Wallets")
    assert "whole server" not in part(said, "Giveaways")
    assert "Server Settings › Roles" in said


async def test_roles_that_are_given_must_stand_below_the_bots_own(world: World) -> None:
    high = world.guild.create_role("High")
    world.env.backend.edit_role(GUILD_ID, high.id, {"position": 50})
    world.platform.role_givers.append(Giver([world.artists.id, high.id, 12345]))
    roles = part(await check(world), "Roles")
    assert f"✅ {world.artists.mention} can be given" in roles
    assert f"❌ I cannot give {high.mention}" in roles
    assert "12345" in roles
    assert "**Role order**" in await check(world)


async def test_a_ping_role_that_nobody_hears_is_noted(world: World) -> None:
    await world.moderator.slash(world.general, "config role", purpose="event-ping", role=world.artists)
    assert "**Roles**" not in await check(world)
    lower(world, "mention_everyone")
    said = await check(world)
    assert f"{world.artists.mention} is not notified" in part(said, "Roles")
    assert "Allow anyone to @mention" in said


async def test_a_feature_that_is_off_is_not_looked_at(world: World) -> None:
    closed = world.channel_without("closed", "attach_files")
    await world.moderator.slash(world.general, "config channel", purpose="polls", channel=closed)
    await world.moderator.slash(world.general, "config feature", name="polls", enabled=False)
    said = await check(world)
    assert "Turned off" in part(said, "Polls")
    assert closed.mention not in said


async def test_messages_that_wait_for_a_permission_are_counted(world: World) -> None:
    database, deliveries = world.platform.database, world.platform.deliveries
    async with database.write() as tx:
        for guild_id, target in ((GUILD_ID, Target.MESSAGE), (GUILD_ID, Target.DIRECT), (1, Target.MESSAGE)):
            parcel = Parcel("test", 1, guild_id, target, "en", recipient=f"{guild_id} {target}", user_id=1)
            await deliveries.put(tx, parcel, world.env.now())
        for row in (await tx.session.scalars(Delivery.__table__.select())).all():
            delivery = await tx.session.get(Delivery, row)
            assert delivery is not None
            delivery.state = DeliveryState.FAILED
    assert "1 message could not be delivered" in part(await check(world), "Log")


async def test_the_check_changes_nothing_and_says_who_sees_commands(world: World) -> None:
    said = await check(world)
    assert "Integrations" in said
    assert await world.ledger() == []


async def test_what_lies_outside_is_asked(tmp_path: Path) -> None:
    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"jsonrpc": "2.0", "id": 1, "result": "0x1"})

    application = web.Application()
    application.router.add_route("*", "/{anything}", answer)
    async with TestServer(application) as server:
        here = f"http://127.0.0.1:{server.port}"
        async with running_bot(
            tmp_path,
            features=("config",),
            chains=(Chain(1, (f"{here}/secret-key",)), Chain(10, (f"{here}/secret-key",))),
            web_listen=Listen("127.0.0.1", 1),
            web_public_url=here,
            beacon_urls=("http://127.0.0.1:9/secret-key",),
        ) as world:
            said = await check(world)
    outside = part(said, "Beyond Discord")
    assert "❌ The public beacon does not answer" in outside
    assert "✅ Chain 1 answers" in outside
    assert "❌ The address set for chain 10 serves another chain" in outside
    assert "✅ The web address answers" in outside
    assert "secret" not in said
    assert "127.0.0.1" not in said


def probe(drift: float | None) -> ProbeResult:
    failures = (EndpointFailure("host", Trouble.UNREACHABLE),) if drift is None else ()
    return ProbeResult(drift is not None, 7, "host", drift, failures)


@pytest.mark.parametrize(
    ("beacon", "chains", "reached", "expected"),
    [
        (None, {}, None, {"beacon_off", "no_chains", "no_web"}),
        (probe(0), {1: (Reached.YES, Reached.NO_ANSWER)}, Reached.YES, {"beacon_good", "chain_half", "web_good"}),
        (probe(-60), {1: (Reached.NO_ANSWER,)}, Reached.NONSENSE, {"clock_off", "chain_bad", "web_bad"}),
        (probe(None), {1: (Reached.YES, Reached.OTHER_CHAIN)}, None, {"beacon_bad", "chain_other", "no_web"}),
    ],
)
def test_what_is_made_of_answers_from_outside(
    beacon: ProbeResult | None, chains: dict[int, tuple[Reached, ...]], reached: Reached | None, expected: set[str]
) -> None:
    found = list(outside_findings(GuildConfig(GUILD_ID), Outside(beacon, chains, reached)))
    assert {finding.text.key.removeprefix("config.check.") for finding in found} == expected


def test_what_is_off_needs_nothing_from_outside() -> None:
    off = GuildConfig(GUILD_ID, disabled=frozenset(Feature))
    assert list(outside_findings(off, Outside(probe(None), {1: (Reached.NO_ANSWER,)}, None))) == []


@pytest.mark.parametrize("language", languages())
def test_a_very_long_report_keeps_what_is_wrong_and_fits(language: str) -> None:
    good = [Finding(Mark.GOOD, t("config.check.chain_good", chain=str(number))) for number in range(200)]
    bad = [Finding(Mark.BAD, t("config.check.chain_bad", chain=str(number))) for number in range(200)]
    report = Report([Part(t("config.check.part.outside"), [*good, bad[0]])])
    embed = words.report_embed(report, language, "Ikuzo")
    assert render(language, bad[0].text) in (embed.description or "")
    for findings in ([*good, *bad], [Finding(Mark.BAD, t("config.check.no_log"), mend) for mend in Mend] * 60):
        assert (
            len(words.report_embed(Report([Part(t("config.check.part.outside"), findings)]), language, "x" * 32)) < 6000
        )


async def test_the_check_is_deferred_before_anything_outside_is_asked(world: World) -> None:
    await world.moderator.slash(world.general, "config check")
    (callback,) = [each for each in world.env.http_requests if each.path.endswith("/callback")]
    assert callback.json is not None
    assert callback.json["type"] == discord.InteractionResponseType.deferred_channel_message.value
