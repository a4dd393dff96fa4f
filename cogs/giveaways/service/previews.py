"""A giveaway's post before it is posted, as it will look."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.drafting.craft import Findings, Subject
from bot.drafting.values import changed
from bot.guilds import Purpose, config_of
from bot.images import load_image
from bot.numbers import upcoming_number
from bot.people import Actor
from cogs.giveaways.rules.correcting import is_correction
from cogs.giveaways.rules.options import Options, Proposal, terms_of
from cogs.giveaways.rules.terms import Claim, Terms
from cogs.giveaways.service.loading import Loading
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import KIND, Source, State

if TYPE_CHECKING:
    from bot.app import Platform

# The id and the commitment are drawn when it is posted, so that nobody can choose among several.
TO_COME: Final = "…"


class Previews:
    """Posts that are not there yet."""

    def __init__(self, platform: "Platform", loading: Loading) -> None:
        self._platform = platform
        self._loading = loading

    async def of(
        self,
        session: AsyncSession,
        actor: Actor,
        findings: Findings[Options, Proposal],
        times: tuple[datetime, datetime | None],
        subject: Subject[Options] | None,
    ) -> PostView | None:
        """Return the post in the draft's first channel; None while prize or closing are missing."""
        options, (opens, closes) = findings.options, times
        if options.prize is None or closes is None:
            return None
        excluded = (await config_of(session, actor.guild_id)).place(Purpose.EXCLUDED)
        if subject is None:
            number = await upcoming_number(session, actor.guild_id, KIND)
            view = self._blank(actor, number, options.prize, (opens, closes))
        else:
            view = await self._loading.view(session, subject.row)
            if subject.opened_at is not None and is_correction(changed(subject.before, options)):
                view = replace(view, corrected=True)
        organiser = view.info.terms.organiser_id
        info = replace(
            view.info,
            prize=options.prize,
            description=options.description,
            picture_id=options.picture_id,
            winners=options.winners,
            terms=terms_of(options, organiser, excluded),
            claim=options.claim,
            claim_within=options.claim_length,
            claim_until=options.claim_until,
            ping_role=options.ping,
            zone=options.zone,
            repeats=options.repeat,
            starts_at=opens,
            closes_at=closes,
        )
        place = findings.places[0]
        picture = await load_image(session, options.picture_id)
        return replace(view, info=info, title=place.title, text=place.text, picture=picture)

    def _blank(self, actor: Actor, number: int, prize: str, times: tuple[datetime, datetime]) -> PostView:
        beacon = self._platform.beacon
        opens, closes = times
        info = GiveawayInfo(
            id=0,
            guild_id=actor.guild_id,
            number=number,
            public_id=TO_COME,
            commitment=TO_COME,
            source=Source.ENTRY,
            # Whatever starts later appears when it opens, so nobody sees it before.
            state=State.OPEN,
            revision=0,
            organiser_id=actor.user_id,
            prize=prize,
            description=None,
            picture_id=None,
            winners=1,
            terms=Terms(actor.user_id),
            claim=Claim.NONE,
            claim_within=None,
            claim_until=None,
            ping_role=None,
            zone="UTC",
            repeats=None,
            starts_at=opens,
            opened_at=opens,
            closes_at=closes,
            ended_early=False,
            entry_count=0,
            digest=None,
            entries=None,
            tickets=None,
            round=None,
            trusted=None,
            beacon_failing_since=None,
            drawn_at=None,
            cancelled_at=None,
            cancel_reason=None,
        )
        return PostView(
            info=info,
            title=None,
            text=None,
            picture=None,
            chain=None if beacon is None else beacon.chain.hash,
            freezes=(),
            waiting=None,
            places=(),
            result_url=None,
            corrected=False,
        )
