"""Whether what lies outside answers: the RPC endpoints of chains, and our own public address.

Nothing here shows a URL: whoever asks in Discord is a moderator, not the one who runs the bot.
"""

import asyncio
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.environment import Chain
from bot.outside import open_session, read_json
from bot.safejson import InvalidJson

if TYPE_CHECKING:
    from aiohttp import ClientSession

_PATIENCE_SECONDS: Final = 5.0
_MAX_ANSWER_BYTES: Final = 16 * 1024
_MAX_ANSWER_DEPTH: Final = 4


class Reached(StrEnum):
    """How an endpoint answered."""

    YES = "yes"
    NO_ANSWER = "no_answer"
    NONSENSE = "nonsense"
    OTHER_CHAIN = "other_chain"


async def probe_chains(chains: Sequence[Chain]) -> Mapping[int, tuple[Reached, ...]]:
    """Ask every endpoint which chain it serves, side by side; chain number -> an answer for each of its URLs."""
    if not chains:
        return {}
    async with open_session(_PATIENCE_SECONDS) as session:
        asked = [_ask_chain(session, url, chain.id) for chain in chains for url in chain.urls]
        answers = iter(await asyncio.gather(*asked))
    return {chain.id: tuple(next(answers) for _ in chain.urls) for chain in chains}


async def probe_web(public_url: str) -> Reached:
    """Ask for our own ``/healthz`` at the address people use, as seen from this machine."""
    import aiohttp

    try:
        async with (
            open_session(_PATIENCE_SECONDS) as session,
            session.get(f"{public_url}/healthz", allow_redirects=False) as response,
        ):
            return Reached.YES if response.status == 200 else Reached.NONSENSE
    except (aiohttp.ClientError, TimeoutError):
        return Reached.NO_ANSWER


async def _ask_chain(session: "ClientSession", url: str, chain_id: int) -> Reached:
    import aiohttp

    question: dict[str, object] = {"jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": []}
    try:
        async with session.post(url, json=question, allow_redirects=False) as response:
            answer = await read_json(response, max_bytes=_MAX_ANSWER_BYTES, max_depth=_MAX_ANSWER_DEPTH)
        told = int(answer["result"], 16) if isinstance(answer, dict) and isinstance(answer["result"], str) else None
    except (aiohttp.ClientConnectionError, TimeoutError):
        return Reached.NO_ANSWER
    except (aiohttp.ClientError, InvalidJson, KeyError, ValueError):
        return Reached.NONSENSE
    if told is None:
        return Reached.NONSENSE
    return Reached.YES if told == chain_id else Reached.OTHER_CHAIN
