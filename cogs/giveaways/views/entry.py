"""The buttons of a running giveaway: enter, leave, details, and how it works."""

import discord

from bot import clock
from bot.i18n import Text, plain, render, t
from bot.ui.exchange import text_embed
from bot.ui.outgoing import Outgoing
from bot.ui.router import Press, Router, custom_id
from cogs.giveaways.service.entering import Entering, EntryAnswer, Receipt

ENTER = "gw.enter"
LEAVE = "gw.leave"
DETAILS = "gw.details"


class EntryButtons:
    """What pressing them does."""

    def __init__(self, entering: Entering) -> None:
        self._entering = entering

    def register(self, router: Router) -> None:
        """Take the buttons' presses."""
        router.on(ENTER, self.enter)
        router.on(LEAVE, self.leave)
        router.on(DETAILS, self.details)

    async def enter(self, press: Press) -> None:
        """Enter; someone who is in already is offered to leave."""
        answer = await self._entering.enter(press.actor, press.number(0), clock.now())
        await press.reply(answered(press.language, answer))

    async def leave(self, press: Press) -> None:
        info = await self._entering.leave(press.actor, press.number(0), clock.now())
        await press.update(t("giveaway.leave.done", number=str(info.number), closes=info.closes_at))

    async def details(self, press: Press) -> None:
        """Show an entrant's own receipt: with it they find themselves on the published list."""
        receipt = await self._entering.receipt(press.actor, press.number(0))
        if receipt is None:
            await press.reply(t("giveaway.leave.not_in"))
            return
        # As the message itself: what stands in an embed cannot be copied on a phone.
        await press.reply(Outgoing(content=render(press.language, receipt_text(receipt))))


def answered(language: str, answer: EntryAnswer) -> Outgoing:
    """Say that someone is in, with how many tickets, how many are in so far, and when it ends."""
    key = answer.info.id
    values = {
        "tickets": t("giveaway.count.tickets", n=answer.tickets),
        "count": t("giveaway.count.entrants", n=answer.count),
        "closes": answer.info.closes_at,
    }
    said = t("giveaway.enter.done", **values) if answer.new else t("giveaway.enter.already", **values)
    if answer.corrected and answer.info.corrected_at is not None:
        said = t("giveaway.enter.corrected", said=said, at=answer.info.corrected_at)
    return Outgoing(
        embeds=(text_embed(language, said),),
        rows=(
            _button(language, t("giveaway.button.leave"), LEAVE, key),
            _button(language, t("giveaway.button.details"), DETAILS, key),
        ),
    )


def receipt_text(receipt: Receipt) -> Text:
    """Word an entrant's receipt."""
    return t(
        "giveaway.receipt",
        number=str(receipt.info.number),
        token=receipt.token,
        salt=receipt.salt,
        id=receipt.info.public_id,
        tickets=t("giveaway.count.tickets", n=receipt.tickets),
    )


def _button(language: str, label: Text, kind: str, key: int) -> discord.ui.Button[discord.ui.View]:
    return discord.ui.Button(label=plain(language, label), custom_id=custom_id(kind, key))
