"""Secrecy, tried as a curious moderator and as a thief of files after closing, on both databases."""

import asyncio
import json
import logging
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.app import Platform
from bot.backup import backup
from bot.database import Base
from bot.errors import TryAgain
from bot.export import export_guild
from bot.guilds import GuildRow, config_of
from bot.migrate import upgrade
from bot.people import Actor
from bot.pieces import droppable, undropped
from bot.restore import restore
from bot.schedule import Due
from bot.verify import VerifyOptions, verify_files
from cogs.polls.rules.ballots import Secrecy
from cogs.polls.service.boxes import ballot_key, box, secret_of
from cogs.polls.service.closing import COUNT
from cogs.polls.service.exporting import PollExporter
from cogs.polls.service.opening import CLOSE
from cogs.polls.tables import Poll, PollBundle, PollVoter, State
from cogs.polls.wiring import Services
from tests.polls.bare import GUILD, NOW, bare_polls, close, opened

FIRST_VOTER = 1_300_000_000_000_000_000
VOTERS = 40


def voter(number: int) -> Actor:
    # Out of order, so that no order of theirs is that of their votes.
    return Actor(user_id=FIRST_VOTER + number * 7919 % 1009, guild_id=GUILD, name="v", language="en")


async def cast(services: Services, key: int, count: int = VOTERS) -> dict[int, tuple[str, int]]:
    """Have members vote, each in a write of its own, some of them twice; returns receipt and choice by member."""
    told: dict[int, tuple[str, int]] = {}
    for number in range(count):
        for choice in [number % 5] if number % 3 else [4, number % 5]:
            answer = await services.voting.cast(voter(number), key, 0, [choice], NOW)
            told[voter(number).user_id] = (answer.receipt or "", choice)
    return told


async def keys_of(platform: Platform, key: int) -> dict[int, str]:
    """Return under which key each voter's ballot is, as whoever runs the bot can while the poll is open."""
    async with platform.database.read() as session:
        secret = await secret_of(session, key)
    assert secret is not None
    return {voter(number).user_id: ballot_key(secret, voter(number).user_id) for number in range(VOTERS)} | {
        0: secret.hex()
    }


def traces(data: bytes, names: dict[int, str], told: dict[int, tuple[str, int]]) -> list[str]:
    """Return what in some bytes ties voters to ballots: keys, the secret, a voter's id near their receipt."""
    found = [
        name for name in names.values() if name.encode() in data or (len(name) == 64 and bytes.fromhex(name) in data)
    ]
    for user_id, (receipt, _) in told.items():
        at = data.find(receipt.encode())
        while at >= 0:
            near = data[max(0, at - 60) : at + 60]
            if str(user_id).encode() in near or user_id.to_bytes(8, "big") in near:
                found.append(f"{user_id} beside {receipt}")
            at = data.find(receipt.encode(), at + 1)
    return found


async def test_a_thief_of_the_sqlite_files_learns_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "ikuzo.db"
    url = f"sqlite+aiosqlite:///{path}"
    await upgrade(url)
    caplog.set_level(logging.DEBUG)
    async with bare_polls(url) as (platform, services):
        key = await opened(platform, services)
        # Another that stays open, so that pages are shared and the log is not empty by itself.
        other = await opened(platform, services, number=2, public_id="cd" * 16)
        told = await cast(services, key)
        await cast(services, other, 10)
        names = await keys_of(platform, key)
        before = b"".join(file.read_bytes() for file in tmp_path.glob("ikuzo.db*"))
        assert traces(before, names, told), "the search finds nothing even while the poll is open"
        await close(platform, services, key)
        after = {file.name: file.read_bytes() for file in tmp_path.glob("ikuzo.db*")}
        for name, data in after.items():
            assert traces(data, names, told) == [], name
        await backup(url, tmp_path / "later.backup", metadata=Base.metadata, now=NOW)
        assert traces(unpacked(tmp_path / "later.backup"), names, told) == []
        async with platform.database.read() as session:
            stored = (await session.get_one(PollBundle, key)).data
            ledger = [piece async for piece in platform.ledger.document(session, GUILD)]
        assert not any(str(user_id).encode() in stored + b"".join(ledger) for user_id in told)
    logged = caplog.text.encode()
    assert traces(logged, names, told) == []
    assert not any(receipt.encode() in logged for receipt, _ in told.values())
    # And it counts what was told.
    ballots = json.loads(stored)["ballots"]
    assert {each["receipt"]: each["choices"] for each in ballots} == {r: [choice] for r, choice in told.values()}
    assert [each["receipt"] for each in ballots] == sorted(each["receipt"] for each in ballots)


