"""Results as people ask for them: how a poll stands or ended, who voted for what in an open one, and files."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.csvfile import Cell, csv_bytes
from bot.errors import WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import t
from bot.ledger.service import Entry
from bot.people import Actor, require_organiser
from bot.published import File, in_parts
from cogs.polls.rules.ballots import Kind
from cogs.polls.rules.bundle import BallotRow, bundle_files
from cogs.polls.rules.count import Tally
from cogs.polls.rules.tally import from_json
from cogs.polls.rules.terms import Results
from cogs.polls.service.boxes import box
from cogs.polls.service.records import PollInfo, info_of, poll_numbered, poll_of, post_url, result_url
from cogs.polls.service.tallying import ballot_rows, live_tally
from cogs.polls.tables import PollBundle, State

if TYPE_CHECKING:
    from bot.app import Platform

PAGE: Final = 20


class Form(StrEnum):
    """What kind of file is asked for."""

    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a poll stands or ended, and where it is to be seen."""

    info: PollInfo
    tally: Tally
    url: str | None


@dataclass(frozen=True, slots=True)
class Voter:
    """Someone's vote in an open poll; ``user_id`` is None for a forgotten person."""

    user_id: int | None
    choices: Sequence[int | None]
    weight: int


@dataclass(frozen=True, slots=True)
class VotersPage:
    """A page of the votes of an open poll."""

    info: PollInfo
    voters: Sequence[Voter]
    count: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // PAGE))


class ResultsService:
    """What may be seen of a result, by whom and when: nothing of a secret poll before it is closed."""

    def __init__(self, platform: "Platform") -> None:
        self._platform = platform

    async def standing(self, actor: Actor, key: int) -> Standing:
        """Return how a poll stands; raises WrongState while that may not be seen."""
        async with self._platform.database.read() as session:
            row = await poll_of(session, actor.guild_id, key)
            found = await info_of(session, row)
            _require_shown(found)
            url = result_url(row) or await post_url(session, row)
            if found.result is not None:
                return Standing(found, from_json(found.result), url)
            return Standing(found, await live_tally(self._platform.compute, session, found), url)

    async def voters(self, actor: Actor, key: int, number: int) -> VotersPage:
        """Return who voted for what in an open poll whose results may be seen; pages count from 0.

        Raises WrongState for a secret one, and while nothing may be seen.
        """
        async with self._platform.database.read() as session:
            found = await info_of(session, await poll_of(session, actor.guild_id, key))
            _require_shown(found)
            if found.is_secret:
                raise WrongState(t("poll.results.secret_voters"))
            voters = await self._voters(session, found)
        return VotersPage(found, voters[number * PAGE : (number + 1) * PAGE], len(voters))

    async def _voters(self, session: AsyncSession, found: PollInfo) -> list[Voter]:
        if found.result is None:
            query = select(box(found.id)).order_by(box(found.id).c.voter)
            rows = (await session.execute(query)).all()
            return [Voter(row.voter, json.loads(row.choices), row.weight) for row in rows]
        document = await self._document(session, found.id)
        voters = [
            Voter(None if each["voter"] is None else int(each["voter"]), each["choices"], each["weight"])
            for each in document["ballots"]
        ]
        return sorted(voters, key=lambda voter: voter.user_id or 0)

    async def _document(self, session: AsyncSession, key: int) -> dict[str, Any]:
        bundle = await session.get(PollBundle, key)
        # Our own bytes, read where they may be large.
        return {"ballots": []} if bundle is None else await self._platform.compute(json.loads, bundle.data)

    async def export(self, actor: Actor, typed: str, form: Form, now: datetime) -> tuple[PollInfo, list[File]]:
        """Return the files of ``/poll export``: the bundle, or a table of the ballots.

        That somebody took them is in the ledger. Raises NotAllowed for members, WrongState while the result may not be
        seen: organisers do not see how a poll stands before everybody else does.
        """
        async with self._platform.database.read() as session:
            config = await config_of(session, actor.guild_id)
            require_organiser(actor, config)
            require_enabled(config, Feature.POLLS)
            row = await poll_numbered(session, actor.guild_id, typed)
            found = await info_of(session, row)
            files = await self._files(session, found, form)
        async with self._platform.database.write() as tx:
            await self._platform.ledger.append(
                tx,
                Entry(found.guild_id, "poll.exported", actor.user_id, subject=f"poll:{found.number}"),
                now=now,
            )
        return found, files

    async def _files(self, session: AsyncSession, found: PollInfo, form: Form) -> list[File]:
        _require_shown(found)
        if found.state is State.OPEN:
            rows = await ballot_rows(session, found)
            return await self._platform.compute(running_file, found.number, _texts(found), found.kind, rows, form)
        bundle = await session.get(PollBundle, found.id)
        if bundle is None:
            raise WrongState(t("poll.results.not_yet"))
        if form is Form.JSON:
            return await self._platform.compute(bundle_files, found.number, bundle.data)
        return await self._platform.compute(table_file, found.number, bundle.data)


def _texts(found: PollInfo) -> list[str]:
    return [option.text for option in found.options]


def _require_shown(found: PollInfo) -> None:
    """Raise WrongState, saying when, while a result may not be seen."""
    if found.state is State.CLOSED:
        return
    if found.state is State.OPEN and found.results is Results.LIVE and not found.is_secret:
        return
    if found.state is State.CANCELLED:
        raise WrongState(t("poll.over.cancelled", number=str(found.number)))
    if found.is_secret:
        raise WrongState(t("poll.results.secret", closes=found.closes_at))
    raise WrongState(t("poll.results.after", closes=found.closes_at))


HEADER: Final = ("receipt", "voter", "weight")


def table_file(number: int, data: bytes) -> list[File]:
    """Return a closed poll's ballots as a table, from its bundle: a column for each option."""
    document = json.loads(data)
    kind = Kind(document["rule"]["kind"])
    rows = [(each["receipt"], each.get("voter"), each["weight"], each["choices"]) for each in document["ballots"]]
    return in_parts(f"poll-{number}.csv", _table(kind, document["options"], rows))


def running_file(number: int, options: Sequence[str], kind: Kind, rows: Sequence[BallotRow], form: Form) -> list[File]:
    """Return an open poll's ballots as they stand, by voter; receipts stay with those they were given to."""
    ballots = sorted((voter or "", weight, json.loads(choices)) for _, choices, weight, voter in rows)
    if form is Form.JSON:
        document = [{"voter": voter, "choices": choices, "weight": weight} for voter, weight, choices in ballots]
        return in_parts(f"poll-{number}-so-far.json", json.dumps({"options": options, "ballots": document}).encode())
    table = _table(kind, options, [(None, voter, weight, choices) for voter, weight, choices in ballots])
    return in_parts(f"poll-{number}-so-far.csv", table)


def _table(
    kind: Kind, options: Sequence[str], rows: Sequence[tuple[str | None, str | None, int, Sequence[int | None]]]
) -> bytes:
    """Return rows with a cell per option: 1 for one that was chosen, its place in a ranking, its rating."""

    def cells(choices: Sequence[int | None]) -> list[Cell]:
        if kind is Kind.RATING:
            return list(choices) if choices else [None] * len(options)
        places = {option: place for place, option in enumerate(choices, 1)}
        return [
            (places.get(index) if kind is Kind.RANKED else 1) if index in places else None
            for index in range(len(options))
        ]

    return csv_bytes(
        (*HEADER, *options), [(receipt, voter, weight, *cells(chosen)) for receipt, voter, weight, chosen in rows]
    )
