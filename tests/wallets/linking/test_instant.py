"""Links that are used at the same instant, by one member or two; on both databases, as two processes would."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.errors import UserError, WrongState
from bot.migrate import upgrade
from bot.people import Actor
from cogs.wallets.service.linking import Asking, Linking
from cogs.wallets.tables import LinkSession, LinkState, WalletLink
from tests.chain.anvil import Key
from tests.wallets.linking.ceremony import HOLDER, desk, linked
from tests.wallets.office import GUILD, Desk, office

DOMAIN = "club.example"


@dataclass
class Crowd:
    """Two processes of one bot over one database; each in turn does what a member asks."""

    desks: tuple[Desk, Desk]
    asked: int = field(default=0)

    def linking(self) -> Linking:
        self.asked += 1
        return self.desks[self.asked % 2].services.linking

    async def text(self, user_id: int, key: Key = HOLDER) -> tuple[int, str]:
        """Have a text made for a member and a wallet; returns its key and the signature over it."""
        errand = await self.linking().write_out(_asking(user_id), key.address, self.desks[0].now)
        return errand.key, key.sign(errand.message)

    async def paste(self, user_id: int, text: tuple[int, str]) -> None:
        await self.linking().paste(_asking(user_id), *text, self.desks[0].now)

    async def at_once(self, *pastes: tuple[int, tuple[int, str]]) -> list[type[UserError] | None]:
        """Paste all at the same instant; returns how each was refused."""
        got = await asyncio.gather(*(self.paste(*each) for each in pastes), return_exceptions=True)
        assert all(each is None or isinstance(each, UserError) for each in got), got
        return [None if each is None else type(each) for each in got]  # type: ignore[misc]

    async def links(self) -> list[WalletLink]:
        return await self.desks[0].rows(select(WalletLink).order_by(WalletLink.id))


def _asking(user_id: int) -> Asking:
    return Asking(Actor(user_id, GUILD, f"member {user_id}", "en"), f"member{user_id}", f"reply-{user_id}")


@pytest.fixture
async def crowd(tmp_path: Path, either_url: str) -> AsyncIterator[Crowd]:
    async with (
        office(tmp_path, database_url=either_url) as first,
        office(tmp_path, database_url=either_url, town=first.town) as second,
    ):
        for each in (first, second):
            each.platform.settings = each.platform.settings.model_copy(update={"wallet_paste": DOMAIN})
        yield Crowd((first, second))


async def test_2_3_1_two_members_who_claim_one_wallet_at_the_same_instant(crowd: Crowd) -> None:
    claims = [(user_id, await crowd.text(user_id)) for user_id in range(1, 7)]
    got = await crowd.at_once(*claims)
    assert sorted(str(each) for each in got) == sorted([str(None), *[str(WrongState)] * 5])
    (row,) = await crowd.links()
    assert got[row.user_id - 1] is None
    states = await crowd.desks[0].rows(select(LinkSession.state).order_by(LinkSession.user_id))
    assert states.count(LinkState.CONSUMED) == 1, "whoever was refused may still link another wallet"


async def test_2_1_3_a_text_that_is_answered_several_times_at_the_same_instant(crowd: Crowd) -> None:
    text = await crowd.text(1)
    got = await crowd.at_once(*[(1, text)] * 6)
    assert (got.count(None), got.count(WrongState)) == (1, 5)
    assert len(await crowd.links()) == 1


async def test_2_1_3_of_several_texts_asked_for_at_the_same_instant_one_is_good(crowd: Crowd) -> None:
    await asyncio.gather(*(crowd.text(1, Key(f"key {number}")) for number in range(4)))
    states = await crowd.desks[0].rows(select(LinkSession.state))
    assert (states.count(LinkState.OPEN), states.count(LinkState.BURNT)) == (1, 3)


async def test_2_3_1_the_page_on_postgresql_at_the_same_instant(tmp_path: Path, postgres_url: str) -> None:
    await upgrade(postgres_url)
    async with desk(tmp_path, database_url=postgres_url) as at:
        claims = []
        for member in (at.world.member, at.world.other):
            _, token = await at.link(member)
            claims += [(token, HOLDER.sign(await at.message(token)))] * 4
        asked = (at.post("link", token=token, address=HOLDER.address, signature=signed) for token, signed in claims)
        got = await asyncio.gather(*asked)
        assert sorted(each.status for each in got) == [200] + [409] * 7
        await at.world.env.settle()
        (row,) = await linked(at.world)
        first = next(place for place, each in enumerate(got) if each.status == 200)
        assert row.user_id == (at.world.member.id if first < 4 else at.world.other.id)
        # Whoever came too late may link a wallet of their own with the link they have.
        late = claims[-1 if first < 4 else 0][0]
        assert (await at.sign(late, Key("own"))).status == 200
