"""The private answer that offered a link says how it ended; its token is a secret and goes in time."""

import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import clock
from bot.backup import backup
from bot.database import Base
from bot.delivery import Delivery, DeliveryState
from bot.i18n import plain, t
from bot.migrate import upgrade
from tests.chain.anvil import Anvil
from tests.harness import GUILD_ID, components, say
from tests.wallets import stage
from tests.wallets.linking.ceremony import HOLDER, Desk, desk, linked, sessions


@pytest.fixture
async def at(tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(tmp_path) as opened:
        yield opened


def word(key: str) -> str:
    return plain("en", t(key))


async def replies(at: Desk) -> list[Delivery]:
    async with at.world.platform.database.read() as session:
        return list((await session.scalars(select(Delivery).where(Delivery.kind == "wallet.reply"))).all())


async def test_roles_follow_at_once_and_the_answer_is_edited(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, HOLDER.address)
    async with desk(tmp_path, **stage.chains(anvil.url)) as at:
        role = at.world.guild.create_role("Collectors")
        await stage.add_rule(at.world, "collector", role, art)
        answer, token = await at.link()
        await at.sign(token)
        await at.world.env.settle()
        assert role.id in stage.roles(at.world, at.world.member.id)
        said = say(answer)
        assert f"Linked: **{HOLDER.address[:6]}…{HOLDER.address[-4:]}**" in said
        assert "Found 1, needed at least 1" in said
        assert components(answer) == [], "the link is gone"
        status = say(await at.world.member.slash(at.world.general, "wallet status"))
        assert "Found 1, needed at least 1" in status
        gone = await at.world.member.slash(at.world.general, "wallet unlink", wallet=HOLDER.address)
        await at.world.env.settle()
        assert "Unlinked" in say(gone)
        assert role.id not in stage.roles(at.world, at.world.member.id), "without grace"


async def test_a_process_that_dies_after_linking_still_gives_the_role(tmp_path: Path, anvil: Anvil) -> None:
    art = stage.collection(anvil, HOLDER.address)
    async with desk(tmp_path, **stage.chains(anvil.url)) as at:
        role = at.world.guild.create_role("Collectors")
        await stage.add_rule(at.world, "collector", role, art)
        _, token = await at.link()
        with at.world.inside():
            await at.world.platform.schedule.stop()
            await at.world.platform.dispatcher.stop()
        assert (await at.sign(token)).status == 200
        assert role.id not in stage.roles(at.world, at.world.member.id)
        with at.world.inside():
            await at.world.platform.web.stop()
        await at.world.restart()
        await at.world.env.settle()
        assert role.id in stage.roles(at.world, at.world.member.id)


async def test_a_link_that_ran_out_says_so(at: Desk) -> None:
    answer, _ = await at.link()
    await at.world.advance(minutes=9)
    assert components(answer) != []
    await at.world.advance(minutes=2)
    assert word("wallet.outcome.expired") in say(answer)
    assert components(answer) == []


async def test_the_token_is_erased_after_15_minutes_and_the_row_after_a_day(at: Desk) -> None:
    _, token = await at.link()
    await at.message(token)
    await at.world.advance(minutes=14)
    (row,) = await sessions(at.world)
    assert row.reply_token is not None
    await at.world.advance(minutes=2)
    (row,) = await sessions(at.world)
    secrets = (row.reply_token, row.address, row.message, row.state_hash, row.verifier, row.browser_hash)
    assert secrets == (None,) * 6
    await at.world.advance(hours=24)
    assert await sessions(at.world) == []


async def test_the_token_is_in_no_backup_export_or_delivery(tmp_path: Path) -> None:
    await upgrade(f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}")
    async with desk(tmp_path) as at:
        await _look_everywhere(at, tmp_path / "backup.zip")


async def _look_everywhere(at: Desk, made: Path) -> None:
    _, token = await at.link()
    (row,) = await sessions(at.world)
    assert row.reply_token is not None
    manifest = await backup(at.world.settings.database_url, made, metadata=Base.metadata, now=clock.now())
    with zipfile.ZipFile(made) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert "wallet_sessions" in {entry.name for entry in manifest.tables}
    assert row.token_hash.encode() in everything
    for secret in (row.reply_token, token):
        assert secret.encode() not in everything
    async with at.world.platform.database.read() as session:
        exported = json.dumps(
            [await each.export(session, GUILD_ID, at.world.member.id) for each in at.world.platform.custodians],
            default=str,
        )
    assert row.reply_token not in exported
    await at.sign(token)
    (delivery,) = await replies(at)
    assert row.reply_token not in repr(vars(delivery))
    assert (delivery.user_id, delivery.params) == (None, {})


async def test_an_answer_that_cannot_be_edited_leaves_the_outcome_in_my_show(at: Desk) -> None:
    _, token = await at.link()
    message = await at.message(token)
    (row,) = await sessions(at.world)
    async with at.world.platform.database.write() as tx:
        kept = await tx.session.get_one(type(row), row.id)
        kept.reply_token = "an interaction that is not there"
    got = await at.post("link", token=token, address=HOLDER.address, signature=HOLDER.sign(message))
    await at.world.env.settle()
    assert got.status == 200
    (delivery,) = await replies(at)
    assert delivery.state is DeliveryState.FAILED
    shown = say(await at.world.member.slash(at.world.general, "my show"))
    assert f"{HOLDER.address[:6]}…{HOLDER.address[-4:]}" in shown


async def test_whoever_is_forgotten_leaves_no_link_and_no_wallet(at: Desk) -> None:
    _, token = await at.link()
    await at.sign(token)
    await at.link()
    async with at.world.platform.database.write() as tx:
        for each in at.world.platform.custodians:
            await each.forget(tx, GUILD_ID, at.world.member.id, clock.now())
    assert (await sessions(at.world), await linked(at.world)) == ([], [])
    await at.world.advance(minutes=20)


async def test_the_outcome_is_in_the_members_language(at: Desk) -> None:
    await at.world.speak(at.world.member, "ko")
    answer, token = await at.link()
    assert json.loads((await at.post("session", token=token)).text)["language"] == "ko"
    await at.sign(token)
    assert "연결했습니다" in say(answer)
