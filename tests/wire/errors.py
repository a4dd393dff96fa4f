"""What a test of the wire may have to catch."""


class CannotDo(Exception):
    """A real client would not let this person do that; the text says why."""


class NotYet(AssertionError):
    """What was waited for did not come in time."""
