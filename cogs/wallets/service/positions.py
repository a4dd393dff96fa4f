"""Whether a role may be given for a rule."""

from bot.errors import BadInput
from bot.i18n import Text, t
from bot.permissions import DANGEROUS
from bot.ports import RoleState
from cogs.wallets.tables import Trouble


def trouble_of(role: RoleState | None) -> Trouble | None:
    """Say why a role cannot be given now; None where it can."""
    if role is None:
        return Trouble.ROLE_GONE
    if role.permissions & DANGEROUS:
        return Trouble.ROLE_DANGEROUS
    return None if role.assignable else Trouble.ROLE_ABOVE


def require_givable(role: RoleState | None) -> RoleState:
    """Raise BadInput, with the reason, unless a rule may give this role."""
    if role is None:
        raise BadInput(t("gate.role.gone"))
    if role.is_default:
        raise BadInput(t("gate.role.everyone"))
    if role.managed:
        raise BadInput(t("gate.role.managed", role=role.name))
    if role.permissions & DANGEROUS:
        raise BadInput(t("gate.role.dangerous", role=role.name))
    if not role.assignable:
        raise BadInput(t("gate.role.above", role=role.name))
    return role


def trouble_text(trouble: Trouble) -> Text:
    """Return what a trouble means, and what to do."""
    match trouble:
        case Trouble.ROLE_GONE:
            return t("gate.trouble.role_gone")
        case Trouble.ROLE_ABOVE:
            return t("gate.trouble.role_above")
        case Trouble.ROLE_DANGEROUS:
            return t("gate.trouble.role_dangerous")
        case Trouble.FOUGHT_OVER:
            return t("gate.trouble.fought_over")
        case Trouble.UNREAD:
            return t("gate.trouble.unread")
