"""A ballot being filled in, as it stands in the custom ids of the message in which it is: nowhere else."""

from dataclasses import dataclass, replace
from typing import Final

from cogs.polls.rules.ballots import MAX_OPTIONS, MAX_RATING, Choices

NOTHING: Final = "-"
PER_PAGE: Final = 4


@dataclass(frozen=True, slots=True)
class Ranking:
    """Options picked so far, best first; ``at`` is the place of the one that can be moved or removed."""

    picks: tuple[int, ...] = ()
    at: int = 0

    def add(self, option: int) -> "Ranking":
        """Pick the next option; one that is picked already stays where it is."""
        if option in self.picks:
            return self
        return Ranking((*self.picks, option), len(self.picks))

    def select(self, place: int) -> "Ranking":
        return replace(self, at=max(0, min(place, len(self.picks) - 1)))

    def up(self) -> "Ranking":
        """Move the selected option one place up; the first becomes the last."""
        if len(self.picks) < 2:
            return self
        rest = [pick for place, pick in enumerate(self.picks) if place != self.at]
        to = self.at - 1 if self.at else len(rest)
        return Ranking((*rest[:to], self.picks[self.at], *rest[to:]), to)

    def remove(self) -> "Ranking":
        """Take the selected option out."""
        rest = tuple(pick for place, pick in enumerate(self.picks) if place != self.at)
        return Ranking(rest, max(0, min(self.at, len(rest) - 1)))

    def code(self) -> str:
        """Return the picks as letters, at most 25."""
        return "".join(chr(ord("a") + pick) for pick in self.picks) or NOTHING


def ranking(code: str, at: str, options: int) -> Ranking | None:
    """Read what :meth:`Ranking.code` wrote, among so many *options*; None for a forged one."""
    picks = () if code == NOTHING else tuple(ord(each) - ord("a") for each in code)
    good = len(set(picks)) == len(picks) and all(0 <= pick < options for pick in picks)
    place = int(at) if at.isascii() and at.isdigit() and len(at) < 3 else -1
    return Ranking(picks, place) if good and 0 <= place <= max(0, len(picks) - 1) else None


@dataclass(frozen=True, slots=True)
class Ratings:
    """Ratings given so far, None for options without one, and the page that is shown."""

    given: Choices
    page: int = 0

    def rate(self, option: int, rating: int | None) -> "Ratings":
        return replace(self, given=(*self.given[:option], rating, *self.given[option + 1 :]))

    def turn(self, pages: int) -> "Ratings":
        return replace(self, page=max(0, min(self.page + pages, self.pages - 1)))

    @property
    def pages(self) -> int:
        return -(-len(self.given) // PER_PAGE)

    @property
    def shown(self) -> range:
        """The options on this page."""
        start = self.page * PER_PAGE
        return range(start, min(start + PER_PAGE, len(self.given)))

    def code(self) -> str:
        """Return the ratings as digits, 0 for none, at most 25."""
        return "".join(str(rating or 0) for rating in self.given)


def ratings(code: str, page: str, options: int) -> Ratings | None:
    """Read what :meth:`Ratings.code` wrote; options approved since have no rating. None for a forged one."""
    digits = code.isascii() and code.isdigit() and len(code) <= min(options, MAX_OPTIONS)
    if not digits or any(int(each) > MAX_RATING for each in code):
        return None
    given = tuple(int(each) or None for each in code.ljust(options, "0"))
    found = Ratings(given, int(page) if page.isascii() and page.isdigit() and len(page) < 3 else -1)
    return found if 0 <= found.page < found.pages else None
