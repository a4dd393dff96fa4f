"""One process for one SQLite file: two bots on it would both believe that the other's leases are nobody's."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url

from bot.refusal import Refusal


@contextmanager
def alone(database_url: str) -> Iterator[None]:
    """Hold a SQLite database for this process, or raise :class:`Refusal`; PostgreSQL serves several.

    The lock is the operating system's, on a file beside the database: it goes with the process, however that ends.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        yield
        return
    lock = FileLock(f"{url.database}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Refusal(
            f"Another ikuzo process uses {url.database}: stop it first, or move to PostgreSQL, which serves several."
        ) from None
    try:
        yield
    finally:
        lock.release()
