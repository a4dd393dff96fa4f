"""``ikuzo check``: everything the bot needs from outside, one line each, in English."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.engine import make_url

from bot import clock
from bot.beacon import QUICKNET, BeaconClient, load_chain
from bot.database import Database
from bot.environment import Chain
from bot.guilds import Feature, GuildRow
from bot.i18n import plain
from bot.migrate import Migrations, Position, Standing, newer_than_code
from bot.permissions import USES, Need, need_names
from bot.reach import Reached, probe_chains, probe_web
from bot.refusal import Refusal
from bot.settings import DISCORD_API, Settings
from bot.shape import printable

Out: TypeAlias = Callable[[str], None]

# A freeze message counts if it is there 15 s before its round, which is 60 s after our clock's now.
DRIFT_STOPS: Final = timedelta(seconds=30)
DRIFT_NOTICED: Final = timedelta(seconds=3)
_HTTP_PATIENCE: Final = 10.0


class Verdict(StrEnum):
    """How an item stands; the value begins its line."""

    GOOD = "✓"
    NOTE = "!"
    BAD = "✗"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check."""

    verdict: Verdict
    item: str
    says: str

    def __str__(self) -> str:
        return printable(f"{self.verdict} {self.item}: {self.says}")


def run_check(settings: Settings, out: Out) -> int:
    """Check everything and print a line for each through *out*; returns 1 if anything would stop the bot, else 0."""
    return asyncio.run(check(settings, out))


async def check(settings: Settings, out: Out) -> int:
    """Do what :func:`run_check` does, inside an event loop."""
    stopped = False
    async for finding in _findings(settings):
        out(str(finding))
        stopped = stopped or finding.verdict is Verdict.BAD
    return 1 if stopped else 0


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    database, position = await _database(settings)
    yield database
    up_to_date = position is not None and position.standing is Standing.CURRENT
    async for finding in _discord(settings, await _disabled(settings) if up_to_date else None):
        yield finding
    yield await _clock(settings)
    yield await _beacon(settings)
    answers = await probe_chains(settings.chains)
    for chain in settings.chains:
        yield _chain(chain, answers[chain.id])
    yield await _web(settings)
    yield _wallets(settings)


async def _database(settings: Settings) -> tuple[Finding, Position | None]:
    url = make_url(settings.database_url)
    place = f"SQLite file {url.database}" if url.get_backend_name() == "sqlite" else f"PostgreSQL {url.database}"
    try:
        position = await Migrations(settings.database_url).position()
    except Refusal as refusal:
        return Finding(Verdict.BAD, "database", str(refusal)), None
    match position.standing:
        case Standing.CURRENT:
            finding = Finding(Verdict.GOOD, "database", f"{place}, schema {position.revision}, up to date")
        case Standing.UNKNOWN:
            finding = Finding(Verdict.BAD, "database", newer_than_code(position))
        case Standing.EMPTY:
            finding = Finding(Verdict.GOOD, "database", f"{place}, empty: the first start makes its tables")
        case Standing.BEHIND:
            says = f"{place}, schema {position.revision}: the next start brings it to {position.newest}"
            finding = Finding(Verdict.NOTE, "database", says)
    if url.get_backend_name() == "sqlite" and not _writable(Path(url.database or "")):
        finding = Finding(Verdict.BAD, "database", f"{place} cannot be written here; check who owns it and its folder")
    return finding, position


def _writable(file: Path) -> bool:
    return os.access(file.absolute().parent, os.W_OK) and (not file.exists() or os.access(file, os.W_OK))


async def _disabled(settings: Settings) -> Mapping[int, frozenset[str]]:
    """Return which features moderators switched off, by server."""
    database = Database(settings.database_url)
    try:
        async with database.read() as session:
            rows = (await session.execute(select(GuildRow.guild_id, GuildRow.disabled))).all()
    finally:
        await database.close()
    return {guild_id: frozenset(map(str, features)) for guild_id, features in rows}


