"""Fixtures for all tests; those of one subject stand beside it."""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from bot.settings import VARIABLES

# A busy machine makes single examples slow, which says nothing about the code; where a change is judged, the examples
# are the same each time.
hypothesis.settings.register_profile(
    "ikuzo",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("ikuzo")


@pytest.fixture(autouse=True)
def _unconfigured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what configures a bot on the machine the tests run on."""
    for name in os.environ.keys() & VARIABLES.values():
        monkeypatch.delenv(name)


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The URL of a SQLite file of the test's own, not there yet."""
    return f"sqlite+aiosqlite:///{tmp_path / 'ikuzo.db'}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """The URL of an empty PostgreSQL database of the test's own; skips where there is no server to start."""
    from tests.postgres import fresh_database

    with fresh_database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def either_url(request: pytest.FixtureRequest) -> str:
    """Both of the above, one after the other: the test runs twice."""
    return request.getfixturevalue("database_url" if request.param == "sqlite" else "postgres_url")
