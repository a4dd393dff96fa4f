"""The picture of a result: bars with the letters A, B, C; the options' texts stand in the message beside it.

So no glyph can be missing, whatever the options are written in. Drawn in the worker process.
"""

from fractions import Fraction
from io import BytesIO

from cogs.polls.rules.ballots import MAX_RATING, Kind
from cogs.polls.rules.count import Tally, mean, standing

# Half of what a phone shows at full width, drawn at twice the size.
WIDTH, ROW, PAD = 900, 58, 28
_GROUND, _TRACK, _TEXT = "#1f2127", "#33363f", "#f2f3f5"
_WON, _OTHER = "#e5b93c", "#5865f2"


def letter(index: int) -> str:
    """Return the letter by which an option is called: A for the first."""
    return chr(ord("A") + index)


def shares(kind: Kind, tally: Tally) -> list[Fraction]:
    """Return how long each option's bar is, of 1: its share of the weight, in a rating poll the mean of 5.

    Ranked: of the continuing weight in the last round the option was in.
    """
    match kind:
        case Kind.RATING:
            return [(mean(row) or Fraction(0)) / MAX_RATING for row in tally.ratings]
        case Kind.RANKED if tally.rounds:
            return [_last_share(tally, index) for index in range(len(tally.counts))]
        case _:
            whole = _chosen_by(tally) if kind is Kind.MULTIPLE else sum(tally.counts)
            return [_share(held, whole) for held in tally.counts]


def _chosen_by(tally: Tally) -> int:
    """Return the weight of ballots that are not blank; where votes weigh differently, that of all."""
    turnout = tally.turnout
    return turnout.weight - turnout.blank if turnout.weight == turnout.ballots else turnout.weight


def _share(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def _last_share(tally: Tally, index: int) -> Fraction:
    counts = [round_.counts for round_ in tally.rounds if round_.counts[index] is not None][-1]
    return _share(counts[index] or 0, sum(held for held in counts if held is not None))


def label(kind: Kind, part: Fraction) -> str:
    """Return what stands behind a bar: percent, or a mean of 5."""
    return f"{float(part * MAX_RATING):.2f}" if kind is Kind.RATING else f"{float(part * 100):.0f}%"


def chart(kind: Kind, tally: Tally) -> bytes | None:
    """Return a PNG of the result, best first; None where nobody chose anything."""
    if not tally.winners:
        return None
    # Loaded in the worker process alone, as its memory is not the bot's.
    from PIL import Image, ImageDraw, ImageFont

    parts, order = shares(kind, tally), standing(kind, tally)
    picture = Image.new("RGB", (WIDTH, 2 * PAD + ROW * len(order)), _GROUND)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(30)
    left, right = PAD + 56, WIDTH - PAD - 100
    for row, index in enumerate(order):
        top = PAD + row * ROW
        middle = top + ROW // 2
        draw.text((PAD, middle), letter(index), font=font, fill=_TEXT, anchor="lm")
        draw.rounded_rectangle((left, top + 10, right, top + ROW - 10), 8, fill=_TRACK)
        length = int((right - left) * parts[index])
        if length > 0:
            colour = _WON if index in tally.winners else _OTHER
            draw.rounded_rectangle((left, top + 10, left + max(length, 12), top + ROW - 10), 8, fill=colour)
        draw.text((WIDTH - PAD, middle), label(kind, parts[index]), font=font, fill=_TEXT, anchor="rm")
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