async def _discord(settings: Settings, disabled: Mapping[int, frozenset[str]] | None) -> AsyncIterator[Finding]:
    if settings.discord_token is None:
        yield Finding(Verdict.BAD, "token", "DISCORD_TOKEN is missing; copy it from the developer portal into .env")
        return

    from bot.visit import Refused, visit

    seen = await visit(settings)
    match seen:
        case Refused.LOGIN:
            says = "Discord does not accept DISCORD_TOKEN; copy it again from the developer portal"
            yield Finding(Verdict.BAD, "token", says)
        case Refused.SHARDS:
            yield Finding(Verdict.BAD, "token", "works, but Discord does not accept SHARD_IDS and SHARD_COUNT")
        case Refused.INTENTS:
            yield Finding(Verdict.BAD, "intents", "Discord refuses them, though none privileged is asked for")
        case Refused.NO_ANSWER:
            where = urlsplit(settings.discord_api_url or DISCORD_API).hostname
            yield Finding(Verdict.BAD, "token", f"Discord cannot be asked: {where} or its gateway does not answer")
        case _:
            yield Finding(Verdict.GOOD, "token", f"works, for {seen.bot_name} (application {seen.application_id})")
            yield _intents(seen.privileged)
            if not seen.servers:
                yield Finding(Verdict.NOTE, "servers", "none yet; ikuzo invite prints the link that adds the bot")
            for server in seen.servers:
                name = "without a name" if server.name is None else f"“{server.name}”"
                item = f"server {server.guild_id} {name}"
                if server.name is None:
                    yield Finding(Verdict.NOTE, item, "Discord has it down at the moment")
                else:
                    off = (disabled or {}).get(server.guild_id, frozenset[str]())
                    yield permissions_finding(item, server.granted, server.channels, off)


def _intents(switched_on: Collection[str]) -> Finding:
    if not switched_on:
        return Finding(Verdict.GOOD, "intents", "no privileged one is needed, and none is switched on")
    says = f"no privileged one is needed; {', '.join(switched_on)} may be switched off in the developer portal"
    return Finding(Verdict.NOTE, "intents", says)


def permissions_finding(
    item: str, granted: Collection[Need], channels: Collection[frozenset[Need]], disabled: Collection[str]
) -> Finding:
    """Say which permissions each feature lacks in a server.

    It stops a feature if there is no channel it can post in; what is granted in some channels only, or needed for parts
    of a feature, is noted.
    """
    from bot.client import FEATURES

    verdict, problems = Verdict.GOOD, list[str]()
    for feature in Feature:
        if feature.value not in FEATURES or feature.value in disabled:
            continue
        uses = USES[feature]
        fitting = sum(channel.issuperset(uses.channel) for channel in channels)
        if not fitting:
            verdict = Verdict.BAD
            lacking = _names(set(uses.channel) - set(granted)) or "some permission in each"
            problems.append(f"{feature.value} have no channel to post in, for want of {lacking}")
        elif lacking := _names(set(uses.channel) - set(granted)):
            problems.append(
                f"{feature.value} can be posted in {fitting} of {len(channels)} channels; elsewhere: {lacking}"
            )
        if lacking := _names(set(uses.server) - set(granted)):
            problems.append(f"parts of {feature.value} need {lacking}")
    if problems and verdict is Verdict.GOOD:
        verdict = Verdict.NOTE
    return Finding(verdict, item, "; ".join(problems) or "every permission the features need")


def _names(needs: Collection[Need]) -> str:
    return ", ".join(plain("en", name) for name in need_names(needs))


async def _clock(settings: Settings) -> Finding:
    """Compare our clock with the one Discord's servers put into their answers, to a second."""
    import aiohttp

    base = settings.discord_api_url or DISCORD_API
    timeout = aiohttp.ClientTimeout(total=_HTTP_PATIENCE)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as session:
            before = clock.now()
            async with session.get(f"{base}/gateway") as response:
                between = before + (clock.now() - before) / 2
        theirs = parsedate_to_datetime(response.headers["Date"])
    except (aiohttp.ClientError, TimeoutError):
        return Finding(Verdict.NOTE, "clock", "not compared, since Discord does not answer")
    except (KeyError, ValueError):
        return Finding(Verdict.NOTE, "clock", "not compared, since the answer has no time")
    # The header leaves out the fraction of its second.
    return clock_finding(between - theirs - timedelta(seconds=0.5))


