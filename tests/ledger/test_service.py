"""The ledger on real databases: one chain whatever comes at once, erasures that leave it whole, exports that verify."""

import asyncio
import itertools
import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ledger.custody import LedgerCustodian
from bot.ledger.rules import genesis
from bot.ledger.service import Page
from tests.ledger.books import GUILD, MODERATOR, NOW, OTHER_GUILD, WINNER, Book, book, entry, opened


async def page(it: Book, **which: int) -> Page:
    async with it.database.read() as session:
        return await it.ledger.page(session, GUILD, **which)


async def seqs(it: Book, **which: int) -> list[int]:
    return [row.seq for row in (await page(it, **which)).rows]


async def test_a_row_is_read_as_it_was_written(either_url: str) -> None:
    drawn = entry(
        "giveaway.drawn",
        actor_id=None,
        persons={"winner": WINNER},
        texts={"prize": " 賞品\x00 “A” 🎁 "},
        facts={"entries": 3, "announced": True, "round": None, "channel_id": 2**60},
    )
    async with opened(either_url) as it:
        await it.append(drawn, entry("config.changed", subject=None))
        second, first = (await page(it)).rows
    assert (first.seq, first.kind, first.subject, first.actor) == (1, "giveaway.drawn", "giveaway:42", None)
    assert first.at == NOW.replace(microsecond=0)
    assert first.persons["winner"].value == str(WINNER)
    assert first.texts["prize"].value == "賞品 “A” 🎁"
    assert first.facts == {"entries": 3, "announced": True, "round": None, "channel_id": str(2**60)}
    assert second.actor is not None
    assert (second.actor.value, second.subject) == (str(MODERATOR), None)


