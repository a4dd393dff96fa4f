"""Voting through members' eyes: each kind, changes, receipts, results, and every refusal."""

from pathlib import Path

from bot.ports import Verdict
from bot.verify import VerifyOptions, verify_files
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.terms import Named, Results, Terms
from cogs.polls.tables import State
from tests.harness import World, click_id, components, forge, forge_modal, press, running_bot, say
from tests.polls.stage import bundle, choose, paper, pick, poll, post, receipt, start_poll


async def test_a_secret_poll_from_the_first_vote_to_the_recount(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world)
        said = say(post(world))
        assert "moderators included" in said
        assert "Whoever runs the bot" in said
        voters = [world.member, world.other, *(world.add_member(f"v{i}") for i in range(4))]
        told = [await pick(world, voter, i % 2) for i, voter in enumerate(voters)]
        assert all("save it; after closing nobody can look it up" in each for each in told)
        receipts = [receipt(each) for each in told]
        changed = await pick(world, voters[0], 2)
        assert "changed" in changed
        assert receipt(changed) != receipts[0]
        assert (await poll(world, key)).vote_count == 6
        assert "secret" in say(await world.organiser.slash(world.general, "poll results", poll="1"))
        assert "secret" in say(await world.organiser.slash(world.general, "poll export", poll="1"))
        await world.advance(minutes=61)
        found = await bundle(world, key)
        by_receipt = {each["receipt"]: each["choices"] for each in found["ballots"]}
        assert by_receipt == {receipt(changed): [2], **{r: [i % 2] for i, r in enumerate(receipts) if i}}
        assert (await poll(world, key)).state is State.CLOSED
        result = world.general.history()[-1]
        names = [attachment.filename for attachment in result.attachments]
        assert "poll-1.json" in names
        data = world.env.backend.cdn.get(next(a.url for a in result.attachments if a.filename == "poll-1.json"))
        path = tmp_path / "poll-1.json"
        path.write_bytes(data or b"")
        lines: list[str] = []
        assert verify_files([path], VerifyOptions(), lines.append) == 0, "\n".join(lines)
        assert "Most support: **B** Linocut" in say(post(world))
        full = await press(world.member, post(world), "poll.results")
        assert "6 votes" in say(full)
        assert "poll.voters" not in str(components(full))
        assert "not known to anyone" in say(await forge(world.moderator, world.general, f"poll.voters:{key}"))


