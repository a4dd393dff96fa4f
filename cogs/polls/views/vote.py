"""Pressing *Vote*, filling a ballot in, and casting it. What is filled in lives in the message alone."""

from collections.abc import Sequence

from bot import clock
from bot.errors import NotFound
from bot.i18n import t
from bot.ui.router import Press, Router
from cogs.polls.render.paper import (
    ADD,
    AT,
    BACK,
    BLANK,
    CAST,
    ON,
    OUT,
    PICK,
    RANK,
    RATE,
    SET,
    UP,
    render_cast,
    render_paper,
    render_ranking,
    render_rating,
)
from cogs.polls.render.words import VOTE
from cogs.polls.rules.ballots import MAX_RATING
from cogs.polls.rules.filling import Ranking, Ratings, ranking, ratings
from cogs.polls.service.voting import Voting


class VoteButtons:
    """What pressing them does."""

    def __init__(self, voting: Voting) -> None:
        self._voting = voting

    def register(self, router: Router) -> None:
        """Take the presses."""
        router.on(VOTE, self.vote)
        router.on(PICK, self.pick)
        router.on(BLANK, self.blank)
        router.on(RANK, self.rank)
        router.on(RATE, self.rate)

    async def vote(self, press: Press) -> None:
        """Give someone who may vote a ballot; nobody else sees it."""
        paper = await self._voting.paper(press.actor, press.number(0), clock.now())
        await press.reply(render_paper(paper, press.language))

    async def pick(self, press: Press) -> None:
        """Cast what was chosen in the list."""
        await self._cast(press, [_index(value) for value in press.values])

    async def blank(self, press: Press) -> None:
        await self._cast(press, [])

    async def rank(self, press: Press) -> None:
        """Go on with a ranked ballot: pick, select, move up, remove, or cast."""
        info = await self._voting.shown(press.actor, press.number(0), press.number(1), clock.now())
        action, code, at = (*press.args[2:5], "", "", "")[:3]
        filled = ranking(code, at, len(info.options))
        if filled is None:
            raise NotFound(t("error.stale_component"))
        if action == CAST:
            await self._cast(press, filled.picks)
            return
        await press.update(render_ranking(info, _ranked(press, filled, action, len(info.options)), press.language))

    async def rate(self, press: Press) -> None:
        """Go on with a rating ballot: rate an option, turn the page, or cast."""
        info = await self._voting.shown(press.actor, press.number(0), press.number(1), clock.now())
        action, code, page = (*press.args[2:5], "", "", "")[:3]
        filled = ratings(code, page, len(info.options))
        if filled is None:
            raise NotFound(t("error.stale_component"))
        if action == CAST:
            await self._cast(press, filled.given)
            return
        await press.update(render_rating(info, _rated(press, filled, action), press.language))

    async def _cast(self, press: Press, choices: Sequence[int | None]) -> None:
        key, revision = press.number(0), press.number(1)
        answer = await self._voting.cast(press.actor, key, revision, choices, clock.now())
        await press.update(render_cast(answer, press.language))


def _index(value: str) -> int:
    """Return what a list's value stands for; raises NotFound for a forged one."""
    if not (value.isascii() and value.isdigit() and len(value) <= 2):
        raise NotFound(t("error.stale_component"))
    return int(value)


def _ranked(press: Press, filled: Ranking, action: str, options: int) -> Ranking:
    if action == UP:
        return filled.up()
    if action == OUT:
        return filled.remove()
    chosen = _index(press.values[0]) if press.values else options
    if action == ADD and chosen < options:
        return filled.add(chosen)
    if action == AT and chosen in filled.picks:
        return filled.select(filled.picks.index(chosen))
    raise NotFound(t("error.stale_component"))


def _rated(press: Press, filled: Ratings, action: str) -> Ratings:
    if action == BACK:
        return filled.turn(-1)
    if action == ON:
        return filled.turn(1)
    index = _index(action.removeprefix(SET)) if action.startswith(SET) else len(filled.given)
    rating = _index(press.values[0]) if press.values else MAX_RATING + 1
    if index >= len(filled.given) or rating > MAX_RATING:
        raise NotFound(t("error.stale_component"))
    return filled.rate(index, rating or None)
