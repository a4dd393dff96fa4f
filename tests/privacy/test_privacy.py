"""``/privacy`` as members use it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import simcord

from bot.absences import Absence
from bot.database import Base, Transaction
from bot.delivery import Parcel, Target
from bot.drafts import drafts_of, open_draft
from bot.i18n import Text, languages, plain, t
from bot.images import CheckedImage, keep_image
from bot.ledger.service import Entry
from bot.preferences import Preference, place_settings
from tests.harness import (
    GUILD_ID,
    Answer,
    World,
    click_id,
    components,
    forge,
    labels,
    messages,
    press,
    running_bot,
    say,
)

FEATURES = ("home", "privacy")


async def keep_something(world: World, actor: simcord.MemberActor, *, guild_id: int = GUILD_ID) -> None:
    """Have a bit of everything kept about someone."""
    now = world.env.now()
    async with world.platform.database.write() as tx:
        await world.platform.preferences.save(tx, actor.id, Preference(zone="Asia/Seoul", direct=True))
        await tx.session.flush()
        await place_settings(tx, guild_id, [actor.id])
        await open_draft(tx, "test", guild_id, actor.id, 1, {"prize": "A print"}, now)
        await keep_image(tx, guild_id, actor.id, CheckedImage("picture.png", b"x"), now)
        parcel = Parcel("nobody.sends", 1, guild_id, Target.DIRECT, "en", user_id=actor.id)
        await world.platform.deliveries.put(tx, parcel, now)
        entry = Entry(guild_id, "config.changed", actor.id, texts={"reason": "because"})
        await world.platform.ledger.append(tx, entry, now=now)


async def exported(answer: Answer) -> dict[str, Any]:
    """Return the file of an answer."""
    (attachment,) = [each for message in messages(answer) for each in message.attachments]
    assert attachment.filename == "my-data.json"
    return json.loads(await attachment.read())


async def export(world: World, actor: simcord.MemberActor) -> dict[str, Any]:
    answer = await actor.slash(world.general, "privacy export")
    assert all(message.flags.ephemeral for message in messages(answer))
    return await exported(answer)


@pytest.mark.parametrize("language", languages())
async def test_the_notice_names_everything_and_pages(tmp_path: Path, language: str) -> None:
    async with running_bot(tmp_path, features=(*FEATURES, "giveaways")) as world:
        await world.speak(world.member, language)
        answer = await world.member.slash(world.general, "privacy notice")
        told = say(answer)
        while (buttons := components(answer)) and not buttons[-1].get("disabled"):
            answer = await world.member.click(messages(answer)[-1], custom_id=buttons[-1]["custom_id"])
            told += say(answer)
        for custodian in world.platform.custodians:
            name, _, rest = re.split("([:：])", plain(language, custodian.notice()), maxsplit=1)
            assert f"{name}\n{rest.strip()[:40]}".lower() in told.lower()
        assert "/privacy forget" in told


async def test_an_export_of_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        answer = await world.member.slash(world.general, "privacy export")
        assert "Nothing is kept" in say(answer)
        document = await exported(answer)
        assert document["data"] == {}
        assert document["format"] == "ikuzo-export/1"


async def test_an_export_holds_everything_of_mine_and_nobody_elses(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        document = await export(world, world.member)
        assert document["user_id"] == str(world.member.id)
        assert document["guild_id"] == str(GUILD_ID)
        data = document["data"]
        assert set(data) == {"settings", "drafts", "pictures", "deliveries", "ledger"}
        assert data["settings"]["time_zone"] == "Asia/Seoul"
        assert data["drafts"][0]["values"] == {"prize": "A print"}
        assert data["ledger"][0]["texts"] == {"reason": "because"}
        other = await export(world, world.other)
        assert other["data"] == {}


async def test_forgetting_lists_what_ends_and_asks_first(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        answer = await world.member.slash(world.general, "privacy forget")
        told = say(answer)
        for part in ("settings are erased", "1 draft is", "1 picture you gave", "1 direct message still", "of the log"):
            assert part in told
        assert labels(answer) == ["Erase everything", "Keep it"]
        kept = await press(world.member, answer, "privacy.keep")
        assert "Nothing was erased" in say(kept)
        assert set((await export(world, world.member))["data"]) >= {"settings", "drafts"}


async def test_forgetting_erases_everything_and_says_what_it_cannot(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        await keep_something(world, world.other)
        answer = await world.member.slash(world.general, "privacy forget")
        done = await press(world.member, answer, "privacy.erase")
        assert "cannot be recalled" in say(done)
        assert components(done) == []
        assert (await export(world, world.member))["data"] == {}
        assert set((await export(world, world.other))["data"]) >= {"settings", "drafts", "ledger"}
        rows = await world.ledger()
        assert [row.kind for row in rows] == ["config.changed", "config.changed", "privacy.forgotten"]
        assert rows[0].actor is not None
        assert rows[0].actor.value is None
        assert rows[2].actor is None


async def test_forgetting_twice(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        answer = await world.member.slash(world.general, "privacy forget")
        mark = click_id(answer, "privacy.erase")
        await press(world.member, answer, "privacy.erase")
        again = await world.member.slash(world.general, "privacy forget")
        assert "nothing to erase" in say(again)
        assert components(again) == []
        pressed = await forge(world.member, world.general, mark)
        assert "nothing to erase" in say(pressed)
        assert len(await world.ledger()) == 2


async def test_what_was_added_meanwhile_is_listed_before_it_goes(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        answer = await world.member.slash(world.general, "privacy forget")
        async with world.platform.database.write() as tx:
            await open_draft(tx, "test", GUILD_ID, world.member.id, 1, {}, world.env.now())
        changed = await press(world.member, answer, "privacy.erase")
        assert "nothing was erased yet" in say(changed)
        assert "2 drafts are" in say(changed)
        async with world.platform.database.read() as session:
            assert len(await drafts_of(session, GUILD_ID, world.member.id)) == 2
        await press(world.member, changed, "privacy.erase")
        assert (await export(world, world.member))["data"] == {}


async def test_a_forged_confirmation_harms_nobody_else(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        answer = await world.member.slash(world.general, "privacy forget")
        for identity in (click_id(answer, "privacy.erase"), "privacy.erase", "privacy.erase:0:1:2"):
            pressed = await forge(world.other, world.general, identity)
            assert "nothing to erase" in say(pressed)
        elsewhere, stranger = world.other_guild()
        await forge(stranger, elsewhere, click_id(answer, "privacy.erase"))
        assert set((await export(world, world.member))["data"]) >= {"settings", "drafts", "ledger"}


async def test_a_confirmation_outlives_a_restart(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        answer = await world.member.slash(world.general, "privacy forget")
        await world.restart()
        await press(world.member, answer, "privacy.erase")
        assert (await export(world, world.member))["data"] == {}


async def test_settings_used_elsewhere_stay_and_it_is_said(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        async with world.platform.database.write() as tx:
            await place_settings(tx, 7, [world.member.id])
        answer = await world.member.slash(world.general, "privacy forget")
        assert "Your settings stay" in say(answer)
        await press(world.member, answer, "privacy.erase")
        assert (await world.platform.preferences.of(world.member.id)).zone == "Asia/Seoul"
        assert "nothing to erase" not in say(await world.member.slash(world.general, "privacy forget"))


async def test_nothing_is_erased_when_a_feature_fails(tmp_path: Path) -> None:
    class Stubborn:
        """A feature that cannot forget."""

        def notice(self) -> Text:
            return t("privacy.absences.notice")

        async def export(self, *_: object) -> dict[str, object]:
            return {"stubborn": True}

        async def consequences(self, *_: object) -> list[Text]:
            return []

        async def forget(self, tx: Transaction, *_: object) -> None:
            raise RuntimeError("no")

        async def known_users(self, *_: object) -> list[int]:
            return []

        async def erase_guild(self, *_: object) -> None:
            return

    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        world.platform.custodians.insert(0, Stubborn())
        answer = await world.member.slash(world.general, "privacy forget")
        failed = await press(world.member, answer, "privacy.erase")
        assert "nothing was changed" in say(failed)
        assert set((await export(world, world.member))["data"]) >= {"settings", "drafts", "ledger", "stubborn"}
        assert [record.name for record in world.errors] == ["bot.ui.failures"]
        world.errors.clear()


@pytest.mark.parametrize("language", languages())
async def test_every_language(tmp_path: Path, language: str) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        await world.speak(world.member, language)
        answer = await world.member.slash(world.general, "privacy forget")
        assert len(labels(answer)) == 2
        await press(world.member, answer, "privacy.erase")
        assert (await export(world, world.member))["data"] == {}


async def test_who_left_is_erased_after_thirty_days(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        for actor in (world.member, world.other):
            await keep_something(world, actor)
        world.guild.remove_member(world.member)
        await world.advance(hours=1)
        for days in (1, 29):
            await world.sleep(days=days)
            await world.restart()
            await world.advance(hours=1)
            assert str(world.member.id) in await everything(world)
        await world.sleep(days=1)
        await world.restart()
        await world.advance(hours=1)
        left = await everything(world)
        assert str(world.member.id) not in left
        assert str(world.other.id) in left
        assert (await world.ledger())[-1].kind == "privacy.forgotten"


async def test_who_comes_back_and_acts_is_not_erased(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        await keep_something(world, world.member)
        world.guild.remove_member(world.member)
        await world.advance(hours=1)
        await world.sleep(days=1)
        await world.restart()
        await world.advance(hours=1)
        assert await absent(world, world.member)
        back = world.guild.add_member(world.member.user)
        await back.slash(world.general, "my settings")
        await world.advance(hours=1)
        assert not await absent(world, back)
        await world.sleep(days=40)
        await world.restart()
        await world.advance(hours=1)
        assert (await export(world, back))["data"] != {}


async def test_a_server_that_removed_the_bot_is_erased_after_thirty_days(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        _, moderator = world.other_guild()
        guild_id = moderator.guild.id
        await world.env.settle()
        await keep_something(world, moderator, guild_id=guild_id)
        await keep_something(world, world.member)
        world.env.backend.remove_guild(guild_id)
        await world.env.settle()
        await world.sleep(days=29, hours=22)
        await world.restart()
        await world.advance(hours=1)
        assert str(guild_id) in await everything(world)
        await world.advance(hours=2)
        left = await everything(world)
        assert str(guild_id) not in left
        assert str(moderator.id) not in left
        assert str(world.member.id) in left
        assert set((await export(world, world.member))["data"]) >= {"settings", "ledger"}


async def absent(world: World, actor: simcord.MemberActor) -> bool:
    async with world.platform.database.read() as session:
        return await session.get(Absence, (actor.guild.id, actor.id)) is not None


async def everything(world: World) -> str:
    """Return every value of every table as text."""
    async with world.platform.database.read() as session:
        rows = [row for table in Base.metadata.sorted_tables for row in await session.execute(table.select())]
    return "\n".join(str(tuple(row)) for row in rows)
