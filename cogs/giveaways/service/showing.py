"""What is shown of a giveaway, as frozen values: loaded here, worded in ``render``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.i18n import Text
from bot.images import CheckedImage
from bot.published import File
from cogs.giveaways.rules.draw import Outcome
from cogs.giveaways.rules.freeze import AgeBand
from cogs.giveaways.service.records import GiveawayInfo
from cogs.giveaways.tables import ClaimState, Waiting


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """A place of the ranking that a prize reached. ``who`` is a user id, an address, or None for a forgotten person."""

    prize_id: int
    rank: int
    who: str | None
    is_address: bool
    outcome: Outcome
    reason: str | None
    at: datetime
    claim_state: ClaimState
    claim_until: datetime | None
    received: bool | None


@dataclass(frozen=True, slots=True)
class FreezeInfo:
    """A freeze as others point to it; ``url`` is its message's, once sent."""

    ordinal: int
    at: datetime
    round: int | None
    round_at: datetime | None
    counts: bool | None
    url: str | None


@dataclass(frozen=True, slots=True)
class PostView:
    """A giveaway's post in one channel. ``title`` and ``text`` are the organiser's translation, else None.

    ``chain`` is the beacon's chain hash, None without a beacon. ``places`` are winners and passed places;
    ``result_url`` leads to the announcement. ``new_picture`` is whether an edit replaces the picture, which otherwise
    stays as it is.
    """

    info: GiveawayInfo
    title: str | None
    text: str | None
    picture: CheckedImage | None
    chain: str | None
    freezes: Sequence[FreezeInfo]
    waiting: Waiting | None
    places: Sequence[PlaceInfo]
    result_url: str | None
    corrected: bool
    new_picture: bool = False


@dataclass(frozen=True, slots=True)
class FreezeView:
    """The freeze message: everything in it comes from stored values, so that each attempt has the same bytes.

    ``excluded`` counts entrants taken off at closing by reason; ``bands`` those on the list by account age, empty for
    a holders' airdrop; ``files`` is the list. ``replaces`` is the message before it, which came too late.
    """

    info: GiveawayInfo
    freeze: FreezeInfo
    chain: str | None
    digest: str
    entries: int
    tickets: int
    bands: Mapping[AgeBand, int]
    excluded: Mapping[str, int]
    unchecked: int
    files: Sequence[File]
    replaces: str | None


@dataclass(frozen=True, slots=True)
class ResultView:
    """The announcement of a draw. Only ``mentioned`` are pinged; ``part`` of ``parts`` for long lists of winners.

    ``files`` is the bundle, attached to the first part of the first channel; ``proof_url`` leads there from others.
    ``chain`` is the beacon's chain hash, None without a beacon. ``verify_url`` is our page that checks a bundle, and
    ``genuine`` where wallets are linked; both None where there is nothing to say of them.
    """

    info: GiveawayInfo
    places: Sequence[PlaceInfo]
    mentioned: Sequence[int]
    part: int
    parts: int
    chain: str | None
    freeze: FreezeInfo | None
    files: Sequence[File]
    post_url: str | None
    proof_url: str | None
    verify_url: str | None = None
    genuine: Text | None = None


@dataclass(frozen=True, slots=True)
class PassView:
    """A public line about places that passed on, with the new bundle; ``reason`` may be a person's words.

    ``verify_url`` and ``genuine`` are as those of :class:`ResultView`.
    """

    info: GiveawayInfo
    passed: Sequence[PlaceInfo]
    risen: Sequence[PlaceInfo]
    reason: str | None
    mentioned: Sequence[int]
    files: Sequence[File]
    post_url: str | None
    verify_url: str | None = None
    genuine: Text | None = None
