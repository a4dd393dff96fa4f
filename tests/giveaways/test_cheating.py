"""Whoever runs the bot tries to cheat: each attempt is refused, or shows in the bundle against what stood in public.

They may change anything in the database and delete any message; what they cannot change is what others have seen. The
table in ``docs/verify.md`` names the same attempts.
"""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from bot import clock
from bot.demo.beacon import DemoBeacon, TestChain
from bot.posts import Posts
from bot.verify import VerifyOptions, verify_files
from cogs.giveaways.rules import draw
from cogs.giveaways.rules.draw import commitment, token
from cogs.giveaways.service.announcing import Announcing
from cogs.giveaways.service.proof import randomness_of
from cogs.giveaways.tables import KIND, Giveaway, GiveawayEntry, GiveawayFreeze, GiveawayPrize, State
from tests.giveaways.after.stage import bundles, public
from tests.giveaways.organising.desk import post
from tests.giveaways.stage import entries, freezes, giveaway, prizes
from tests.harness import World, press, running_bot, say

CHAIN = TestChain()


@dataclass
class Seen:
    """What a member saw in public before the draw: the commitment on the post, digest and round of the freeze."""

    commitment: str
    digest: str = ""
    round: int = 0


@dataclass
class Table:
    """A giveaway of three entrants, run by someone who cheats."""

    world: World
    folder: Path
    key: int
    seen: Seen
    lines: list[str] = field(default_factory=list[str])

    async def freeze(self) -> None:
        await self.world.advance(minutes=60, seconds=20)
        row = await giveaway(self.world, self.key)
        assert row.state is State.FROZEN
        (last,) = [freeze for freeze in await freezes(self.world, self.key) if freeze.counts]
        message = next(each for each in self.world.general.history() if each.id == last.message_id)
        assert str(last.round) in say(message)
        assert (row.digest or "?") in say(message)
        self.seen = Seen(self.seen.commitment, row.digest or "", last.round or 0)

    async def draw(self) -> None:
        await self.world.advance(minutes=3)
        assert (await giveaway(self.world, self.key)).state is State.DRAWN

    def bundle(self) -> dict[str, Any]:
        return json.loads(bundles(self.world)[-1])

    async def publish_again(self) -> None:
        """Have the announcement carry the bundle as it would be made now."""
        row = await giveaway(self.world, self.key)
        with self.world.inside():
            async with self.world.platform.database.write() as tx:
                posts = Posts(self.world.platform.deliveries, KIND)
                await Announcing(self.world.platform, posts).republish(tx, row, clock.now())
        await self.world.env.settle()
        await self.world.advance(seconds=30)

    def failed(self) -> set[str]:
        """Return the checks that did not hold."""
        marked = [line.strip() for line in self.lines if line.strip().startswith("✗")]
        return {line[2:13].strip() for line in marked}

    def accepted(self) -> bool:
        """Verify the newest bundle against what was seen, as ``ikuzo verify`` does; keeps what it says."""
        (self.folder / "chain.json").write_text(json.dumps(CHAIN.info_json()))
        path = self.folder / "draw-1.json"
        path.write_bytes(bundles(self.world)[-1])
        options = VerifyOptions(
            chain=self.folder / "chain.json",
            commitment=self.seen.commitment,
            digest=self.seen.digest,
            round=self.seen.round,
        )
        self.lines.clear()
        return verify_files([path], options, self.lines.append) == 0

    async def tamper(self, *statements: Any) -> None:
        """Write to the database behind the bot's back."""
        async with self.world.platform.database.write() as tx:
            for statement in statements:
                await tx.session.execute(statement)

    async def entry(self, person: Any) -> GiveawayEntry:
        return next(each for each in await entries(self.world, self.key) if each.user_id == person.id)


async def table(world: World, folder: Path) -> Table:
    world.platform.beacon = DemoBeacon(CHAIN, world.env.now)
    row = await post(world, ends="1h")
    shown = world.general.history()[0]
    for person in (world.member, world.other, world.moderator):
        await press(person, shown, "gw.enter")
    assert row.commitment in say(shown)
    return Table(world, folder, row.id, Seen(row.commitment))


