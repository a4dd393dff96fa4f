"""Keep Python's recursion limit while importing libraries that raise it."""

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager

_changing = threading.RLock()


@contextmanager
def keep_recursion_limit() -> Generator[None]:
    """Set the recursion limit back on leaving, whatever the block (an import) made of it.

    py_ecc and eth_account set it to 100 000 when imported; with such a limit, deeply nested input overruns the C stack
    and ends the process instead of raising RecursionError. The lock keeps two threads that import at the same time from
    taking the raised limit for the original one.
    """
    with _changing:
        limit = sys.getrecursionlimit()
        try:
            yield
        finally:
            sys.setrecursionlimit(limit)
