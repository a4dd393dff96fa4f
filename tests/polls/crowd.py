"""A process in which 200 members vote at once, each several times, until it is killed: ``python -m tests.polls.crowd``.

It prints each vote once it was answered, and nothing before.
"""

import asyncio
import sys

from bot.people import Actor
from tests.polls.bare import GUILD, NOW, bare_polls

MEMBERS = 200
TIMES = 50


def choice(member: int, time: int) -> int:
    """Return what a member votes for, the how manieth time."""
    return (member + time) % 5


async def vote_on(url: str, key: int) -> None:
    async with bare_polls(url) as (_, services):

        async def member(number: int) -> None:
            actor = Actor(user_id=number + 1, guild_id=GUILD, name="v", language="en")
            for time in range(TIMES):
                answer = await services.voting.cast(actor, key, 0, [choice(number, time)], NOW)
                sys.stdout.write(f"{number} {time} {answer.receipt}\n")
                sys.stdout.flush()

        await asyncio.gather(*(member(number) for number in range(MEMBERS)))


if __name__ == "__main__":
    asyncio.run(vote_on(sys.argv[1], int(sys.argv[2])))
