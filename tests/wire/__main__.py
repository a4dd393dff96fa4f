"""`python -m tests.wire --port 0`: the server by hand."""

import argparse
import asyncio
import json
from pathlib import Path

from tests.wire.calls import Settings
from tests.wire.server import serve
from tests.wire.turns import Turns


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.wire",
        description="A Discord on loopback. Point DISCORD_API_URL at the `api` of the line it prints.",
    )
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one (default)")
    parser.add_argument("--seed", type=Path, help="JSON file with a starting world (see seed.py)")
    parser.add_argument("--token", default=Settings().token, help="the token the bot must show")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started it")
    arguments = parser.parse_args()
    settings = Settings(token=arguments.token)
    seed = None if arguments.seed is None else json.loads(arguments.seed.read_text())
    turns = Turns()
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(turns)) as runner:
        runner.run(serve(arguments.port, settings, seed, arguments.until_stdin_closes, turns))


if __name__ == "__main__":
    main()
