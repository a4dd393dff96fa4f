"""The draft's panel: each step, the restart in between, and everyone it does not belong to."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from cogs.events.rules.kinds import Where
from cogs.events.rules.recurrence import Every, Rule
from cogs.events.tables import OccurrenceState
from tests.desk import drafts, fill, modal_values, picture, posts, unchanged
from tests.events.organising.desk import ONLINE, create, dates, events, save, values
from tests.harness import World, choose, components, forge, forge_modal, labels, press, running_bot, say, shown


async def test_every_step_on_the_way_to_an_announcement(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await create(world, capacity=3)
        steps = ["Look", "When", "Repeat", "Where it happens", "Who", "Reminders", "Where announced"]
        assert labels(draft) == [*steps, "Copy an old one", "Post", "Discard"]

        form = await press(me, draft, "ev.d.look")
        panel = await fill(me, form, title="Walk", description="Slowly", bring="Boots", picture=("a.png", picture()))
        form = await press(me, panel, "ev.d.when")
        panel = await fill(
            me, form, starts="2026-01-10 18:00", ends="2 h", zone="Asia/Seoul", announce_at="2026-01-05 09:00"
        )
        assert "**Starts:** <t:1768035600:F>, takes 2 hours" in say(panel)
        assert "**Announced:** <t:1767571200:F>" in say(panel)
        # Moved, it takes as long; in another zone the same words are another time.
        panel = await fill(me, await press(me, panel, "ev.d.when"), ends="21:00")
        panel = await fill(me, await press(me, panel, "ev.d.when"), starts="2026-01-17 18:00", zone="Asia/Tokyo")
        assert modal_values(await press(me, panel, "ev.d.when")) == {
            "starts": "2026-01-17 18:00",
            "ends": "3h",
            "zone": "Asia/Tokyo",
            "announce_at": "2026-01-05 09:00",
        }

        repeat = await press(me, panel, "ev.d.repeat")
        (select,) = [part for part in components(repeat) if part.get("options")]
        assert [each["label"] for each in select["options"]] == [
            "Once only",
            "every day",
            "every weekday, Monday to Friday",
            "every week on Saturday",
            "every 2 weeks on Saturday",
            "every month on the third Saturday",
            "every month on day 17",
        ]
        repeat = await choose(me, repeat, "ev.d.cadence", "weekly")
        assert "<t:1768640400:f>, <t:1769245200:f>" in say(repeat)
        words = await press(me, repeat, "ev.d.repeat_words")
        assert modal_values(words)["repeat"] == "every week on Saturday"
        repeat = await fill(me, words, until="2026-01-31")
        assert (await values(world)).repeat == Rule(Every.WEEK)
        assert say(repeat).count(":f>") == 3
        repeat = await fill(me, await press(me, repeat, "ev.d.repeat_words"), repeat="every 3 days")
        assert {each["label"] for each in _options(repeat) if each["default"]} == {"every 3 days"}

        venue = await press(me, await press(me, repeat, "ev.d"), "ev.d.venue")
        await save(world, await press(me, await choose(me, venue, "ev.d.kind", "online"), "ev.d"))
        (event,) = await events(world)
        assert (event.title, event.description, event.bring, event.where) == ("Walk", "Slowly", "Boots", Where.ONLINE)
        assert (event.zone, event.begins, event.length_seconds) == ("Asia/Tokyo", "2026-01-17T18:00:00", 10_800)
        assert event.rule == {"every": "day", "interval": 3, "until": "2026-01-31T23:59:00"}
        assert event.announce_lead_seconds == 12 * 86_400 + 9 * 3600
        assert [row.state for row in await dates(world, event)] == [OccurrenceState.PLANNED] * 5


async def test_where_it_happens_who_can_come_and_where_it_is_announced(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        voice, stage = world.guild.create_voice_channel("Voice"), world.guild.create_stage_channel("Stage")
        await world.env.settle()
        draft = await create(world, title="Walk", starts="2026-01-10 18:00")
        venue = await press(me, draft, "ev.d.venue")
        venue = await choose(me, venue, "ev.d.kind", "in-person")
        venue = await fill(me, await press(me, venue, "ev.d.address"), place="Old park")
        assert "**Where it happens:** Old park" in say(venue)
        # What was said of another kind of place goes with it.
        venue = await choose(me, venue, "ev.d.kind", "voice")
        venue = await choose(me, venue, "ev.d.channel", voice)
        assert ((await values(world)).place, (await values(world)).channel) == (None, voice.id)
        venue = await choose(me, venue, "ev.d.kind", "stage")
        assert (await values(world)).channel is None
        assert "The stage channel it takes place in" in say(venue)
        venue = await choose(me, venue, "ev.d.channel", stage)

        who = await press(me, await press(me, venue, "ev.d"), "ev.d.who")
        who = await choose(me, who, "ev.d.rsvp_role", world.artists)
        who = await choose(me, who, "ev.d.going_role", world.artists)
        who = await fill(me, await press(me, who, "ev.d.seats"), capacity="12", rsvp_closes="2h", shows_names=["on"])
        for part in ("12 places", "Answers close 2 hours before", "names who is coming", "For members with the role"):
            assert part in say(who)

        remind = await press(me, await press(me, who, "ev.d"), "ev.d.remind")
        assert modal_values(remind) == {"remind": "1d, 1h, at start"}
        panel = await fill(me, remind, remind="none")
        assert "**Reminders:** none" in say(panel)

        where = await press(me, panel, "ev.d.where")
        where = await choose(me, where, "ev.d.channels", world.general, world.announcements)
        words = await choose(me, where, "ev.d.place", str(world.announcements.id))
        where = await fill(me, words, language=["ja"], title="散歩", text="ゆっくり")
        where = await choose(me, where, "ev.d.ping", world.artists)
        assert "(日本語, own words)" in say(where)
        await save(world, await press(me, where, "ev.d"))
        (event,) = await events(world)
        assert (event.title, event.where) == ("Walk", Where.STAGE)
        assert (event.capacity, event.rsvp_lead_seconds, event.shows_names, event.remind) == (12, 7200, True, [])
        assert (event.channel_id, event.ping_role, event.going_role) == (stage.id, world.artists.id, world.artists.id)
        assert event.places == [
            {"channel_id": world.general.id, "language": "en", "title": None, "text": None},
            {"channel_id": world.announcements.id, "language": "ja", "title": "散歩", "text": "ゆっくり"},
        ]
        (there,) = [each for each in world.announcements.history() if each.embeds]
        assert "散歩" in say(there)
        assert len(await posts(world)) == 2


def _options(answer: Any) -> list[dict[str, Any]]:
    (select,) = [part for part in components(answer) if part.get("options")]
    return list(select["options"])


async def test_a_draft_goes_on_after_a_restart_and_is_posted_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await create(world, title="Walk", where="online")
        form = await press(me, draft, "ev.d.when")
        await world.restart()
        await fill(me, form, starts="2026-01-10 20:00")
        await world.advance(minutes=20)
        again = await press(me, await me.slash(world.general, "my show"), "draft.open")
        assert "Walk" in say(again)
        (row,) = await drafts(world)
        both = await asyncio.gather(*(forge(me, world.general, f"ev.d.post:{row.id}", message=again) for _ in range(2)))
        said = sorted(say(shown(each)) for each in both)
        assert ["Event #1, " in each for each in said] == [True, False]
        assert "no longer exists" in said[1]
        assert len(await events(world)) == 1
        assert len([each for each in world.general.history() if each.embeds]) == 1


STEPS = ("", "look", "when", "repeat", "venue", "who", "remind", "where", "copy", "repeat_words", "address", "seats")
SELECTS = ("cadence", "kind", "channel", "rsvp_role", "going_role", "channels", "place", "ping", "copied")
FORMS = ("look", "when", "repeat_words", "address", "seats", "remind", "translate", "number")


async def attempts(world: World, actor: Any, channel: Any, key: object) -> list[Any]:
    """Try everything a draft's panel has, by hand."""
    role = str(world.artists.id)
    kinds = ["ev.d" if not step else f"ev.d.{step}" for step in (*STEPS, "number", "ping_usual", "post")]
    answers = [await forge(actor, channel, f"{kind}:{key}") for kind in kinds]
    answers += [await forge(actor, channel, f"ev.d.{kind}:{key}", values=[role]) for kind in SELECTS]
    fields = {"title": "Stolen", "starts": "3 days", "number": "1", "capacity": "5", "repeat": "daily", "remind": "1h"}
    answers += [await forge_modal(actor, channel, f"ev.f.{form}:{key}:{role}", fields) for form in FORMS]
    return answers


