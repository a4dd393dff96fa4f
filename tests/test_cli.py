"""The command line: what each command prints, its exit code, and what it does not import."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.alone import alone
from bot.cli import app
from bot.database import Database
from bot.delivery import Deliveries
from bot.guilds import GuildRow
from bot.ledger.service import Entry
from bot.ledger.setup import register
from bot.schedule import Deadline, Schedule

COMMANDS = ["run", "demo", "check", "migrate", "verify", "backup", "restore", "export", "invite", "schedule"]
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.Gabcde.a-token_nobody-may-see"
SECRET = "hunter2hunter2"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Ikuzo = Callable[..., Result]


@pytest.fixture
def ikuzo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ikuzo]:
    """Run a command in a folder of its own, with these variables."""
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def call(*arguments: str, **variables: str) -> Result:
        return CliRunner().invoke(app, list(arguments), env=variables)

    yield call
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


def in_a_process(*arguments: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[1]), **variables}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_what_a_command_does_with_an_example(ikuzo: Ikuzo, command: str) -> None:
    result = ikuzo(command, "--help")
    assert result.exit_code == 0
    example = next(line for line in result.output.splitlines() if line.strip().startswith("Example: "))
    assert f"ikuzo {command}" in example


def test_every_command_is_listed_with_a_whole_sentence(ikuzo: Ikuzo) -> None:
    listed = ikuzo("--help").output.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS
    assert all(line.endswith(".") and not line.endswith("...") for line in listed)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["verify"],
        ["backup"],
        ["export", "not-a-number", "folder"],
        ["demo", "--speed", "0"],
        ["migrate", "--check", "--down", "base"],
        ["verify", "not-there.json"],
    ],
)
def test_bad_usage_is_told_by_2(ikuzo: Ikuzo, arguments: list[str]) -> None:
    assert ikuzo(*arguments).exit_code == 2


@pytest.mark.parametrize("command", [["run"], ["backup", "file"], ["schedule"], ["invite"], ["migrate"]])
def test_a_wrong_setting_stops_with_one_sentence(ikuzo: Ikuzo, command: list[str]) -> None:
    result = ikuzo(*command, DATABASE_URL=f"mysql://ikuzo:{SECRET}@db/ikuzo", DISCORD_TOKEN=TOKEN)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("ikuzo: DATABASE_URL ")
    assert result.stderr.count("\n") == 1
    assert SECRET not in result.output


def test_check_tells_a_wrong_setting_as_a_line(ikuzo: Ikuzo) -> None:
    result = ikuzo("check", LOG_LEVEL="loud")
    assert result.exit_code == 1
    assert result.stdout.startswith("✗ configuration: LOG_LEVEL must be")


def test_a_missing_token_stops_run_and_invite(ikuzo: Ikuzo) -> None:
    for command in ("run", "invite"):
        result = ikuzo(command)
        assert result.exit_code == 2
        assert result.stderr.startswith("ikuzo: DISCORD_TOKEN is missing")
        assert result.stderr.count("\n") == 1


def test_two_bots_on_one_file_are_one_too_many(ikuzo: Ikuzo, database_url: str) -> None:
    with alone(database_url):
        result = ikuzo("run", DISCORD_TOKEN=TOKEN, DATABASE_URL=database_url)
    assert result.exit_code == 1
    assert "Another ikuzo process uses" in result.stderr


def test_invite_prints_the_link_alone(ikuzo: Ikuzo) -> None:
    result = ikuzo("invite", DISCORD_TOKEN=TOKEN)
    assert result.exit_code == 0
    assert result.stdout.startswith("https://discord.com/oauth2/authorize?client_id=123456789012345678&permissions=")
    assert result.stdout.count("\n") == 1


def test_migrate_goes_forward_and_back(ikuzo: Ikuzo, tmp_path: Path) -> None:
    missing = ikuzo("migrate", "--check")
    assert (missing.exit_code, missing.stdout.partition(";")[0]) == (1, "The database has no tables yet")
    assert not (tmp_path / "ikuzo.db").exists()
    assert ikuzo("migrate").exit_code == 0
    assert ikuzo("migrate", "--check").exit_code == 0
    assert ikuzo("migrate").stdout.endswith("the newest.\n")
    assert "to base" in ikuzo("migrate", "--down", "base").stdout
    assert ikuzo("migrate", "--check").exit_code == 1
    unknown = ikuzo("migrate", "--down", "4711")
    assert unknown.exit_code == 1
    assert "There is no revision 4711" in unknown.stderr


async def plan(database_url: str) -> None:
    """Write things due, one of them long ago, and a line in a server's ledger."""
    database = Database(database_url)
    deliveries, schedule = Deliveries(database), Schedule(database)
    ledger = register(database, deliveries, schedule)
    async with database.write() as tx:
        for number in range(60):
            due_at = datetime(2020 if number == 0 else 2100, 1, 1, 0, number, tzinfo=UTC)
            tx.session.add(Deadline(kind="giveaway.close", subject=number, guild_id=7, due_at=due_at, wake_at=due_at))
        tx.session.add(GuildRow(guild_id=7, places={}, disabled=[], greeted=True))
        await tx.session.flush()
        await ledger.append(tx, Entry(7, "config.zone", 1, facts={"zone": "Asia/Seoul"}), now=NOW)
    await database.close()


