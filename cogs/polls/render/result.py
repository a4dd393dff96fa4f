"""The announcement of a result, with the bundle, and the private answer with everything about it."""

from typing import Final

from bot import markup
from bot.i18n import Text, plain, t
from bot.markup import Markup
from bot.ui import look, proof
from bot.ui.look import Card, button
from bot.ui.outgoing import Attachment, Outgoing
from cogs.polls.render import bars, words
from cogs.polls.render.post import OPTIONS, outcome, verdict
from cogs.polls.rules.ballots import SECRET_BALLOTS
from cogs.polls.service.results import Standing
from cogs.polls.service.showing import ResultView

CHART: Final = "chart.png"
ROUNDS: Final = 1_000


def render_result(view: ResultView, language: str) -> Outgoing:
    """Return the announcement of a result."""
    info, tally = view.info, view.tally
    title, whole = words.heading(view.question)
    picture = None if view.chart is None else CHART
    card = Card(language, title, look.DRAWN, author=words.state(info), picture=picture, url=view.post_url)
    card.say(whole)
    card.say(outcome(view.options, tally.winners), verdict(info, tally))
    card.say(*bars.bars(info.kind, tally, view.options, language, OPTIONS))
    card.part(t("poll.render.rounds"), *bars.rounds(tally, language, ROUNDS))
    card.part(t("poll.render.glance"), bars.turnout(tally), *words.bounds(info), *bars.remarks(info.kind, tally))
    card.part(t("poll.render.check"), *_check(view))
    files: list[Attachment] = []
    if view.chart is not None:
        files.append(Attachment(CHART, view.chart, plain(language, t("poll.render.chart"))))
    described = plain(language, t("poll.render.check.file"))
    files += [Attachment(file.name, file.data, described) for file in view.files]
    rows = (button(language, t("poll.button.results"), words.RESULTS, info.id),)
    return Outgoing(embeds=(card.embed(),), rows=rows, files=tuple(files))


def _check(view: ResultView) -> list[Text | Markup]:
    info = view.info
    if not view.files:
        return [] if view.proof_url is None else [t("poll.render.check.there", url=Markup(view.proof_url))]
    browser = proof.in_browser(view.verify_url)
    in_browser = [] if browser is None else [browser]
    few = info.is_secret and view.tally.turnout.ballots < SECRET_BALLOTS
    if few:
        command = f"ikuzo verify --totals poll-{info.number}.json"
        return [t("poll.render.check.few"), markup.code(command), *in_browser]
    names = " ".join(file.name for file in view.files) if len(view.files) < 4 else f"poll-{info.number}.json.gz.*"
    lines: list[Text | Markup] = [t("poll.render.check.how"), markup.code(f"ikuzo verify {names}")]
    lines += in_browser
    if info.receipts:
        lines.append(t("poll.render.check.receipt"))
    return lines


def render_standing(found: Standing, language: str) -> Outgoing:
    """Return how a poll stands, or ended, for one person; the title leads to its post."""
    info, tally = found.info, found.tally
    title, whole = words.heading(info.question)
    options = [option.text for option in info.options]
    over = info.is_over
    card = Card(language, title, look.DRAWN if over else look.OPEN, author=words.state(info), url=found.url)
    card.say(whole)
    if over:
        card.say(outcome(options, tally.winners), verdict(info, tally))
    else:
        card.say(t("poll.render.so_far"))
    card.say(*bars.bars(info.kind, tally, options, language, OPTIONS, over=over))
    card.part(t("poll.render.rounds"), *bars.rounds(tally, language, ROUNDS))
    card.part(t("poll.render.glance"), bars.turnout(tally), *words.bounds(info), *bars.remarks(info.kind, tally))
    return Outgoing(embeds=(card.embed(),))
