"""A draft that changes something posted: only what it changed is brought in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.drafting.craft import Craft, I, Subject, V
from bot.drafting.problems import P
from bot.drafting.values import Common, O, bring
from bot.drafts import Draft
from bot.guilds import config_of

BASE: Final = "base"
NUMBER: Final = "number"


def edit_values(number: int, options: Common) -> dict[str, Any]:
    """Return the values of a draft that changes something: its options, and what they were when it was begun."""
    return {**options.to_json(), BASE: options.to_json(), NUMBER: number}


def merged(values: Mapping[str, Any], current: O) -> O:
    """Return the present options of something posted with what a draft changed."""
    mine, base = type(current).from_json(values), type(current).from_json(values.get(BASE, {}))
    return bring(base, mine, current)


async def subject_of(
    session: AsyncSession, craft: Craft[O, P, V, I], draft: Draft, now: datetime, *, lock: bool = False
) -> Subject[O] | None:
    """Read what a draft changes, None for a new one; raises WrongState when nothing of it may be changed any more."""
    if draft.subject is None:
        return None
    config = await config_of(session, draft.guild_id)
    found = await craft.chosen(session, config, draft.subject, draft.values, now, lock=lock)
    return replace(found, after=merged(draft.values, found.before))
