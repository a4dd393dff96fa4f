from tests.wire.harness import discord_server, wire

__all__ = ["discord_server", "wire"]
