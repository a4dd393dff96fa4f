"""The page's HTML, once in each language."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.i18n import Text, t
from bot.web import Web
from bot.web.documents import SHARED, documents

_STATIC: Final = Path(__file__).parent / "static"
FILES: Final = (*(_STATIC / name for name in ("link.js", "wallets.js", "server.js")), *SHARED)


def texts(home: str) -> Mapping[str, Text]:
    """Return the page's texts by the names its script knows; what is in braces is filled in there."""
    wallet, address, account, server = "{wallet}", "{address}", "{account}", "{server}"
    return {
        "title": t("wallet.page.title"),
        "loading": t("wallet.page.loading"),
        "who": t("wallet.page.who"),
        "account": t("wallet.page.account"),
        "server": t("wallet.page.server"),
        "id": t("wallet.page.id", id="{id}"),
        "until": t("wallet.page.until", time="{time}"),
        "beware": t("wallet.page.beware"),
        "confirm": t("wallet.page.confirm"),
        "identify": t("wallet.page.identify"),
        "identify_why": t("wallet.page.identify_why"),
        "choose": t("wallet.page.choose"),
        "injected": t("wallet.page.injected"),
        "none": t("wallet.page.none"),
        "phone": t("wallet.page.phone"),
        "phone_else": t("wallet.page.phone_else"),
        "open_in": t("wallet.page.open_in", wallet=wallet),
        "look_again": t("wallet.page.look_again"),
        "asks": t("wallet.page.asks"),
        "genuine": t("wallet.page.genuine", page=home),
        "connecting": t("wallet.page.connecting", wallet=wallet),
        "signing": t("wallet.page.signing", wallet=wallet, address=address),
        "sending": t("wallet.page.sending"),
        "done": t("wallet.page.done"),
        "done_text": t("wallet.page.done_text", address=address, account=account, server=server),
        "failed": t("wallet.page.failed"),
        "new_link": t("wallet.page.new_link"),
        "rejected": t("wallet.page.rejected", wallet=wallet),
        "pending": t("wallet.page.pending", wallet=wallet),
        "no_account": t("wallet.page.no_account", wallet=wallet),
        "switched": t("wallet.page.switched", wallet=wallet),
        "chain": t("wallet.page.chain", wallet=wallet, chain="{chain}", known="{known}"),
        "chain_retry": t("wallet.page.chain_retry"),
        "chain_anyway": t("wallet.page.chain_anyway"),
        "wallet_error": t("wallet.page.wallet_error", wallet=wallet),
        "offline": t("wallet.page.offline"),
        "incomplete": t("wallet.page.incomplete"),
        "refused_identity": t("wallet.page.refused_identity"),
        "other_browser": t("wallet.page.other_browser"),
        "noscript": t("wallet.page.noscript"),
        "languages": t("wallet.page.languages"),
    }


def document(pages: Web) -> Mapping[str, str]:
    """Return the page in each language."""
    home = urlsplit(pages.url("/link") or "").netloc + "/link"
    fixed = {"script": pages.asset("link.js"), "style": pages.asset("page.css")}
    return documents(_STATIC / "link.html", texts(home), fixed)
