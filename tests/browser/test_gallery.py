"""The gallery's pictures: made anew they fit a phone and the repository, and those kept are all there."""

from pathlib import Path

import pytest
from PIL import Image

from bot.i18n import languages
from tests.browser.gallery import photograph
from tests.giveaways.render import scenes
from tests.polls.render import scenes as polls

ROOT = Path(__file__).parents[2]
LARGEST = 150 * 1024
WIDTH = 780


@pytest.mark.parametrize("language", languages())
async def test_a_giveaway_fits_a_phone(tmp_path: Path, language: str) -> None:
    wanted = {name: scenes.SCENES[name] for name in ("open", "result", "info-dropped", "post-drawn-airdrop")}
    made = await photograph(wanted, tmp_path, scenes.PREFIX, [language])
    assert [path.name for path in made] == [f"giveaway-{name}-{language}.png" for name in wanted]
    for path in made:
        with Image.open(path) as image:
            assert image.width == WIDTH


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", [name for name, scene in scenes.SCENES.items() if scene.kept])
def test_the_documentation_has_each_picture(name: str, language: str) -> None:
    path = ROOT / "docs" / "pictures" / f"{scenes.PREFIX}-{name}-{language}.png"
    assert 0 < path.stat().st_size < LARGEST


async def test_a_poll_fits_a_phone(tmp_path: Path) -> None:
    """In Japanese, as the other languages only differ in words; each kind of ballot and of result once."""
    wanted = {name: polls.SCENES[name] for name in ("open-live", "ballot-rating", "result-ranked", "board")}
    for path in await photograph(wanted, tmp_path, polls.PREFIX, ["ja"]):
        with Image.open(path) as image:
            assert image.width == WIDTH


POLLS = [name for name, scene in polls.SCENES.items() if scene.kept]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", [*POLLS, *(each for play in polls.PLAYS.values() for each in play.pictures)])
def test_the_documentation_has_each_picture_of_polls(name: str, language: str) -> None:
    path = ROOT / "docs" / "pictures" / polls.FOLDER / f"{polls.PREFIX}-{name}-{language}.png"
    assert 0 < path.stat().st_size < LARGEST
