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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have each process begin with a story in real time, instead of one process ending with all of them."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    stories = [item for item in items if item.path.parent.name == "story"]
    others = [item for item in items if item.path.parent.name != "story"]
    total = len(items)
    items.clear()
    # As tests are dealt out at first: to each process its equal part of what is left, in order.
    for worker in range(workers):
        mine = stories[worker::workers]
        room = (total - len(items)) // (workers - worker) - len(mine)
        items += [*mine, *others[: max(0, room)]]
        del others[: max(0, room)]


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
