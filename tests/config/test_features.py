"""Turning a feature off while something of it runs: listed first, and then as the moderator chooses."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import WrongState
from bot.guilds import Feature, GuildConfig, feature_name, require_enabled
from bot.i18n import Text, render, t
from bot.people import Actor
from bot.ports import Line
from tests.harness import GUILD_ID, World, choose, labels, press, running_bot, say, shown

JUMP = "https://discord.com/channels/1/2/3"


@dataclass
class Fairground:
    """Something that runs, of any feature: numbers, one of which may be past cancelling."""

    open: list[int]
    stuck: set[int] = field(default_factory=set)
    cancelled_by: list[int] = field(default_factory=list)

    async def running(self, session: AsyncSession, guild_id: int, now: datetime) -> Sequence[Line]:
        return [Line(self._name(number), now + timedelta(hours=number), JUMP) for number in self.open]

    async def cancel_running(self, actor: Actor, now: datetime) -> Sequence[Text]:
        self.cancelled_by.append(actor.user_id)
        self.open = [number for number in self.open if number in self.stuck]
        return [self._name(number) for number in self.open]

    @staticmethod
    def _name(number: int) -> Text:
        return t("ledger.subject.giveaway", number=str(number))


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running_bot(tmp_path, features=("config",)) as running:
        yield running


@pytest.fixture
def fair(world: World) -> Fairground:
    made = Fairground([1, 2])
    world.platform.running[Feature.GIVEAWAYS] = made
    return made


async def test_what_runs_is_listed_and_nothing_is_changed_yet(world: World, fair: Fairground) -> None:
    asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    assert "Giveaway 1" in say(asked)
    assert "Giveaway 2" in say(asked)
    assert JUMP in say(asked)
    assert (await world.config()).enabled(Feature.GIVEAWAYS)
    assert await world.ledger() == []


async def test_a_long_list_is_cut_with_the_number_left_out(world: World, fair: Fairground) -> None:
    fair.open = list(range(1, 21))
    asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    assert "Giveaway 15 " in say(asked)
    assert "and 5 more" in say(asked)


async def test_it_goes_on(world: World, fair: Fairground) -> None:
    asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    answer = await press(world.moderator, asked, "cfg.off:giveaways:keep")
    assert "goes on" in say(answer)
    assert labels(answer) == []
    assert not (await world.config()).enabled(Feature.GIVEAWAYS)
    assert fair.cancelled_by == []


async def test_it_is_cancelled_by_the_moderator(world: World, fair: Fairground) -> None:
    asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    answer = await press(world.moderator, asked, "cfg.off:giveaways:cancel")
    assert "cancelled" in say(answer)
    assert not (await world.config()).enabled(Feature.GIVEAWAYS)
    assert fair.cancelled_by == [world.moderator.id]


async def test_what_cannot_be_cancelled_is_named(world: World, fair: Fairground) -> None:
    fair.stuck = {2}
    asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    answer = await press(world.moderator, asked, "cfg.off:giveaways:cancel")
    assert "could not be cancelled" in say(answer)
    assert "Giveaway 2" in say(answer)
    assert "Giveaway 1" not in say(answer)


async def test_the_moderator_may_think_better_of_it(world: World, fair: Fairground) -> None:
    asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    answer = await press(world.moderator, asked, "cfg.off:giveaways:stay")
    assert "still on" in say(answer)
    assert (await world.config()).enabled(Feature.GIVEAWAYS)
    assert await world.ledger() == []


async def test_the_panel_asks_for_each_feature_in_turn_and_comes_back(world: World, fair: Fairground) -> None:
    world.platform.running[Feature.EVENTS] = Fairground([7])
    panel = await world.moderator.slash(world.general, "config setup")
    asked = await choose(world.moderator, panel, "cfg.features", "wallets")
    assert "Giveaways: still running" in say(asked)
    asked = await press(world.moderator, asked, "cfg.off:giveaways:cancel")
    assert "Events: still running" in say(asked)
    panel = await press(world.moderator, asked, "cfg.off:events:stay")
    assert "1 of 5" in say(panel)
    assert shown(panel).id == shown(asked).id
    assert (await world.config()).disabled == {Feature.GIVEAWAYS, Feature.POLLS}


async def test_turning_on_asks_nothing(world: World, fair: Fairground) -> None:
    await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    asked = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=False)
    await press(world.moderator, asked, "cfg.off:giveaways:keep")
    answer = await world.moderator.slash(world.general, "config feature", name="giveaways", enabled=True)
    assert "on" in say(answer)
    assert (await world.config()).enabled(Feature.GIVEAWAYS)


@pytest.mark.parametrize("feature", Feature)
def test_a_feature_that_is_off_says_so_and_who_can_turn_it_on(feature: Feature) -> None:
    require_enabled(GuildConfig(GUILD_ID), feature)
    off = GuildConfig(GUILD_ID, disabled=frozenset({feature}))
    with pytest.raises(WrongState) as refused:
        require_enabled(off, feature)
    sentence = render("en", refused.value.text)
    assert render("en", feature_name(feature)) in sentence
    assert "/config feature" in sentence
    assert "Manage Server" in sentence