def unpacked(path: Path) -> bytes:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


async def test_a_thief_of_postgresqls_relations_learns_nothing() -> None:
    from tests.postgres import fresh_database

    with fresh_database() as url:
        await upgrade(url)
        async with bare_polls(url) as (platform, services):
            key = await opened(platform, services)
            told = await cast(services, key)
            names = await keys_of(platform, key)
            assert traces(await relations(platform), names, told)
            await close(platform, services, key)
            assert traces(await relations(platform), names, told) == []
            async with platform.database.read() as session:
                left = await session.scalars(
                    text("SELECT relname FROM pg_class WHERE relname LIKE 'poll_box%' OR relname LIKE 'poll_secret%'")
                )
                assert left.all() == []


async def relations(platform: Platform) -> bytes:
    """Return the bytes of all files of this database, after a checkpoint."""
    async with platform.database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
        folder = await connection.scalar(text("SHOW data_directory"))
        number = await connection.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
    listed = Path(f"{folder}/base/{number}")
    try:
        return b"".join(file.read_bytes() for file in sorted(listed.iterdir()) if file.is_file())
    except PermissionError:
        done = await asyncio.to_thread(
            subprocess.run, ["sudo", "-n", "sh", "-c", f"cat {listed}/*"], capture_output=True, check=True
        )
        return done.stdout


async def test_no_order_tells_when_anybody_voted(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}"
    await upgrade(url)
    async with bare_polls(url) as (platform, services):
        key = await opened(platform, services)
        told = await cast(services, key)
        async with platform.database.read() as session:
            connection = await session.connection()
            roll = (await connection.execute(text("SELECT user_id FROM poll_roll"))).scalars().all()
            ballots = (await connection.execute(text(f"SELECT key FROM {box(key).name}"))).scalars().all()  # noqa: S608
            assert roll == sorted(told) != list(told)
            assert list(ballots) == sorted(ballots)
            for table in ("poll_roll", box(key).name):
                columns = (await connection.execute(text(f"PRAGMA table_info({table})"))).all()
                assert not any("at" in column.name.split("_") or "time" in column.name for column in columns)
                with pytest.raises(Exception, match="rowid"):
                    await connection.execute(text(f"SELECT rowid FROM {table}"))  # noqa: S608


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
async def test_a_backup_leaves_secrets_out_and_votes_count_once(tmp_path: Path, target: str) -> None:
    from tests.postgres import fresh_database

    url = f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}"
    await upgrade(url)
    async with bare_polls(url) as (platform, services):
        key = await opened(platform, services)
        told = await cast(services, key)
        secret = (await keys_of(platform, key))[0]
        await backup(url, tmp_path / "open.backup", metadata=Base.metadata, now=NOW)
    data = unpacked(tmp_path / "open.backup")
    assert secret.encode() not in data
    assert next(iter(told.values()))[0].encode() in data
    if target == "sqlite":
        await restored(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}", tmp_path / "open.backup", key, told)
    else:
        with fresh_database() as other:
            await restored(other, tmp_path / "open.backup", key, told)