def clock_finding(drift: timedelta) -> Finding:
    """Judge by how much our clock is ahead of Discord's (negative: behind)."""
    size = abs(drift)
    says = f"{size.total_seconds():.0f} s {'ahead of' if drift > timedelta(0) else 'behind'} Discord's"
    if size > DRIFT_STOPS:
        return Finding(Verdict.BAD, "clock", f"{says}; draws would fail, so let the machine keep time (NTP)")
    if size > DRIFT_NOTICED:
        return Finding(Verdict.NOTE, "clock", f"{says}; let the machine keep time (NTP)")
    return Finding(Verdict.GOOD, "clock", "agrees with Discord's")


async def _beacon(settings: Settings) -> Finding:
    if settings.beacon_off:
        return Finding(Verdict.NOTE, "beacon", "off: every post says that its draw is operator-trusted")
    chain = QUICKNET if settings.beacon_chain is None else load_chain(settings.beacon_chain)

    async def compute(function: Callable[..., object], *arguments: object) -> object:
        return await asyncio.to_thread(function, *arguments)

    client = BeaconClient(settings.beacon_urls, chain, compute=compute)
    try:
        result = await client.probe(clock.now())
    finally:
        await client.close()
    failures = "; ".join(map(str, result.failures))
    if not result.reachable:
        return Finding(Verdict.BAD, "beacon", f"{failures}; draws would wait")
    says = f"{result.host} gives verified rounds, the latest is {result.latest_round}"
    if result.drift_seconds is not None and abs(result.drift_seconds) > DRIFT_STOPS.total_seconds():
        says += f", {abs(result.drift_seconds):.0f} s {'late' if result.drift_seconds > 0 else 'early'} by our clock"
        return Finding(Verdict.NOTE, "beacon", says)
    return (
        Finding(Verdict.NOTE, "beacon", f"{says}; but {failures}")
        if failures
        else Finding(Verdict.GOOD, "beacon", says)
    )


_ANSWERS: Final = {
    Reached.YES: "answers",
    Reached.NO_ANSWER: "does not answer",
    Reached.NONSENSE: "does not answer as an RPC endpoint",
    Reached.OTHER_CHAIN: "serves another chain",
}


def _chain(chain: Chain, answers: Collection[Reached]) -> Finding:
    hosts = (urlsplit(url).hostname or "?" for url in chain.urls)
    says = "; ".join(f"{host} {_ANSWERS[answer]}" for host, answer in zip(hosts, answers, strict=True))
    good = sum(answer is Reached.YES for answer in answers)
    verdict = Verdict.GOOD if good == len(answers) else Verdict.NOTE if good else Verdict.BAD
    return Finding(verdict, f"chain {chain.id}", says)


async def _web(settings: Settings) -> Finding:
    """Ask for our own pages at the address people use; a bot that does not run yet cannot answer there."""
    if settings.web_listen is None:
        return Finding(Verdict.NOTE, "web", "off: no calendars to subscribe to, and no wallet linking in the browser")
    if settings.web_public_url is None:
        says = f"listens on {settings.web_listen}, but nobody is given links to it while WEB_PUBLIC_URL is missing"
        return Finding(Verdict.NOTE, "web", says)
    host = urlsplit(settings.web_public_url).hostname
    match await probe_web(settings.web_public_url):
        case Reached.YES:
            return Finding(Verdict.GOOD, "web", f"{host} answers")
        case Reached.NO_ANSWER:
            return Finding(Verdict.NOTE, "web", f"{host} does not answer; it does only while the bot runs")
        case _:
            says = f"{host} answers, but not as a bot that is well; look at the proxy, or at /healthz there"
            return Finding(Verdict.NOTE, "web", says)


def _wallets(settings: Settings) -> Finding:
    """Say how members can link wallets."""
    if settings.web_listen is not None and settings.web_public_url is not None:
        if settings.discord_client_secret is not None:
            says = "linked on the page, after Discord said whose browser it is (docs/hosting.md)"
            return Finding(Verdict.GOOD, "wallets", says)
        says = "linked on the page; without DISCORD_CLIENT_SECRET a link that was passed on is told by reading alone"
        return Finding(Verdict.NOTE, "wallets", says)
    if settings.wallet_paste is not None:
        return Finding(Verdict.GOOD, "wallets", f"linked by pasted signatures, for {settings.wallet_paste}")
    says = "cannot be linked; that needs WEB_LISTEN and WEB_PUBLIC_URL, or WALLET_PASTE"
    return Finding(Verdict.NOTE, "wallets", says)
