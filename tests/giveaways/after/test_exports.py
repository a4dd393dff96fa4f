"""Files: winners and claims for organisers, the proof for everyone, and nothing a spreadsheet would run."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

from bot.app import exporters
from bot.export import export_guild
from cogs.giveaways.rules.terms import Claim
from cogs.giveaways.tables import Giveaway
from tests.giveaways.after.stage import answered_files, bundles, drawn, public, snapshot, verify
from tests.giveaways.stage import open_giveaway
from tests.harness import GUILD_ID, World, press, running_bot, say


def rows(data: bytes) -> list[dict[str, Any]]:
    text = data.decode("utf-8")
    assert text.count("\r\n") >= 1
    return list(csv.DictReader(StringIO(text, newline="")))


async def exported(world: World) -> dict[str, bytes]:
    answer = await world.organiser.slash(world.general, "giveaway export", giveaway="1")
    assert answer.ephemeral
    return answered_files(world, answer)


async def test_winners_and_claims_with_a_prize_a_spreadsheet_would_run(tmp_path: Path) -> None:
    prize = '=cmd|"/c calc"!A1, "signed"\nand framed'
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 4, winners=2, prize=prize, claim=Claim.BUTTON, claim_seconds=7_200)
        await press(stage.ranking[1], public(world)[-1], "gw.claim")
        await world.advance(hours=2, minutes=1)
        found = await exported(world)
        winners = rows(found["giveaway-1-winners.csv"])
        claims = rows(found["giveaway-1-claims.csv"])
        assert "giveaway-1-wallets.csv" not in found
        assert [row["user"] for row in winners] == [str(who.id) for who in stage.ranking[:3]]
        assert [(row["outcome"], row["reason"]) for row in winners] == [
            ("passed", "unclaimed"),
            ("won", ""),
            ("won", ""),
        ]
        assert {row["prize"] for row in winners} == {f"'{prize}"}
        assert [row["claimed_at"] != "" for row in claims] == [False, True, False]
        assert [row.kind for row in await world.ledger()][-1] == "giveaway.exported"


async def test_anyone_gets_the_proof_and_it_holds(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await drawn(world, 4)
        answer = await world.member.slash(world.general, "giveaway proof", giveaway="1")
        assert answer.ephemeral
        (data,) = answered_files(world, answer).values()
        assert data == bundles(world)[-1]
        verify(tmp_path, data)


async def test_a_cancelled_draw_has_a_proof_that_names_who_would_have_won(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 3)
        async with world.platform.database.write() as tx:
            held = await tx.session.get_one(Giveaway, stage.key)
            held.cancelled_at = held.drawn_at
        answer = await world.member.slash(world.general, "giveaway proof", giveaway="1")
        bundle = verify(tmp_path, next(iter(answered_files(world, answer).values())))
        assert bundle["results"][0]["user_id"] == str(stage.ranking[0].id)
        refused = await world.organiser.slash(world.general, "giveaway export", giveaway="1")
        assert "was cancelled" in say(refused)


async def test_the_servers_files_hold_every_giveaway_and_the_proof_of_each_draw(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        stage = await drawn(world, 3, prize="=SUM(A1)", claim=Claim.BUTTON, claim_seconds=7_200)
        await press(stage.ranking[0], public(world)[-1], "gw.claim")
        await open_giveaway(world, number=2, public_id="f" * 32, prize="Still open")
        folder, platform = tmp_path / "out", world.platform
        written = await export_guild(platform.database, GUILD_ID, folder, platform.ledger, exporters())
        names = [path.name for path in written if "giveaway" in path.name or "draw" in path.name]
        assert names == [
            "giveaways.csv",
            "giveaway-1-entrants.csv",
            "giveaway-1-winners.csv",
            "giveaway-1-claims.csv",
            "draw-1.json",
            "giveaway-2-entrants.csv",
        ]
        listed = rows((folder / "giveaways.csv").read_bytes())
        assert [(row["giveaway"], row["prize"], row["state"]) for row in listed] == [
            ("1", "'=SUM(A1)", "drawn"),
            ("2", "Still open", "open"),
        ]
        entrants = rows((folder / "giveaway-1-entrants.csv").read_bytes())
        assert {row["user"] for row in entrants} == {str(who.id) for who in stage.ranking}
        (claim,) = rows((folder / "giveaway-1-claims.csv").read_bytes())
        assert (claim["user"], claim["claimed_at"] != "") == (str(stage.ranking[0].id), True)
        assert (folder / "draw-1.json").read_bytes() == bundles(world)[-1]
        verify(tmp_path, (folder / "draw-1.json").read_bytes())


async def test_before_the_draw_there_is_nothing_to_export(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await open_giveaway(world)
        before = await snapshot(world)
        for command, said in (("export", "not drawn yet"), ("proof", "no proof"), ("claims", "not drawn yet")):
            answer = await world.organiser.slash(world.general, f"giveaway {command}", giveaway="1")
            assert said in say(answer), command
        unknown = await world.organiser.slash(world.general, "giveaway export", giveaway="77")
        assert "77" in say(unknown)
        assert await snapshot(world) == before


async def test_suggestions_name_what_the_person_may_act_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await drawn(world, 3, prize="A drawn print")
        await open_giveaway(world, number=2, public_id="f" * 32, prize="An open print")

        async def offered(actor: Any, command: str) -> list[str]:
            choices = await actor.autocomplete(world.general, f"giveaway {command}", "giveaway", "print")
            return [choice["value"] for choice in choices or []]

        for command in ("reroll", "claims", "export"):
            assert await offered(world.organiser, command) == ["1"], command
            assert await offered(world.member, command) == [], command
        assert await offered(world.organiser, "entrants") == ["2", "1"]
        assert await offered(world.member, "proof") == ["1"]
