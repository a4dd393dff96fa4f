"""What the parsers of this package share: how a value is compared, and how it is shown again."""

import re
import unicodedata
from collections.abc import Iterator

from bot import markup
from bot.i18n import Text, plain

LONGEST = 200
"""More characters than any time needs; longer values are not read at all."""

_SHOWN = 100
_LOOKALIKES = str.maketrans({"−": "-", "–": "-", "’": "'", "‘": "'", "〜": "-"})
_BLANKS = re.compile(r"\s+")


def fold(text: str) -> str:
    """Return *text* for comparing: one width, one case, single blanks, nothing invisible."""
    text = unicodedata.normalize("NFKC", text)
    text = unicodedata.normalize("NFKC", text.casefold()).translate(_LOOKALIKES)
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cs", "Co"})
    return _BLANKS.sub(" ", text).strip()


def quoted(text: str) -> str:
    """Return *text* for the sentence that refuses it: cleaned, on one line, cut where it is long."""
    shown = _BLANKS.sub(" ", markup.clean(text))
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"


def alternatives(language: str, text: Text) -> Iterator[str]:
    """Yield the ways a catalog lists to say one thing: separated by ``|``, ``-`` for a language that has none."""
    return (word.strip() for word in plain(language, text).split("|") if word.strip() != "-")
