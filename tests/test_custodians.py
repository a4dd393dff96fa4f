"""Forgetting a person everywhere at once, and no more than that person."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot import clock
from bot.absences import record
from bot.custodians import forget_person, known_users
from bot.delivery import Delivery, DeliveryState, Parcel, Target
from bot.guilds import row_for_update
from bot.images import CheckedImage, Picture, drop_unused_pictures, keep_image
from bot.ledger.service import Entry
from bot.ports import Absent
from bot.posts import Post
from bot.preferences import Preference, PreferenceRow, place_settings
from bot.ui.outgoing import Outgoing, markers
from cogs.giveaways.rules.terms import Terms
from cogs.giveaways.tables import Giveaway, State
from tests.household import ELSEWHERE, GUILD, Household, household

ALICE, BOB = 101_000_000_000_000_001, 102_000_000_000_000_001
PICTURE = CheckedImage("picture.png", b"not looked at")


@pytest.fixture
async def home(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Household]:
    async with household(database_url) as it:
        monkeypatch.setattr(clock, "now", lambda: it.now)
        await it.settle_in()
        yield it


async def forget(home: Household, user_id: int = ALICE, guild_id: int = GUILD) -> None:
    async with home.database.write() as tx:
        await forget_person(tx, home.custodians, home.ledger, guild_id, user_id, home.now)


async def set_language(home: Household, user_id: int, *guild_ids: int) -> None:
    async with home.database.write() as tx:
        await home.preferences.save(tx, user_id, Preference(language="ja"))
        await tx.session.flush()
        for guild_id in guild_ids:
            await place_settings(tx, guild_id, [user_id])


async def put(home: Household, subject: int, **values: Any) -> None:
    async with home.database.write() as tx:
        values = {"kind": "test", "subject": subject, "guild_id": GUILD, "language": "en", **values}
        await home.deliveries.put(tx, Parcel(**values), home.now)


async def deliveries(home: Household) -> dict[int, Delivery]:
    async with home.database.read() as session:
        rows = (await session.scalars(select(Delivery).where(Delivery.kind == "test"))).all()
    return {row.subject: row for row in rows}


async def give_picture(home: Household, user_id: int = ALICE, guild_id: int = GUILD) -> int:
    async with home.database.write() as tx:
        return await keep_image(tx, guild_id, user_id, PICTURE, home.now)


async def pictures(home: Household) -> dict[int, int | None]:
    async with home.database.read() as session:
        rows = await session.execute(select(Picture.id, Picture.user_id))
        return {row.id: row.user_id for row in rows}


async def post_giveaway(home: Household, picture_id: int) -> None:
    async with home.database.write() as tx:
        tx.session.add(
            Giveaway(
                guild_id=GUILD,
                number=1,
                public_id="0" * 32,
                seed=b"0",
                commitment="0",
                state=State.OPEN,
                organiser_id=ALICE,
                prize="A print",
                picture_id=picture_id,
                winners=1,
                terms=Terms(organiser_id=ALICE).to_json(),
                zone="UTC",
                created_at=home.now,
                starts_at=home.now,
                closes_at=home.now + timedelta(hours=1),
            )
        )


async def test_everything_goes_at_once(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE, BOB]
    await set_language(home, ALICE, GUILD)
    await home.draft(ALICE)
    await give_picture(home)
    await put(home, 1, target=Target.DIRECT, user_id=ALICE)
    async with home.database.write() as tx:
        await record(tx, GUILD, {ALICE: Absent.LEFT}, home.now)
        await home.ledger.append(tx, Entry(GUILD, "test.done", ALICE, texts={"reason": "because"}), now=home.now)
    held = await home.exported(ALICE)
    assert set(held) == {"crowd", "settings", "drafts", "pictures", "deliveries", "absence", "ledger"}
    await forget(home)
    assert await home.exported(ALICE) == {}
    assert home.crowd.people[GUILD] == [BOB]
    await forget(home)
    assert await home.exported(ALICE) == {}


async def test_nothing_goes_when_one_feature_fails(home: Household) -> None:
    home.crowd.people[GUILD] = [ALICE]
    await set_language(home, ALICE, GUILD)
    await home.draft(ALICE)
    home.crowd.broken = True
    home.custodians.insert(0, home.custodians.pop())
    before = await home.exported(ALICE)
    with pytest.raises(RuntimeError):
        await forget(home)
    assert await home.exported(ALICE) == before
    assert set(before) == {"crowd", "settings", "drafts"}


async def test_others_and_other_servers_keep_theirs(home: Household) -> None:
    for user_id, guild_id in ((ALICE, GUILD), (ALICE, ELSEWHERE), (BOB, GUILD)):
        await home.draft(user_id, guild_id)
        await give_picture(home, user_id, guild_id)
    await forget(home)
    assert set(await home.exported(ALICE, ELSEWHERE)) == {"drafts", "pictures"}
    assert set(await home.exported(BOB)) == {"drafts", "pictures"}


async def test_settings_go_with_the_last_server_they_are_used_in(home: Household) -> None:
    await set_language(home, ALICE, GUILD, ELSEWHERE)
    await forget(home)
    assert (await home.preferences.of(ALICE)).language == "ja"
    await forget(home, guild_id=ELSEWHERE)
    assert (await home.preferences.of(ALICE)).language is None
    async with home.database.read() as session:
        assert await session.get(PreferenceRow, ALICE) is None


async def test_acting_in_a_server_makes_it_one_in_which_settings_are_used(home: Household) -> None:
    await set_language(home, ALICE, GUILD)
    home.presence.note(ELSEWHERE, ALICE)
    home.presence.note(ELSEWHERE, BOB)
    await home.presence.flush()
    await forget(home)
    assert (await home.preferences.of(ALICE)).language == "ja"
    async with home.database.read() as session:
        assert await known_users(session, home.custodians, ELSEWHERE, 0, 10) == [ALICE]


async def test_the_press_that_asked_to_be_forgotten_is_forgotten_too(home: Household) -> None:
    await set_language(home, ALICE, GUILD, ELSEWHERE)
    home.presence.note(GUILD, ALICE)
    await forget(home)
    await home.presence.flush()
    async with home.database.read() as session:
        assert await known_users(session, home.custodians, GUILD, 0, 10) == []


async def test_settings_of_a_removed_server_go_too(home: Household) -> None:
    await set_language(home, ALICE, GUILD)
    await set_language(home, BOB, GUILD, ELSEWHERE)
    async with home.database.write() as tx:
        for custodian in home.custodians:
            await custodian.erase_guild(tx, GUILD)
    assert (await home.preferences.of(ALICE)).language is None
    assert (await home.preferences.of(BOB)).language == "ja"


async def test_posted_pictures_stay_without_who_gave_them(home: Household) -> None:
    posted, unused, of_bob = await give_picture(home), await give_picture(home), await give_picture(home, BOB)
    drafted = await give_picture(home)
    await post_giveaway(home, posted)
    await home.draft(BOB, picture_id=drafted)
    await forget(home)
    assert await pictures(home) == {posted: None, of_bob: BOB, drafted: None}
    assert unused not in await pictures(home)


async def test_pictures_nothing_refers_to_are_erased_after_a_day(home: Household) -> None:
    posted, drafted = await give_picture(home), await give_picture(home)
    discarded, elsewhere = await give_picture(home), await give_picture(home, guild_id=ELSEWHERE)
    await post_giveaway(home, posted)
    await home.draft(ALICE, picture_id=drafted)
    for hours in (23, 2):
        home.pass_time(hours=hours)
        fresh = await give_picture(home)
        async with home.database.write() as tx:
            await drop_unused_pictures(tx, GUILD, home.now)
        kept = await pictures(home)
        assert {posted, drafted, elsewhere, fresh} <= kept.keys()
        assert (discarded in kept) == (hours == 23)


async def test_messages_to_someone_are_dropped_and_their_roles_still_taken_away(home: Household) -> None:
    await put(home, 1, target=Target.DIRECT, user_id=ALICE)
    await put(home, 2, target=Target.ROLE_REMOVE, user_id=ALICE, role_id=7)
    await put(home, 3, target=Target.ROLE_ADD, user_id=ALICE, role_id=7)
    await put(home, 4, target=Target.MESSAGE, channel_id=5, organiser_id=ALICE)
    await put(home, 5, target=Target.DIRECT, user_id=BOB)
    async with home.database.write() as tx:
        (await tx.session.get_one(Delivery, (await deliveries(home))[3].id)).state = DeliveryState.SENT
    await forget(home)
    rows = await deliveries(home)
    assert rows.keys() == {2, 4, 5}
    assert rows[4].organiser_id is None


async def test_the_ledger_says_that_someone_was_forgotten_and_not_who(home: Household) -> None:
    async with home.database.write() as tx:
        await home.ledger.append(tx, Entry(GUILD, "test.done", ALICE, texts={"reason": "because"}), now=home.now)
        await home.ledger.append(tx, Entry(GUILD, "test.done", BOB, persons={"winner": ALICE}), now=home.now)
    await forget(home)
    async with home.database.read() as session:
        document = b"".join([piece async for piece in home.ledger.document(session, GUILD)]).decode()
        page = await home.ledger.page(session, GUILD)
    assert str(ALICE) not in document
    assert "because" not in document
    last = page.rows[0]
    assert (last.kind, last.actor, dict(last.persons)) == ("privacy.forgotten", None, {})
    assert dict(last.facts) == {"count": 2}
    await forget(home)
    async with home.database.read() as session:
        assert (await home.ledger.head(session, GUILD)).seq == 3, "there was nothing left to be said"


async def test_known_users_are_merged_in_order_and_pages(home: Household) -> None:
    home.crowd.people[GUILD] = [5, 3, 9]
    await home.draft(4)
    await give_picture(home, 3)
    await put(home, 1, target=Target.DIRECT, user_id=8)
    await put(home, 2, target=Target.MESSAGE, channel_id=5, organiser_id=7)
    await set_language(home, 6, GUILD)
    async with home.database.read() as session:
        found: list[int] = []
        while page := await known_users(session, home.custodians, GUILD, found[-1] if found else 0, 2):
            assert len(page) <= 2
            found += page
    assert found == [3, 4, 5, 6, 7, 8, 9]


async def test_a_removed_servers_rows_are_erased_and_no_others(home: Household) -> None:
    for subject, guild_id in enumerate((GUILD, ELSEWHERE)):
        await home.draft(ALICE, guild_id)
        await put(home, subject, guild_id=guild_id, target=Target.DIRECT, user_id=ALICE)
        async with home.database.write() as tx:
            tx.session.add(Post(kind="test", subject=1, guild_id=guild_id, channel_id=guild_id, language="en"))
    async with home.database.write() as tx:
        (await row_for_update(tx.session, GUILD)).left_at = home.now
    home.pass_time(days=30)
    await home.upkeep().hourly()
    assert await home.exported(ALICE) == {}
    async with home.database.read() as session:
        assert (await session.scalars(select(Post.guild_id))).all() == [ELSEWHERE]
        assert (await session.scalars(select(Delivery.guild_id))).all() == [ELSEWHERE]


@given(st.from_regex(r"[a-z0-9]{24}", fullmatch=True))
def test_a_marker_is_read_back(nonce: str) -> None:
    message = Outgoing(embeds=(discord.Embed(description="x"),)).marked(nonce, "https://discord.com/channels/1/2")
    assert markers(message.embeds) == {nonce}
    assert markers([discord.Embed(description="x")]) == frozenset()
