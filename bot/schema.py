"""``ikuzo migrate``: say where the schema is, and move it."""

from bot.alone import alone
from bot.migrate import Migrations, Position, Standing, newer_than_code
from bot.verify import Out


async def run_migrate(database_url: str, out: Out, *, down: str | None, check: bool) -> int:
    """Do what ``ikuzo migrate`` was asked and say so through *out*; returns the exit code.

    Raises :class:`~bot.refusal.Refusal`.
    """
    migrations = Migrations(database_url)
    position = await migrations.position()
    if check:
        out(_words(position))
        return 0 if position.standing is Standing.CURRENT else 1
    if down is None and position.standing is Standing.CURRENT:
        out(_words(position))
        return 0
    with alone(database_url):
        if down is None:
            await migrations.up()
        else:
            await migrations.down(down)
    now_at = await migrations.position()
    out(f"The schema went from {position.revision or 'base'} to {now_at.revision or 'base'}.")
    return 0


def _words(position: Position) -> str:
    match position.standing:
        case Standing.CURRENT:
            return f"The schema is {position.revision}, the newest."
        case Standing.EMPTY:
            return f"The database has no tables yet; the newest schema is {position.newest}."
        case Standing.BEHIND:
            return f"The schema is {position.revision}; the newest is {position.newest}."
        case Standing.UNKNOWN:
            return newer_than_code(position)
