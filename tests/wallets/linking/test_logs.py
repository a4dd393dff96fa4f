"""No address and no secret in any log, over everything that happens with a link, at the most talkative level."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.logs import Redactor, configure
from bot.settings import LogFormat, LogLevel
from cogs.wallets.rules.addresses import checksummed
from tests.chain.anvil import Anvil, Key
from tests.wallets import stage
from tests.wallets.linking.ceremony import HOLDER, Desk, desk, linked, sessions
from tests.wallets.nodes import Manner, Node
from tests.wallets.office import office

STRANGER = Key("stranger")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the bot would have written to its log."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    stream = io.StringIO()
    configure(LogFormat.JSON, LogLevel.DEBUG, redact=Redactor([]), stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


async def test_2_3_4_and_2_4_7_no_address_or_secret_is_logged(
    tmp_path: Path, anvil: Anvil, log: io.StringIO, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    art = stage.collection(anvil, HOLDER.address)
    secrets: set[str] = set()
    async with Node(anvil.url) as node, desk(tmp_path, **stage.chains(node.url)) as at:
        world = at.world
        role = world.guild.create_role("Collectors")
        await stage.add_rule(world, "collector", role, art)
        _, token = await at.link()
        secrets.add(token)
        message = await at.message(token)
        (row,) = await sessions(world)
        secrets |= {row.nonce, row.reply_token or "none"}
        signature = HOLDER.sign(message)
        secrets |= {signature, signature[2:]}
        await at.post("link", token=token, address=HOLDER.address, signature=STRANGER.sign(message))
        await at.post("link", token=token, address=STRANGER.address, signature=signature)
        await at.post("link", token=token, address="0x" + "zz" * 20, signature=signature)
        await at.post("challenge", token=token, address=HOLDER.address + "0")
        await at.post("link", token=token, address=HOLDER.address, signature=signature)
        await world.env.settle()
        assert len(await linked(world)) == 1
        _, taken = await at.link(world.other)
        secrets.add(taken)
        await at.sign(taken)
        for command in ("status", "refresh", "list"):
            await world.member.slash(world.general, f"wallet {command}")
        await stage.recheck(world)
        await world.moderator.slash(world.general, "gate test", rule="collector", member=world.member)
        await world.moderator.slash(world.general, "gate records")
        for manner in (Manner.ERROR, Manner.GARBAGE, Manner.EMPTY, Manner.REFUSE, Manner.OTHER_CHAIN):
            node.manner = manner
            await stage.recheck(world)
        node.manner = Manner.HONEST
        await world.member.slash(world.general, "wallet unlink", wallet=HOLDER.address)
        await world.advance(minutes=20)
        secrets.add(await _unforeseen(at))
    written = log.getvalue() + caplog.text
    assert "Traceback" in written
    assert "eth_call failed" in written
    addresses = {HOLDER.address, checksummed(HOLDER.address), STRANGER.address, checksummed(STRANGER.address)}
    # simcord's own Discord is in this process, and what the test's browser does is not the bot's.
    said = "\n".join(line for line in written.splitlines() if "aiohttp" not in line)
    for each in {*secrets, *addresses, *(address[2:] for address in addresses)}:
        assert each not in said


async def test_2_3_4_what_a_database_quotes_of_a_refused_row_is_not_logged(
    tmp_path: Path, log: io.StringIO, either_url: str
) -> None:
    async with office(tmp_path, database_url=either_url) as at:
        await at.link_many({HOLDER.address: 1})
        try:
            await at.link_many({HOLDER.address: 2})
        except IntegrityError:
            logging.getLogger("bot").exception("refused")
    written = log.getvalue()
    assert "wallet_links" in written
    assert HOLDER.address[2:] not in written


async def _unforeseen(at: Desk) -> str:
    """Have something go wrong that is logged with its traceback: a row cannot be written. Returns the token."""
    _, token = await at.link()
    message = await at.message(token)
    engine = at.world.platform.database.engine
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE wallet_links RENAME TO elsewhere"))
    got = await at.post("link", token=token, address=HOLDER.address, signature=HOLDER.sign(message))
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE elsewhere RENAME TO wallet_links"))
    assert got.status == 500
    assert "web request failed" in at.world.errors.pop().getMessage()
    return token
