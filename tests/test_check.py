"""``ikuzo check`` and ``ikuzo invite``: against a Discord, a beacon, RPC endpoints and databases, well or not."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.check import Verdict, check, clock_finding, permissions_finding
from bot.client import FEATURES
from bot.database import Database
from bot.environment import Listen
from bot.guilds import Feature, GuildRow
from bot.invite import application_id, find_invite_link, invite_link
from bot.migrate import upgrade
from bot.permissions import USES, Need, all_needs
from bot.refusal import Refusal
from bot.settings import Settings
from bot.web import Web
from bot.web.health import Health
from tests.drand import DrandServer
from tests.wire.client import Wire
from tests.wire.handles import Guild, Role
from tests.wire.harness import WireServer, discord_server, wire

__all__ = ["discord_server", "wire"]

NOWHERE = "http://127.0.0.1:1"


def settings_for(database_url: str, server: WireServer | None = None, **more: object) -> Settings:
    values: dict[str, object] = {
        "database_url": database_url,
        "discord_api_url": f"{NOWHERE}/api/v10",
        "beacon_urls": (),
    }
    if server is not None:
        values |= {"discord_token": server.token, "discord_api_url": server.api_url}
    return Settings.model_validate({**values, **more})


async def lines(settings: Settings) -> tuple[int, dict[str, str]]:
    """Run the check; returns its exit code, and what each line begins with and says, by its item."""
    printed: list[str] = []
    code = await check(settings, printed.append)
    return code, {line[2:].partition(": ")[0]: f"{line[0]} {line[2:].partition(': ')[2]}" for line in printed}


async def leave_only(guild: Guild, *permissions: str) -> None:
    """Take every permission but these from the bot, in the server as a whole."""
    await Role(guild.id, guild).edit(permissions=[])
    await guild.limit_bot(*permissions)


@asynccontextmanager
async def rpc(chain_id: int) -> AsyncIterator[str]:
    """Serve ``eth_chainId``."""

    async def answer(request: web.Request) -> web.Response:
        asked = await request.json()
        return web.json_response({"jsonrpc": "2.0", "id": asked["id"], "result": hex(chain_id)})

    application = web.Application()
    application.router.add_post("/{key}", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/a-key-nobody-may-see"
    finally:
        await runner.cleanup()


async def test_all_is_well(discord_server: WireServer, wire: Wire, database_url: str, tmp_path: Path) -> None:
    guild = await wire.guild("Art")
    await guild.channel("general")
    await upgrade(database_url)
    async with DrandServer() as drand, rpc(8453) as url:
        chain = tmp_path / "chain.json"
        chain.write_text(json.dumps(drand.source.info_json()), encoding="utf-8")
        beacon = {"beacon_urls": (drand.url,), "beacon_chain": chain}
        code, found = await lines(settings_for(database_url, discord_server, chains=f"8453={url}", **beacon))
    assert found["token"].startswith("✓ works, for ")
    assert found["intents"].startswith("✓")
    assert found["database"].startswith("✓ SQLite file")
    assert found["clock"] == "✓ agrees with Discord's"
    assert found["beacon"].startswith("✓ 127.0.0.1 gives verified rounds")
    assert found["chain 8453"] == "✓ 127.0.0.1 answers"
    assert found[f"server {guild.id} “Art”"] == "✓ every permission the features need"
    assert code == 0


async def test_a_token_discord_does_not_know_stops_it(discord_server: WireServer, database_url: str) -> None:
    code, found = await lines(
        settings_for(database_url, discord_server, discord_token="MTIz.wrong.token-nobody-may-see")
    )
    assert found["token"].startswith("✗ Discord does not accept DISCORD_TOKEN")
    assert code == 1


async def test_a_missing_token_stops_it(database_url: str) -> None:
    code, found = await lines(settings_for(database_url))
    assert found["token"].startswith("✗ DISCORD_TOKEN is missing")
    assert code == 1


async def test_what_does_not_answer_is_named_by_its_host_alone(database_url: str, tmp_path: Path) -> None:
    hidden = "a-key-nobody-may-see"
    code, found = await lines(
        settings_for(
            database_url,
            discord_token="MTIz.some.token",
            beacon_urls=(f"{NOWHERE}/{hidden}",),
            chains=f"1={NOWHERE}/{hidden}",
        )
    )
    assert found["token"].startswith("✗ Discord cannot be asked: 127.0.0.1")
    assert found["clock"].startswith("! not compared")
    assert found["beacon"] == "✗ 127.0.0.1 cannot be reached; draws would wait"
    assert found["chain 1"] == "✗ 127.0.0.1 does not answer"
    assert code == 1
    assert hidden not in "".join(found.values())


async def test_the_pages_are_asked_for_at_the_address_people_use(database_url: str) -> None:
    pages = Web(Listen("127.0.0.1", 0), None)
    pages.get("/healthz", Health(Database(database_url), lambda: True).answer)
    await pages.start()
    url = f"http://{pages.address}"

    async def told(**settings: object) -> str:
        return (await lines(settings_for(database_url, None, **settings)))[1]["web"]

    assert await told(web_listen="127.0.0.1:80", web_public_url=url) == "✓ 127.0.0.1 answers"
    assert (await told()).startswith("! off: no calendars")
    assert "WEB_PUBLIC_URL is missing" in await told(web_listen="127.0.0.1:80")
    await pages.stop()
    assert "does not answer" in await told(web_listen="127.0.0.1:80", web_public_url=url)


async def test_how_wallets_are_linked_is_told(database_url: str) -> None:
    async def told(**settings: object) -> str:
        return (await lines(settings_for(database_url, None, **settings)))[1]["wallets"]

    page = {"web_listen": "127.0.0.1:80", "web_public_url": NOWHERE}
    assert (await told()).startswith("! cannot be linked; that needs WEB_LISTEN and WEB_PUBLIC_URL, or WALLET_PASTE")
    assert await told(wallet_paste="bot.example.org") == "✓ linked by pasted signatures, for bot.example.org"
    assert "without DISCORD_CLIENT_SECRET" in await told(**page)
    said = await told(**page, discord_client_secret="xyzzy-secret")
    assert said.startswith("✓ linked on the page")
    assert "xyzzy" not in said


async def test_one_endpoint_of_two_is_enough(database_url: str) -> None:
    async with rpc(1) as url:
        _, found = await lines(settings_for(database_url, chains=f"1={NOWHERE} {url},10={url}"))
    assert found["chain 1"] == "! 127.0.0.1 does not answer; 127.0.0.1 answers"
    assert found["chain 10"] == "✗ 127.0.0.1 serves another chain"


async def test_permissions_are_told_by_server_and_feature(
    discord_server: WireServer, wire: Wire, database_url: str
) -> None:
    bare, partly = await wire.guild("Bare"), await wire.guild("Partly")
    await bare.channel("general")
    await leave_only(bare, "view_channel", "read_message_history")
    one, _ = await partly.channel("one"), await partly.channel("two")
    await leave_only(partly, "view_channel", "send_messages", "embed_links", "read_message_history")
    await one.allow(partly, "attach_files")
    code, found = await lines(settings_for(database_url, discord_server))
    # What other features lack follows, each in its own part of the line.
    assert found[f"server {bare.id} “Bare”"].startswith(
        "✗ giveaways have no channel to post in, for want of Send Messages, Embed Links, Attach Files; "
    )
    assert (
        "giveaways can be posted in 1 of 2 channels; elsewhere: Attach Files; " in found[f"server {partly.id} “Partly”"]
    )
    assert code == 1


async def test_a_feature_that_is_switched_off_needs_nothing(
    discord_server: WireServer, wire: Wire, database_url: str
) -> None:
    guild = await wire.guild("Quiet")
    await leave_only(guild)
    await upgrade(database_url)
    database = Database(database_url)
    async with database.write() as tx:
        tx.session.add(
            GuildRow(guild_id=guild.id, places={}, disabled=[feature.value for feature in Feature], greeted=True)
        )
    await database.close()
    code, found = await lines(settings_for(database_url, discord_server))
    assert found[f"server {guild.id} “Quiet”"].startswith("✓")
    assert code == 0


async def test_a_database_of_a_newer_version_stops_it(either_url: str) -> None:
    await upgrade(either_url)
    database = Database(either_url)
    async with database.write() as tx:
        await tx.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await database.close()
    code, found = await lines(settings_for(either_url))
    assert found["database"].startswith("✗ The database has the schema 9999")
    assert code == 1


async def test_a_database_that_is_not_there_yet_is_no_problem(database_url: str, tmp_path: Path) -> None:
    _, found = await lines(settings_for(database_url))
    assert found["database"].endswith("empty: the first start makes its tables")
    assert not list(tmp_path.iterdir())


async def test_a_database_that_refuses_stops_it() -> None:
    code, found = await lines(settings_for("postgresql+asyncpg://ikuzo:hunter2hunter2@127.0.0.1:1/ikuzo"))
    assert found["database"].startswith("✗ The database of DATABASE_URL refuses")
    assert "hunter2" not in found["database"]
    assert code == 1


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(0.4, Verdict.GOOD), (-2, Verdict.GOOD), (8, Verdict.NOTE), (-40, Verdict.BAD), (40, Verdict.BAD)],
)
def test_a_clock_that_is_far_off_stops_draws(seconds: float, verdict: Verdict) -> None:
    assert clock_finding(timedelta(seconds=seconds)).verdict is verdict


def test_which_way_the_clock_is_off() -> None:
    assert "8 s ahead of Discord's" in clock_finding(timedelta(seconds=8)).says
    assert "8 s behind Discord's" in clock_finding(timedelta(seconds=-8)).says


@pytest.mark.parametrize("feature", [feature for feature in Feature if feature.value in FEATURES])
@given(
    granted=st.frozensets(st.sampled_from(Need)), channels=st.lists(st.frozensets(st.sampled_from(Need)), max_size=3)
)
def test_a_feature_stops_exactly_without_a_channel_to_post_in(
    feature: Feature, granted: frozenset[Need], channels: list[frozenset[Need]]
) -> None:
    others = [other.value for other in Feature if other is not feature]
    finding = permissions_finding("server", granted, channels, others)
    can_post = any(channel.issuperset(USES[feature].channel) for channel in channels)
    assert (finding.verdict is Verdict.BAD) == (not can_post)
    whole = can_post and granted.issuperset((*USES[feature].channel, *USES[feature].server))
    assert (finding.verdict is Verdict.GOOD) == whole


def test_the_invitation_asks_for_what_is_used_and_nothing_else() -> None:
    query = parse_qs(urlsplit(invite_link(42)).query)
    asked = discord.Permissions(int(query["permissions"][0]))
    assert asked == discord.Permissions(**{need.value: True for need in all_needs()})
    assert not asked.administrator
    assert query["client_id"] == ["42"]
    assert query["scope"] == ["bot applications.commands"]


def test_a_token_says_whose_it_is() -> None:
    assert application_id("MTIzNDU2Nzg5MDEyMzQ1Njc4.abc.def") == 123456789012345678
    for other in ("", "abc", "wire-token", "not base64!.x", "日本.x"):
        assert application_id(other) is None


async def test_where_the_token_does_not_tell_discord_is_asked(
    discord_server: WireServer, wire: Wire, database_url: str
) -> None:
    settings = settings_for(database_url, discord_server, discord_token="none")
    with pytest.raises(Refusal, match="does not accept DISCORD_TOKEN"):
        await find_invite_link(settings)
    with pytest.raises(Refusal, match="Discord does not answer"):
        await find_invite_link(settings_for(database_url, discord_token="none"))
    state = await wire.state()
    link = await find_invite_link(settings_for(database_url, discord_server))
    assert parse_qs(urlsplit(link).query)["client_id"] == [str(state.application)]


async def test_a_visit_says_nothing(discord_server: WireServer, wire: Wire, database_url: str) -> None:
    guild = await wire.guild("Art")
    channel = await guild.channel("general")
    await lines(settings_for(database_url, discord_server))
    assert await channel.messages() == []
    written = [request for request in await wire.requests() if request.method != "GET"]
    assert written == []
