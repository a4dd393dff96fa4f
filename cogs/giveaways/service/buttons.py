"""Winners' buttons, by the kind in their custom ids: under announcements, and in ``/my show``."""

from typing import Final

CLAIM: Final = "gw.claim"
CODE: Final = "gw.code"
RECEIVED: Final = "gw.received"
MISSING: Final = "gw.missing"
DECLINE: Final = "gw.decline"
