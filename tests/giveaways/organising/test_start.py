"""``/giveaway start``: a draft, a post at once, a short form; and nothing at all when something cannot be."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from cogs.giveaways.rules.draw import commitment
from cogs.giveaways.rules.terms import Claim, Terms
from cogs.giveaways.tables import State
from tests.giveaways.organising.desk import (
    drafts,
    fill,
    giveaways,
    picture,
    post,
    posts,
    start,
    unchanged,
    without_mentions,
)
from tests.harness import labels, press, running_bot, say, shown


async def test_what_was_typed_is_seen_before_there_is_enough_for_a_preview(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        opened = await start(world)
        draft = await fill(world.organiser, opened, prize="Signed *print*", ends="banana")
        assert "“banana” cannot be read as a time" in say(draft)
        assert "Giveaway: Signed \\*print\\*" in say(draft)
        assert say(draft).count("Signed") == 1
        whole = await fill(world.organiser, await press(world.organiser, draft, "gw.d.when"), ends="2 days")
        assert "Giveaway: Signed" not in say(whole)


async def test_options_become_a_private_draft_and_then_a_post(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        opened = world.env.now()
        draft = await start(
            world,
            prize="Signed *print*",
            ends="2 days",
            winners=3,
            description="With a frame",
            required_role=world.artists,
            bonuses=f"{world.artists.mention} 2",
            claim="button",
            cooldown="7",
        )
        assert draft.ephemeral
        said = say(draft)
        assert "Signed \\*print\\*" in said
        assert f"posted now that is <t:{int((opened + timedelta(days=2)).timestamp())}:F>" in said
        assert f"members with {world.artists.mention}" in said
        assert f"{world.general.mention} (English)" in said
        assert world.general.history() == []
        assert await giveaways(world) == []

        posted = await press(world.organiser, draft, "gw.d.post")
        assert "Giveaway #1" in say(posted)
        (row,) = await giveaways(world)
        assert (row.number, row.state, row.prize, row.winners) == (1, State.OPEN, "Signed *print*", 3)
        assert row.closes_at - row.starts_at == timedelta(days=2)
        assert row.commitment == commitment(row.seed)
        assert len(row.seed) == 32
        assert (row.claim, row.claim_seconds) == (Claim.BUTTON, 72 * 3600)
        assert Terms.from_json(row.terms) == Terms(
            organiser_id=world.organiser.id,
            required_role=world.artists.id,
            bonuses=((world.artists.id, 2),),
            cooldown=timedelta(days=7),
        )
        assert await drafts(world) == []
        (message,) = world.general.history()
        assert row.commitment in say(message)
        assert "Signed \\*print\\*" in say(message)
        kinds = [line.kind for line in await world.ledger()]
        assert kinds == ["giveaway.posted"]


async def test_with_nothing_missing_it_is_posted_at_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        answer = await start(
            world,
            prize="Print",
            ends="1h",
            channel=world.announcements,
            image=("art.png", picture()),
            ping=world.artists,
            post=True,
        )
        assert answer.ephemeral
        assert world.announcements.mention in say(answer)
        assert world.general.history() == []
        (message,) = world.announcements.history()
        assert message.content == world.artists.mention
        assert [attachment.filename for attachment in message.attachments] == ["picture.png"]
        assert world.env.backend.cdn.get(message.attachments[0].url) == picture()
        assert await drafts(world) == []


async def test_with_something_missing_it_stays_a_draft_that_says_all_of_it(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        answer = await start(world, description="Words", claim="in-person", post=True)
        said = say(answer)
        assert "The prize is missing" in said
        assert "The closing time is missing" in said
        assert "picked up in person, say until when" in said
        assert world.general.history() == []
        async with unchanged(world):
            refused = await press(world.organiser, answer, "gw.d.post")
        assert say(shown(refused)).count("is missing") == 2
        assert await giveaways(world) == []


async def test_the_servers_and_the_members_settings_are_the_defaults(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.moderator.slash(world.general, "config channel", purpose="giveaways", channel=world.announcements)
        await world.moderator.slash(world.general, "config role", purpose="excluded", role=world.organisers)
        await world.moderator.slash(world.general, "config timezone", zone="Asia/Seoul")
        await world.moderator.slash(world.general, "config language", language="ja")
        row = await post(world, ends="2026-01-20 20:00", excluded_role=world.artists)
        assert row.closes_at.isoformat() == "2026-01-20T11:00:00+00:00"
        assert row.zone == "Asia/Seoul"
        assert row.terms["excluded_roles"] == [world.artists.id, world.organisers.id]
        assert [(each.channel_id, each.language) for each in await posts(world)] == [(world.announcements.id, "ja")]
        assert "応募する" in labels(world.announcements.history()[0])
        await world.speak(world.organiser, "en", "America/New_York")
        row = await post(world, ends="2026-01-20 20:00")
        assert row.closes_at.isoformat() == "2026-01-21T01:00:00+00:00"


async def test_without_options_a_short_form_asks_first(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        async with unchanged(world):
            form = await start(world)
        assert form.modal is not None
        assert form.modal["title"] == "New giveaway"
        draft = await world.organiser.submit_modal(
            form,
            {"prize": "Print", "ends": "tomorrow 20:00", "winners": "2", "picture": ("a.webp", picture("WEBP"))},
        )
        assert "Print" in say(draft)
        assert "missing" not in say(draft)
        await press(world.organiser, draft, "gw.d.post")
        (row,) = await giveaways(world)
        assert (row.prize, row.winners) == ("Print", 2)
        (message,) = world.general.history()
        assert [attachment.filename for attachment in message.attachments] == ["picture.webp"]


async def test_what_a_form_cannot_take_is_said_and_the_rest_is_kept(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await fill(
            world.organiser,
            await start(world),
            prize="Print",
            ends="0",
            winners="101",
            picture=("a.png", b"no picture"),
        )
        said = say(draft)
        assert "Not taken" in said
        assert "“0” has no unit" in said
        assert "“101”" in said
        assert "a.png" in said
        (row,) = await drafts(world)
        assert row.values["prize"] == "Print"
        form = await press(world.organiser, draft, "gw.d.when")
        await fill(world.organiser, form, ends="3 days")
        assert (await drafts(world))[0].values["runs"] == 3 * 86_400


async def test_a_form_of_which_nothing_can_be_taken_makes_no_draft(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        form = await start(world)
        async with unchanged(world):
            refused = await fill(world.organiser, form, prize="\u200b", ends="never", winners="0")
        assert "Nothing of the prize can be seen" in say(refused)


ATTEMPTS: list[dict[str, Any]] = [{}, {"prize": "Print"}, {"prize": "Print", "ends": "2 days", "post": True}]
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "zero": ({"ends": "0"}, "“0” has no unit"),
    "negative": ({"ends": "-5m"}, "less than a second"),
    "years": ({"ends": "9999d"}, "90 days at most"),
    "too short": ({"ends": "10s"}, "30 seconds or longer"),
    "past": ({"ends": "2020-01-01 00:00"}, "ago"),
    "no time of day": ({"ends": "tomorrow"}, "no time of day"),
    "before it starts": ({"starts": "2026-02-02 10:00", "ends": "2026-02-01 10:00"}, "before it opens"),
    "start in the past": ({"starts": "2020-01-01 00:00"}, "ago"),
    "start nobody understands": ({"starts": "when Mina says so"}, "“when” is not understood"),
    "no winners": ({"winners": 0}, "“0” is not a number of winners"),
    "too many winners": ({"winners": 101}, "“101” is not a number of winners"),
    "blank prize": ({"prize": "\u200d\u200d"}, "Nothing of the prize"),
    "long prize": ({"prize": "p" * 201}, "201 characters"),
    "very long prize": ({"prize": "p" * 5_999}, "5,999 characters"),
    "long description": ({"description": "d" * 1_001}, "1,001 characters"),
    "unclear bonus": ({"bonuses": "@Artist 2"}, "Artist 2” cannot be read"),
    "unknown role": ({"bonuses": "<@&123> 2"}, "not in this server"),
    "bonus out of bounds": ({"bonuses": "<@&123> 101"}, "from 1 to 100"),
    "age": ({"account_age": "0"}, "less than a second"),
    "cooldown": ({"cooldown": "a while"}, "a while"),
    "claim time": ({"claim": "button", "claim_within": "5s"}, "too short"),
    "nobody can link a wallet": ({"claim": "wallet"}, "allet"),
    "no such gate rule": ({"holders_of": "Holders"}, "no rule “Holders”"),
    "no such event": ({"attended": "Opening"}, "vent"),
    "no picture": ({"image": ("art.png", b"GIF89a but not really")}, "art.png"),
    "a text as picture": ({"image": ("readme.txt", b"hello")}, "readme.txt"),
    "a huge picture": ({"image": ("big.png", b"\x89PNG" + bytes(8 * 1024 * 1024))}, "8 MiB"),
}


async def test_whatever_cannot_be_is_refused_in_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world, unchanged(world):
        for name, (options, said) in BAD.items():
            for post_it in (True, False):
                values = {"prize": "Print", "ends": "2 days", **options, "post": post_it}
                answer = await start(world, **values)
                assert answer.ephemeral, name
                assert said in say(answer).replace("\\", ""), name
                assert labels(answer) == [], name


async def test_everyone_is_not_a_role_to_choose_or_to_ping(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world, unchanged(world):
        for option in ("required_role", "excluded_role", "ping"):
            everyone = world.guild.default_role
            answer = await start(world, prize="Print", ends="2 days", post=True, **{option: everyone})
            assert "@everyone cannot be chosen" in say(answer).replace("\\", "")


async def test_clock_changes_are_refused_in_the_members_zone(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        for zone, ends, said in (
            ("Europe/Berlin", "2026-03-29 02:30", "does not exist"),
            ("Australia/Sydney", "2026-04-05 02:30", "twice"),
        ):
            await world.speak(world.organiser, "en", zone)
            async with unchanged(world):
                assert said in say(await start(world, prize="Print", ends=ends, post=True))


async def test_what_people_type_pings_nobody_and_shows_as_typed(tmp_path: Path) -> None:
    prize = "@everyone <@&1> **b** `c` \u202eabc \u2067 עברית 👩\u200d🎨 # h"
    async with running_bot(tmp_path) as world:
        await post(world, prize=prize, description="@here\n# heading\n- list\n> quote\n[a](https://b.c)")
        (message,) = world.general.history()
        assert not message.mentions
        assert not message.role_mentions
        assert not message.mention_everyone
        said = say(message)
        assert "\u202e" not in said
        assert "\\@everyone" in said
        assert "\\*\\*b\\*\\*" in said
        assert "\\# heading" in said
        assert "👩\u200d🎨" in said


async def test_a_channel_the_bot_cannot_use(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        hidden = world.channel_without("hidden", "view_channel")
        silent = world.channel_without("silent", "send_messages", "attach_files")
        forgetful = world.channel_without("forgetful", "read_message_history")
        async with unchanged(world):
            answer = await start(world, prize="Print", ends="2 days", channel=hidden, post=True)
            assert f"I cannot see {hidden.mention}" in say(answer)
        answer = await start(world, prize="Print", ends="2 days", channel=silent, post=True)
        assert "I need Send Messages, Embed Links, and Attach Files" in say(answer)
        async with unchanged(world):
            assert "Attach Files" in say(await press(world.organiser, answer, "gw.d.post"))
        answer = await start(world, prize="Print", ends="2 days", channel=forgetful)
        assert "I lack Read Message History" in say(answer)
        assert "Giveaway #1" in say(await press(world.organiser, answer, "gw.d.post"))
        assert len(forgetful.history()) == 1


async def test_a_role_nobody_would_hear_of_is_said_and_posted_all_the_same(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        without_mentions(world)
        quiet = world.guild.create_role("Quiet", mentionable=False)
        loud = world.guild.create_role("Loud", mentionable=True)
        assert "cannot be mentioned by me" in say(await start(world, prize="Print", ends="2 days", ping=quiet))
        assert "cannot be mentioned by me" not in say(await start(world, prize="Print", ends="2 days", ping=loud))


async def test_only_organisers_and_only_while_giveaways_are_on(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        async with unchanged(world):
            for options in ATTEMPTS:
                refused = await start(world, world.member, **options)
                assert refused.modal is None
                assert "Only organisers" in say(refused)
        await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
        async with unchanged(world):
            for options in ATTEMPTS:
                refused = await start(world, **options)
                assert refused.modal is None
                assert "/config feature" in say(refused)


async def test_everyone_is_answered_in_their_language(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        for language, missing, bad in (("ja", "賞品がまだ", "当選者数として"), ("ko", "상품이 아직", "당첨자 수로")):
            await world.speak(world.organiser, language)
            assert missing in say(await start(world, ends="2 days"))
            assert bad in say(await start(world, prize="Print", winners=0))


async def test_times_in_three_languages(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        for ends in ("2日", "2일", "2 days", "48h"):
            row = await post(world, ends=ends)
            assert row.closes_at - row.starts_at == timedelta(days=2)
