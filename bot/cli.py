"""``ikuzo …``: parse, call, exit code, nothing else. Each command imports what it needs when it is called."""

import asyncio
import logging
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

if TYPE_CHECKING:
    from bot.settings import Settings

DONE: Final = 0
FAILED: Final = 1
NEXT: Final = 50

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A self-hosted Discord bot for communities. ikuzo COMMAND --help says what a command does.",
)
log = logging.getLogger(__name__)


def main() -> NoReturn:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        # The name of a server need not fit the terminal's encoding.
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")
    app(prog_name="ikuzo")
    raise SystemExit(DONE)


@app.command()
def run() -> None:
    """Run the bot on Discord until it is stopped.

    Ctrl-C and SIGTERM stop it in order. Needs DISCORD_TOKEN in the environment or in .env; .env.example lists what
    else can be set. The database is brought to the newest schema first.

    Example: DISCORD_TOKEN=… ikuzo run
    """
    with _guarded():
        settings = _settings(quiet=False)
        settings.token()

        from bot.alone import alone
        from bot.app import run as run_bot

        _end_on_sigterm()
        with alone(settings.database_url):
            code = run_bot(settings)
    raise typer.Exit(code)


@app.command()
def demo(
    speed: Annotated[float, typer.Option(min=1, max=3600, help="How many times faster than real time.")] = 60,
    script: Annotated[bool, typer.Option("--script", help="Play the story without a browser and check it.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where the page listens on this machine.")] = 8000,
) -> None:
    """Run the whole bot in the browser, without token or network.

    Discord is simulated, everything else is real. With --script the whole story is played and printed; the exit
    code is 0 only if each step held.

    Example: ikuzo demo --speed 120
    """
    with _guarded():
        # Nothing of the environment: the demo must never touch a real database or server.
        from bot.settings import Settings

        settings = Settings()
        _log_to_stderr(settings, quiet=True)
        _need_simcord()

        from bot.demo.main import run_demo

        _end_on_sigterm()
        code = run_demo(settings, speed=speed, script=script, port=port)
    raise typer.Exit(code)


@app.command()
def check() -> None:
    """Check token, permissions, database, clock, beacon and RPC.

    Prints a line for each, permissions for every server; the exit code is 1 if anything would stop the bot. May be
    run beside a running bot.

    Example: ikuzo check
    """
    from bot.refusal import Refusal

    with _guarded():
        try:
            settings = _settings()
        except Refusal as refusal:
            typer.echo(f"✗ configuration: {refusal}")
            raise typer.Exit(FAILED) from None

        from bot.check import run_check

        code = run_check(settings, typer.echo)
    raise typer.Exit(code)


@app.command()
def migrate(
    down: Annotated[
        str | None, typer.Option(metavar="REV", help="Go back to this revision; what came later is lost.")
    ] = None,
    check_only: Annotated[
        bool, typer.Option("--check", help="Only say where the schema is; 1 if it is not the newest.")
    ] = False,
) -> None:
    """Bring the database to the newest schema, or back.

    Every start of the bot does so too. Make a backup before going back.

    Example: ikuzo migrate --check
    """
    if down is not None and check_only:
        raise typer.BadParameter("--down and --check cannot be given together", param_hint="--check")
    with _guarded():
        settings = _settings()

        from bot.schema import run_migrate

        code = asyncio.run(run_migrate(settings.database_url, typer.echo, down=down, check=check_only))
    raise typer.Exit(code)


