"""What can go wrong for a person, as sentences with an address: raised deep, answered once at the edge."""

from typing import Self

from bot.i18n import Text


class UserError(Exception):
    """Something a person asked for cannot be done, and nothing was changed.

    *text* says what was wrong and what to do instead.
    """

    def __init__(self, text: Text) -> None:
        super().__init__(text.key)
        self.text = text

    def __reduce__(self) -> tuple[type[Self], tuple[Text]]:
        # From the worker process it comes back whole, not as its key.
        return type(self), (self.text,)


class BadInput(UserError):
    """A value cannot be understood or is out of bounds."""


class NotAllowed(UserError):
    """This person may not do this; the sentence says who may."""


class NotFound(UserError):
    """What was named does not exist here, or no longer."""


class WrongState(UserError):
    """It exists, but it is too early or too late for this."""


class TryAgain(UserError):
    """Something needed could not be read or reached now; the same may work later."""