async def test_nothing_is_wrong_with_an_honest_draw(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        await game.draw()
        assert game.accepted(), game.lines


async def test_the_list_changed_after_the_freeze_message(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        friend, salt = world.add_member("friend"), "f" * 32
        row = await giveaway(world, game.key)
        swapped = {"salt": salt, "token": token(row.public_id, str(friend.id), salt), "user_id": friend.id}
        rival = await game.entry(world.member)
        await game.tamper(update(GiveawayEntry).where(GiveawayEntry.token == rival.token).values(**swapped))
        await game.draw()
        assert not game.accepted()
        # With everything else made to fit, what was seen in public still does not.
        listed = draw.entrants_digest([(each.token, each.tickets) for each in await redigested(game)])
        assert game.bundle()["entrants_digest"] == listed
        assert not game.accepted()
        assert game.failed() == {"compared"}


async def redigested(game: Table) -> list[GiveawayEntry]:
    """Make digest and winner in the database those of the changed list, and have the bundle published anew."""
    found = sorted(await entries(game.world, game.key), key=lambda entry: entry.token)
    listed = [(entry.token, entry.tickets) for entry in found]
    row = await giveaway(game.world, game.key)
    digest, randomness = draw.entrants_digest(listed), randomness_of(row)
    ranked = draw.rank(draw.draw_key(row.public_id, row.seed, digest, row.round, randomness), listed)
    winner = next(entry for entry in found if entry.token == ranked[0])
    await game.tamper(
        update(Giveaway).where(Giveaway.id == game.key).values(digest=digest),
        update(GiveawayPrize)
        .where(GiveawayPrize.giveaway_id == game.key)
        .values(token=winner.token, user_id=winner.user_id),
    )
    await game.publish_again()
    return found


async def test_a_freeze_message_deleted_and_another_posted(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        (freeze,) = await freezes(world, game.key)
        later = {"at": freeze.at + timedelta(seconds=30), "round": game.seen.round + 10}
        message = next(each for each in world.general.history() if each.id == freeze.message_id)
        with world.inside():
            await world.bot.http.delete_message(world.general.id, message.id)
        await world.env.settle()
        # The bot itself posts no other, and goes by the round of the one that stood.
        assert len(await freezes(world, game.key)) == 1
        await game.tamper(
            update(GiveawayFreeze).where(GiveawayFreeze.id == freeze.id).values(**later),
            update(Giveaway).where(Giveaway.id == game.key).values(round=later["round"]),
        )
        await game.draw()
        assert game.bundle()["freezes"][0]["message_id"] == str(freeze.message_id)
        assert not game.accepted()
        assert "compared" in game.failed()


async def test_a_deleted_freeze_message_changes_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        (freeze,) = await freezes(world, game.key)
        with world.inside():
            await world.bot.http.delete_message(world.general.id, freeze.message_id or 0)
        await world.env.settle()
        await game.draw()
        assert game.accepted(), game.lines
        assert len(game.bundle()["freezes"]) == 1


async def test_a_seed_chosen_late(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        seed = bytes(32)
        await game.tamper(update(Giveaway).where(Giveaway.id == game.key).values(seed=seed))
        await game.draw()
        assert not game.accepted()
        await game.tamper(update(Giveaway).where(Giveaway.id == game.key).values(commitment=commitment(seed)))
        await game.publish_again()
        assert not game.accepted()
        assert "compared" in game.failed()


async def test_a_salt_chosen_late_takes_an_entrant_off_their_own_receipt(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        entered = await press(world.member, world.general.history()[0], "gw.enter")
        receipt = say(await press(world.member, entered, "gw.details"))
        before, row = await game.entry(world.member), await giveaway(world, game.key)
        assert before.token in receipt
        salt = "e" * 32
        moved = {"salt": salt, "token": token(row.public_id, str(world.member.id), salt)}
        await game.tamper(update(GiveawayEntry).where(GiveawayEntry.token == before.token).values(**moved))
        await game.freeze()
        await game.draw()
        assert before.token not in {listed for listed, _ in game.bundle()["entrants"]}


async def test_the_winning_token_given_to_a_friend(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        await game.draw()
        friend = world.add_member("friend")
        (prize,) = await prizes(world, game.key)
        await game.tamper(
            update(GiveawayEntry).where(GiveawayEntry.token == prize.token).values(user_id=friend.id, salt="d" * 32),
            update(GiveawayPrize).where(GiveawayPrize.id == prize.id).values(user_id=friend.id),
        )
        await game.publish_again()
        assert not game.accepted()
        assert "people" in game.failed()


async def test_ended_early_the_round_is_not_known_yet(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        known = CHAIN.chain.round_at(world.env.now())
        await world.organiser.slash(world.general, "giveaway end", giveaway="1")
        await world.advance(seconds=15)
        (freeze,) = await freezes(world, game.key)
        assert freeze.round is not None
        assert freeze.round >= known + 60 // CHAIN.chain.period
        assert freeze.at >= (await giveaway(world, game.key)).closes_at
        assert "early" in say(public(world)[0])
        # Once it stands there, neither the closing nor the list is the organiser's any more.
        for command in ("end", "edit"):
            refused = await world.moderator.slash(world.general, f"giveaway {command}", giveaway="1")
            assert "no longer" in say(refused) or "closed" in say(refused), say(refused)
        assert [each.round for each in await freezes(world, game.key)] == [freeze.round]


async def test_cancelled_and_begun_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        await world.moderator.slash(world.general, "giveaway cancel", giveaway="1", reason="I changed my mind")
        await game.draw()
        # It was computed and published all the same: everyone sees who would have won.
        assert game.accepted(), game.lines
        would_have = game.bundle()["results"]
        assert [row["outcome"] for row in would_have] == ["won"]
        again = await post(world, ends="1h")
        first = await giveaway(world, game.key)
        assert again.public_id != first.public_id
        assert again.commitment != first.commitment
        assert again.number == first.number + 1


async def test_a_redraw_to_a_friend(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        game = await table(world, tmp_path)
        await game.freeze()
        await game.draw()
        people = {each.token: each for each in await entries(world, game.key)}
        second, friend = await ranked_below(game, 1), await ranked_below(game, 2)
        won = people[(await prizes(world, game.key))[0].token]
        (winner,) = [each for each in (world.member, world.other, world.moderator) if each.id == won.user_id]
        options = {"giveaway": "1", "reason": "Because", "winner": winner}
        await world.moderator.slash(world.general, "giveaway reroll", **options)
        await world.advance(seconds=5)
        assert [prize.token for prize in await prizes(world, game.key)] == [won.token, second]
        assert "Because" in say(public(world)[-1])
        assert game.accepted(), game.lines
        swapped = update(GiveawayPrize).where(GiveawayPrize.token == second)
        await game.tamper(swapped.values(token=friend, user_id=people[friend].user_id))
        await game.publish_again()
        assert not game.accepted()
        assert "results" in game.failed()


async def ranked_below(game: Table, places: int) -> str:
    row = await giveaway(game.world, game.key)
    listed = sorted((entry.token, entry.tickets) for entry in await entries(game.world, game.key))
    key = draw.draw_key(row.public_id, row.seed, row.digest or "", row.round, randomness_of(row))
    return draw.rank(key, listed)[places]
