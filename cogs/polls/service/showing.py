"""What is shown of a poll, as frozen values: loaded by the service, worded in ``render``."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.images import CheckedImage
from bot.published import File
from cogs.polls.rules.count import Tally
from cogs.polls.service.heard.records import Heard
from cogs.polls.service.records import PollInfo


@dataclass(frozen=True, slots=True)
class PostView:
    """A poll's post in one channel.

    ``question`` and ``options`` are in the organiser's translation, where there is one. ``tally`` is the result, or how
    it stands where results are live. ``proposed`` write-ins wait for an organiser. ``result_url`` leads to the bundle.
    ``new_picture`` is whether an edit replaces the picture, which otherwise stays as it is.
    """

    info: PollInfo
    question: str
    options: Sequence[str]
    picture: CheckedImage | None
    tally: Tally | None
    proposed: int
    result_url: str | None
    heard: Heard
    new_picture: bool = False


@dataclass(frozen=True, slots=True)
class ResultView:
    """The announcement of a result; ``chart`` is a PNG, ``files`` the bundle, attached in the first channel.

    ``proof_url`` leads there from others, ``verify_url`` to our page that recounts it. ``voters`` of an
    open poll are in the bundle, and asked for in the answer to a button.
    """

    info: PollInfo
    question: str
    options: Sequence[str]
    tally: Tally
    chart: bytes | None
    files: Sequence[File]
    post_url: str | None
    proof_url: str | None
    verify_url: str | None = None


def translated(options: Sequence[str], translation: str | None) -> Sequence[str]:
    """Return options as a post shows them: its translation has one a line; what is beyond it stays as it is."""
    if not translation:
        return options
    lines = [line.strip() for line in translation.splitlines() if line.strip()]
    return [lines[index] if index < len(lines) else option for index, option in enumerate(options)]


@dataclass(frozen=True, slots=True)
class Extended:
    """A poll that closes later than it was to, and where it is."""

    info: PollInfo
    question: str
    url: str | None
