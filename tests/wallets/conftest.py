"""A chain for the tests of wallets."""

from collections.abc import Iterator

import pytest

from tests.chain import anvil as programs


@pytest.fixture(scope="session")
def anvil() -> Iterator[programs.Anvil]:
    """A local chain, shared; each test deploys its own contracts."""
    if programs.found() is None:
        pytest.skip("anvil is not installed: python -m tests.chain.anvil fetches it (needs npm)")
    with programs.running() as chain:
        yield chain
