"""``ikuzo schedule``: what is due, as lines of text."""

from datetime import datetime

from bot.database import Database
from bot.migrate import Migrations, reachable
from bot.schedule import Deadline, DeadlineState, upcoming
from bot.shape import printable


async def agenda(database_url: str, now: datetime, limit: int) -> list[str]:
    """Return a line for each of the next due rows, earliest first; raises :class:`~bot.refusal.Refusal`."""
    await Migrations(database_url).require_newest()
    database = Database(database_url)
    try:
        async with reachable():
            rows = await upcoming(database, limit=limit)
    finally:
        await database.close()
    return [_line(row, now) for row in rows] or ["Nothing is due."]


def _line(row: Deadline, now: datetime) -> str:
    notes: list[str] = []
    if row.state is DeadlineState.RUNNING:
        notes.append("running")
    elif row.due_at <= now:
        notes.append("overdue")
    if row.attempts > 1:
        notes.append(f"attempt {row.attempts}")
    if row.state is DeadlineState.PENDING and row.wake_at > max(row.due_at, now):
        notes.append(f"again {row.wake_at:%H:%M:%S}")
    server = "" if row.guild_id is None else f"  server {row.guild_id}"
    text = f"{row.due_at:%Y-%m-%d %H:%M:%S} UTC  {row.kind} {row.subject}{server}  {', '.join(notes)}"
    return printable(text.rstrip())
