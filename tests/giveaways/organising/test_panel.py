"""The draft's panel: each step, the restart in between, and everyone it does not belong to."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from cogs.giveaways.rules.options import Options
from cogs.giveaways.rules.terms import Claim, Repeats
from cogs.giveaways.tables import State
from tests.giveaways.organising.desk import (
    drafts,
    fill,
    giveaways,
    modal_values,
    picture,
    post,
    posts,
    start,
    unchanged,
)
from tests.harness import World, choose, components, forge, forge_modal, labels, press, running_bot, say, shown


async def values(world: World) -> Options:
    """Return what the only draft says."""
    (row,) = await drafts(world)
    return Options.from_json(row.values)


async def test_every_step_on_the_way_to_a_post(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await start(world, winners=2)
        assert labels(draft) == [
            "Who",
            "Extra tickets",
            "Claim",
            "When",
            "Where",
            "Look",
            "Copy an old one",
            "Post",
            "Discard",
        ]

        look = await press(me, draft, "gw.d.look")
        assert modal_values(look)["winners"] == "2"
        panel = await fill(me, look, prize="Print", description="Signed", winners="4", picture=("a.png", picture()))
        look = await press(me, panel, "gw.d.look")
        assert modal_values(look) == {
            "prize": "Print",
            "winners": "4",
            "description": "Signed",
            "picture": "",
            "present": ["keep"],
        }
        assert (await values(world)).picture_id is not None

        when = await press(me, panel, "gw.d.when")
        panel = await fill(me, when, starts="2026-01-10 18:00", ends="2 days", zone="Asia/Seoul", repeat=["weekly"])
        assert "<t:1768035600:F>" in say(panel)  # 2026-01-10 18:00 in Seoul
        assert "Every week" in say(panel)
        assert modal_values(await press(me, panel, "gw.d.when")) == {
            "starts": "2026-01-10 18:00",
            "ends": "2d",
            "zone": "Asia/Seoul",
            "repeat": ["weekly"],
        }

        claim = await press(me, panel, "gw.d.claim")
        panel = await fill(me, claim, claim=["in-person"])
        assert "say until when" in say(panel)
        panel = await fill(me, await press(me, panel, "gw.d.claim"), claim_within="7")
        assert "say until when" not in say(panel)

        who = await press(me, panel, "gw.d.who")
        who = await choose(me, who, "gw.d.required", world.artists)
        who = await choose(me, who, "gw.d.excluded", world.organisers)
        assert f"Have the role {world.artists.mention}" in say(who)
        who = await fill(me, await press(me, who, "gw.d.ages"), account_age="30", member_for="2 weeks", cooldown="7")
        assert "30 days" in say(who)

        panel = await press(me, who, "gw.d")
        tickets = await press(me, panel, "gw.d.tickets")
        tickets = await choose(me, tickets, "gw.d.roles", world.artists)
        extras = await press(me, tickets, "gw.d.extras")
        assert modal_values(extras) == {f"role-{world.artists.id}": "1"}
        tickets = await fill(me, extras, **{f"role-{world.artists.id}": "5"})
        assert "+5 tickets" in say(tickets)

        where = await press(me, await press(me, tickets, "gw.d"), "gw.d.where")
        where = await choose(me, where, "gw.d.channels", world.general, world.announcements)
        words = await choose(me, where, "gw.d.place", str(world.announcements.id))
        assert modal_values(words)["language"] == ["en"]
        where = await fill(me, words, language=["ja"], title="版画", text="サイン入り")
        where = await choose(me, where, "gw.d.ping", world.artists)
        assert "(日本語, own words)" in say(where)

        panel = await press(me, where, "gw.d")
        posted = await press(me, panel, "gw.d.post")
        assert "<t:1768035600:F>" in say(posted)
        assert labels(posted) == []
        (row,) = await giveaways(world)
        assert (row.state, row.prize, row.description, row.winners) == (State.SCHEDULED, "Print", "Signed", 4)
        assert (row.claim, row.claim_seconds, row.ping_role) == (Claim.IN_PERSON, 7 * 86_400, world.artists.id)
        assert (row.repeats, row.runs_seconds, row.zone) == (Repeats.WEEKLY, 2 * 86_400, "Asia/Seoul")
        assert row.terms == {
            "organiser_id": me.id,
            "required_role": world.artists.id,
            "excluded_roles": [world.organisers.id],
            "bonuses": [[world.artists.id, 5]],
            "account_age": 30 * 86_400,
            "member_for": 14 * 86_400,
            "cooldown": 7 * 86_400,
        }
        assert [(p.channel_id, p.language, p.title, p.text, p.message_id) for p in await posts(world)] == [
            (world.general.id, "en", None, None, None),
            (world.announcements.id, "ja", "版画", "サイン入り", None),
        ]


async def test_a_draft_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await start(world, prize="Print")
        when = await press(world.organiser, draft, "gw.d.when")
        await world.restart()
        panel = await fill(world.organiser, when, ends="2 days")
        await world.restart()
        await press(world.organiser, panel, "gw.d.post")
        assert [row.state for row in await giveaways(world)] == [State.OPEN]


async def test_a_draft_is_found_again_later(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await start(world, prize="Print", ends="2 days")
        await world.advance(minutes=20)
        mine = await world.organiser.slash(world.general, "my show")
        assert "Print" in say(mine)
        again = await press(world.organiser, mine, "draft.open")
        await press(world.organiser, again, "gw.d.post")
        assert [row.prize for row in await giveaways(world)] == ["Print"]


async def test_pressing_post_twice_posts_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await start(world, prize="Print", ends="2 days")
        (row,) = await drafts(world)
        first, second = await asyncio.gather(
            forge(world.organiser, world.general, f"gw.d.post:{row.id}", message=draft),
            forge(world.organiser, world.general, f"gw.d.post:{row.id}", message=draft),
        )
        said = sorted([say(shown(first)), say(shown(second))])
        assert ["Giveaway #1" in each for each in said] == [True, False]
        assert "no longer exists" in said[1]
        assert len(await giveaways(world)) == 1
        assert len(world.general.history()) == 1
        async with unchanged(world):
            third = await forge(world.organiser, world.general, f"gw.d.post:{row.id}", message=draft)
        assert "no longer exists" in say(shown(third))


STEPS = (
    "gw.d",
    "gw.d.look",
    "gw.d.who",
    "gw.d.tickets",
    "gw.d.claim",
    "gw.d.when",
    "gw.d.where",
    "gw.d.copy",
    "gw.d.ages",
    "gw.d.gate",
    "gw.d.extras",
    "gw.d.number",
    "gw.d.ping_usual",
    "gw.d.post",
)
SELECTS = (
    "gw.d.required",
    "gw.d.excluded",
    "gw.d.ping",
    "gw.d.roles",
    "gw.d.channels",
    "gw.d.place",
    "gw.d.copied",
)
FORMS = ("look", "when", "claim", "ages", "gate", "extras", "translate", "number")


async def attempts(world: World, actor: Any, channel: Any, key: object) -> list[Any]:
    """Try everything a draft's panel has, by hand."""
    role = str(world.artists.id)
    answers = [await forge(actor, channel, f"{kind}:{key}") for kind in STEPS]
    answers += [await forge(actor, channel, f"{kind}:{key}", values=[role]) for kind in SELECTS]
    fields = {"prize": "Stolen", "ends": "3 days", "number": "1", "cooldown": "5", f"role-{role}": "9"}
    answers += [await forge_modal(actor, channel, f"gw.f.{form}:{key}:{role}", fields) for form in FORMS]
    return answers


