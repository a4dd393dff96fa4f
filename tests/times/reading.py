"""Where and when the tests read times: a Wednesday evening in Seoul."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.times import parse_instant

NOW = datetime(2026, 7, 15, 12, 0, 5, tzinfo=UTC)
SEOUL = ZoneInfo("Asia/Seoul")


def read(text: str, *, now: datetime = NOW, relative_to: datetime | None = None, language: str = "en") -> datetime:
    instant = parse_instant(text, now=now, zone=SEOUL, relative_to=relative_to, language=language)
    assert instant.tzinfo is UTC
    return instant


def seoul(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SEOUL)
