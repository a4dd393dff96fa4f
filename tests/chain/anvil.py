"""A local Ethereum chain, by anvil: ``python -m tests.chain.anvil`` installs it where tests find it.

The program comes out of its npm package (MIT or Apache-2.0), of which nothing is run on installing; it is kept in the
user's cache folder, outside the project. A program named ``anvil`` on the PATH is taken as well.
"""

import hashlib
import http.client
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

from eth_abi.abi import encode as abi_encode
from eth_account import Account
from eth_account.messages import encode_defunct

from bot.chain.keccak import keccak

VERSION = "1.7.1"
HERE = Path(__file__).parent
CHAIN_ID = 31337
MULTICALL = "0xca11bde05977b3631167028862be2a173976ca11"
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_RECEIPT_PATIENCE = 5.0


def kept() -> Path:
    """Return where the installed program is."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "ikuzo-tests" / f"anvil-{VERSION}" / "anvil"


@cache
def found() -> str | None:
    """Return the program's path; None where there is none."""
    return str(kept()) if kept().exists() else shutil.which("anvil")


def install() -> Path:
    """Fetch the program out of its npm package."""
    target = kept()
    if target.exists():
        return target
    package = f"@foundry-rs/anvil-{platform.system().lower()}-{_MACHINES[platform.machine().lower()]}@{VERSION}"
    with tempfile.TemporaryDirectory() as name:
        subprocess.run(["npm", "pack", "--silent", package], cwd=name, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(name).glob("*.tgz")
        with tarfile.open(archive) as packed:
            member = packed.extractfile("package/bin/anvil")
            assert member is not None
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_suffix(f".{os.getpid()}")
            with part.open("wb") as file:
                shutil.copyfileobj(member, file)
        part.chmod(0o755)
        part.replace(target)
    return target


@contextmanager
def running() -> Iterator["Anvil"]:
    """Start a chain of its own on a free port; a block is safe after one more, finalized after two."""
    program = found()
    assert program is not None
    arguments = ["--host", "127.0.0.1", "--port", "0", "--slots-in-an-epoch", "1", "--chain-id", str(CHAIN_ID)]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert process.stdout is not None
        port = next(int(line.rpartition(":")[2]) for line in process.stdout if line.startswith("Listening on"))
        # It writes a line for every call; nobody reads them, and a full pipe would stop it.
        threading.Thread(target=_drain, args=(process.stdout,), daemon=True).start()
        yield Anvil(port)
    finally:
        process.terminate()
        process.wait()


def _drain(lines: IO[str]) -> None:
    with suppress(ValueError):
        for _ in lines:
            pass


@cache
def contracts() -> dict[str, str]:
    """Return the creation code of each test contract (``tests/chain/compile.mjs`` makes it)."""
    made: dict[str, str] = json.loads((HERE / "contracts.json").read_text())
    return made


def multicall_code() -> str:
    """Return Multicall3's deployed code.

    It is what the PyPI package ``multicall`` 0.15.2 (MIT) ships as ``MULTICALL3_BYTECODE``; its Keccak-256 is the one
    that is published for the deployments at the usual address.
    """
    return "0x" + "".join((HERE / "multicall3.hex").read_text().split())


class Key:
    """An account whose private key the test holds; the same seed gives the same key."""

    def __init__(self, seed: str) -> None:
        self._account = Account.from_key(hashlib.sha256(seed.encode()).digest())
        self.address: str = self._account.address.lower()

    def sign(self, message: str) -> str:
        """Return a ``personal_sign`` signature as hex."""
        return "0x" + bytes(self._account.sign_message(encode_defunct(text=message)).signature).hex()


class Contract:
    """A deployed contract, written to with plain transactions."""

    def __init__(self, chain: "Anvil", address: str) -> None:
        self._chain = chain
        self.address = address

    def send(self, signature: str, *values: Any) -> None:
        """Call a function in a transaction: ``send("mint(address,uint256)", who, 3)``."""
        self._chain.transact(self.address, calldata(signature, *values))

    def read(self, signature: str, *values: Any, block: str = "latest") -> bytes:
        """Return what a function returns."""
        call = {"to": self.address, "data": calldata(signature, *values)}
        return bytes.fromhex(self._chain.rpc("eth_call", call, block)[2:])


class Anvil:
    """A running chain; every transaction makes a block."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._ids = itertools.count(1)
        self._funded: str = self.rpc("eth_accounts")[0]
        self.rpc("anvil_setCode", MULTICALL, multicall_code())

    def rpc(self, method: str, *params: Any) -> Any:
        """Ask the chain; raises RuntimeError for an error."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        question = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params}
        try:
            connection.request("POST", "/", json.dumps(question), {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def transact(self, to: str | None, data: str) -> dict[str, Any]:
        """Send a transaction and return its receipt."""
        order = {"from": self._funded, "data": data, "gas": hex(29_000_000), **({"to": to} if to else {})}
        digest = self.rpc("eth_sendTransaction", order)
        until = time.monotonic() + _RECEIPT_PATIENCE
        while (receipt := self.rpc("eth_getTransactionReceipt", digest)) is None:
            # The block is there a moment after the answer.
            assert time.monotonic() < until
        assert receipt["status"] == "0x1", f"reverted: {data[:10]}"
        return receipt

    def deploy(self, name: str, types: Sequence[str] = (), values: Sequence[Any] = ()) -> Contract:
        """Deploy a contract of ``tests/chain/contracts``."""
        arguments = abi_encode(list(types), list(values)).hex() if types else ""
        receipt = self.transact(None, f"0x{contracts()[name]}{arguments}")
        return Contract(self, str(receipt["contractAddress"]).lower())

    def mine(self, blocks: int = 3) -> None:
        """Make empty blocks, so that what was done is finalized."""
        self.rpc("anvil_mine", hex(blocks))

    def settled(self) -> None:
        """Have everything so far be finalized."""
        self.mine(3)


def calldata(signature: str, *values: Any) -> str:
    """Encode a call by its Solidity signature."""
    types = signature[signature.index("(") + 1 : -1]
    arguments = abi_encode(types.split(",") if types else [], list(values))
    return f"0x{keccak(signature.encode())[:4].hex()}{arguments.hex()}"


if __name__ == "__main__":
    print(install(), file=sys.stdout)
