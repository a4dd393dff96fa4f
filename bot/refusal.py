"""What whoever runs the bot is told when a command cannot be carried out."""

from typing import ClassVar


class Refusal(Exception):
    """A command cannot do what it was asked, and changed nothing; the message is an English sentence that says why.

    ``exit_code`` is the command's: 1, or 2 where what was asked makes no sense.
    """

    exit_code: ClassVar[int] = 1
