"""A server's row: made once, whoever comes first."""

import asyncio

from sqlalchemy import func, select

from bot.database import Base, Database
from bot.guilds import Feature, GuildRow, Purpose, config_of, row_for_update


async def test_two_that_come_first_at_once_share_one_row(either_url: str) -> None:
    database = Database(either_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)

    async def note(purpose: Purpose) -> None:
        async with database.write() as tx:
            row = await row_for_update(tx.session, 1)
            row.places = {**row.places, purpose.value: 7}

    await asyncio.gather(*(note(purpose) for purpose in Purpose))
    async with database.read() as session:
        assert await session.scalar(select(func.count()).select_from(GuildRow)) == 1
        config = await config_of(session, 1)
    await database.close()
    assert config.places == dict.fromkeys(Purpose, 7)


async def test_a_server_without_a_row_has_the_defaults(database_url: str) -> None:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with database.read() as session:
        config = await config_of(session, 1)
    await database.close()
    assert (config.language, config.zone, config.zone_is_set, config.language_is_set) == ("en", "UTC", False, False)
    assert all(config.enabled(feature) for feature in Feature)
    assert [config.place(purpose) for purpose in Purpose] == [None] * len(Purpose)
