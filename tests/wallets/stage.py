"""A server with wallets and a chain behind it, for tests of what follows from holdings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import simcord
from sqlalchemy import select

from bot import clock
from bot.environment import Chain
from cogs.wallets.rules.terms import How, Method
from cogs.wallets.tables import Gate, GateBreaker, GateGrant, GateStanding, WalletLink
from tests.chain.anvil import CHAIN_ID, Anvil, Contract
from tests.harness import GUILD_ID, World, say

WALLET = "0x" + "a1" * 20


def address(number: int) -> str:
    """Return one of many addresses that nobody has the key of."""
    return f"0x{number + 0x1000:040x}"


def chains(*urls: str) -> dict[str, Any]:
    """Return the setting for a bot that knows the test chain at these URLs."""
    return {"chains": (Chain(CHAIN_ID, urls),)}


async def link(
    world: World, user_id: int, wallet: str = WALLET, *, method: Method = Method.RECOVER, chain_id: int = CHAIN_ID
) -> int:
    """Link a wallet without its ceremony; returns its key."""
    with world.inside():
        async with world.platform.database.write() as tx:
            row = WalletLink(
                guild_id=GUILD_ID,
                user_id=user_id,
                address=wallet,
                method=method,
                how=How.PAGE,
                chain_id=chain_id,
                linked_at=clock.now(),
            )
            tx.session.add(row)
    return row.id


async def add_rule(
    world: World,
    name: str,
    role: simcord.RoleHandle,
    contract: Contract,
    standard: str = "erc721",
    **options: Any,
) -> str:
    """Make a rule as a moderator; returns what was said."""
    answer = await world.moderator.slash(
        world.general,
        "gate add",
        name=name,
        role=role,
        chain=str(CHAIN_ID),
        contract=contract.address,
        standard=standard,
        **options,
    )
    return say(answer)


async def recheck(world: World) -> str:
    """Recheck the server as a moderator; returns what was said."""
    # Members are read at a pace that the simulated clock must keep up with.
    await world.advance(seconds=1)
    said = say(await world.moderator.slash(world.general, "gate recheck"))
    await world.env.settle()
    return said


def roles(world: World, user_id: int) -> set[int]:
    """Return the roles a member has in Discord."""
    return {int(each) for each in world.env.backend.get_guild(GUILD_ID).members[user_id].role_ids}


async def rows(world: World, query: Any) -> list[Any]:
    async with world.platform.database.read() as session:
        return list((await session.scalars(query)).all())


async def gates(world: World) -> Sequence[Gate]:
    return await rows(world, select(Gate).order_by(Gate.id))


async def standing(world: World, user_id: int, rule: str) -> GateStanding | None:
    query = select(GateStanding).join(Gate, Gate.id == GateStanding.gate_id)
    found = await rows(world, query.where(Gate.folded == rule, GateStanding.user_id == user_id))
    return found[0] if found else None


async def grants(world: World) -> Sequence[GateGrant]:
    return await rows(world, select(GateGrant))


async def breakers(world: World) -> Sequence[GateBreaker]:
    return await rows(world, select(GateBreaker))


def collection(anvil: Anvil, *owners: str) -> Contract:
    """Deploy an ERC-721 whose tokens 0, 1, … belong to these, finalized."""
    art = anvil.deploy("Art")
    if owners:
        art.send("mintMany(address[],uint256)", list(owners), 0)
    anvil.settled()
    return art


def now_of(world: World) -> datetime:
    return world.env.now()