async def test_nobody_else_can_touch_a_draft_and_forged_ids_are_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        await create(world, **ONLINE)
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
            for key in (999, "x"):
                for answer in await attempts(world, world.organiser, world.general, key):
                    assert answer.modal is None, key
                    assert say(answer), key
                    assert "reference" not in say(answer), key
            for kind in ("cadence", "kind", "channel", "rsvp_role", "going_role", "channels"):
                for forged in ("everyone", "12345", str(elsewhere.id), "9" * 30):
                    answer = await forge(world.organiser, world.general, f"ev.d.{kind}:{row.id}", values=[forged])
                    assert say(answer), (kind, forged)
                    assert "reference" not in say(answer), (kind, forged)


async def test_steps_refuse_what_cannot_be_and_keep_the_rest(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await create(world, **ONLINE, ends="2026-01-10 23:00")
        panel = await fill(
            me, await press(me, draft, "ev.d.look"), title="\u200d", bring="Boots", picture=("a.png", b"no")
        )
        for part in ("Not taken", "The title has nothing", "a.png"):
            assert part in say(panel)
        assert ((await values(world)).title, (await values(world)).bring) == ("Sketch night", "Boots")
        panel = await fill(me, await press(me, panel, "ev.d.when"), ends="2026-01-10 19:00", zone="Mars")
        assert "Mars" in say(panel)
        who = await fill(me, await press(me, await press(me, panel, "ev.d.who"), "ev.d.seats"), capacity="0")
        assert "“0” is no number of places" in say(who)
        panel = await press(me, who, "ev.d")
        panel = await fill(me, await press(me, panel, "ev.d.remind"), remind="when it rains")
        assert "when it rains" in say(panel)
        before = await values(world)
        for kind in ("look", "when", "remind", "repeat_words", "seats"):
            answer = await forge(me, world.general, f"ev.d.{kind}:{(await drafts(world))[0].id}", message=draft)
            # Where nothing else would stand, there is what was refused.
            assert (modal_values(answer).get("capacity") == "0") is (kind == "seats")
            assert ("Not taken" in say(await fill(me, answer))) is (kind == "seats")
        assert await values(world) == before
        assert before.length() == timedelta(hours=3)
        for language, word in (("ja", "下書き"), ("ko", "초안")):
            await world.speak(me, language)
            again = await forge(me, world.general, f"ev.d:{(await drafts(world))[0].id}", message=panel)
            assert word in say(shown(again))
            # What stands in the form is in one's own words, and read again as the same.
            remind = await press(me, panel, "ev.d.remind")
            assert "Not taken" not in say(await fill(me, remind))
            assert await values(world) == before
