"""What the gallery photographs of giveaways."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from bot.i18n import t
from bot.markup import Markup
from bot.ui.outgoing import Outgoing
from cogs.giveaways.render import (
    render_freeze,
    render_info,
    render_pass,
    render_pickup_code,
    render_post,
    render_result,
    render_trust_question,
)
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.terms import Claim, Named, Terms
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.tables import ClaimState, State, Waiting
from tests.browser.gallery import Scene
from tests.giveaways.render import samples
from tests.giveaways.render.samples import GUILD, NOW, PEOPLE

PREFIX: Final = "giveaway"
PRIZES: Final = {
    "en": ("Signed print “Blue Hour”", "A2 on cotton paper, numbered 7 of 50. Shipping is on us, anywhere."),
    "ja": (
        "サイン入り版画「青の時間」",
        "A2サイズ、コットン紙、エディション7/50です。送料はこちらで負担します。",
    ),
    "ko": ("사인 판화 ‘푸른 시간’", "A2 크기, 코튼지, 에디션 7/50입니다. 배송비는 저희가 부담합니다."),
}
EVENTS: Final = {"en": "Open studio, June", "ja": "6月のオープンスタジオ", "ko": "6월 오픈 스튜디오"}
NAMES: Final = ("oren", "mina", "haru", "sol", "lena", "tomo", "jiwoo", "ada", "kei", "noor")
PEOPLE_SHOWN: Final = {PEOPLE[i]: name for i, name in enumerate(NAMES)}
ROLES: Final = {GUILD + 11: "Collectors", GUILD + 12: "On hold", GUILD + 13: "Artists", GUILD + 14: "OG"}


def terms(language: str) -> Terms:
    return replace(samples.TERMS, attended=Named(2, EVENTS[language]))


def giveaway(language: str, state: State, **changes: Any) -> GiveawayInfo:
    """Return the giveaway of all pictures, in a language."""
    prize, description = PRIZES[language]
    return samples.giveaway(state, prize=prize, description=description, terms=terms(language), **changes)


def scene(message: Callable[[str], Outgoing], *, kept: bool = False) -> Scene:
    return Scene(message, NOW, PEOPLE_SHOWN, ROLES, kept)


def _post(name: str) -> Callable[[str], Outgoing]:
    def message(language: str) -> Outgoing:
        view = samples.POSTS[name]()
        prize, description = PRIZES[language]
        return render_post(replace(view, info=replace(view.info, prize=prize, description=description)), language)

    return message


def _open(language: str) -> Outgoing:
    return render_post(samples.post(giveaway(language, State.OPEN)), language)


def _freeze(language: str) -> Outgoing:
    return render_freeze(samples.freeze(giveaway(language, State.FROZEN)), language)


def _replaced(language: str) -> Outgoing:
    return render_freeze(samples.freeze(giveaway(language, State.FROZEN), replaces=samples.URL, bands={}), language)


def _untrusted(language: str) -> Outgoing:
    freeze = replace(samples.SENDING, round=None, round_at=None)
    view = samples.freeze(giveaway(language, State.FROZEN, trusted=samples.OFF), freeze=freeze, chain=None)
    return render_freeze(view, language)


def _result(language: str) -> Outgoing:
    return render_result(samples.result(giveaway(language, State.DRAWN)), language)


def _wallet(language: str) -> Outgoing:
    info = giveaway(language, State.DRAWN, claim=Claim.WALLET)
    site = "https://bot.example.org"
    genuine = t("wallet.genuine", page=Markup(f"**{site}/link**"))
    view = samples.result(info, verify_url=f"{site}/verify", genuine=genuine)
    return render_result(view, language)


def _many(language: str) -> Outgoing:
    places = tuple(samples.place(rank) for rank in range(1, 10))
    info = giveaway(language, State.DRAWN, claim=Claim.NONE, winners=9)
    return render_result(samples.result(info, places=places, mentioned=(), proof_url=samples.URL, files=()), language)


def _cancelled(language: str) -> Outgoing:
    info = giveaway(language, State.DRAWN, cancelled_at=NOW, cancel_reason="…")
    return render_result(samples.result(info, mentioned=()), language)


def _airdrop(language: str) -> Outgoing:
    view = samples.POSTS["drawn-airdrop"]()
    places = tuple(samples.holder(rank) for rank in range(1, 61))
    return render_result(samples.result(view.info, places=places, mentioned=()), language)


def _pass(language: str) -> Outgoing:
    return render_pass(samples.passing(giveaway(language, State.DRAWN)), language)


def _code(language: str) -> Outgoing:
    until = samples.place(1, claim_until=NOW + timedelta(days=2))
    info = giveaway(language, State.DRAWN, claim=Claim.IN_PERSON)
    return render_pickup_code(info, "7KQ2M9XD", language, until)


def _info(language: str) -> Outgoing:
    info = giveaway(language, State.OPEN)
    return render_info(samples.post(info), language, samples.receipt(info))


def _dropped(language: str) -> Outgoing:
    info = giveaway(language, State.DRAWN)
    return render_info(samples.post(info), language, samples.receipt(info, dropped="required_role"))


def _trust(language: str) -> Outgoing:
    return render_trust_question(
        samples.post(giveaway(language, State.FROZEN), waiting=Waiting.BEACON_GIVE_UP), language
    )


def _delivered(language: str) -> Outgoing:
    done = [samples.place(rank, claim_state=ClaimState.DELIVERED) for rank in (1, 2, 3, 5, 6, 7)]
    places = (*done, samples.place(4, Outcome.PASSED), samples.place(8))
    return render_post(samples.post(giveaway(language, State.DRAWN, winners=7), places=places), language)


SCENES: Final[Mapping[str, Scene]] = {
    "open": scene(_open, kept=True),
    "frozen": scene(_freeze, kept=True),
    "result": scene(_result, kept=True),
    "result-wallet": scene(_wallet, kept=True),
    "claim": scene(_code, kept=True),
    "info": scene(_info),
    "info-dropped": scene(_dropped),
    "trust": scene(_trust),
    "pass": scene(_pass),
    "freeze-replaced": scene(_replaced),
    "freeze-untrusted": scene(_untrusted),
    "result-many": scene(_many),
    "result-cancelled": scene(_cancelled),
    "result-airdrop": scene(_airdrop),
    "post-delivered": scene(_delivered),
    **{f"post-{name}": scene(_post(name)) for name in samples.POSTS},
}
