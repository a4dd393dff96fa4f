"""How the server is put together."""

import re
from pathlib import Path


def test_only_the_world_knows_simcord() -> None:
    """An upgrade of simcord is read in one package."""
    pattern = re.compile(r"^\s*(from|import) simcord", re.MULTILINE)
    folder = Path(__file__).parent
    knowing = {file.relative_to(folder).parts[0] for file in folder.rglob("*.py") if pattern.search(file.read_text())}
    assert knowing == {"world"}
