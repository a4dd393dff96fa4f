"""As many of Discord's own scheduled events as there may be: ninety of ours, a hundred in all; and what is said."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot import clock
from bot.natives import HUNDRED, NO_ROOM
from cogs.events.rules.kinds import Where
from cogs.events.rules.options import Options, review
from cogs.events.service.mirroring import MOST
from cogs.events.tables import Native, NativeState
from tests.events.outside.stage import FEATURES, cancel, edit_by_hand, natives, post, services
from tests.harness import GUILD_ID, World, running_bot, say

PATH = f"/guilds/{GUILD_ID}/scheduled-events"


FAR = "2100-01-01T00:00:00+00:00"


@dataclass
class Room:
    """Refuses more than a hundred as Discord does, which the simulation does not, and notes how many there were."""

    world: World
    most: int = 0

    def __post_init__(self) -> None:
        self.world.env.backend.subscribers.append(self)

    def __call__(self, event: str, payload: object) -> None:
        if not event.startswith("GUILD_SCHEDULED_EVENT"):
            return
        there = len([each for each in natives(self.world) if each.status < 3])
        self.most = max(self.most, there)
        self.world.env.backend.faults.clear()
        if there >= HUNDRED:
            refusal = {"status": 400, "code": int(NO_ROOM), "message": "Maximum reached", "times": None}
            self.world.env.backend.faults.append({"method": "POST", "path": PATH, **refusal})


def ours(world: World) -> list[str]:
    """Return the names of our own, the nearest first."""
    return [each.name for each in natives(world) if each.description]


async def seed(world: World, count: int) -> list[int]:
    """Have events an hour apart from the day after tomorrow on that are mirrored; returns their dates' keys.

    All in one transaction and without posts: the way of one date into the list is told elsewhere.
    """
    with world.inside():
        now, made, keys = clock.now().replace(second=0, microsecond=0), services(world).posting, list[int]()
        async with world.platform.database.write() as tx:
            for number in range(count):
                starts = now + timedelta(hours=48 + number)
                options = Options(title=f"no. {number}", starts=starts, where=Where.ONLINE, place="x")
                proposal = review(options, now).proposal
                assert proposal is not None
                event, row = await made.post(tx, GUILD_ID, world.organiser.id, proposal, [], now)
                event.places = [{"channel_id": 1, "language": "en", "title": None, "text": None}]
                native = world.env.backend.create_scheduled_event(
                    GUILD_ID,
                    name=f"no. {number}",
                    entity_type=3,
                    scheduled_start_time=starts.isoformat(),
                    scheduled_end_time=(starts + timedelta(hours=1)).isoformat(),
                    description=f"https://discord.com/channels/{GUILD_ID}/1/2#seed",
                    entity_metadata={"location": "x"},
                )
                state = NativeState.THERE
                tx.session.add(
                    Native(occurrence_id=row.id, guild_id=GUILD_ID, native_id=native.id, state=state, shown={})
                )
                keys.append(row.id)
    await world.env.settle()
    return keys


async def test_ninety_are_there_and_nearer_ones_take_the_place_of_the_last(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        room = Room(world)
        keys = await seed(world, MOST - 1)
        await post(world, hours=500, title="last but one")
        await post(world, hours=501, title="last")
        seeded = [f"no. {number}" for number in range(89)]
        assert MOST == 90
        assert ours(world) == [*seeded, "last but one"]
        # Whoever plans one more is told, unless it is near.
        options = {"title": "Walk", "where": "online"}
        draft = await world.organiser.slash(world.general, "event create", **options, starts="2026-03-01 20:00")
        assert "list of events is full" in say(draft)
        draft = await world.organiser.slash(world.general, "event create", **options, starts="2026-01-02 20:00")
        assert "list of events" not in say(draft)
        await post(world, hours=30, title="nearer")
        assert ours(world) == ["nearer", *seeded]
        await cancel(world, keys[0])
        assert ours(world) == ["nearer", *seeded[1:], "last but one"]
        world.env.backend.delete_scheduled_event(GUILD_ID, natives(world)[0].id)
        await world.env.settle()
        assert ours(world) == [*seeded[1:], "last but one", "last"]
        assert room.most == 90
        assert "Could not be delivered" not in say(await world.organiser.slash(world.general, "my show"))


async def test_where_other_people_have_filled_the_hundred_the_nearest_of_ours_is_there(tmp_path: Path) -> None:
    async with running_bot(tmp_path, features=FEATURES) as world:
        room = Room(world)
        await post(world, hours=90, title="later")
        others = [
            world.guild.create_scheduled_event(f"Tea {n}", start_time=FAR, entity_type=3, location="x")
            for n in range(HUNDRED - 1)
        ]
        await world.env.settle()
        draft = await world.organiser.slash(world.general, "event create", title="Walk", starts="3 days")
        assert "list of events is full" in say(draft)
        # One takes the place of the later one, which waits in its turn.
        await post(world, hours=60, title="nearer")
        assert ours(world) == ["nearer"]
        # For what is even later nothing of ours goes.
        await post(world, hours=100, title="even later")
        assert ours(world) == ["nearer"]
        shown = say(await world.organiser.slash(world.general, "my show"))
        for title in ("later", "even later"):
            assert f"“{title}” in the server's list of events" in shown
        assert "This server has 100 scheduled events" in shown
        world.env.backend.delete_scheduled_event(GUILD_ID, others.pop().id)
        await world.env.settle()
        assert ours(world) == ["nearer", "later"]
        edit_by_hand(world, others.pop().id, status=4)
        await world.env.settle()
        assert ours(world) == ["nearer", "later", "even later"]
        assert room.most == HUNDRED
        assert "Could not be delivered" not in say(await world.organiser.slash(world.general, "my show"))
