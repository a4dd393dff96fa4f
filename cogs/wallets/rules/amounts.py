"""Amounts of tokens: whole numbers of the smallest unit inside, decimals where people see them."""

import re
from typing import Final

from bot.errors import BadInput
from bot.i18n import t
from cogs.wallets.rules.tokens import MAX_UINT

_AMOUNT: Final = re.compile(r"([0-9]{1,78})(?:\.([0-9]{1,77}))?")


def parse_amount(typed: str, decimals: int) -> int:
    """Read an amount of whole tokens, ``0.5``, exactly; raises BadInput for what the token cannot divide into."""
    found = _AMOUNT.fullmatch(typed.strip().replace("_", "").removeprefix("+"))
    if found is None:
        raise BadInput(t("gate.amount.wrong", given=typed))
    fraction = (found[2] or "").rstrip("0")
    if len(fraction) > decimals:
        if decimals == 0:
            raise BadInput(t("gate.amount.indivisible", given=typed))
        raise BadInput(t("gate.amount.too_fine", given=typed, n=decimals))
    amount = int(found[1]) * 10**decimals + int(fraction.ljust(decimals, "0") or "0")
    if amount > MAX_UINT:
        raise BadInput(t("gate.amount.large", given=typed))
    return amount


def amount_text(amount: int, decimals: int) -> str:
    """Return an amount of the smallest unit as whole tokens, without zeros at the end."""
    whole, fraction = divmod(amount, 10**decimals)
    digits = str(fraction).rjust(decimals, "0").rstrip("0") if decimals else ""
    return f"{whole}.{digits}" if digits else str(whole)
