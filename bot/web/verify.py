"""``/verify``: whoever has a file of ours checks it in the browser, which sends it nowhere.

The modules in ``static/verify`` are the second verifier of the tests, written from ``docs/verify.md`` alone.
"""

from collections.abc import Mapping
from typing import Final

from aiohttp import web

from bot.i18n import Text, t
from bot.web.answers import page
from bot.web.documents import SHARED, STATIC, documents
from bot.web.site import Web
from bot.web.visitor import language_for

PAGE: Final = "/verify"
_FOLDER: Final = STATIC / "verify"


def verify_url(pages: Web) -> str | None:
    """Return the page's address; None where people cannot reach it."""
    return pages.url(PAGE)


class VerifyPage:
    """Serve the page; everything else happens in the browser."""

    def __init__(self, pages: Web) -> None:
        pages.add_assets(*sorted(_FOLDER.glob("*.mjs")), _FOLDER / "verify.css", *SHARED)
        fixed = {
            "script": pages.asset("page.mjs"),
            "style": pages.asset("page.css"),
            "more_style": pages.asset("verify.css"),
        }
        self._documents = documents(_FOLDER / "verify.html", {**_sentences(), **_facts(), **_checks()}, fixed)
        pages.get(PAGE, self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        return page(self._documents[language_for(request)])


def _sentences() -> Mapping[str, Text]:
    """Return the page's texts by the names its script knows; what is in braces is filled in there."""
    return {
        "title": t("verify.page.title"),
        "intro": t("verify.page.intro"),
        "local": t("verify.page.local"),
        "choose": t("verify.page.choose"),
        "drop": t("verify.page.drop"),
        "options": t("verify.page.options"),
        "options_hint": t("verify.page.options_hint"),
        "draws": t("verify.page.draws"),
        "polls": t("verify.page.polls"),
        "ledgers": t("verify.page.ledgers"),
        "allow_trusted": t("verify.page.allow_trusted"),
        "allow_totals": t("verify.page.allow_totals"),
        "chain": t("verify.page.chain"),
        "chain_bad": t("verify.page.chain_bad"),
        "again": t("verify.page.again"),
        "checking": t("verify.page.checking", file="{file}"),
        "summary_good": t("verify.page.summary_good", file="{file}"),
        "summary_bad": t("verify.page.summary_bad", file="{file}"),
        "good": t("verify.page.good"),
        "bad": t("verify.page.bad", failed="{failed}", checks="{checks}"),
        "holds": t("verify.page.holds"),
        "fails": t("verify.page.fails"),
        "unread": t("verify.page.unread"),
        "broken": t("verify.page.broken"),
        "compare_draw": t("verify.page.compare_draw"),
        "compare_poll": t("verify.page.compare_poll"),
        "compare_ledger": t("verify.page.compare_ledger"),
        "trust": t("verify.page.trust"),
        "noscript": t("verify.page.noscript"),
        "languages": t("verify.page.languages"),
        "yes": t("verify.page.yes"),
        "no": t("verify.page.no"),
        "unknown": t("verify.page.unknown"),
        "none": t("verify.page.none"),
        "erased": t("verify.page.erased"),
        "more": t("verify.page.more", n="{n}"),
        "receipt": t("verify.page.receipt"),
        "receipt_missing": t("verify.page.receipt_missing"),
        "receipt_found": t("verify.page.receipt_found", choices="{choices}"),
        "blank": t("verify.page.blank"),
    }


def _facts() -> Mapping[str, Text]:
    return {
        "fact_commitment": t("verify.fact.commitment"),
        "fact_digest": t("verify.fact.digest"),
        "fact_number": t("verify.fact.number"),
        "fact_server": t("verify.fact.server"),
        "fact_prize": t("verify.fact.prize"),
        "fact_id": t("verify.fact.id"),
        "fact_entries": t("verify.fact.entries"),
        "fact_tickets": t("verify.fact.tickets"),
        "fact_chain": t("verify.fact.chain"),
        "fact_round": t("verify.fact.round"),
        "fact_winners": t("verify.fact.winners"),
        "fact_question": t("verify.fact.question"),
        "fact_closed": t("verify.fact.closed"),
        "fact_winner": t("verify.fact.winner"),
        "fact_counts": t("verify.fact.counts"),
        "fact_first_choices": t("verify.fact.first_choices"),
        "fact_ratings": t("verify.fact.ratings"),
        "fact_ballots": t("verify.fact.ballots"),
        "fact_blank": t("verify.fact.blank"),
        "fact_passed": t("verify.fact.passed"),
        "fact_rows": t("verify.fact.rows"),
        "fact_head": t("verify.fact.head"),
    }


def _checks() -> Mapping[str, Text]:
    return {
        "check_shape": t("verify.check.shape"),
        "check_draw_list": t("verify.check.draw.list"),
        "check_draw_left_out": t("verify.check.draw.left_out"),
        "check_draw_digest": t("verify.check.draw.digest"),
        "check_draw_commitment": t("verify.check.draw.commitment"),
        "check_draw_freezes": t("verify.check.draw.freezes"),
        "check_draw_rounds": t("verify.check.draw.rounds"),
        "check_draw_timing": t("verify.check.draw.timing"),
        "check_draw_trust": t("verify.check.draw.trust"),
        "check_draw_beacon": t("verify.check.draw.beacon"),
        "check_draw_ranking": t("verify.check.draw.ranking"),
        "check_draw_results": t("verify.check.draw.results"),
        "check_draw_people": t("verify.check.draw.people"),
        "check_draw_compared": t("verify.check.draw.compared"),
        "check_poll_rule": t("verify.check.poll.rule"),
        "check_poll_recountable": t("verify.check.poll.recountable"),
        "check_poll_ballots": t("verify.check.poll.ballots"),
        "check_poll_order": t("verify.check.poll.order"),
        "check_poll_counts": t("verify.check.poll.counts"),
        "check_poll_rounds": t("verify.check.poll.rounds"),
        "check_poll_pairs": t("verify.check.poll.pairs"),
        "check_poll_winners": t("verify.check.poll.winners"),
        "check_poll_ties": t("verify.check.poll.ties"),
        "check_poll_turnout": t("verify.check.poll.turnout"),
        "check_poll_passed": t("verify.check.poll.passed"),
        "check_ledger_numbers": t("verify.check.ledger.numbers"),
        "check_ledger_chain": t("verify.check.ledger.chain"),
        "check_ledger_head": t("verify.check.ledger.head"),
        "check_ledger_values": t("verify.check.ledger.values"),
        "check_ledger_compared": t("verify.check.ledger.compared"),
    }