async def restored(url: str, path: Path, key: int, told: dict[int, tuple[str, int]]) -> None:
    from bot.errors import WrongState

    await restore(url, path, metadata=Base.metadata)
    async with bare_polls(url) as (platform, services):
        with pytest.raises(WrongState, match="kept"):
            await services.voting.cast(voter(0), key, 0, [1], NOW)
        newcomer = Actor(user_id=5, guild_id=GUILD, name="n", language="en")
        first = await services.voting.cast(newcomer, key, 0, [1], NOW)
        second = await services.voting.cast(newcomer, key, 0, [2], NOW)
        assert (first.new, second.new) == (True, False)
        await close(platform, services, key)
        async with platform.database.read() as session:
            ballots = json.loads((await session.get_one(PollBundle, key)).data)["ballots"]
            roll = (await session.scalars(PollVoter.__table__.select())).all()  # type: ignore[attr-defined]
        expected = {receipt: [choice] for receipt, choice in told.values()} | {second.receipt: [2]}
        assert {each["receipt"]: each["choices"] for each in ballots} == expected
        assert len(roll) == len(expected)


async def test_nothing_is_dropped_while_a_backup_is_made_on_postgresql() -> None:
    from tests.postgres import fresh_database

    with fresh_database() as url:
        await upgrade(url)
        async with bare_polls(url) as (platform, services):
            keys = [
                await opened(platform, services, number=number, public_id=f"{number:032}", closes_at=NOW)
                for number in range(2)
            ]
            edited = await opened(platform, services, number=2, public_id="ef" * 16)
            for key in keys:
                await services.closing.close(Due(CLOSE, key, GUILD, NOW, 0))

            async def counted() -> list[datetime | None]:
                return await asyncio.gather(*(services.closing.count(Due(COUNT, key, GUILD, NOW, 0)) for key in keys))

            async with undropped(platform.database):
                assert None not in await counted()
                with pytest.raises(TryAgain):
                    await made_open(platform, services, edited)
                erasing = asyncio.create_task(erase(platform))
                await until_blocked(platform)
                assert not erasing.done()
                erasing.cancel()
                await asyncio.gather(erasing, return_exceptions=True)
            async with platform.database.read() as session:
                assert [(await session.get_one(Poll, key)).state for key in keys] == [State.COUNTING] * 2
                assert (await session.get_one(Poll, edited)).secrecy is Secrecy.SECRET
            # Those that are counted at once do not keep each other waiting.
            async with platform.database.write() as tx:
                assert await droppable(tx.session)
                assert await counted() == [None, None]
            await made_open(platform, services, edited)
            await erase(platform)
            async with platform.database.read() as session:
                assert (await session.scalars(select(Poll.id))).all() == []


async def made_open(platform: Platform, services: Services, key: int) -> None:
    """Change a secret poll, in which nobody has voted, into an open one."""
    craft, organiser = services.craft, voter(0)
    async with platform.database.write() as tx:
        subject = await craft.stands(tx.session, await config_of(tx.session, GUILD), key, NOW, lock=True)
        after = replace(subject.after, secrecy=Secrecy.OPEN)
        proposal = craft.review(after, NOW, NOW).proposal
        assert proposal is not None
        await craft.save(tx, organiser, replace(subject, after=after), proposal, [], NOW)


async def erase(platform: Platform) -> None:
    async with platform.database.write() as tx:
        for custodian in reversed(platform.custodians):
            await custodian.erase_guild(tx, GUILD)


async def until_blocked(platform: Platform) -> None:
    """Return once somebody waits for a lock."""
    blocked = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    async with asyncio.timeout(30), platform.database.read() as session:
        while not await session.scalar(blocked):
            await session.rollback()


async def test_an_export_has_the_bundles_of_closed_polls(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}"
    await upgrade(url)
    async with bare_polls(url) as (platform, services):
        key = await opened(platform, services)
        await opened(platform, services, number=2, public_id="cd" * 16)
        await cast(services, key, 6)
        await close(platform, services, key)
        ledger = platform.ledger
        async with platform.database.write() as tx:
            tx.session.add(GuildRow(guild_id=GUILD, places={}, disabled=[], greeted=True))
        written = await export_guild(platform.database, GUILD, tmp_path / "out", ledger, [PollExporter()])
    assert [path.name for path in written] == ["ledger.json", "poll-1.json"]
    assert verify_files([tmp_path / "out" / "poll-1.json"], VerifyOptions(), lambda line: None) == 0
