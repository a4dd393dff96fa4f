"""``/poll create``: drafts, posting at once, and everything that is refused."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.i18n import t
from bot.ports import Requirement
from bot.unavailable import NoRequirements
from cogs.polls.rules.ballots import Kind, Secrecy
from cogs.polls.rules.terms import Results, Terms
from cogs.polls.tables import State
from tests.desk import drafts, fill, modal_values, picture, posts, unchanged
from tests.harness import choose, labels, press, running_bot, say
from tests.polls.organising.desk import create, options_of, polls, post, values


async def test_options_become_a_private_draft_and_then_a_post(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await create(world, question="Where do we meet?", options="Cafe ｜ Park|Museum", ends="2 days")
        assert draft.ephemeral
        said = say(draft)
        for part in ("Where do we meet?", "Cafe", "Park", "Museum", "everyone in this server", "Draft"):
            assert part in said, part
        assert "by you, within 7 days after closing" in said
        assert not world.general.history()
        posted = await press(world.organiser, draft, "poll.d.post")
        assert "Poll #1" in say(posted)
        assert labels(posted) == []
        (message,) = world.general.history()
        assert "Where do we meet?" in say(message)
        assert labels(message) == ["Vote"]
        (row,) = await polls(world)
        assert (row.state, row.kind, row.secrecy, row.organiser_id) == (
            State.OPEN,
            Kind.SINGLE,
            Secrecy.SECRET,
            world.organiser.id,
        )
        assert await options_of(world, row.id) == ["Cafe", "Park", "Museum"]
        assert row.answer_user == world.organiser.id
        assert await drafts(world) == []


async def test_everything_at_once(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(
            world,
            kind="multiple",
            secrecy="open",
            results="live",
            max_choices=2,
            options="Cafe | Park | Museum",
            voters=world.artists,
            weights=f"{world.organisers.mention}=3",
            quorum="30%",
            threshold=60,
            write_ins=True,
            receipts="off",
            channel=world.announcements,
            answer_owner=world.organisers.mention,
            answer_by="3 days",
            ping=world.artists,
            image=("a.png", picture()),
        )
        terms = Terms.from_json(row.terms)
        assert (row.kind, row.secrecy, row.results, row.max_choices) == (
            Kind.MULTIPLE,
            Secrecy.OPEN,
            Results.LIVE,
            2,
        )
        assert (terms.voters, terms.weights) == (world.artists.id, ((world.organisers.id, 3),))
        assert (row.quorum, row.quorum_is_percent, row.threshold) == (30, True, 60)
        assert (row.write_ins, row.receipts, row.ping_role) == (True, False, world.artists.id)
        assert (row.answer_user, row.answer_role) == (None, world.organisers.id)
        assert row.answer_seconds == timedelta(days=3).total_seconds()
        (message,) = world.announcements.history()
        assert [role.id for role in message.role_mentions] == [world.artists.id]
        assert [each.filename for each in message.attachments] == ["picture.png"]
        (entry,) = [each for each in await world.ledger() if each.kind == "poll.posted"]
        assert entry.facts["options"] == 3
        assert entry.facts["secrecy"] == "open"


async def test_without_options_a_short_form_asks_the_essentials(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        form = await create(world)
        assert modal_values(form) == {"question": "", "options": "", "ends": ""}
        draft = await fill(world.organiser, form, question="Where?", options="Cafe\nPark\n\n", ends="never")
        said = say(draft)
        assert "Not taken" in said
        assert "“never” cannot be read as a time" in said
        assert "closing time is missing" in said
        assert (await values(world)).choices == ("Cafe", "Park")


async def test_a_form_of_which_nothing_can_be_taken_makes_no_draft(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        form = await create(world)
        async with unchanged(world):
            refused = await fill(world.organiser, form, question="\u200b", options="one", ends="never")
        assert "Nothing of the question can be seen" in say(refused)


async def test_what_is_missing_is_said_and_keeps_it_from_being_posted(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        draft = await create(world, quorum="5", post=True)
        said = say(draft)
        for part in ("question is missing", "options are missing", "closing time is missing"):
            assert part in said
        async with unchanged(world):
            refused = say(await press(world.organiser, draft, "poll.d.post"))
        assert "cannot be posted yet" in refused


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "blank question": ({"question": "\u200d"}, "Nothing of the question"),
    "long question": ({"question": "q" * 301}, "301 characters"),
    "a question that mentions somebody": ({"question": "Should <@123> go?"}, "“<@123>” in the question"),
    "a question that mentions a role": ({"question": "<@&123> where?"}, "“<@&123>” in the question"),
    "a question that mentions all": ({"question": "Hey @everyone, where?"}, "“@everyone” in the question"),
    "one option": ({"options": "Cafe |"}, "2 to 25 options, not 1."),
    "too many options": ({"options": "|".join(str(n) for n in range(26))}, "2 to 25 options, not 26."),
    "a long option": ({"options": "Cafe | " + "x" * 101}, "101 characters"),
    "the same twice": ({"options": "Cafe | cafe "}, "read the same"),
    "the very same": ({"options": "a | a"}, "read the same"),
    "the same in full width": ({"options": "Cafe | ＣＡＦＥ"}, "read the same"),
    "the same but for blanks": ({"options": "the  Cafe | The Cafe"}, "read the same"),
    "ends too soon": ({"ends": "30s"}, "1 minute or longer"),
    "ends too late": ({"ends": "91 days"}, "90 days at most"),
    "past": ({"ends": "2020-01-01 00:00"}, "ago"),
    "before it starts": ({"starts": "2026-02-02 10:00", "ends": "2026-02-01 10:00"}, "before it opens"),
    "no choices": ({"max_choices": 0}, "“0” is not a number of choices"),
    "too many choices": ({"max_choices": 26}, "“26” is not a number of choices"),
    "no threshold": ({"threshold": 0}, "“0” is not a threshold"),
    "more than all": ({"threshold": 101}, "“101” is not a threshold"),
    "no quorum": ({"quorum": "0"}, "“0” is not a quorum"),
    "half a quorum": ({"quorum": "2.5%"}, "“2.5%” is not a quorum"),
    "a quorum of words": ({"quorum": "most"}, "“most” is not a quorum"),
    "more than everyone": ({"quorum": "101%"}, "“101%” is not a quorum"),
    "no role with a weight": ({"secrecy": "open", "weights": "Team=3"}, "Team=3” cannot be read as a weight"),
    "weight out of bounds": ({"secrecy": "open", "weights": "<@&123>=101"}, "not a weight for"),
    "a role of elsewhere": ({"secrecy": "open", "weights": "<@&123>=2"}, "not in this server"),
    "a role twice": ({"secrecy": "open", "weights": "<@&123>=2 <@&123>=3"}, "there twice"),
    "six roles": ({"secrecy": "open", "weights": " ".join(f"<@&{n}>=2" for n in range(1, 7))}, "at most 5"),
    "no gate of that name": ({"secrecy": "open", "weights": "Holders"}, "Holders"),
    "no rule": ({"holders_of": "Holders"}, "Holders"),
    "no event": ({"attended": "Opening"}, "Opening"),
    "nobody": ({"answer_owner": "Mina"}, "“Mina” is nobody I can name"),
    "an unknown role": ({"answer_owner": "<@&123>"}, "not in this server"),
    "an answer at once": ({"answer_by": "5m"}, "too short"),
    "no picture": ({"image": ("art.png", b"GIF89a but not really")}, "art.png"),
}


async def test_whatever_cannot_be_is_refused_in_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world, unchanged(world):
        for name, (options, said) in BAD.items():
            for post_it in (True, False):
                given = {"question": "Where?", "options": "Cafe | Park", "ends": "2 days", **options, "post": post_it}
                answer = await create(world, **given)
                assert answer.ephemeral, name
                assert said in say(answer).replace("\\", ""), name
                assert labels(answer) == [], name


FORBIDDEN: dict[str, tuple[dict[str, Any], str]] = {
    "live and secret": ({"results": "live"}, "those of a secret poll come after closing"),
    "choices of a single": ({"max_choices": 2}, "only said for a poll with several choices"),
    "more choices than options": ({"kind": "multiple", "max_choices": 3}, "there are only 2 options"),
    "percent of everyone": ({"quorum": "30%"}, "30% of everyone cannot be known"),
    "suggestions to rate": ({"kind": "rating", "write_ins": True}, "rated by few"),
    "no room to suggest": ({"options": "|".join(str(n) for n in range(25)), "write_ins": True}, "25 options already"),
    "no answer in time": ({"answer_owner": "none", "answer_by": "3 days"}, "no answer is promised"),
    "answered before it closes": ({"answer_by": "tomorrow 12:00"}, "before the poll closes"),
}


async def test_what_does_not_go_together_stays_a_draft_with_the_reason(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        weights = {"weights": f"{world.artists.mention}=2"}
        for name, (options, said) in {**FORBIDDEN, "weights": (weights, "a secret poll has no weights")}.items():
            given = {"question": "Where?", "options": "Cafe | Park", "ends": "2 days", **options, "post": True}
            draft = await create(world, **given)
            # The sentence stands in the list of what is forbidden.
            assert "Not possible like this" in say(draft), name
            assert said in say(draft), name
            async with unchanged(world):
                refused = await press(world.organiser, draft, "poll.d.post")
                assert "cannot be posted yet" in say(refused), name
            await press(world.organiser, draft, "poll.d.discard")
        assert await polls(world) == []


async def test_members_and_turned_off_polls_are_refused(tmp_path: Path) -> None:
    full = {"question": "Where?", "options": "Cafe | Park", "ends": "2 days", "post": True}
    attempts: list[dict[str, Any]] = [{}, {"question": "Where?"}, full]
    async with running_bot(tmp_path) as world:
        async with unchanged(world):
            for options in attempts:
                refused = await create(world, world.member, **options)
                assert refused.modal is None
                assert "Only organisers" in say(refused)
            assert "Only organisers" in say(await world.member.slash(world.general, "poll edit", poll="1"))
        await world.moderator.slash(world.general, "config feature", name="polls", enabled=False)
        async with unchanged(world):
            for options in attempts:
                refused = await create(world, **options)
                assert refused.modal is None
                assert "/config feature" in say(refused)


async def test_nobody_answers_where_none_is_promised(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        row = await post(world, answer_owner="none")
        assert (row.answer_user, row.answer_role, row.answer_orphaned) == (None, None, False)
        (message,) = world.general.history()
        assert "No answer promised" in say(message)
        row = await post(world, answer_owner=world.member.mention)
        assert row.answer_user == world.member.id


async def test_nobody_owes_an_answer_who_is_not_here(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        for owner, said in (("<@123>", "is not in this server"), (world.me.mention, "is a bot")):
            given = {"question": "Where?", "options": "Cafe | Park", "ends": "2 days", "post": True}
            assert said in say(await create(world, **given, answer_owner=owner))
        assert await drafts(world) == []
        assert await polls(world) == []


async def test_it_speaks_three_languages(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        for language, missing, bad in (("ja", "質問がありません", "定足数"), ("ko", "질문이 없습니다", "정족수")):
            await world.speak(world.organiser, language)
            assert missing in say(await create(world, ends="2 days"))
            assert bad in say(await create(world, question="Q", quorum="most"))


async def test_several_places_each_in_its_language(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        draft = await create(world, question="Where?", options="Cafe | Park", ends="2 days")
        where = await press(me, draft, "poll.d.where")
        where = await choose(me, where, "poll.d.channels", world.general, world.announcements)
        form = await choose(me, where, "poll.d.place", str(world.announcements.id))
        await fill(me, form, language=["ja"], title="どこで？", text="カフェ\n公園")
        await press(me, await press(me, where, "poll.d"), "poll.d.post")
        (first,), (second,) = world.general.history(), world.announcements.history()
        assert "Where?" in say(first)
        assert "Cafe" in say(first)
        assert "どこで？" in say(second)
        assert "公園" in say(second)
        assert labels(second) == ["投票する"]
        assert [post.language for post in await posts(world)] == ["en", "ja"]
        assert len(await polls(world)) == 1


async def test_a_translation_that_is_refused_stands_in_its_form_again(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me, place = world.organiser, str(world.general.id)
        draft = await create(world, question="Where?", options="Cafe | Park", ends="2 days")
        where = await press(me, draft, "poll.d.where")
        form = await choose(me, where, "poll.d.place", place)
        typed = f"カフェ\n{'園' * 101}"
        refused = await fill(me, form, language=["ja"], title="どこで？", text=typed)
        assert "has 101 characters" in say(refused)
        form = await choose(me, refused, "poll.d.place", place)
        assert modal_values(form)["title"] == "どこで？"
        assert modal_values(form)["text"] == typed
        where = await fill(me, form, language=["ja"], text="カフェ\n公園")
        assert "Not taken" not in say(where)
        form = await choose(me, where, "poll.d.place", place)
        assert modal_values(form)["text"] == "カフェ\n公園"


class AnyRule(NoRequirements):
    """Gates that know every rule."""

    async def resolve(self, session: AsyncSession, guild_id: int, name: str) -> Requirement:
        return Requirement(5, name)


async def test_a_draft_says_how_what_is_held_can_vote_twice(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        world.platform.gates = AnyRule(t("unavailable.gates"))
        asked = {"question": "Where?", "options": "Cafe | Park", "ends": "2 days", "secrecy": "open"}
        plain = say(await create(world, **asked))
        weighed = say(await create(world, **asked, weights="Whales"))
        narrowed = say(await create(world, **asked, holders_of="Whales"))
    assert "looked up when" not in plain
    assert "count once more there" in weighed
    assert "can pass it and vote too" in narrowed
