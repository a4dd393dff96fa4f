"""A post's picture: sent with it, left alone when a count changes, replaced when it is corrected."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from bot import clock
from bot.images import check_image, keep_image
from bot.posts import Posts
from cogs.giveaways.tables import KIND, Giveaway
from tests.giveaways.stage import open_giveaway
from tests.harness import GUILD_ID, World, running_bot


def picture(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (8, 8), colour).save(out, "PNG")
    return out.getvalue()


async def kept(world: World, colour: str) -> int:
    with world.inside():
        async with world.platform.database.write() as tx:
            image = check_image("upload.png", picture(colour))
            return await keep_image(tx, GUILD_ID, world.organiser.id, image, clock.now())


async def refresh(world: World, key: int, *new_files: bool, to: int | None = None) -> None:
    """Have the post brought up to date, once for each of *new_files* before any is carried out."""
    with world.inside():
        async with world.platform.database.write() as tx:
            if to is not None:
                (await tx.session.get_one(Giveaway, key)).picture_id = to
            posts = Posts(world.platform.deliveries, KIND)
            for new in new_files:
                await posts.refresh(tx, key, clock.now(), new_files=new)
    await world.advance(seconds=6)


def shown(world: World) -> tuple[int, bytes]:
    """Return the id and the bytes of the one picture on the post."""
    (attachment,) = world.general.history()[0].attachments
    return attachment.id, world.env.backend.cdn.get(attachment.url) or b""


async def test_a_corrected_picture_takes_the_place_of_the_old_one_and_a_count_leaves_it_alone(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("giveaways",)) as world:
        key = await open_giveaway(world, picture_id=await kept(world, "teal"))
        first = shown(world)
        assert first[1] == picture("teal")
        await refresh(world, key, False)
        assert shown(world) == first
        await refresh(world, key, True, False, to=await kept(world, "red"))
        second = shown(world)
        assert second[1] == picture("red")
        assert world.general.history()[0].embeds[0].image.url
        await refresh(world, key, False)
        assert shown(world) == second