async def test_ranked_on_a_phone_with_25_options(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        options = tuple(f"Option number {i} " + "x" * 80 for i in range(25))
        key = await start_poll(world, options=options, kind=Kind.RANKED)
        message = await paper(world, world.member)
        before = await poll(world, key)
        for index in range(25):
            message = await choose(world.member, message, pick_of(message, "a"), str(24 - index))
        assert "25." in say(message)
        message = await press(world.member, message, pick_of(message, "u"))
        message = await press(world.member, message, pick_of(message, "r"))
        message = await choose(world.member, message, pick_of(message, "m"), "3")
        message = await press(world.member, message, pick_of(message, "r"))
        # Until it is cast nothing of it is anywhere but in this message.
        assert (await poll(world, key)).vote_count == before.vote_count == 0
        done = await press(world.member, message, pick_of(message, "c"))
        assert receipt(done)
        for i in range(4):
            voter = world.add_member(f"v{i}")
            message = await paper(world, voter)
            message = await choose(voter, message, pick_of(message, "a"), "5")
            await press(voter, message, pick_of(message, "c"))
        await world.advance(minutes=61)
        found = await bundle(world, key)
        ballot = next(each["choices"] for each in found["ballots"] if len(each["choices"]) > 1)
        assert ballot == [i for i in range(24, -1, -1) if i not in (0, 3)]
        assert found["winners"] == [5]
        assert "Rounds" in say(world.general.history()[-1])


def pick_of(message: object, action: str) -> str:
    """Return the custom id of a ranked or rating ballot's component by its action."""
    ids = [str(each.get("custom_id")) for each in components(message)]  # type: ignore[arg-type]
    (found,) = [each for each in ids if each.split(":")[3:4] == [action]]
    return found


async def test_rating_leaves_options_blank_and_pages(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, options=tuple("ABCDEF"), kind=Kind.RATING)
        message = await paper(world, world.member)
        message = await choose(world.member, message, pick_of(message, "s1"), "4")
        message = await press(world.member, message, pick_of(message, "n"))
        message = await choose(world.member, message, pick_of(message, "s5"), "5")
        message = await choose(world.member, message, pick_of(message, "s4"), "1")
        message = await choose(world.member, message, pick_of(message, "s4"), "0")
        await press(world.member, message, pick_of(message, "c"))
        await world.organiser.slash(world.general, "poll close", poll="1")
        await world.advance(minutes=1)
        found = await bundle(world, key)
        # One ballot is too few to be shown; its totals are.
        assert found["ballots"] == []
        assert found["counts"][1] == [0, 0, 0, 1, 0]
        assert found["counts"][4] == [0, 0, 0, 0, 0]
        assert found["winners"] == [5]
        assert "--totals" in say(world.general.history()[-1])


async def test_open_polls_show_names_and_weigh(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        terms = Terms(weights=((world.artists.id, 3),))
        key = await start_poll(
            world, kind=Kind.MULTIPLE, secrecy=Secrecy.OPEN, results=Results.LIVE, terms=terms, max_choices=2
        )
        assert "3 times" in await pick(world, world.member, 0, 2)
        newcomer = world.add_member("newcomer")
        await pick(world, newcomer, 1)
        await world.advance(seconds=10)
        await world.advance(seconds=10)
        assert "3 weighted votes" in say(post(world))
        standing = await world.other.slash(world.general, "poll results", poll="1")
        assert "3 weighted votes" in say(standing)
        voters = say(await press(world.other, standing, "poll.voters"))
        assert f"<@{world.member.id}>: `A, C`" in voters
        await world.advance(minutes=61)
        found = await bundle(world, key)
        assert {each["voter"]: (each["choices"], each["weight"]) for each in found["ballots"]} == {
            str(world.member.id): ([0, 2], 3),
            str(newcomer.id): ([1], 1),
        }


async def test_blank_ballots_and_receipts_off(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, receipts=False)
        given = await paper(world, world.member)
        said = say(await press(world.member, given, "poll.blank"))
        assert "blank vote is in" in said
        assert "receipt" not in said
        for i in range(4):
            await pick(world, world.add_member(f"v{i}"), i % 3)
        await world.advance(minutes=61)
        found = await bundle(world, key)
        assert found["turnout"]["blank"] == 1
        assert [each["choices"] for each in found["ballots"]] == [[0], [0], [1], [2], []]
        assert {each["receipt"] for each in found["ballots"]} == {None}


async def test_everyone_not_eligible_is_told_why(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        role = world.guild.create_role("Council")
        await start_poll(world, terms=Terms(voters=role.id))
        assert f"<@&{role.id}>" in say(await paper(world, world.member))
        forged = await forge(world.member, world.general, "poll.pick:1:0", values=["1"])
        assert f"<@&{role.id}>" in say(forged)
        assert (await poll(world, 1)).vote_count == 0


class Verdicts:
    """Gates that say what a test wants."""

    def __init__(self) -> None:
        self.verdict = Verdict.UNKNOWN
        self.balance: int | None = None

    async def check(self, guild_id: int, key: int, user_ids: object) -> dict[int, Verdict]:
        return dict.fromkeys(user_ids, self.verdict)  # type: ignore[call-overload]

    async def of(self, guild_id: int, key: int, user_ids: object) -> dict[int, int | None]:
        return dict.fromkeys(user_ids, self.balance)  # type: ignore[call-overload]


async def test_what_cannot_be_read_is_try_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        verdicts = Verdicts()
        world.platform.gates = verdicts
        await start_poll(world, terms=Terms(holders_of=Named(5, "whales")))
        assert "try again" in say(await paper(world, world.member))
        verdicts.verdict = Verdict.NO
        assert "whales" in say(await paper(world, world.member))
        verdicts.verdict = Verdict.YES
        assert receipt(await pick(world, world.member, 1))


async def test_a_balance_weighs_and_is_capped(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        verdicts = Verdicts()
        world.platform.balances = verdicts
        await start_poll(world, secrecy=Secrecy.OPEN, terms=Terms(balance=Named(5, "whales")))
        assert "try again" in say(await paper(world, world.member))
        verdicts.balance = 0
        assert "no whole token" in say(await paper(world, world.member))
        verdicts.balance = 12_000
        assert "100 times" in await pick(world, world.member, 1)


async def test_forged_foreign_and_late_ballots_change_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, kind=Kind.MULTIPLE, max_choices=1)

        async def forged(custom_id: str, *values: str) -> str:
            return say(await forge(world.member, world.general, custom_id, values=values or None))

        assert "at most 1 option" in await forged(f"poll.pick:{key}:0", "0", "1")
        for bad in (
            await forged(f"poll.pick:{key}:0", "7"),
            await forged(f"poll.pick:{key}:0", "-1"),
            await forged(f"poll.pick:{key}:0", "²"),
            await forged(f"poll.pick:{key}:0", "1", "1"),
            await forged(f"poll.pick:{key}:x", "1"),
            await forged(f"poll.rank:{key}:0:c:zz:0"),
            await forged(f"poll.rank:{key}:0"),
            await forged(f"poll.rate:{key}:0:c:9:0"),
        ):
            assert "no longer in use" in bad
        assert "corrected" in await forged(f"poll.pick:{key}:4", "1")
        assert "does not exist" in await forged("poll.vote:99")
        elsewhere, stranger = world.other_guild()
        assert "does not exist" in say(await forge(stranger, elsewhere, f"poll.pick:{key}:0", values=["1"]))
        assert (await poll(world, key)).vote_count == 0
        given = await paper(world, world.member)
        identity = click_id(given, "poll.pick")
        await world.advance(minutes=61)
        assert "over" in await forged(identity, "1")
        assert (await poll(world, key)).vote_count == 0


async def test_a_double_click_is_one_vote(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, secrecy=Secrecy.OPEN)
        first = await forge(world.member, world.general, f"poll.pick:{key}:0", values=["1"])
        second = await forge(world.member, world.general, f"poll.pick:{key}:0", values=["1"])
        assert (await poll(world, key)).vote_count == 1
        await world.advance(minutes=61)
        (ballot,) = (await bundle(world, key))["ballots"]
        assert ballot["receipt"] == receipt(second) != receipt(first)


async def test_write_ins_have_no_author(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world, write_ins=True)
        modal = await press(world.member, post(world), "poll.suggest")
        assert modal is not None
        sent = await forge_suggestion(world, key, "Cyanotype")
        assert "nobody is told" in sent
        assert "there already" in await forge_suggestion(world, key, "ＭＯＳＡＩＣ")
        await world.env.settle()
        await world.advance(seconds=10)
        assert "organiser" in say(await press(world.member, post(world), "poll.suggestions")).lower()
        panel = await press(world.organiser, post(world), "poll.suggestions")
        assert "Cyanotype" in say(panel)
        await press(world.organiser, panel, "poll.wi_yes")
        await world.advance(seconds=10)
        assert "**D** Cyanotype" in say(post(world))
        assert receipt(await pick(world, world.member, 3))
        rows = await world.ledger()
        assert str(world.member.id) not in str(rows)
        assert rows[-1].kind == "poll.write_in_approved"


async def test_nobody_takes_the_room_for_suggestions_of_all(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("polls",)) as world:
        key = await start_poll(world, write_ins=True)
        for number in range(5):
            assert "Thank you" in await forge_suggestion(world, key, f"Mine {number}")
        assert "several options" in await forge_suggestion(world, key, "One more")
        assert "several options" in say(await press(world.member, post(world), "poll.suggest"))
        sent = await forge_modal(world.other, world.general, f"poll.suggest_form:{key}", {"option": "Another's"})
        assert "Thank you" in say(sent)


async def forge_suggestion(world: World, key: int, text: str) -> str:
    return say(await forge_modal(world.member, world.general, f"poll.suggest_form:{key}", {"option": text}))


async def test_write_ins_where_there_are_none(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        key = await start_poll(world)
        assert "cannot be suggested" in await forge_suggestion(world, key, "Cyanotype")