@app.command()
def verify(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Bundles of draws and polls, or ledgers.")],
    commitment: Annotated[str | None, typer.Option(help="Of a draw: the commitment its post showed.")] = None,
    digest: Annotated[str | None, typer.Option(help="Of a draw: the digest in the public freeze message.")] = None,
    round_: Annotated[int | None, typer.Option("--round", help="Of a draw: the round in the freeze message.")] = None,
    chain: Annotated[Path | None, typer.Option(help="Chain-info file of a drand network other than quicknet.")] = None,
    allow_operator_trusted: Annotated[
        bool, typer.Option("--allow-operator-trusted", help="Accept a draw made without the public beacon.")
    ] = False,
    totals: Annotated[bool, typer.Option("--totals", help="Accept a poll of which only totals are public.")] = False,
    head: Annotated[str | None, typer.Option(help="Of a ledger: the head the log channel showed.")] = None,
) -> None:
    """Recompute what the bot published, offline.

    Compares it with what was said in public, where that is given. Needs no token, no database and no network. The
    exit code is 0 only if everything holds.

    Example: ikuzo verify draw-42.json --digest 9f86d081…
    """
    with _guarded():
        from bot.verify import VerifyOptions, verify_files

        options = VerifyOptions(
            commitment=commitment,
            digest=digest,
            round=round_,
            chain=chain,
            allow_operator_trusted=allow_operator_trusted,
            totals=totals,
            head=head,
        )
        code = verify_files(files, options, typer.echo)
    raise typer.Exit(code)


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What to write; replaced if it is there.")],
) -> None:
    """Write the whole database into one file, while the bot runs.

    It is one state of the database. The file holds what members trusted the bot with: keep it private.

    Example: ikuzo backup ikuzo-2026-01-01.zip
    """
    with _guarded():
        settings = _settings()

        from bot import clock
        from bot.backup import backup as write_backup
        from bot.bars import bars
        from migrations.models import metadata

        with bars() as progress:
            manifest = asyncio.run(
                write_backup(settings.database_url, file, metadata=metadata(), now=clock.now(), progress=progress)
            )
        rows = sum(entry.rows for entry in manifest.tables)
        typer.echo(
            f"{file}: {rows} rows of {len(manifest.tables)} tables, schema {manifest.revision}. Keep it private."
        )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file written by ikuzo backup.")],
    replace: Annotated[bool, typer.Option("--replace", help="Lose what is in the database now.")] = False,
) -> None:
    """Fill an empty database from a backup.

    SQLite or PostgreSQL, whichever it came from; stop the bot first. The file is checked before anything is
    changed, and everything is changed at once or not at all.

    Example: ikuzo restore ikuzo-2026-01-01.zip
    """
    with _guarded():
        settings = _settings()

        from bot.bars import bars
        from bot.restore import restore as read_backup
        from migrations.models import metadata

        with bars() as progress:
            manifest = asyncio.run(
                read_backup(settings.database_url, file, metadata=metadata(), replace=replace, progress=progress)
            )
        rows = sum(entry.rows for entry in manifest.tables)
        typer.echo(f"Restored {rows} rows of {len(manifest.tables)} tables, as they were at {manifest.created_at}.")


@app.command()
def export(
    guild_id: Annotated[
        int, typer.Argument(metavar="GUILD_ID", min=1, help="The server, by Copy Server ID in Discord.")
    ],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to put the files; made if it is not there.")],
) -> None:
    """Write what belongs to one server as files.

    The first is its ledger, ledger.json, for ikuzo verify. The files name members: keep them private.

    Example: ikuzo export 123456789012345678 export
    """
    with _guarded():
        settings = _settings()

        from bot.export import run_export

        for path in run_export(settings, guild_id, folder):
            typer.echo(path)


@app.command()
def invite() -> None:
    """Print the link that adds the bot to a server.

    It asks for exactly the permissions the bot uses. Needs DISCORD_TOKEN.

    Example: ikuzo invite
    """
    with _guarded():
        settings = _settings()

        from bot.invite import find_invite_link

        typer.echo(asyncio.run(find_invite_link(settings)))


@app.command()
def schedule() -> None:
    """Print what is due next.

    The earliest 50 openings, closings, draws, reminders and the like, of all servers.

    Example: ikuzo schedule
    """
    with _guarded():
        settings = _settings()

        from bot import clock
        from bot.agenda import agenda

        for line in asyncio.run(agenda(settings.database_url, clock.now(), NEXT)):
            typer.echo(line)


def _settings(*, quiet: bool = True) -> "Settings":
    """Read the configuration and begin logging; *quiet* commands log warnings only, unless LOG_LEVEL says more."""
    from bot.settings import load

    settings = load()
    _log_to_stderr(settings, quiet=quiet)
    return settings


def _log_to_stderr(settings: "Settings", *, quiet: bool) -> None:
    from bot.logs import Redactor, configure
    from bot.settings import LogLevel

    level = settings.log_level
    if quiet and level is LogLevel.INFO:
        level = LogLevel.WARNING
    configure(settings.log_format, level, redact=Redactor(settings.secrets()))


@contextmanager
def _guarded() -> Iterator[None]:
    """Turn what goes wrong into a sentence and an exit code; what nobody foresaw gets a reference to the log."""
    from bot.refusal import Refusal

    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        raise typer.Exit(DONE) from None
    except Refusal as refusal:
        typer.echo(f"ikuzo: {refusal}", err=True)
        raise typer.Exit(refusal.exit_code) from None
    except Exception:
        reference = secrets.token_hex(3)
        log.exception("unforeseen, reference %s", reference)
        typer.echo(f"ikuzo: something went wrong that was not foreseen; the log has it under {reference}.", err=True)
        raise typer.Exit(FAILED) from None


def _need_simcord() -> None:
    from importlib.util import find_spec

    from bot.refusal import Refusal

    if find_spec("simcord") is None:
        raise Refusal("The demo needs a simulated Discord: install it with pip install 'ikuzo[demo]'.")


def _end_on_sigterm() -> None:
    """Have SIGTERM end the process as Ctrl-C does: in order, also where a script's ``&`` had it ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))
