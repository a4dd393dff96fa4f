"""Everything that may be refused, tried by everyone who may be refused: a sentence each time, and nothing changed.

One world with a giveaway in each state that matters; every table is compared before and after.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import simcord

from cogs.giveaways.tables import State
from tests.desk import everything
from tests.giveaways.organising.desk import giveaways, post, start
from tests.giveaways.stage import prizes
from tests.harness import World, click_id, forge, forge_modal, running_bot, say

PRIZE: Final = "Golden brush"
OPEN, DRAWN, CANCELLED, ENDED, ABSENT = 1, 2, 3, 4, 999
# What nobody's button ever says.
BEGIN: Final = "gw.f.new"
MADE_UP: Final = ("", "x", "１", "9" * 30)

# Who is told what, of all who may not: options are those of someone who types the whole command.
NEEDS_ORGANISER: Final = "Only organisers"
NEEDS_STAFF: Final = "Only staff"
COMMANDS: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "start": ({"prize": "Mine", "ends": "2 days", "post": True}, NEEDS_ORGANISER),
    "edit": ({"giveaway": "1"}, NEEDS_ORGANISER),
    "end": ({"giveaway": "1"}, NEEDS_ORGANISER),
    "cancel": ({"giveaway": "1", "reason": "Because"}, NEEDS_ORGANISER),
    "reroll": ({"giveaway": "2", "reason": "Because"}, NEEDS_ORGANISER),
    "entrants": ({"giveaway": "1"}, NEEDS_ORGANISER),
    "claims": ({"giveaway": "2"}, NEEDS_ORGANISER),
    "export": ({"giveaway": "2"}, NEEDS_ORGANISER),
    "redeem": ({"code": "00000000"}, NEEDS_STAFF),
    "airdrop": ({"prize": "Mine", "winners": 1, "rule": "holders"}, NEEDS_ORGANISER),
}
# Of an existing giveaway or prize, to a member who is no organiser.
ORGANISERS_BUTTONS: Final = (
    *("gw.panel_back", "gw.panel_remind_all", "gw.panel_deliver_all", "gw.entrants_file"),
    *("gw.panel_remind", "gw.panel_extend", "gw.panel_extend_to", "gw.panel_pass", "gw.panel_pass_why"),
    *("gw.panel_delivered", "gw.panel_undelivered", "gw.series_end"),
)
# What an organiser may not do with giveaways that are over, and in which words.
TOO_LATE: Final = (
    ("end", DRAWN, "is over"),
    ("end", CANCELLED, "cancelled"),
    ("end", ENDED, "is over"),
    ("edit", DRAWN, "is over"),
    ("edit", CANCELLED, "was cancelled already"),
    ("edit", ENDED, "is over"),
    ("cancel", DRAWN, "The winners of giveaway #2 are drawn"),
    ("cancel", CANCELLED, "was cancelled already"),
    ("cancel", ENDED, "ended without entrants"),
    ("reroll", OPEN, "not drawn yet"),
    ("reroll", CANCELLED, "was cancelled. Reason: Sold out"),
    ("reroll", ENDED, "Nobody entered"),
    *((command, OPEN, "not drawn yet") for command in ("claims", "export")),
    *((command, CANCELLED, "was cancelled. Reason: Sold out") for command in ("claims", "export")),
    *((command, ENDED, "Nobody entered") for command in ("claims", "export")),
    *(("proof", key, "no proof") for key in (OPEN, CANCELLED, ENDED)),
)
# What a moderator's button or form says of a giveaway that was cancelled, one that ended, and one that never was.
NOT_HERE: Final = "This giveaway does not exist in this server"
NO_PRIZE: Final = "This prize does not exist in this server"
NO_DRAFT: Final = "This draft no longer exists"
STALE: Final = "no longer in use, or it belongs to another server"
BAD_CODE: Final = "is not a pick-up code"
FORM: Final = "a form"
_UNWON: Final = ("was cancelled. Reason: Sold out", "Nobody entered", NOT_HERE)
SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("gw.enter", "gw.leave"), ("was cancelled. Reason: Sold out", "is over", NOT_HERE)),
    "gw.details": ("You are not in this giveaway", "You are not in this giveaway", NOT_HERE),
    "gw.info": ("Cancelled", "Values to compare", NOT_HERE),
    **dict.fromkeys(("gw.trust", "gw.trust_sure"), ("not waiting for the beacon",) * 2 + (NOT_HERE,)),
    "gw.series_end": ("Nothing follows in this series", "Nothing follows in this series", NOT_HERE),
    **dict.fromkeys(("gw.claim", "gw.code", "gw.received", "gw.missing", "gw.decline", "gw.decline_sure"), _UNWON),
    "gw.wallet": _UNWON,
    **dict.fromkeys(("gw.panel_back", "gw.panel_remind_all", "gw.panel_deliver_all"), _UNWON),
    "gw.panel_pick": (NO_PRIZE,) * 3,
    **dict.fromkeys(("gw.panel_remind", "gw.panel_extend", "gw.panel_extend_to"), (NO_PRIZE,) * 3),
    **dict.fromkeys(("gw.panel_pass", "gw.panel_pass_why", "gw.redeem_undo"), (NO_PRIZE,) * 3),
    **dict.fromkeys(("gw.panel_delivered", "gw.panel_undelivered"), (NO_PRIZE,) * 3),
    "gw.redeem": (FORM,) * 3,
    "gw.redeem_code": (BAD_CODE,) * 3,
    # An organiser may have the list of any giveaway, which is noted.
    "gw.entrants_file": ("", "", NOT_HERE),
}
# Selects say nothing without a choice.
CHOICES: Final = {
    "gw.panel_pick": (str(ABSENT),),
    **dict.fromkeys(("gw.wallet", "gw.d.place", "gw.d.channels", "gw.d.copied"), ("1",)),
}
# Of a channel whose words are translated, its id comes behind the key.
PARTS: Final = {"gw.f.translate": ":0"}
# What is about no giveaway looks at no key.
KEYLESS: Final = {"gw.redeem": FORM, "gw.redeem_code": BAD_CODE, "gw.panel_pick": NO_PRIZE}


@dataclass
class Desk:
    world: World
    elsewhere: simcord.ChannelHandle
    stranger: simcord.MemberActor

    draft: int

    def kinds(self) -> Sequence[str]:
        """Return the kinds of components and forms there are, but the form that begins a draft: it is about nothing."""
        kinds = self.world.platform.router._handlers
        return [kind for kind in kinds if kind.startswith("gw.") and kind != BEGIN]

    async def forge(self, who: simcord.MemberActor, kind: str, key: int | str) -> str:
        """Press or submit what was made by hand; returns what is said, or that a form opens."""
        channel = self.elsewhere if who is self.stranger else self.world.general
        answer = await forge(who, channel, f"{kind}:{key}{PARTS.get(kind, '')}", values=CHOICES.get(kind))
        assert answer.acknowledged, f"{kind}:{key}"
        assert PRIZE not in str(answer.modal), kind
        return FORM if answer.modal is not None else say(answer)

    @asynccontextmanager
    async def unchanged(self, what: str) -> AsyncIterator[None]:
        before = await everything(self.world), self._said()
        yield
        after = await everything(self.world), self._said()
        changed = [name for name, rows in before[0].items() if after[0][name] != rows]
        assert changed == [], f"{what} changed {changed}"
        assert after[1] == before[1], f"{what} posted something"

    def _said(self) -> list[tuple[int, str]]:
        history = (*self.world.general.history(), *self.elsewhere.history())
        return [(message.id, say(message)) for message in history if not message.flags.ephemeral]

    async def type(self, who: simcord.MemberActor, command: str, **options: Any) -> str:
        channel = self.elsewhere if who is self.stranger else self.world.general
        return say(await who.slash(channel, f"giveaway {command}", **options))


@asynccontextmanager
async def desk(folder: Path) -> AsyncIterator[Desk]:
    async with running_bot(folder, features=("giveaways",)) as world:
        await post(world, prize=PRIZE, ends="2 days", repeat="weekly")
        await post(world, prize=PRIZE, ends="1h", claim="button")
        await forge(world.member, world.general, f"gw.enter:{DRAWN}")
        await forge(world.other, world.general, f"gw.enter:{DRAWN}")
        await post(world, prize=PRIZE, ends="1 day")
        await world.organiser.slash(world.general, "giveaway cancel", giveaway="3", reason="Sold out")
        await post(world, prize=PRIZE, ends="30m")
        draft = int(click_id(await start(world, prize=PRIZE), "gw.d.discard").split(":")[1])
        await world.advance(hours=1, minutes=5)
        states = [row.state for row in await giveaways(world)]
        assert states == [State.OPEN, State.DRAWN, State.CANCELLED, State.EMPTY]
        channel, stranger = world.other_guild()
        held = Desk(world, channel, stranger, draft)
        # Whoever is seen for the first time is noted; what follows is compared without that.
        for person in (world.moderator, world.organiser, world.member, world.other, stranger):
            await held.type(person, "list")
        yield held


async def test_what_only_organisers_or_staff_may_do(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        assert len(await prizes(held.world, DRAWN)) == 1
        for command, (options, words) in COMMANDS.items():
            async with held.unchanged(command):
                said = await held.type(held.world.other, command, **options)
            assert words in said, f"{command}: {said}"
        for kind in ORGANISERS_BUTTONS:
            async with held.unchanged(kind):
                said = say(await forge(held.world.other, held.world.general, f"{kind}:1"))
            assert NEEDS_ORGANISER in said, f"{kind}: {said}"
        async with held.unchanged("gw.panel_pick"):
            said = say(await forge(held.world.other, held.world.general, "gw.panel_pick:2", values=["1"]))
        assert NEEDS_ORGANISER in said
        for kind in ("gw.trust", "gw.trust_sure"):
            for who in (held.world.other, held.world.organiser):
                async with held.unchanged(kind):
                    assert "Only moderators" in say(await forge(who, held.world.general, f"{kind}:{OPEN}"))


async def test_another_servers_giveaway_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        reason = {"cancel": {"reason": "Because"}, "reroll": {"reason": "Because"}}
        for command in ("edit", "end", "cancel", "reroll", "info", "entrants", "claims", "export", "proof"):
            async with held.unchanged(command):
                for number in (OPEN, DRAWN):
                    options = reason.get(command, {})
                    said = await held.type(held.stranger, command, giveaway=str(number), **options)
                    assert f"There is no giveaway “{number}” here" in said, f"{command}: {said}"
                    assert PRIZE not in said, f"{command}: {said}"
        async with held.unchanged("one of the buttons and forms"):
            for kind in held.kinds():
                for key in (OPEN, DRAWN, CANCELLED, ABSENT, held.draft):
                    said = await held.forge(held.stranger, kind, key)
                    assert said_of(kind, ABSENT) in said, f"{kind}:{key}: {said}"
                    assert PRIZE not in said, f"{kind}: {said}"


def said_of(kind: str, key: int | str) -> str:
    """Return what a moderator is told who presses or submits something."""
    if kind in KEYLESS:
        return KEYLESS[kind]
    if key in MADE_UP:
        return STALE
    if kind == "gw.d" or kind.startswith(("gw.d.", "gw.f.")):
        return NO_DRAFT
    return SENTENCES[kind][(CANCELLED, ENDED, ABSENT).index(int(key))]


def to_members(kind: str) -> str:
    """Return what a member is told of a cancelled giveaway: what is for everyone, or whom it is for."""
    if kind.startswith("gw.trust"):
        return "Only moderators"
    if kind.startswith("gw.redeem"):
        return NEEDS_STAFF
    if kind == "gw.d.discard":  # whoever is no organiser any more may give up what they began
        return NO_DRAFT
    if kind == "gw.d" or kind.startswith(("gw.d.", "gw.f.", "gw.panel_", "gw.entrants_", "gw.series_")):
        return NEEDS_ORGANISER
    return said_of(kind, CANCELLED)


async def test_buttons_of_what_is_over_and_made_up_ones(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        world = held.world
        async with held.unchanged("one of the buttons and forms"):
            for kind in held.kinds():
                for key in (CANCELLED, ENDED, ABSENT, *MADE_UP):
                    if kind == "gw.entrants_file" and key in (CANCELLED, ENDED):
                        continue
                    said = await held.forge(world.moderator, kind, key)
                    assert said_of(kind, key) in said, f"{kind}:{key}: {said}"
                if kind != "gw.entrants_file":
                    said = await held.forge(world.organiser, kind, CANCELLED)
                    usual = "Only moderators" if kind.startswith("gw.trust") else said_of(kind, CANCELLED)
                    assert usual in said, f"{kind}: {said}"
                said = await held.forge(world.member, kind, CANCELLED)
                assert to_members(kind) in said, f"{kind}: {said}"
        entering = {CANCELLED: "cancelled", DRAWN: "over", ENDED: "over", ABSENT: "does not exist"}
        for key, words in entering.items():
            async with held.unchanged(f"entering {key}"):
                assert words in say(await forge(world.member, world.general, f"gw.enter:{key}"))


async def test_a_draft_is_nobody_elses_and_only_organisers_begin_one(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        world = held.world
        async with held.unchanged("a form or button of a draft"):
            for kind in held.kinds():
                if kind == "gw.d" or kind.startswith(("gw.d.", "gw.f.")):
                    said = await held.forge(world.moderator, kind, held.draft)
                    assert NO_DRAFT in said, f"{kind}: {said}"
                    assert to_members(kind) in await held.forge(world.other, kind, held.draft), kind
            for key in ("", OPEN, held.draft, *MADE_UP):
                fields = {"prize": "Mine", "ends": "1h", "winners": "1"}
                said = say(await forge_modal(world.other, world.general, f"{BEGIN}:{key}", fields))
                assert NEEDS_ORGANISER in said


async def test_commands_about_what_is_over(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        reason = {"cancel": {"reason": "Because"}, "reroll": {"reason": "Because"}}
        for command, key, words in TOO_LATE:
            async with held.unchanged(f"{command} {key}"):
                said = await held.type(held.world.organiser, command, giveaway=str(key), **reason.get(command, {}))
            assert words in said, f"{command} {key}: {said}"
        for command in ("edit", "end", "cancel", "reroll", "info", "entrants", "claims", "export", "proof"):
            for value in (str(ABSENT), "Nothing called so", "#", "9" * 30):
                async with held.unchanged(f"{command} {value}"):
                    said = await held.type(held.world.moderator, command, giveaway=value, **reason.get(command, {}))
                assert "There is no giveaway “" in said, f"{command} {value}: {said}"


async def test_a_winners_buttons_in_other_hands(tmp_path: Path) -> None:
    async with desk(tmp_path) as held:
        (prize,) = await prizes(held.world, DRAWN)
        others = [who for who in (held.world.member, held.world.other) if who.id != prize.user_id]
        for kind in ("gw.claim", "gw.code", "gw.received", "gw.missing", "gw.decline", "gw.decline_sure", "gw.wallet"):
            async with held.unchanged(kind):
                for who in (*others, held.world.organiser, held.world.moderator):
                    said = await held.forge(who, kind, DRAWN)
                    assert "You did not win giveaway #2" in said, f"{kind}: {said}"
