"""Pictures of events: made anew they fit a phone, and those kept are all there."""

from pathlib import Path

import pytest
from PIL import Image

from bot.i18n import languages
from tests.browser.gallery import photograph
from tests.browser.test_gallery import LARGEST, ROOT, WIDTH
from tests.events.render import scenes


async def test_an_event_fits_a_phone(tmp_path: Path) -> None:
    """In Japanese, as the other languages only differ in words."""
    wanted = {name: scenes.SCENES[name] for name in ("full", "series", "change", "mine")}
    for path in await photograph(wanted, tmp_path, scenes.PREFIX, ["ja"]):
        with Image.open(path) as image:
            assert image.width == WIDTH


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", [name for name, scene in scenes.SCENES.items() if scene.kept])
def test_the_documentation_has_each_picture(name: str, language: str) -> None:
    path = ROOT / "docs" / "pictures" / "events" / f"{scenes.PREFIX}-{name}-{language}.png"
    assert 0 < path.stat().st_size < LARGEST
