"""The Discord that the wire serves, built on simcord's backend.

simcord's public interface drives a bot object inside its own process. The wire needs the parts
underneath it (the store, the REST handlers, the payload builders, the actors' checks), which simcord
does not promise to keep. So nothing outside this package imports simcord: an upgrade of it is read
here, and `tests/wire/test_rest.py` holds the behaviour where it and Discord differ.
"""

from simcord.backend.errors import BackendError, SetupError

from tests.wire.calls import Settings
from tests.wire.world.answers import Answers
from tests.wire.world.arrange import Arrange
from tests.wire.world.backend import WireBackend
from tests.wire.world.listening import Deliver, Listener, guilds_of, ready, refused_intents, shard_of
from tests.wire.world.looking import Looking
from tests.wire.world.people import People

__all__ = [
    "BackendError",
    "Deliver",
    "Listener",
    "SetupError",
    "World",
    "guilds_of",
    "ready",
    "refused_intents",
    "shard_of",
]


class World:
    """One Discord: its store and the views on it that REST, gateway and control need."""

    def __init__(self, base: str, settings: Settings) -> None:
        """`base` is the address of the server's root, without a slash at the end."""
        self.backend = WireBackend(base, settings)
        self.settings = settings
        self.answers = Answers(self.backend)
        self.arrange = Arrange(self.backend)
        self.looking = Looking(self.backend)
        self.people = People(self.backend)
