"""Results as text: bars of one length under each option, so that they line up in any language on any phone."""

from collections.abc import Sequence
from typing import Final

from bot import markup
from bot.i18n import Text, render, t
from bot.markup import Markup
from bot.ui.look import shorten
from cogs.polls.rules.ballots import Kind
from cogs.polls.rules.chart import label, letter, shares
from cogs.polls.rules.count import Tally, mean, standing

CELLS: Final = 12
# So many ties are named; of a run-off among many options there may be one a round.
TIES: Final = 3
_FULL, _EMPTY = "█", "░"


def bars(
    kind: Kind, tally: Tally, options: Sequence[str], language: str, room: int, *, over: bool = True
) -> list[Markup]:
    """Return each option with its bar, best first, all in about *room* characters; *over* is whether one won."""
    parts = shares(kind, tally)
    each = max(16, room // max(1, len(options)) - 45)
    lines: list[Markup] = []
    for index in standing(kind, tally):
        won = "🏆 " if over and index in tally.winners else ""
        filled = int(parts[index] * CELLS + 0.5) if parts[index] < 1 else CELLS
        bar = markup.code(_FULL * filled + _EMPTY * (CELLS - filled))
        share = _share(kind, tally, index, label(kind, parts[index]))
        given = render(language, _given(kind, tally, index))
        lines.append(Markup(f"{won}**{letter(index)}** {shorten(options[index], each)}\n{bar} {share} · {given}"))
    if kind is Kind.RANKED and tally.rounds:
        lines.append(render(language, t("poll.render.ranked_shares")))
    return lines


def _share(kind: Kind, tally: Tally, index: int, said: str) -> str:
    if kind is not Kind.RATING:
        return said
    return "–" if mean(tally.ratings[index]) is None else f"★ {said}"


def _given(kind: Kind, tally: Tally, index: int) -> Text:
    """Return what an option was given."""
    if kind is Kind.RATING:
        return t("poll.count.ratings", n=sum(tally.ratings[index]))
    held = tally.counts[index]
    if kind is Kind.RANKED and tally.rounds:
        held = [each.counts[index] for each in tally.rounds if each.counts[index] is not None][-1] or 0
    weighted = tally.turnout.weight != tally.turnout.ballots
    return t("poll.count.weight", n=held) if weighted else t("poll.count.votes", n=held)


def rounds(tally: Tally, language: str, room: int) -> list[Markup]:
    """Return the rounds of a run-off, one a line: how all stood, and who went out."""
    lines: list[Markup] = []
    for place, each in enumerate(tally.rounds, 1):
        held = [(weight, index) for index, weight in enumerate(each.counts) if weight is not None]
        held.sort(key=lambda pair: (-pair[0], pair[1]))
        stood = " ".join(f"{letter(index)}{weight}" for weight, index in held)
        values = {"round": str(place), "stood": markup.code(stood)}
        if each.eliminated is not None:
            said = t("poll.render.round.out", out=letter(each.eliminated), **values)
        else:
            said = t("poll.render.round.last", winner=letter(tally.winners[0]), **values)
        lines.append(render(language, said))
    return _middle_out(lines, language, room)


def _middle_out(lines: list[Markup], language: str, room: int) -> list[Markup]:
    """Leave out rounds in the middle until the rest fits."""
    kept = list(lines)
    while len(kept) > 2 and sum(len(line) + 1 for line in kept) > room - 40:
        del kept[len(kept) // 2]
    left = len(lines) - len(kept)
    if left:
        kept.insert((len(kept) + 1) // 2, render(language, t("poll.render.round.more", n=left)))
    return kept


def remarks(kind: Kind, tally: Tally) -> list[Text]:
    """Say what else is to be known of a result: pairwise winners, ties, blank and exhausted ballots."""
    lines: list[Text] = []
    if kind is Kind.RANKED and tally.winners:
        lines.append(_pairwise(tally))
    lines += [t("poll.render.tie", options=[letter(index) for index in level]) for level in tally.ties[:TIES]]
    if len(tally.ties) > TIES:
        lines.append(t("poll.render.tie.more", n=len(tally.ties) - TIES))
    if tally.ties:
        lines.append(t("poll.render.tie.how"))
    if tally.turnout.blank:
        lines.append(t("poll.render.blank", n=tally.turnout.blank))
    if tally.turnout.exhausted:
        lines.append(t("poll.render.exhausted", n=tally.turnout.exhausted))
    return lines


def _pairwise(tally: Tally) -> Text:
    winner = tally.winners[0]
    if tally.condorcet is not None:
        values = {"option": letter(tally.condorcet)}
        same = tally.condorcet == winner
        return t("poll.render.condorcet", **values) if same else t("poll.render.condorcet.other", **values)
    values = {"option": letter(winner if tally.schulze is None else tally.schulze)}
    same = tally.schulze == winner
    return t("poll.render.schulze", **values) if same else t("poll.render.schulze.other", **values)


def turnout(tally: Tally) -> Text:
    """Say how many voted, of how many where that is known."""
    cast = t("poll.count.votes", n=tally.turnout.ballots)
    if tally.turnout.eligible is None:
        return t("poll.render.turnout", votes=cast)
    percent = tally.turnout.ballots * 100 // max(1, tally.turnout.eligible)
    return t("poll.render.turnout_of", votes=cast, n=tally.turnout.eligible, percent=str(percent))
