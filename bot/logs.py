"""The log: text for people or JSON lines for machines, and no secret in either."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from typing import Final, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import LogFormat, LogLevel

HIDDEN: Final = "…"

# Libraries that say at "info" or "debug" what helps nobody, or what people wrote.
_QUIET: Final = {
    "aiohttp.access": logging.WARNING,
    "aiosqlite": logging.INFO,
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "asyncio": logging.INFO,
    # They say at "debug" everything that is sent and received: votes with their voters, and tokens.
    "discord.client": logging.INFO,
    "discord.gateway": logging.INFO,
    "discord.http": logging.INFO,
    "discord.webhook": logging.INFO,
    "filelock": logging.INFO,
    "PIL": logging.INFO,
    "sqlalchemy": logging.WARNING,
}

# What is secret wherever it stands, since it comes and goes while the bot runs.
_PATTERNS: Final = (
    # https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
    (re.compile(r"(/(?:webhooks|interactions)/\d+/)[^/\s?\"'\\]+"), rf"\1{HIDDEN}"),
    # Discord's interaction tokens are base64 of "interaction:…".
    (re.compile(r"aW50ZXJhY3Rpb246[\w+/=.-]+"), HIDDEN),
    # The user's part of a URL, as in database and RPC URLs; the password may hold an @.
    (re.compile(r"(\w://)[^/\s?#\"']+@"), rf"\1{HIDDEN}@"),
    (
        re.compile(r"(Authorization['\"]?\s*[:=]\s*['\"]?(?:Bot |Bearer |Basic )?)[\w.~+/=-]+", re.IGNORECASE),
        rf"\1{HIDDEN}",
    ),
    # Wallets, also where a database quotes the row it refuses; hashes are longer, signatures much longer.
    (re.compile(r"\b0x[0-9a-fA-F]{40}(?![0-9a-fA-F])|\b0x[0-9a-fA-F]{100,}"), f"0x{HIDDEN}"),
    # Our own one-time links and private feeds.
    (re.compile(r"(/link#)[\w-]+"), rf"\1{HIDDEN}"),
    (re.compile(r"(/calendar/)[\w-]+(?=\.ics)"), rf"\1{HIDDEN}"),
)


class Redactor:
    """Take secrets out of text: those named, spelled as in URLs, JSON and reprs, and those recognised."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings: set[str] = set()
        for secret in filter(None, secrets):
            spellings |= {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
            spellings.add(json.dumps(secret, ensure_ascii=False)[1:-1])
        # The longest first: of two secrets one may begin with the other.
        listed = "|".join(re.escape(text) for text in sorted(spellings, key=len, reverse=True))
        self._named = re.compile(listed) if listed else None

    def __call__(self, text: str) -> str:
        if self._named is not None:
            text = self._named.sub(HIDDEN, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


def configure(format_: LogFormat, level: LogLevel, *, redact: Redactor, stream: TextIO | None = None) -> None:
    """Send everything logged, by us and by libraries, to *stream* (standard error) and nowhere else."""
    target = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(target)
    handler.setFormatter(_formatter(format_, redact, colours=target.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
    logging.captureWarnings(capture=True)


def _formatter(format_: LogFormat, redact: Redactor, *, colours: bool) -> logging.Formatter:
    common: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]

    def redact_texts(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
        return {key: redact(value) if isinstance(value, str) else value for key, value in event.items()}

    def redact_line(logger: WrappedLogger, name: str, rendered: EventDict) -> str:
        # Once more the whole line: tracebacks, and values that became text in it.
        return redact(str(rendered))

    match format_:
        case LogFormat.JSON:
            ending: list[Processor] = [
                structlog.processors.format_exc_info,
                redact_texts,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ]
        case LogFormat.TEXT:
            # The traceback as Python writes it: with values of variables or broken lines, secrets would slip through.
            renderer = structlog.dev.ConsoleRenderer(
                colors=colours, pad_event_to=0, exception_formatter=structlog.dev.plain_traceback
            )
            ending = [_indent, renderer]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=common,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending, redact_line],
    )


def _indent(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Set further lines of a message in, so that nobody's text passes for a line of the log."""
    event["event"] = str(event["event"]).replace("\r", "\\r").replace("\x1b", "\\x1b").replace("\n", "\n    ")
    return event
