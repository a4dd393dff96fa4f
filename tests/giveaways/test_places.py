"""One giveaway in five channels, each in its own language: one list, one count, one freeze message, one draw."""

from pathlib import Path

from cogs.giveaways.tables import State
from tests.desk import fill
from tests.giveaways.organising.desk import giveaways, start
from tests.giveaways.stage import entries, freezes, giveaway, prizes
from tests.harness import choose, click_id, forge, labels, press, running_bot, say

TITLE, TEXT = "サイン入り版画", "A2サイズです。"


async def test_five_places_share_everything_and_a_sixth_is_refused(tmp_path: Path) -> None:
    async with running_bot(tmp_path) as world:
        me = world.organiser
        rooms = [world.general, *(world.guild.create_text_channel(f"room{n}") for n in range(5))]
        draft = await start(world, prize="Signed print", ends="1h", winners=2)
        where = await press(me, draft, "gw.d.where")
        six = [str(room.id) for room in rooms]
        refused = await forge(me, world.general, click_id(where, "gw.d.channels"), values=six, message=where)
        assert "6 channels are too many; at most 5" in say(refused)
        rooms.pop()
        where = await choose(me, where, "gw.d.channels", *rooms)
        form = await choose(me, where, "gw.d.place", str(rooms[1].id))
        where = await fill(me, form, language=["ja"], title=TITLE, text=TEXT)
        await press(me, await press(me, where, "gw.d"), "gw.d.post")
        await world.env.settle()
        (row,) = await giveaways(world)
        posts = [room.history()[0] for room in rooms]
        assert all(row.commitment in say(post) for post in posts)
        assert [TITLE in say(post) for post in posts] == [False, True, False, False, False]
        assert "応募する" in labels(posts[1])

        entrants = [world.add_member(f"entrant{n}") for n in range(5)]
        for person, post in zip(entrants, posts, strict=True):
            assert "ticket" in say(await press(person, post, "gw.enter"))
        assert "already in" in say(await press(entrants[0], posts[4], "gw.enter"))
        assert len(await entries(world, row.id)) == 5
        await world.advance(seconds=10)
        for room in rooms:
            assert ("5人" if room is rooms[1] else "5 entrants") in say(room.history()[0])

        await world.advance(minutes=65)
        held = await giveaway(world, row.id)
        assert held.state is State.DRAWN
        assert len(await freezes(world, row.id)) == 1
        told = [room.history()[1:] for room in rooms]
        assert [len(messages) for messages in told] == [2, 1, 1, 1, 1], "the freeze message stands once"
        assert (held.digest or "?") in say(told[0][0])
        files = [[file.filename for file in messages[-1].attachments] for messages in told]
        assert files == [["draw-1.json"], [], [], [], []]
        winners = [prize.user_id for prize in await prizes(world, row.id)]
        assert sorted(user.id for user in told[0][-1].mentions) == sorted(filter(None, winners))
        assert all(messages[-1].mentions == [] for messages in told[1:])
        jump = f"/{rooms[0].id}/{held.result_message_id}"
        await world.advance(seconds=20)
        assert all(jump in say(room.history()[-1]) for room in rooms[1:]), "the others lead to the proof"
        assert "当選" in say(rooms[1].history()[-1])

        await world.organiser.slash(world.general, "giveaway reroll", giveaway="1", reason="One more print")
        await world.advance(seconds=20)
        last = [room.history()[-1] for room in rooms]
        assert [bool(message.attachments) for message in last] == [True, False, False, False, False]
        assert "The attached proof" in say(last[0])
        assert all("/giveaway proof giveaway:1" in say(message) for message in last[1:])
