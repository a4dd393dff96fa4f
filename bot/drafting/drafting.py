"""Drafts begun, shown as they will look, and posted once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING, Any, Generic

from bot.drafting.changing import edit_values, subject_of
from bot.drafting.craft import Craft, I, Posted, Sheet, Subject, V
from bot.drafting.filling import Fields, Filling, Upload, checked
from bot.drafting.preflight import Preflight
from bot.drafting.problems import P
from bot.drafting.reading import Reader
from bot.drafting.values import O, with_channels, with_refused
from bot.drafts import Draft, discard_draft, draft_of, drafts_of, open_draft
from bot.errors import TryAgain, UserError, WrongState
from bot.guilds import config_of
from bot.i18n import Text, t
from bot.images import keep_image
from bot.people import Actor, require_organiser

if TYPE_CHECKING:
    from bot.app import Platform


class Drafting(Generic[O, P, V, I]):
    """The organiser's side before something is public."""

    def __init__(self, platform: "Platform", craft: Craft[O, P, V, I]) -> None:
        self._platform = platform
        self._craft = craft
        self._preflight = Preflight(platform, craft)
        self._checks = self._preflight.checks
        self._filling = Filling(platform, craft, self._checks)

    async def start(
        self, actor: Actor, channel_id: int, fields: Fields, picture: Upload | None, now: datetime, *, post: bool
    ) -> Posted[I] | Draft:
        """Begin a draft from a command's options, or post at once where that is wanted and nothing is missing.

        The field that the craft calls ``posted_in`` is where to post. Raises a UserError for the first option that
        cannot be taken; nothing is changed then.
        """
        config = await self._filling.allow(actor)
        empty = self._filling.empty(actor, config)
        options = await self._filling.read(actor, empty, fields, Reader(now, actor.language))
        if isinstance(channel := fields.get(self._craft.posted_in), int):
            self._checks.channel(actor.guild_id, channel)
            options = with_channels(options, [channel])
        image = await checked(picture)
        findings = await self._preflight.check(actor, options, channel_id, now) if post else None
        async with self._platform.database.write() as tx:
            kept = None if image is None else await keep_image(tx, actor.guild_id, actor.user_id, image, now)
            if findings is None or findings.proposal is None:
                values = replace(options, picture_id=kept).to_json()
                return await open_draft(tx, self._craft.kind, actor.guild_id, actor.user_id, channel_id, values, now)
            # Reviewed again, with the picture's key.
            proposal = self._craft.review(replace(findings.options, picture_id=kept), now, None).proposal
            info = await self._craft.post(tx, actor, proposal or findings.proposal, findings.places, {}, now)
        return Posted(info, [place.channel_id for place in findings.places], new=True)

    async def begin(
        self, actor: Actor, channel_id: int, fields: Fields, picture: Upload | None, now: datetime
    ) -> tuple[Draft, Sequence[Text]]:
        """Begin a draft from a modal's fields; what cannot be taken is left out and said.

        Raises the refusal itself when nothing could be taken.
        """
        config = await self._filling.allow(actor)
        empty = self._filling.empty(actor, config)
        options, refused = await self._filling.read_each(actor, empty, fields, Reader(now, actor.language))
        refusals, image = list(refused.values()), None
        try:
            image = await checked(picture)
        except UserError as refusal:
            refusals.append(refusal)
        if refusals and options == empty and image is None:
            raise refusals[0]
        async with self._platform.database.write() as tx:
            if image is not None:
                options = replace(options, picture_id=await keep_image(tx, actor.guild_id, actor.user_id, image, now))
            values = options.to_json()
            if refused:
                values |= with_refused({}, fields, refused)
            draft = await open_draft(tx, self._craft.kind, actor.guild_id, actor.user_id, channel_id, values, now)
        return draft, [refusal.text for refusal in refusals]

    async def begin_edit(
        self, actor: Actor, channel_id: int, typed: str, now: datetime, origin: Mapping[str, Any] | None = None
    ) -> Draft:
        """Begin a draft that changes something posted, in place of an earlier one of this member.

        *origin* are values it keeps beside its options: what of it is changed. Raises WrongState, naming why, when
        nothing of it may be changed any more.
        """
        config, kind = await self._filling.allow(actor), self._craft.kind
        async with self._platform.database.write() as tx:
            key = await self._craft.find(tx.session, actor.guild_id, typed)
            subject = await self._craft.chosen(tx.session, config, key, origin or {}, now)
            for draft in await drafts_of(tx.session, actor.guild_id, actor.user_id):
                if (draft.kind, draft.subject) == (kind, key):
                    await discard_draft(tx, draft.id)
            values = {**(origin or {}), **edit_values(subject.number, subject.before)}
            return await open_draft(tx, kind, actor.guild_id, actor.user_id, channel_id, values, now, subject=key)

    async def sheet(self, actor: Actor, key: int, now: datetime) -> Sheet[O, P, V]:
        """Return what a draft's panel shows; raises NotFound for another's draft, WrongState when it is too late."""
        async with self._platform.database.read() as session:
            require_organiser(actor, await config_of(session, actor.guild_id))
            draft = await draft_of(session, key, actor.guild_id, actor.user_id, self._craft.kind)
            subject = await subject_of(session, self._craft, draft, now)
        options = self._craft.options.from_json(draft.values) if subject is None else subject.after
        findings = await self._preflight.check(actor, options, draft.channel_id, now, subject)
        opens, closes = findings.options.times(now, None if subject is None else subject.opened_at)
        async with self._platform.database.read() as session:
            preview = await self._craft.preview(session, actor, findings, (opens, closes), subject)
        return Sheet(draft, subject, findings, preview, opens, closes, scheduled=opens > now)

    async def post(self, actor: Actor, key: int, now: datetime) -> Posted[I]:
        """Post a draft, or bring its changes into what it changes; of two at once the second finds it gone.

        Raises WrongState with everything that is missing or forbidden.
        """
        sheet = await self.sheet(actor, key, now)
        findings = sheet.findings
        channels = [place.channel_id for place in findings.places]
        if findings.proposal is None:
            said = [problem.text for problem in findings.problems]
            problems = reduce(lambda first, then: t("draft.and_then", first=first, then=then), said)
            raise WrongState(t("draft.incomplete", problems=problems))
        async with self._platform.database.write() as tx:
            require_organiser(actor, await config_of(tx.session, actor.guild_id))
            draft = await draft_of(tx.session, key, actor.guild_id, actor.user_id, self._craft.kind)
            subject = await subject_of(tx.session, self._craft, draft, now, lock=True)
            if subject is None:
                if draft.values != sheet.draft.values:
                    raise TryAgain(t("draft.changed"))
                info = await self._craft.post(tx, actor, findings.proposal, findings.places, draft.values, now)
                posted = Posted(info, channels, new=True)
            else:
                self._require_saveable(subject, findings.options, now)
                saved = await self._craft.save(tx, actor, subject, findings.proposal, findings.places, now)
                posted = Posted(saved.info, channels, new=False, anything=saved.anything, told=saved.told)
            await discard_draft(tx, key)
        return posted

    def _require_saveable(self, subject: Subject[O], reviewed: O, now: datetime) -> None:
        if subject.after != reviewed:
            raise TryAgain(t("draft.changed"))
        for problem in self._craft.objections(subject, now):
            raise WrongState(problem.text)
