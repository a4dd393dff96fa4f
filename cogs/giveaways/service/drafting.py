"""Drafts of giveaways: begun, shown as they will look, and posted once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from typing import TYPE_CHECKING

from bot.drafts import Draft, discard_draft, draft_of, drafts_of, open_draft
from bot.errors import TryAgain, UserError, WrongState
from bot.guilds import Purpose, config_of
from bot.i18n import Text, t
from bot.images import keep_image
from bot.people import Actor, require_organiser
from bot.posts import Posts
from cogs.giveaways.rules.options import Options
from cogs.giveaways.rules.reading import Reader, with_channels
from cogs.giveaways.service.changing import edit_values, options_of, require_changeable, subject_of
from cogs.giveaways.service.correcting import Correcting
from cogs.giveaways.service.filling import Fields, Filling, Upload, checked, empty_options
from cogs.giveaways.service.posting import Posting, fresh
from cogs.giveaways.service.preflight import Before, Findings, Preflight
from cogs.giveaways.service.previews import Previews
from cogs.giveaways.service.records import GiveawayInfo, giveaway_numbered, info
from cogs.giveaways.service.showing import PostView
from cogs.giveaways.tables import KIND

if TYPE_CHECKING:
    from bot.app import Platform


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a draft's panel shows.

    ``subject`` is the giveaway that is changed; ``preview`` is None while there is too little to show.
    """

    draft: Draft
    subject: GiveawayInfo | None
    findings: Findings
    preview: PostView | None
    opens: datetime
    closes: datetime | None
    scheduled: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of *Post*: a new giveaway, or changes to one (then ``told`` is whether entrants are told)."""

    info: GiveawayInfo
    channels: Sequence[int]
    new: bool
    anything: bool = True
    told: bool = False


class Drafting:
    """The organiser's side before something is public."""

    def __init__(
        self,
        platform: "Platform",
        posts: Posts,
        posting: Posting,
        correcting: Correcting,
        filling: Filling,
        preflight: Preflight,
        previews: Previews,
    ) -> None:
        self._platform = platform
        self._posts = posts
        self._posting = posting
        self._correcting = correcting
        self._filling = filling
        self._preflight = preflight
        self._previews = previews

    async def start(
        self, actor: Actor, channel_id: int, fields: Fields, picture: Upload | None, now: datetime, *, post: bool
    ) -> Posted | Draft:
        """Begin a draft from a command's options, or post at once where that is wanted and nothing is missing.

        Raises a UserError for the first option that cannot be taken; nothing is changed then.
        """
        config = await self._filling.allow(actor)
        options = await self._filling.read(actor, empty_options(actor, config), fields, Reader(now, actor.language))
        if isinstance(channel := fields.get("channel"), int):
            self._preflight.check_channel(actor.guild_id, channel)
            options = with_channels(options, [channel])
        image = await checked(picture)
        findings = await self._preflight.check(actor, options, channel_id, now) if post else None
        async with self._platform.database.write() as tx:
            if image is not None:
                kept = await keep_image(tx, actor.guild_id, actor.user_id, image, now)
                options = replace(options, picture_id=kept)
            if findings is None or findings.proposal is None:
                values = options.to_json()
                return await open_draft(tx, KIND, actor.guild_id, actor.user_id, channel_id, values, now)
            proposal = replace(findings.proposal, picture_id=options.picture_id)
            row = await self._posting.post(tx, actor.guild_id, actor.user_id, proposal, findings.places, fresh(), now)
        return Posted(info(row), [place.channel_id for place in findings.places], new=True)

    async def begin(
        self, actor: Actor, channel_id: int, fields: Fields, picture: Upload | None, now: datetime
    ) -> tuple[Draft, Sequence[Text]]:
        """Begin a draft from a modal's fields; what cannot be taken is left out and said.

        Raises the refusal itself when nothing could be taken.
        """
        config = await self._filling.allow(actor)
        empty = empty_options(actor, config)
        options, refusals = await self._filling.read_each(actor, empty, fields, Reader(now, actor.language))
        image = None
        try:
            image = await checked(picture)
        except UserError as refusal:
            refusals.append(refusal)
        if refusals and options == empty and image is None:
            raise refusals[0]
        async with self._platform.database.write() as tx:
            if image is not None:
                options = replace(options, picture_id=await keep_image(tx, actor.guild_id, actor.user_id, image, now))
            draft = await open_draft(tx, KIND, actor.guild_id, actor.user_id, channel_id, options.to_json(), now)
        return draft, [refusal.text for refusal in refusals]

    async def begin_edit(self, actor: Actor, channel_id: int, typed: str, now: datetime) -> Draft:
        """Begin a draft that changes a giveaway, in place of an earlier one of this member.

        Raises WrongState, naming why, when nothing of it may be changed any more.
        """
        config = await self._filling.allow(actor)
        async with self._platform.database.write() as tx:
            row = await giveaway_numbered(tx.session, actor.guild_id, typed)
            require_changeable(row, now)
            for draft in await drafts_of(tx.session, actor.guild_id, actor.user_id):
                if (draft.kind, draft.subject) == (KIND, row.id):
                    await discard_draft(tx, draft.id)
            posts = await self._posts.of(tx.session, row.id)
            options = options_of(row, posts, config.place(Purpose.EXCLUDED))
            values = edit_values(row, options)
            return await open_draft(tx, KIND, actor.guild_id, actor.user_id, channel_id, values, now, subject=row.id)

    async def sheet(self, actor: Actor, key: int, now: datetime) -> Sheet:
        """Return what a draft's panel shows; raises NotFound for another's draft, WrongState when it is too late."""
        async with self._platform.database.read() as session:
            require_organiser(actor, await config_of(session, actor.guild_id))
            draft = await draft_of(session, key, actor.guild_id, actor.user_id, KIND)
            subject = None if draft.subject is None else await subject_of(session, self._posts, draft, now)
        options = Options.from_json(draft.values) if subject is None else subject.after
        before = None if subject is None else Before(subject.before, subject.opened_at)
        findings = await self._preflight.check(actor, options, draft.channel_id, now, before)
        opens, closes = findings.options.times(now, None if subject is None else subject.opened_at)
        row = None if subject is None else subject.row
        async with self._platform.database.read() as session:
            preview = await self._previews.of(session, actor, findings, (opens, closes), row, before)
        return Sheet(
            draft=draft,
            subject=None if row is None else info(row),
            findings=findings,
            preview=preview,
            opens=opens,
            closes=closes,
            scheduled=opens > now,
        )

    async def post(self, actor: Actor, key: int, now: datetime) -> Posted:
        """Post a draft, or bring its changes into the giveaway it is of; of two at once the second finds it gone.

        Raises WrongState with everything that is missing or forbidden.
        """
        sheet = await self.sheet(actor, key, now)
        findings = sheet.findings
        channels = [place.channel_id for place in findings.places]
        if findings.proposal is None:
            said = [problem.text for problem in findings.problems]
            problems = reduce(lambda first, then: t("giveaway.draft.and_then", first=first, then=then), said)
            raise WrongState(t("giveaway.draft.incomplete", problems=problems))
        if sheet.subject is not None:
            saved = await self._correcting.save(actor, key, findings.proposal, findings.places, now)
            return Posted(saved.info, channels, new=False, anything=saved.anything, told=saved.told)
        async with self._platform.database.write() as tx:
            draft = await draft_of(tx.session, key, actor.guild_id, actor.user_id, KIND)
            if draft.values != sheet.draft.values:
                raise TryAgain(t("giveaway.draft.changed"))
            row = await self._posting.post(
                tx, actor.guild_id, actor.user_id, findings.proposal, findings.places, fresh(), now
            )
            await discard_draft(tx, key)
        return Posted(info(row), channels, new=True)
