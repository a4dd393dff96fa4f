"""Combined rules: ``clonex and not (banned or lent)``, ``at least 2 of a, b, c``.

``not`` binds before ``and``, ``and`` before ``or``. The members of a list are single conditions, so that
``at least 2 of a, b, c and d`` asks for two of the first three, and for *d*.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from bot.errors import BadInput
from bot.i18n import Text, t
from bot.verdict import Verdict
from cogs.wallets.rules import logic

MAX_LENGTH: Final = 500
MAX_DEPTH: Final = 20
RESERVED: Final = frozenset({"and", "or", "not", "at", "least", "of"})
_TOKEN: Final = re.compile(r"\s*(?:(?P<mark>[(),、，（）])|(?P<word>#?[\w'-]+)|(?P<other>\S))")
_MARKS: Final = {"、": ",", "，": ",", "（": "(", "）": ")"}


@dataclass(frozen=True, slots=True)
class Rule:
    """Another rule, by name as typed or by key (``#3``) as stored."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    part: "Expression"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Any:
    parts: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class AtLeast:
    count: int
    parts: tuple["Expression", ...]


Expression: TypeAlias = Rule | Not | All | Any | AtLeast


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or mark and its place, in characters from 1; the end has no text."""

    text: str
    at: int

    @property
    def folded(self) -> str:
        return self.text.casefold()


def parse(typed: str) -> Expression:
    """Read an expression; raises BadInput that says at which character what was expected, and what stands there."""
    if len(typed) > MAX_LENGTH:
        raise BadInput(t("gate.expression.too_long", n=MAX_LENGTH))
    return _Parser(typed, MAX_DEPTH).whole()


def reread(stored: str) -> Expression:
    """Read what :func:`written` wrote: keys are longer than names, and it puts more into brackets than people do."""
    return _Parser(stored, 2 * MAX_DEPTH).whole()


def evaluate(expression: Expression, verdict_of: Callable[[str], Verdict]) -> Verdict:
    """Return what an expression comes to, given what each rule it names does."""
    match expression:
        case Rule(name):
            return verdict_of(name)
        case Not(part):
            return logic.negate(evaluate(part, verdict_of))
        case All(parts):
            return logic.all_of(evaluate(part, verdict_of) for part in parts)
        case Any(parts):
            return logic.any_of(evaluate(part, verdict_of) for part in parts)
        case AtLeast(count, parts):
            return logic.at_least(count, (evaluate(part, verdict_of) for part in parts))


def names(expression: Expression) -> Iterator[str]:
    """Yield the rules an expression names, in order, each as often as it stands there."""
    match expression:
        case Rule(name):
            yield name
        case Not(part):
            yield from names(part)
        case All(parts) | Any(parts) | AtLeast(_, parts):
            for part in parts:
                yield from names(part)


def renamed(expression: Expression, name_of: Callable[[str], str]) -> Expression:
    """Return the same expression with other names for its rules."""
    match expression:
        case Rule(name):
            return Rule(name_of(name))
        case Not(part):
            return Not(renamed(part, name_of))
        case All(parts):
            return All(tuple(renamed(part, name_of) for part in parts))
        case Any(parts):
            return Any(tuple(renamed(part, name_of) for part in parts))
        case AtLeast(count, parts):
            return AtLeast(count, tuple(renamed(part, name_of) for part in parts))


def written(expression: Expression) -> str:
    """Return an expression as text that :func:`reread` reads back as the same."""
    match expression:
        case Rule(name):
            return name
        case Not(part):
            return f"not {_single(part)}"
        case All(parts):
            return " and ".join(f"({written(p)})" if isinstance(p, Any | All) else written(p) for p in parts)
        case Any(parts):
            return " or ".join(f"({written(p)})" if isinstance(p, Any) else written(p) for p in parts)
        case AtLeast(count, parts):
            # Each member in brackets: a list inside would take the next comma for its own.
            listed = (part.name if isinstance(part, Rule) else f"({written(part)})" for part in parts)
            return f"at least {count} of ({', '.join(listed)})"


def circle(start: int, uses: Mapping[int, Sequence[int]]) -> Sequence[int] | None:
    """Return the way from a rule through the rules it uses back to itself, or None where there is none."""
    seen: set[int] = set()
    ways: list[tuple[int, ...]] = [(start,)]
    while ways:
        way = ways.pop()
        for used in uses.get(way[-1], ()):
            if used == start:
                return (*way, start)
            if used not in seen:
                seen.add(used)
                ways.append((*way, used))
    return None


def _single(part: Expression) -> str:
    return written(part) if isinstance(part, Rule | Not | AtLeast) else f"({written(part)})"


class _Parser:
    """Recursive descent; each nesting is counted, so that no input exhausts the stack."""

    def __init__(self, typed: str, most: int) -> None:
        self._most = most
        self._tokens: list[_Token] = []
        for match in _TOKEN.finditer(typed):
            kind = str(match.lastgroup)
            text, at = match.group(kind), match.start(kind) + 1
            if kind == "other":
                raise BadInput(t("gate.expression.strange", found=text, at=at))
            self._tokens.append(_Token(_MARKS.get(text, text), at))
        self._end = _Token("", len(typed.rstrip()) + 1)
        self._next = 0
        self._depth = 0

    def whole(self) -> Expression:
        if not self._tokens:
            raise BadInput(t("gate.expression.empty"))
        found = self._any()
        if self._peek().text:
            raise self._wrong(t("gate.expression.wanted.operator"))
        return found

    def _peek(self) -> _Token:
        return self._tokens[self._next] if self._next < len(self._tokens) else self._end

    def _take(self, *words: str) -> bool:
        if self._peek().folded in words:
            self._next += 1
            return True
        return False

    def _wrong(self, wanted: Text) -> BadInput:
        token = self._peek()
        if not token.text:
            return BadInput(t("gate.expression.ends", at=token.at, wanted=wanted))
        return BadInput(t("gate.expression.wrong", found=token.text, at=token.at, wanted=wanted))

    def _any(self) -> Expression:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Any(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._single()]
        while self._take("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _single(self) -> Expression:
        token = self._peek()
        self._depth += 1
        if self._depth > self._most:
            raise BadInput(t("gate.expression.too_deep", n=self._most, at=token.at))
        found = self._nested()
        self._depth -= 1
        return found

    def _nested(self) -> Expression:
        if self._take("not"):
            return Not(self._single())
        if self._take("("):
            found = self._any()
            self._close()
            return found
        if self._take("at"):
            return self._at_least()
        return self._rule()

    def _close(self) -> None:
        if not self._take(")"):
            raise self._wrong(t("gate.expression.wanted.close"))

    def _rule(self) -> Expression:
        token = self._peek()
        if not token.text or token.text in "()," or token.folded in RESERVED:
            raise self._wrong(t("gate.expression.wanted.rule"))
        self._next += 1
        return Rule(token.text)

    def _at_least(self) -> Expression:
        if not self._take("least"):
            raise self._wrong(t("gate.expression.wanted.least"))
        number = self._peek()
        if not (number.text.isascii() and number.text.isdigit()) or len(number.text) > 3:
            raise self._wrong(t("gate.expression.wanted.number"))
        self._next += 1
        if not self._take("of"):
            raise self._wrong(t("gate.expression.wanted.of"))
        parts = self._list()
        count = int(number.text)
        if not 1 <= count <= len(parts):
            raise BadInput(t("gate.expression.count", count=count, n=len(parts), at=number.at))
        return AtLeast(count, parts)

    def _list(self) -> tuple[Expression, ...]:
        """Read ``a, b, c`` or ``(a, b or c)``; a bracket that holds no comma is the list's first member."""
        parts: list[Expression]
        if self._take("("):
            parts = [self._any()]
            while self._take(","):
                parts.append(self._any())
            self._close()
            if len(parts) > 1:
                return tuple(parts)
        else:
            parts = [self._single()]
        while self._take(","):
            parts.append(self._single())
        return tuple(parts)
