"""Phrases offered while someone types how often an event takes place."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from bot.errors import BadInput
from bot.i18n import languages, plain, t
from bot.times.folding import LONGEST, alternatives, fold
from cogs.events.rules.phrases import read_rule, say_rule
from cogs.events.rules.recurrence import LAST, LAST_DAY, Every, Rule

MOST: Final = 25
_BY_WORD: Final = (
    t("event.repeat.words.daily"),
    t("event.repeat.words.workdays"),
    t("event.repeat.words.weekly"),
    t("event.repeat.words.fortnightly"),
    t("event.repeat.words.monthly"),
)
_SAID: Final = (
    *(Rule(Every.WEEK, weekdays=(day,)) for day in (4, 5, 6, 0, 1, 2, 3)),
    *(Rule(Every.MONTH, weekdays=(day,), nth=nth) for nth in (1, LAST) for day in (5, 6, 4)),
    Rule(Every.MONTH, day=1),
    Rule(Every.MONTH, day=LAST_DAY),
    Rule(Every.WEEK, 2, (4,)),
    Rule(Every.WEEK, 2, (5,)),
)


def suggested(typed: str, language: str) -> Sequence[str]:
    """Return phrases in a language that go with what was typed in any; what is a rule already stands first."""
    wanted = fold(typed[:LONGEST])
    found = [
        _phrases(language)[place]
        for place in range(len(_phrases(language)))
        if any(wanted in fold(_phrases(each)[place]) for each in languages())
    ]
    if wanted and _is_rule(typed, language):
        found.insert(0, typed.strip())
    return list(dict.fromkeys(found))[:MOST]


@cache
def _phrases(language: str) -> Sequence[str]:
    words = [next(alternatives(language, text)) for text in _BY_WORD]
    return [*words, *(plain(language, say_rule(rule)) for rule in _SAID)]


def _is_rule(typed: str, language: str) -> bool:
    try:
        read_rule(typed, language)
    except BadInput:
        return False
    return True
