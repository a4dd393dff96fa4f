"""Lengths of time as people type them: ``45m``, ``1h30m``, ``2 days``, ``1時間30分``, ``3일``."""

import re
from datetime import timedelta
from fractions import Fraction
from typing import Final

from bot.errors import BadInput
from bot.i18n import DEFAULT, t
from bot.times import grammar
from bot.times.folding import fold, quoted
from bot.times.lexer import Unclear, tokens

LONGEST_LENGTH: Final = timedelta(days=3660)
"""Ten years: more than any option that takes a length has a use for."""

_BARE: Final = re.compile(r"[0-9]{1,30}(?:\.[0-9]{1,30})?")


def parse_duration(
    text: str,
    *,
    bare_unit: timedelta | None = None,
    max_length: timedelta = LONGEST_LENGTH,
) -> timedelta:
    """Read a length of time, in whole seconds.

    A number alone counts *bare_unit*. Raises BadInput for a number alone where there is none, for nothing or less, for
    more than *max_length*, for months and years (they have no one length), and for what is no length.
    """
    value, folded = quoted(text), fold(text)
    if re.match(r"- ?[0-9]", folded):
        raise BadInput(t("time.duration.not_positive", value=value))
    if _BARE.fullmatch(folded):
        if bare_unit is None:
            raise BadInput(t("time.duration.bare", value=value))
        seconds = Fraction(folded) * (bare_unit // timedelta(seconds=1))
    else:
        seconds = _seconds(text, value)
    if seconds < 1:
        raise BadInput(t("time.duration.not_positive", value=value))
    # Compared before it becomes a timedelta, which cannot hold every number a person can type.
    if seconds > Fraction(max_length // timedelta(seconds=1)):
        raise BadInput(t("time.duration.too_long", value=value, longest=max_length))
    return timedelta(seconds=int(seconds))


def _seconds(text: str, value: str) -> Fraction:
    try:
        reading = grammar.read(tokens(text, DEFAULT), value=value)
    except Unclear:
        raise BadInput(t("time.duration.unclear", value=value)) from None
    if reading.length is None or not reading.is_length_alone():
        raise BadInput(t("time.duration.unclear", value=value))
    return reading.length
