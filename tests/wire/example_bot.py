"""A small bot on plain discord.py, to show that the wire is Discord enough for it.

`python -m tests.wire.example_bot`; environment: DISCORD_API_URL, DISCORD_TOKEN, SHARD_IDS, SHARD_COUNT.
"""

import io
import logging
import os
import re
from datetime import timedelta
from typing import Any, Self

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

intents = discord.Intents(guilds=True, guild_scheduled_events=True)


class EnterButton(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"enter:(?P<id>\d+)"):
    """A button that works after a restart: its id is in its custom_id."""

    def __init__(self, number: int) -> None:
        super().__init__(discord.ui.Button(label="Enter", custom_id=f"enter:{number}", id=7))
        self.number = number

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction, _item: discord.ui.Item[discord.ui.View], match: re.Match[str], /
    ) -> Self:
        return cls(int(match["id"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"{interaction.user.name} is in {self.number}", ephemeral=True)


class NameForm(discord.ui.Modal, title="Your name"):
    given = discord.ui.Label(text="Name", component=discord.ui.TextInput(custom_id="name", max_length=20))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        assert isinstance(self.given.component, discord.ui.TextInput)
        await interaction.response.send_message(f"Hello {self.given.component.value}", ephemeral=True)


class ExampleBot(discord.AutoShardedClient):
    def __init__(self) -> None:
        ids = os.environ.get("SHARD_IDS")
        shards: dict[str, Any] = {}
        if ids is not None:
            shards = {"shard_ids": [int(one) for one in ids.split(",")], "shard_count": int(os.environ["SHARD_COUNT"])}
        super().__init__(intents=intents, guild_ready_timeout=0.1, **shards)
        self.tree = app_commands.CommandTree(self)

    async def setup_hook(self) -> None:
        url = (await self.http.get_bot_gateway())[1]
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        self.add_dynamic_items(EnterButton)
        add_commands(self.tree)
        await self.tree.sync()


def add_commands(tree: app_commands.CommandTree[ExampleBot]) -> None:
    for command in (ping, post, form, send, upload, history, dm, give, who, think, event):
        tree.add_command(command)


@app_commands.command(description="Where am I")
async def ping(interaction: discord.Interaction, word: str = "pong") -> None:
    assert interaction.guild is not None
    text = f"{word} shard {interaction.guild.shard_id} pid {os.getpid()} {interaction.locale.value}"
    await interaction.response.send_message(text, ephemeral=True)


@ping.autocomplete("word")
async def words(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=one, value=one) for one in ("ping", "pong", "pang") if typed in one]


@app_commands.command(description="Post a message with a button")
async def post(interaction: discord.Interaction, number: int) -> None:
    assert isinstance(interaction.channel, discord.TextChannel)
    view = discord.ui.View(timeout=None)
    view.add_item(EnterButton(number))
    await interaction.response.defer(ephemeral=True)
    sent = await interaction.channel.send(f"giveaway {number}", view=view)
    await interaction.followup.send(f"posted {sent.id}", ephemeral=True)


@app_commands.command(description="Ask for a name")
async def form(interaction: discord.Interaction) -> None:
    await interaction.response.send_modal(NameForm())


@app_commands.command(description="Send with a fixed nonce, and say what came of it")
async def send(interaction: discord.Interaction, text: str, nonce: str) -> None:
    assert isinstance(interaction.channel, discord.TextChannel)
    await interaction.response.defer(ephemeral=True)
    try:
        sent = await interaction.channel.send(text, nonce=nonce)
    except (discord.HTTPException, aiohttp.ClientError) as error:
        await interaction.followup.send(f"failed {type(error).__name__}", ephemeral=True)
    else:
        await interaction.followup.send(f"sent {sent.id} {sent.nonce}", ephemeral=True)


@app_commands.command(description="Take a file and give it back in the channel")
async def upload(interaction: discord.Interaction, file: discord.Attachment) -> None:
    assert isinstance(interaction.channel, discord.TextChannel)
    await interaction.response.defer(ephemeral=True)
    data = await file.read()
    again = discord.File(io.BytesIO(data), file.filename, description="the same again")
    second = discord.File(io.BytesIO(data[::-1]), "backwards.bin")
    sent = await interaction.channel.send("here", files=[again, second])
    await sent.edit(attachments=[sent.attachments[0], discord.File(io.BytesIO(b"third"), "third.txt")])
    await interaction.followup.send(f"{len(data)} bytes", ephemeral=True)


@app_commands.command(description="Read the channel back")
async def history(interaction: discord.Interaction, after: str) -> None:
    assert isinstance(interaction.channel, discord.TextChannel)
    await interaction.response.defer(ephemeral=True)
    since = discord.Object(int(after))
    mine = [one async for one in interaction.channel.history(limit=None, after=since, oldest_first=True)]
    first, last = (mine[0].content, mine[-1].content) if mine else ("-", "-")
    await interaction.followup.send(f"{len(mine)} from {first} to {last}", ephemeral=True)


@app_commands.command(description="Write to somebody")
async def dm(interaction: discord.Interaction, person: discord.User, text: str) -> None:
    await interaction.response.defer(ephemeral=True)
    try:
        await person.send(text)
    except discord.Forbidden as error:
        await interaction.followup.send(f"refused {error.code}", ephemeral=True)
    else:
        await interaction.followup.send("written", ephemeral=True)


@app_commands.command(description="Give a role")
async def give(interaction: discord.Interaction, person: discord.Member, role: discord.Role) -> None:
    await interaction.response.defer(ephemeral=True)
    try:
        await person.add_roles(role, reason="asked for")
    except discord.Forbidden as error:
        await interaction.followup.send(f"refused {error.code}", ephemeral=True)
    else:
        await interaction.followup.send("given", ephemeral=True)


@app_commands.command(description="Which of these ids are members")
async def who(interaction: discord.Interaction, ids: str) -> None:
    assert interaction.guild is not None
    await interaction.response.defer(ephemeral=True)
    wanted = [int(one) for one in ids.split()]
    found = await interaction.guild.query_members(user_ids=wanted)
    names = " ".join(sorted(f"{member.name}:{len(member.roles) - 1}" for member in found))
    await interaction.followup.send(f"members {names}", ephemeral=True)


@app_commands.command(description="Never come to an end")
async def think(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True)


@app_commands.command(description="Create a native event")
async def event(interaction: discord.Interaction, name: str) -> None:
    assert interaction.guild is not None
    start = discord.utils.utcnow() + timedelta(hours=1)
    await interaction.response.defer(ephemeral=True)
    made = await interaction.guild.create_scheduled_event(
        name=name,
        start_time=start,
        end_time=start + timedelta(hours=1),
        entity_type=discord.EntityType.external,
        location="The hall",
        privacy_level=discord.PrivacyLevel.guild_only,
    )
    await interaction.followup.send(f"event {made.id}", ephemeral=True)


def main() -> None:
    Route.BASE = os.environ["DISCORD_API_URL"]
    ExampleBot().run(os.environ["DISCORD_TOKEN"], log_level=logging.INFO)


if __name__ == "__main__":
    main()
