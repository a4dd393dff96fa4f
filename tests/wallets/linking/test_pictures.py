"""The documentation's pictures of the page are all there, and small."""

from pathlib import Path

import pytest

from bot.i18n import languages
from tests.wallets.linking.pictures import STEPS, name

FOLDER = Path(__file__).parents[3] / "docs" / "pictures" / "wallets"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("step", STEPS)
def test_the_documentation_has_each_picture(step: str, language: str) -> None:
    assert 0 < (FOLDER / name(step, language)).stat().st_size < 150 * 1024
