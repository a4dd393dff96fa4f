import pytest

from bot.times.vocabulary import vocabulary


@pytest.fixture(scope="session", autouse=True)
def words() -> None:
    """Read catalogs and zones once beforehand, so that no example of a property is slow for being the first."""
    vocabulary("en")
