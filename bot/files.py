"""Files that hold what members trusted the bot with."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.refusal import Refusal


@contextmanager
def private_file(path: Path) -> Iterator[IO[bytes]]:
    """Write a file readable by its owner alone, which takes its name at the end or vanishes when something goes wrong.

    Raises :class:`~bot.refusal.Refusal` where it cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(descriptor)
        part.replace(path)
    except OSError as error:
        raise Refusal(f"The file {path} cannot be written: {error.strerror or type(error).__name__}.") from None
    finally:
        part.unlink(missing_ok=True)