async def test_two_hundred_appends_at_once_make_one_chain(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as it:
        await asyncio.gather(*(it.append(entry(facts={"n": n})) for n in range(200)))
        report = await it.verified(tmp_path)
        rows = json.loads(await it.export())["rows"]
    assert "1 to 200, none missing" in report
    assert {row["facts"]["n"] for row in rows} == set(range(200))


async def test_two_processes_never_fork_a_chain(postgres_url: str, tmp_path: Path) -> None:
    async with opened(postgres_url) as one:
        two = book(postgres_url)
        try:
            # The very first rows too, while there is no head to lock yet.
            both = [each.append(entry(facts={"n": n})) for n, each in zip(range(200), itertools.cycle((one, two)))]
            await asyncio.gather(*both)
        finally:
            await two.database.close()
        assert "1 to 200, none missing" in await one.verified(tmp_path)


async def test_servers_have_chains_of_their_own(either_url: str, tmp_path: Path) -> None:
    async with opened(either_url) as it:
        await it.append(entry(), entry(guild_id=OTHER_GUILD), entry())
        assert "2 rows" in await it.verified(tmp_path)
        assert "1 row," in await it.verified(tmp_path, OTHER_GUILD)


async def test_what_is_rolled_back_was_never_written(either_url: str, tmp_path: Path) -> None:
    async with opened(either_url) as it:
        await it.append(entry())
        with pytest.raises(LookupError):
            await _fail_after_appending(it)
        await it.append(entry("giveaway.drawn"))
        assert "2 rows" in await it.verified(tmp_path)


async def _fail_after_appending(it: Book) -> None:
    async with it.database.write() as tx:
        await it.ledger.append(tx, entry("giveaway.cancelled"), now=NOW)
        raise LookupError


async def test_several_rows_of_one_transaction_follow_each_other(either_url: str, tmp_path: Path) -> None:
    async with opened(either_url) as it:
        async with it.database.write() as tx:
            for _ in range(3):
                await it.ledger.append(tx, entry(), now=NOW)
        assert "3 rows" in await it.verified(tmp_path)


@pytest.mark.parametrize(
    "wrong",
    [
        entry("posted"),
        entry(subject="Giveaway 42"),
        entry(persons={"winner": 0}),
        entry(facts={"Winners": 1}),
        entry(facts={"mean": 0.5}),  # type: ignore[dict-item]
    ],
)
async def test_what_verify_would_not_read_is_not_written(database_url: str, wrong: object) -> None:
    async with opened(database_url) as it:
        with pytest.raises(ValueError, match="must be"):
            await it.append(wrong)  # type: ignore[arg-type]
        assert (await page(it)).rows == []


async def test_an_empty_ledger_verifies_by_its_first_head(either_url: str, tmp_path: Path) -> None:
    async with opened(either_url) as it:
        await it.verified(tmp_path, head=genesis(GUILD))
        async with it.database.read() as session:
            assert (await it.ledger.head(session, GUILD)).hash == genesis(GUILD)


async def test_pages_go_back_and_forth(either_url: str) -> None:
    async with opened(either_url) as it:
        await it.append(*(entry() for _ in range(7)))
        assert await seqs(it, limit=3) == [7, 6, 5]
        assert await seqs(it, before=5, limit=3) == [4, 3, 2]
        assert await seqs(it, before=2, limit=3) == [1]
        assert await seqs(it, before=1, limit=3) == []
        assert await seqs(it, after=4, limit=2) == [6, 5]
        assert await seqs(it, after=7, limit=2) == []
        first, last = await page(it, limit=3), await page(it, before=2, limit=3)
    assert (first.older, last.older) == (True, False)


async def test_long_ledgers_are_exported_whole(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as it:
        async with it.database.write() as tx:
            for _ in range(1_001):
                await it.ledger.append(tx, entry(), now=NOW)
        assert "1 to 1001, none missing" in await it.verified(tmp_path)


async def test_forgetting_erases_a_person_and_leaves_the_chain(either_url: str, tmp_path: Path) -> None:
    async with opened(either_url) as it:
        await it.append(
            entry(texts={"prize": "A drawing by Mina"}),
            entry(actor_id=None, persons={"winner": WINNER}, texts={"prize": "A drawing"}),
            entry(actor_id=WINNER, texts={"reason": "mine"}),
            entry(actor_id=None, texts={"reason": f"<@{WINNER}> shared an account"}),
        )
        before = json.loads(await it.export())
        assert await it.forget(WINNER) == 3
        after = json.loads(await it.export())
        report = await it.verified(tmp_path, head=before["head"]["hash"])
        assert await it.forget(WINNER) == 0
    assert "4 erased" in report
    assert str(WINNER) not in json.dumps(after)
    assert [row["hash"] for row in after["rows"]] == [row["hash"] for row in before["rows"]]
    first, second, third, fourth = after["rows"]
    assert first == before["rows"][0]
    assert second["texts"]["prize"]["value"] == "A drawing"
    assert second["persons"]["winner"] == {**before["rows"][1]["persons"]["winner"], "salt": None, "value": None}
    assert third["texts"]["reason"]["value"] is third["texts"]["reason"]["salt"] is third["actor"]["value"] is None
    assert fourth["texts"]["reason"]["value"] is None


async def test_forgetting_stays_in_its_server(either_url: str) -> None:
    async with opened(either_url) as it:
        await it.append(entry(), entry(guild_id=OTHER_GUILD))
        assert await it.forget(MODERATOR) == 1
        assert str(MODERATOR) in (await it.export(OTHER_GUILD)).decode()


async def test_what_was_forgotten_is_not_in_the_file_any_more(database_url: str, tmp_path: Path) -> None:
    async with opened(database_url) as it:
        await it.append(entry(actor_id=WINNER, texts={"reason": "unmistakable words"}))
        await it.forget(WINNER)
    assert b"unmistakable" not in _bytes(tmp_path)


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("ikuzo.db*"))


async def test_a_server_that_is_erased_begins_anew(either_url: str, tmp_path: Path) -> None:
    async with opened(either_url) as it:
        await it.append(entry(), entry(), entry(guild_id=OTHER_GUILD))
        old = json.loads(await it.export())["rows"][0]["hash"]
        async with it.database.write() as tx:
            await it.ledger.erase_guild(tx, GUILD)
        assert (await page(it)).rows == []
        await it.append(entry(), now=NOW + timedelta(days=40))
        assert "1 row," in await it.verified(tmp_path)
        assert json.loads(await it.export())["rows"][0]["hash"] != old
        assert "1 row," in await it.verified(tmp_path, OTHER_GUILD)


async def test_a_member_is_shown_what_the_ledger_keeps_of_them(either_url: str) -> None:
    async with opened(either_url) as it:
        await it.append(
            entry(texts={"prize": "A print"}),
            entry("giveaway.drawn", actor_id=None, persons={"winner": WINNER}, texts={"prize": "A print"}),
        )
        custodian = LedgerCustodian(it.ledger)
        async with it.database.read() as session:
            winner = await custodian.export(session, GUILD, WINNER)
            moderator = await custodian.export(session, GUILD, MODERATOR)
            assert await custodian.known_users(session, GUILD, 0, 10) == [MODERATOR, WINNER]
            assert await custodian.known_users(session, GUILD, MODERATOR, 10) == [WINNER]
            assert len(await custodian.consequences(session, GUILD, WINNER)) == 1
            assert await custodian.consequences(session, OTHER_GUILD, WINNER) == []
    (row,) = winner["ledger"]  # type: ignore[misc]
    assert (row["row"], row["as"], row["texts"]) == (2, ["winner"], {})
    (row,) = moderator["ledger"]  # type: ignore[misc]
    assert (row["as"], row["texts"]) == (["actor"], {"prize": "A print"})
