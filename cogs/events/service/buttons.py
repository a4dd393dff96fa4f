"""The kinds of an event's buttons, selects and modals; each with an occurrence's key."""

from typing import Final

GOING: Final = "ev.going"
MAYBE: Final = "ev.maybe"
CANT: Final = "ev.cant"
TAKE: Final = "ev.take"
STILL: Final = "ev.still"
REMIND: Final = "ev.remind"
FORGO: Final = "ev.forgo"
HERE: Final = "ev.here"
DIGITS: Final = "ev.digits"
NEW_DIGITS: Final = "ev.new_digits"
TICK: Final = "ev.tick"
EXPORT: Final = "ev.export"
