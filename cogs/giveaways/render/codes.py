"""Pick-up codes, to be read aloud, typed or scanned."""

from io import BytesIO
from typing import Final

import segno

from bot import markup
from bot.i18n import plain, t
from bot.markup import Markup
from bot.ui import look
from bot.ui.look import Card
from bot.ui.outgoing import Attachment, Outgoing
from cogs.giveaways.render import words
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PlaceInfo

PICTURE: Final = "code.png"
_SCALE: Final = 16
# The standard's quiet zone, in white like the rest: without it scanners fail on Discord's dark background.
_BORDER: Final = 4


def qr_picture(content: str) -> bytes:
    """Return a QR code as PNG, black on white with its quiet zone; never a Micro QR code, which phones do not read."""
    out = BytesIO()
    segno.make_qr(content, error="q").save(out, kind="png", scale=_SCALE, border=_BORDER, dark="black", light="white")
    return out.getvalue()


def render_pickup_code(info: GiveawayInfo, code: str, language: str, place: PlaceInfo | None = None) -> Outgoing:
    """Return a winner's pick-up code, large, and as a picture to scan; their *place* knows until when it is good."""
    card = Card(language, words.title(info), look.DRAWN, author=words.number(info), picture=PICTURE)
    card.say(Markup(f"# {markup.code(code)}"))
    card.say(t("giveaway.render.code.show"))
    card.say(*words.claim_time(info, () if place is None else (place,)))
    described = plain(language, t("giveaway.render.code.picture", code=code))
    return Outgoing(embeds=(card.embed(),), files=(Attachment(PICTURE, qr_picture(code), described),))
