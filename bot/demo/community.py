"""Paper Lantern, the community of the demo: who is there, with which roles, in which channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import discord
import simcord

NAME: Final = "Paper Lantern"
CHANNELS: Final = {
    "welcome": "Who we are, and what to try here",
    "announcements": "What everyone should know",
    "giveaways": "Enter by pressing a button; every draw can be recomputed",
    "events": "What takes place, online and on the spot",
    "polls": "Vote by pressing a button; every count can be repeated",
    "general": "Talk",
    "log": "What organisers, moderators and the bot did",
}
# Only the first can do anything by itself; the others are what the bot's settings and giveaways make of them.
ROLES: Final = {
    "Moderator": discord.Permissions(manage_guild=True),
    "Organiser": discord.Permissions.none(),
    "Staff": discord.Permissions.none(),
    "Artist": discord.Permissions.none(),
    "OG": discord.Permissions.none(),
    "Lantern": discord.Permissions.none(),
}


@dataclass(frozen=True)
class Profile:
    """Someone as they are introduced: their account is ``days`` old, the bot answers them in ``language``."""

    name: str
    display: str
    days: int
    roles: tuple[str, ...] = ()
    language: str = "en"


# The oldest account first, as that is how they are made.
PEOPLE: Final = (
    Profile("mina", "Mina", 300, ("Moderator",)),
    Profile("noor", "Noor", 280, ("Artist", "OG")),
    Profile("haruka", "はるか", 250, ("Artist", "OG"), "ja"),
    Profile("oren", "Oren", 200, ("Organiser",)),
    Profile("tess", "Tess", 190, ("Staff",)),
    Profile("jiwoo", "지우", 120, ("Artist",), "ko"),
    Profile("lena", "Lena", 80, ("Artist",)),
    Profile("tomas", "Tomás", 60, ("Artist",)),
    Profile("eli", "Eli", 45, ("Artist",)),
    Profile("sofia", "Sofia", 40, ("Artist", "OG")),
    Profile("kenji", "Kenji", 35, ("Artist",)),
    Profile("amara", "Amara", 30, ("Artist",)),
    Profile("luca", "Luca", 25, ("Artist",)),
    Profile("priya", "Priya", 20),
    Profile("ben", "Ben", 3),
)


@dataclass(frozen=True)
class Community:
    """The server in the simulation; people, roles and channels by name, without ``@`` and ``#``."""

    guild: simcord.GuildHandle
    people: Mapping[str, simcord.MemberActor]
    roles: Mapping[str, simcord.RoleHandle]
    channels: Mapping[str, simcord.ChannelHandle]

    @property
    def giveaways(self) -> simcord.ChannelHandle:
        """The channel where most of it happens."""
        return self.channels["giveaways"]


def found(env: simcord.Env, begins: datetime) -> Community:
    """Make the server and have everyone come in their time, the clock moving on to *begins*; before the bot starts.

    Where simcord's calendar begins too late for someone, they come on its first day.
    """

    def wait_until(moment: datetime) -> None:
        env.backend.advance_clock(max(moment - env.now(), timedelta()).total_seconds())

    wait_until(begins - timedelta(days=PEOPLE[0].days))
    guild = env.create_guild(NAME, owner=env.create_user("paper_lantern", global_name=NAME), preferred_locale="en-US")
    roles = {name: guild.create_role(name, permissions=permissions) for name, permissions in ROLES.items()}
    channels = {name: guild.create_text_channel(name, topic=topic) for name, topic in CHANNELS.items()}
    people: dict[str, simcord.MemberActor] = {}
    for profile in PEOPLE:
        wait_until(begins - timedelta(days=profile.days))
        user = env.create_user(profile.name, global_name=profile.display)
        people[profile.name] = guild.add_member(user, roles=[roles[role] for role in profile.roles])
    wait_until(begins)
    return Community(guild, people, roles, channels)