async def test_nobody_else_can_touch_a_draft(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await start(world, prize="Print", ends="2 days", bonuses=f"{world.artists.mention} 2")
        (row,) = await drafts(world)
        elsewhere, stranger = world.other_guild()
        async with unchanged(world):
            for actor, channel in ((world.moderator, world.general), (stranger, elsewhere)):
                for answer in await attempts(world, actor, channel, row.id):
                    assert answer.modal is None
                    assert "no longer exists" in say(answer)
            for answer in await attempts(world, world.member, world.general, row.id):
                assert answer.modal is None
                assert "Only organisers" in say(answer)
            for actor in (world.member, world.moderator):
                assert "no longer exists" in say(await forge(actor, world.general, f"gw.d.discard:{row.id}"))


async def test_forged_ids_are_refused_politely(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await start(world, prize="Print", ends="2 days")
        async with unchanged(world):
            for key in (999, "", "x", "-1", "9" * 19, "9" * 40):
                for answer in await attempts(world, world.organiser, world.general, key):
                    assert answer.modal is None, key
                    assert say(answer), key
                    assert "reference" not in say(answer), key
        (row,) = await drafts(world)
        async with unchanged(world):
            for kind in ("gw.d.required", "gw.d.ping", "gw.d.roles", "gw.d.channels", "gw.d.place"):
                for forged in ("everyone", "12345", str(world.guild.default_role.id), "9" * 30):
                    answer = await forge(world.organiser, world.general, f"{kind}:{row.id}", values=[forged])
                    assert say(answer), (kind, forged)
                    assert "reference" not in say(answer), (kind, forged)


async def test_who_is_no_organiser_any_more_can_go_no_further(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await start(world, prize="Print", ends="2 days", bonuses=f"{world.artists.mention} 2")
        (row,) = await drafts(world)
        await world.moderator.slash(world.general, "config role", purpose="organiser", role=world.artists)
        async with unchanged(world):
            for answer in await attempts(world, world.organiser, world.general, row.id):
                assert answer.modal is None
                assert "Only organisers" in say(answer)
        assert "discarded" in say(await forge(world.organiser, world.general, f"gw.d.discard:{row.id}"))


async def test_steps_refuse_what_cannot_be_and_keep_the_rest(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await start(world, prize="Print", ends="2 days")
        look = await press(me, draft, "gw.d.look")
        panel = await fill(me, look, prize="\u200d", description="Words", winners="0", picture=("a.png", b"no"))
        said = say(panel)
        for part in ("Not taken", "Nothing of the prize", "“0” is not a number of winners", "a.png"):
            assert part in said
        assert (await values(world)).description == "Words"
        assert (await values(world)).prize == "Print"

        when = await press(me, panel, "gw.d.when")
        panel = await fill(me, when, ends="-5m", zone="Mars")
        assert "less than a second" in say(panel)
        assert "Mars" in say(panel)
        assert (await values(world)).runs == timedelta(days=2)

        panel = await fill(me, await press(me, panel, "gw.d.claim"), claim=["wallet"])
        assert "Not taken" in say(panel)
        assert (await values(world)).claim is Claim.NONE

        gate = await press(me, await press(me, panel, "gw.d.who"), "gw.d.gate")
        who = await fill(me, gate, holders_of="Holders", attended="Opening")
        assert say(who).count("\n- ") >= 2
        assert (await values(world)).holders_of is None


async def test_an_unchanged_form_changes_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await start(
            world, prize="Print", ends="2026-02-01 10:00", starts="2026-01-01 02:30", claim="button", claim_within="3"
        )
        before = await values(world)
        await world.advance(hours=3)
        for kind in ("gw.d.look", "gw.d.when", "gw.d.claim"):
            draft = await fill(me, await press(me, draft, kind))
            assert "Not taken" not in say(draft)
        assert await values(world) == before
        assert "has passed" in say(draft)


async def test_another_zone_means_other_times(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await start(world, prize="Print", ends="2026-02-01 20:00")
        await fill(world.organiser, await press(world.organiser, draft, "gw.d.when"), zone="seoul")
        ends = (await values(world)).ends
        assert ends is not None
        assert ends.isoformat() == "2026-02-01T11:00:00+00:00"


async def test_a_value_is_taken_back(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await start(
            world,
            prize="Print",
            ends="2 days",
            required_role=world.artists,
            ping=world.artists,
            image=("a.png", picture()),
        )
        who = await choose(me, await press(me, draft, "gw.d.who"), "gw.d.required")
        where = await choose(me, await press(me, await press(me, who, "gw.d"), "gw.d.where"), "gw.d.ping")
        panel = await press(me, where, "gw.d")
        assert shown(panel).attachments
        panel = await fill(me, await press(me, panel, "gw.d.look"), prize="", present=["remove"])
        assert await values(world) == Options(runs=timedelta(days=2))
        assert "The prize is missing" in say(panel)
        assert not shown(panel).attachments


async def test_the_usual_role_to_ping_is_offered_first(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.moderator.slash(world.general, "config role", purpose="giveaway-ping", role=world.artists)
        draft = await start(world, prize="Print", ends="2 days")
        assert "**Pings:** nobody" in say(draft)
        where = await press(world.organiser, draft, "gw.d.where")
        assert "Ping @Artists" in labels(where)
        where = await press(world.organiser, where, "gw.d.ping_usual")
        assert f"**Pings:** {world.artists.mention}" in say(where)
        assert "Ping @Artists" not in labels(where)


async def test_an_old_one_is_copied_with_all_but_its_dates(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        old = await post(
            world,
            ends="5 days",
            winners=4,
            description="Signed",
            required_role=world.artists,
            claim="button",
            image=("a.png", picture()),
        )
        draft = await start(world, prize="Other")
        copies = await press(me, draft, "gw.d.copy")
        (select,) = [part for part in components(copies) if part.get("options")]
        assert [option["label"] for option in select["options"]] == ["#1 Art print"]
        panel = await choose(me, copies, "gw.d.copied", "1")
        assert "Signed" in say(panel)
        copy = await values(world)
        assert (copy.runs, copy.starts, copy.ends) == (timedelta(days=5), None, None)
        await press(me, panel, "gw.d.post")
        new = (await giveaways(world))[-1]
        assert new.id != old.id
        assert (new.prize, new.winners, new.terms, new.claim) == (old.prize, old.winners, old.terms, old.claim)
        assert new.seed != old.seed
        assert new.public_id != old.public_id
        assert new.picture_id == old.picture_id

        draft = await start(world, prize="Third")
        form = await press(me, await press(me, draft, "gw.d.copy"), "gw.d.number")
        panel = await fill(me, form, number="#2")
        assert "Signed" in say(panel)
        form = await press(me, await press(me, panel, "gw.d.copy"), "gw.d.number")
        async with unchanged(world):
            assert "There is no giveaway “77”" in say(shown(await fill(me, form, number="77")))


async def test_a_discarded_draft_is_gone(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await start(world, prize="Print", ends="2 days")
        gone = await press(world.organiser, draft, "gw.d.discard")
        assert "discarded" in say(gone)
        assert await drafts(world) == []
        assert await giveaways(world) == []


async def test_a_role_that_was_deleted_meanwhile_is_said(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        role = world.guild.create_role("Brief")
        await world.env.settle()
        draft = await start(world, prize="Print", ends="2 days", required_role=role, bonuses=f"{role.mention} 2")
        world.env.backend.delete_role(world.guild.id, role.id)
        await world.env.settle()
        panel = await press(world.organiser, await press(world.organiser, draft, "gw.d.who"), "gw.d")
        assert say(panel).count("not in this server") == 2
        async with unchanged(world):
            await press(world.organiser, panel, "gw.d.post")


async def test_the_panel_speaks_the_organisers_language_and_the_post_its_own(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await world.speak(world.organiser, "ko")
        draft = await start(world, prize="Print", ends="2 days")
        assert "초안" in say(draft)
        assert "Who can enter" in say(draft)
        assert "게시" in labels(draft)
        await press(world.organiser, draft, "gw.d.post")
        assert "Who can enter" in say(world.general.history()[0])
