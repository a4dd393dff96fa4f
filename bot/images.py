"""Pictures people upload: checked by content, and their bytes kept, since Discord's links expire.

Whatever refers to a picture does so by a column named ``picture_id``, drafts by a value of that name.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from sqlalchemy import ColumnElement, LargeBinary, and_, delete, exists, not_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Key, Snowflake, Transaction
from bot.drafts import DraftRow
from bot.errors import BadInput
from bot.i18n import t

LARGEST: Final = 8 * 1024 * 1024
FORMATS: Final = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
PIXELS: Final = 64_000_000
REFERENCE: Final = "picture_id"
# Between giving a picture and the row that refers to it there is a transaction or two, never a day.
SPARED: Final = timedelta(days=1)


class Picture(Base):
    """A picture's bytes, while something to be posted, or posted again, refers to it."""

    __tablename__ = "pictures"

    id: Mapped[Key]
    guild_id: Mapped[Snowflake] = mapped_column(index=True)
    user_id: Mapped[Snowflake | None]
    name: Mapped[str]
    digest: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """A picture whose content is what it claims to be; ``name`` is ours, with the fitting ending."""

    name: str
    data: bytes


def check_image(filename: str, data: bytes) -> CheckedImage:
    """Accept PNG, JPEG, GIF and WebP by content, up to 8 MiB; raises BadInput with the reason."""
    if len(data) > LARGEST:
        raise BadInput(t("image.too_large", name=filename))
    try:
        with Pillow.open(BytesIO(data), formats=list(FORMATS)) as image:
            ending = FORMATS[image.format or ""]
            if image.width * image.height > PIXELS:
                raise BadInput(t("image.too_large", name=filename))
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, KeyError, Pillow.DecompressionBombError) as error:
        raise BadInput(t("image.not_one", name=filename)) from error
    return CheckedImage(f"picture.{ending}", data)


async def keep_image(tx: Transaction, guild_id: int, user_id: int, image: CheckedImage, now: datetime) -> int:
    """Store a picture; returns its key."""
    digest = hashlib.sha256(image.data).hexdigest()
    row = Picture(guild_id=guild_id, user_id=user_id, name=image.name, digest=digest, data=image.data, created_at=now)
    tx.session.add(row)
    await tx.session.flush()
    return row.id


async def load_image(session: AsyncSession, key: int | None) -> CheckedImage | None:
    """Read a picture back; None where there is none."""
    row = await session.get(Picture, key) if key is not None else None
    return None if row is None else CheckedImage(row.name, row.data)


async def release_pictures(tx: Transaction, guild_id: int, user_id: int) -> None:
    """Erase a member's pictures that nothing refers to any more, and of the others who gave them."""
    mine = and_(Picture.guild_id == guild_id, Picture.user_id == user_id)
    await tx.session.execute(delete(Picture).where(mine, await _unused(tx.session, guild_id)))
    await tx.session.execute(update(Picture).where(mine).values(user_id=None))


async def drop_unused_pictures(tx: Transaction, guild_id: int, now: datetime) -> None:
    """Erase a server's pictures that nothing refers to: what they were given for was discarded or is over."""
    old = and_(Picture.guild_id == guild_id, Picture.created_at < now - SPARED)
    await tx.session.execute(delete(Picture).where(old, await _unused(tx.session, guild_id)))


async def _unused(session: AsyncSession, guild_id: int) -> ColumnElement[bool]:
    drafts = (await session.scalars(select(DraftRow.values).where(DraftRow.guild_id == guild_id))).all()
    in_drafts = {values[REFERENCE] for values in drafts if isinstance(values.get(REFERENCE), int)}
    columns = [table.c[REFERENCE] for table in Base.metadata.tables.values() if REFERENCE in table.c]
    return and_(Picture.id.not_in(in_drafts), *(not_(exists().where(column == Picture.id)) for column in columns))
