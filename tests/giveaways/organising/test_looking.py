"""The list, one giveaway, what autocomplete offers, and how large the command is."""

from pathlib import Path

from tests.giveaways.organising.desk import giveaways, post, start, unchanged
from tests.harness import World, labels, press, running_bot, say


async def offered(world: World, actor: object, command: str, typed: str = "") -> list[str]:
    choices = await actor.autocomplete(world.general, f"giveaway {command}", "giveaway", typed)  # type: ignore[attr-defined]
    return [choice["name"] for choice in choices]


async def test_the_list_is_newest_first_and_pages(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        empty = await world.member.slash(world.general, "giveaway list")
        assert "no giveaway here yet" in say(empty)
        for number in range(1, 11):
            await post(world, prize=f"Print {number}")
        await post(world, prize="Secret plan", starts="2h")
        first = await world.member.slash(world.general, "giveaway list")
        assert first.ephemeral
        said = say(first)
        assert said.index("Print 10") < said.index("Print 9") < said.index("Print 3")
        assert "Print 2" not in said
        assert "Secret plan" not in said
        second = await press(world.member, first, "page:1")
        assert "Print 2" in say(second)
        assert "Print 1" in say(second)
        assert "Secret plan" in say(await world.organiser.slash(world.general, "giveaway list"))


async def test_one_giveaway_is_shown_as_its_post(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, prize="Print", ping=world.artists)
        async with unchanged(world):
            shown = await world.member.slash(world.general, "giveaway info", giveaway="1")
        assert shown.ephemeral
        assert row.commitment in say(shown)
        assert shown.response is not None
        assert shown.response.content == ""
        assert str(world.general.history()[0].id) in (shown.response.embeds[0].url or "")
        assert "1 entrant" in say(await press(world.member, shown, "gw.enter"))


async def test_what_is_only_planned_is_nobodys_business(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, prize="Secret plan", starts="2h")
        hidden = await world.member.slash(world.general, "giveaway info", giveaway="1")
        assert "There is no giveaway" in say(hidden)
        assert "Secret plan" in say(await world.organiser.slash(world.general, "giveaway info", giveaway="1"))
        assert await offered(world, world.member, "info") == []
        assert await offered(world, world.organiser, "info") == ["#1 Secret plan"]
        assert "Secret plan" not in say(await world.member.slash(world.general, "browse"))
        assert "Secret plan" in say(await world.organiser.slash(world.general, "my show"))
        # Nor what was cancelled before anyone saw it.
        await world.organiser.slash(world.general, "giveaway cancel", giveaway="1", reason="Changed our minds")
        for command, options in (("info", {"giveaway": "1"}), ("list", {})):
            assert "Secret plan" not in say(await world.member.slash(world.general, f"giveaway {command}", **options))
            assert "Secret plan" in say(await world.organiser.slash(world.general, f"giveaway {command}", **options))
        assert await offered(world, world.member, "info") == []


async def test_autocomplete_offers_what_one_may_act_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world, prize="Old print", ends="1h")
        await world.advance(hours=2)
        await post(world, prize="Open 50% print")
        await post(world, prize="Planned print", starts="2h")
        await post(world, prize="x" * 200)
        long = f"#4 {'x' * 96}…"
        assert await offered(world, world.organiser, "edit") == [long, "#3 Planned print", "#2 Open 50% print"]
        assert await offered(world, world.organiser, "end") == [long, "#2 Open 50% print"]
        assert await offered(world, world.organiser, "cancel", "print") == ["#3 Planned print", "#2 Open 50% print"]
        assert await offered(world, world.organiser, "cancel", "50%") == ["#2 Open 50% print"]
        assert await offered(world, world.organiser, "cancel", "%") == ["#2 Open 50% print"]
        assert await offered(world, world.organiser, "edit", "#3") == ["#3 Planned print"]
        assert await offered(world, world.member, "info", "old") == ["#1 Old print"]
        for command in ("edit", "end", "cancel"):
            assert await offered(world, world.member, command) == []
        assert len(long) == 100


async def test_rules_and_events_are_offered_by_the_features_that_have_them(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=("home", "config", "privacy", "giveaways")) as world:
        for option in ("holders_of", "attended"):
            assert await world.organiser.autocomplete(world.general, "giveaway start", option, "x") == []


async def test_turned_off_everything_says_so(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await post(world)
        asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
        await press(world.moderator, asked, "cfg.off:giveaways:keep")
        async with unchanged(world):
            for command, options in (
                ("edit", {"giveaway": "1"}),
                ("end", {"giveaway": "1"}),
                ("cancel", {"giveaway": "1", "reason": "x"}),
                ("info", {"giveaway": "1"}),
                ("list", {}),
            ):
                answer = await world.organiser.slash(world.general, f"giveaway {command}", **options)
                assert "/config feature" in say(answer), command
        # What was running goes on.
        assert "1 entrant" in say(await press(world.member, world.general.history()[0], "gw.enter"))


async def test_drafts_of_one_are_not_in_the_list(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await start(world, prize="Print", ends="2 days")
        assert await giveaways(world) == []
        assert "Print" not in say(await world.organiser.slash(world.general, "giveaway list"))
        assert "Post" in labels(draft)
