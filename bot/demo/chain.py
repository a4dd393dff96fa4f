"""A chain of the demo's own, where ``anvil`` is installed: a token, and people whose wallets it keeps the keys of."""

import http.client
import itertools
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, cast

from bot.chain import abi
from bot.chain.keccak import keccak
from bot.environment import Chain
from bot.settings import Settings

CHAIN_ID: Final = 31337
DOMAIN: Final = "paper-lantern.example"
MISSING: Final = (
    "No local chain is installed here, so wallets and gates are left out. "
    "With anvil (https://getfoundry.sh) on the PATH they are shown too."
)
_PATIENCE: Final = 10.0


def found() -> str | None:
    """Return where anvil is: on the PATH, where its own installer puts it, or where the tests keep it; else None."""
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ikuzo-tests"
    places = [Path.home() / ".foundry" / "bin" / "anvil", *sorted(kept.glob("anvil-*/anvil"), reverse=True)]
    return shutil.which("anvil") or next((str(place) for place in places if place.exists()), None)


@contextmanager
def lantern_chain() -> Iterator["LanternChain | None"]:
    """Start a chain on a free port and end it afterwards; None where there is no program for it."""
    program = found()
    if program is None:
        yield None
        return
    # A block is safe after one more, finalized after two.
    arguments = ["--host", "127.0.0.1", "--port", "0", "--slots-in-an-epoch", "1", "--chain-id", str(CHAIN_ID)]
    process = subprocess.Popen(  # noqa: S603 (a program the machine's owner installed)
        [program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        output = cast("IO[str]", process.stdout)
        heard = (line for line in output if line.startswith("Listening on"))
        port = next((int(line.rpartition(":")[2]) for line in heard), None)
        if port is None:
            yield None
            return
        # It writes a line for every call; nobody reads them, and a full pipe would stop it.
        threading.Thread(target=_drain, args=(output,), daemon=True).start()
        yield LanternChain(port)
    finally:
        process.terminate()
        process.wait()


def knowing(settings: Settings, chain: "LanternChain | None") -> Settings:
    """Return settings for a bot that knows the chain; signatures are pasted, as the demo has no page for wallets."""
    if chain is None:
        return settings
    return settings.model_copy(update={"chains": (Chain(CHAIN_ID, (chain.url,)),), "wallet_paste": DOMAIN})


class LanternChain:
    """The running chain and its one token contract, an ERC-721 that anyone may mint and move (OpenZeppelin's, MIT)."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ids = itertools.count(1)
        self.url = f"http://127.0.0.1:{port}"
        self._bank, *self.wallets = [str(each) for each in self._ask("eth_accounts")]
        code = (Path(__file__).parent / "lantern.hex").read_text()
        self.contract = str(self._send(None, "0x" + "".join(code.split()))["contractAddress"])

    def mint(self, wallet: str, token_id: int) -> None:
        self._send(self.contract, _call("mint(address,uint256)", abi.address(wallet), abi.number(token_id)))
        self._settle()

    def give(self, giver: str, taker: str, token_id: int) -> None:
        words = abi.address(giver), abi.address(taker), abi.number(token_id)
        self._send(self.contract, _call("give(address,address,uint256)", *words))
        self._settle()

    def sign(self, wallet: str, text: str) -> str:
        """Sign a text as a wallet's app does."""
        return str(self._ask("personal_sign", "0x" + text.encode().hex(), wallet))

    def _settle(self) -> None:
        """Have everything so far be finalized."""
        self._ask("anvil_mine", hex(3))

    def _send(self, to: str | None, data: str) -> dict[str, Any]:
        order = {"from": self._bank, "data": data, "gas": hex(10_000_000), **({"to": to} if to else {})}
        digest = self._ask("eth_sendTransaction", order)
        until = time.perf_counter() + _PATIENCE
        while (receipt := self._ask("eth_getTransactionReceipt", digest)) is None:
            # The block is there a moment after the answer.
            if time.perf_counter() > until:
                raise TimeoutError("the local chain makes no blocks")
        return receipt

    def _ask(self, method: str, *params: Any) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        question = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        try:
            connection.request("POST", "/", json.dumps(question), {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise RuntimeError(f"the local chain refused {method}")
        return answer["result"]


def _call(signature: str, *words: bytes) -> str:
    return "0x" + (keccak(signature.encode())[:4] + b"".join(words)).hex()


def _drain(lines: IO[str]) -> None:
    with suppress(ValueError):
        for _ in lines:
            pass


def shortened(addresses: Sequence[str], text: str) -> bool:
    """Say whether a text holds none of these addresses in full."""
    return not any(address[2:].lower() in text.lower() for address in addresses)
