"""What the demo and the tests need of simcord and what its public interface does not offer, all in one place."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import simcord

# Seconds between two looks at whether the bot has come to rest.
LOOKS_EVERY: Final = 0.005


@contextmanager
def inside(env: simcord.Env) -> Iterator[None]:
    """Act as the bot itself: what is begun here has the simulated clock, and time can be moved for it."""
    with env.time_context(), env._bot_scope():  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        yield


def take_time_in_hand(env: simcord.Env) -> None:
    """Have the bot's timers fire only when time is moved, and let it start slowly; before the simulation starts.

    simcord also fires timers in real time, so that each action would wait for whatever is due in the next seconds, and
    a slow machine would see other orders than a fast one. And it gives a bot five seconds to start, too few for one
    that comes back to a draw that is overdue. While something that is no task goes on, such as an answer of the
    database's thread, it looks only every 50 ms whether that is done: most of what an action took.
    """
    inner: Any = env
    schedule, settle = inner._schedule_timer, inner._settle_internal  # noqa: SLF001

    def by_hand(record: Any, *args: Any) -> None:
        schedule(record, *args)
        if record.real_handle is not None:
            record.real_handle.cancel()
            record.real_handle = None

    async def patiently(*, timeout: float | None = None, **options: Any) -> None:
        await settle(**options | {"idle": LOOKS_EVERY})

    inner._schedule_timer, inner._settle_internal = by_hand, patiently  # noqa: SLF001


def let_time_fly(preview: simcord.Preview, turn: asyncio.Lock, speed: float) -> None:
    """Fit a page to a world in which time goes on, *speed* times as fast as outside, while *turn* is held.

    simcord refuses an action while something else is going on, or when the page was published anew since it was drawn,
    which here happens twice a second. So actions wait for their turn, and count for the page as it is then: what was
    pressed is looked up again anyway, and refused if it is gone. And it takes a page for left after ten minutes of
    the world's time.
    """
    page: Any = preview
    act = page._action  # noqa: SLF001

    async def in_turn(context_id: str | None, body: Any) -> dict[str, Any]:
        async with turn:
            shown = page._pages.get(context_id)  # noqa: SLF001
            current = {} if shown is None else {"published_revision": shown.revision}
            return await act(context_id, body | current if isinstance(body, dict) else body)

    page._action = in_turn  # noqa: SLF001
    page._PAGE_LEASE_SECONDS *= speed  # noqa: SLF001


def is_watched(preview: simcord.Preview) -> bool:
    """Say whether anyone opened the page."""
    pages: Any = preview._pages  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return any(name != "python" for name in pages)
