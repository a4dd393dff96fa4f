"""The three answers to "does it hold?": what could not be read is never taken for a no."""

from enum import StrEnum


class Verdict(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
