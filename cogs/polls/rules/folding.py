"""When two options are the same to a reader."""

import unicodedata
from typing import Final

# Letters of the flags of England, Scotland and Wales: invisible, and yet all that tells them apart.
_FLAG_LETTERS: Final = range(0xE0020, 0xE0080)
# No format characters by their category, and not to be seen all the same: a joiner, and how an emoji is drawn.
_UNSEEN: Final = frozenset((0x034F, *range(0xFE00, 0xFE10)))


def fold(text: str) -> str:
    """Return *text* free of what does not tell two options apart.

    NFKC and case folded, without characters nobody sees, trimmed, inner blanks collapsed. Folding once more changes
    nothing.
    """
    seen = "".join(each for each in text if not _is_unseen(each))
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return " ".join(unicodedata.normalize("NFKC", folded.casefold()).split())


def _is_unseen(character: str) -> bool:
    code = ord(character)
    return code in _UNSEEN or (unicodedata.category(character) == "Cf" and code not in _FLAG_LETTERS)