async def test_schedule_prints_the_next_fifty(ikuzo: Ikuzo, database_url: str) -> None:
    empty = await on_the_side(ikuzo, "schedule", DATABASE_URL=database_url)
    assert empty.exit_code == 1
    assert "run ikuzo migrate first" in empty.stderr
    await on_the_side(ikuzo, "migrate", DATABASE_URL=database_url)
    assert (await on_the_side(ikuzo, "schedule", DATABASE_URL=database_url)).stdout == "Nothing is due.\n"
    await plan(database_url)
    lines = (await on_the_side(ikuzo, "schedule", DATABASE_URL=database_url)).stdout.splitlines()
    assert len(lines) == 50
    assert lines[0] == "2020-01-01 00:00:00 UTC  giveaway.close 0  server 7  overdue"
    assert lines[1] == "2100-01-01 00:01:00 UTC  giveaway.close 1  server 7"


async def on_the_side(ikuzo: Ikuzo, *arguments: str, **variables: str) -> Result:
    """Run a command in a thread, since it has an event loop of its own."""
    return await asyncio.to_thread(ikuzo, *arguments, **variables)


async def test_export_writes_a_ledger_that_verifies(ikuzo: Ikuzo, database_url: str, tmp_path: Path) -> None:
    await on_the_side(ikuzo, "migrate", DATABASE_URL=database_url)
    await plan(database_url)
    result = await on_the_side(ikuzo, "export", "7", str(tmp_path / "out" / "7"), DATABASE_URL=database_url)
    assert result.exit_code == 0
    written = tmp_path / "out" / "7" / "ledger.json"
    assert result.stdout.split()[0] == str(written)
    assert json.loads(written.read_text(encoding="utf-8"))["format"] == "ikuzo-ledger/1"
    assert written.stat().st_mode & 0o077 == 0
    assert (await on_the_side(ikuzo, "verify", str(written))).exit_code == 0
    unknown = await on_the_side(ikuzo, "export", "8", str(tmp_path / "out" / "8"), DATABASE_URL=database_url)
    assert unknown.exit_code == 1
    assert "Nothing is kept of a server 8" in unknown.stderr
    assert not (tmp_path / "out" / "8").exists()


def test_backup_and_restore(ikuzo: Ikuzo, tmp_path: Path) -> None:
    ikuzo("migrate")
    saved = ikuzo("backup", "all.zip")
    assert saved.exit_code == 0
    assert "Keep it private" in saved.stdout
    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    assert ikuzo("restore", "all.zip", DATABASE_URL=other).exit_code == 0
    assert ikuzo("restore", "gone.zip", DATABASE_URL=other).exit_code == 1
    (tmp_path / "all.zip").write_bytes(b"not a backup")
    refused = ikuzo("restore", "all.zip", "--replace", DATABASE_URL=other)
    assert refused.exit_code == 1
    assert "no whole backup" in refused.stderr


def test_what_nobody_foresaw_gets_a_reference_that_is_in_the_log(ikuzo: Ikuzo, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: object, **named: object) -> None:
        raise ZeroDivisionError(f"while using {TOKEN}")

    monkeypatch.setattr("bot.invite.invite_link", fail)
    result = ikuzo("invite", DISCORD_TOKEN=TOKEN, LOG_FORMAT="json")
    assert result.exit_code == 1
    logged, told = result.stderr.splitlines()
    reference = told.rpartition(" ")[2].rstrip(".")
    assert reference in json.loads(logged)["event"]
    assert "ZeroDivisionError" in logged
    assert TOKEN not in result.output


def test_the_program_ends_with_the_commands_exit_code(tmp_path: Path) -> None:
    run = in_a_process("-m", "bot", "run", folder=tmp_path)
    assert run.returncode == 2
    assert run.stderr.startswith("ikuzo: DISCORD_TOKEN is missing")
    assert "Traceback" not in run.stderr


def test_verifying_needs_neither_discord_nor_a_database(tmp_path: Path) -> None:
    script = (
        "import sys, typer.testing, bot.cli\n"
        "result = typer.testing.CliRunner().invoke(bot.cli.app, ['verify', 'draw.json'])\n"
        "assert result.exit_code == 1, result.output\n"
        "print(*sorted({'discord', 'sqlalchemy', 'aiohttp'} & sys.modules.keys()))\n"
    )
    (tmp_path / "draw.json").write_text('{"format": "ikuzo-draw/1"}', encoding="utf-8")
    run = in_a_process("-c", script, folder=tmp_path)
    assert (run.stdout, run.stderr) == ("\n", "")


def test_a_terminal_that_knows_no_such_letters_is_no_reason_to_fail(tmp_path: Path) -> None:
    run = in_a_process("-m", "bot", "check", folder=tmp_path, LOG_LEVEL="loud", PYTHONIOENCODING="ascii")
    assert run.returncode == 1
    assert "configuration: LOG_LEVEL" in run.stdout
