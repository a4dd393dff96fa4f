"""Whether a signature proves a wallet: recovered first, then asked of the contract, then of one not yet there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.chain import abi
from bot.chain.keccak import keccak
from bot.chain.reader import Block, ChainReader, Tag
from bot.chain.rpc import Reverted, RpcError
from bot.errors import BadInput, TryAgain, WrongState
from bot.i18n import t
from cogs.wallets.rules.signature import MAGIC_6492, ecdsa, message_digest, parse_signature, signer
from cogs.wallets.rules.terms import Method
from cogs.wallets.rules.undeployed import UNDEPLOYED_CHECK

# These calls run code of the claimant's choosing.
GAS: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Proof:
    """How a wallet was proved; ``block`` and ``code_hash`` (hex) where a contract was asked."""

    method: Method
    chain_id: int
    block: int | None = None
    code_hash: str | None = None


class Proving:
    """Check signatures against the text that was made for them.

    An account with code is recovered first too: an EIP-7702 account's delegate may know nothing of its owner's key.
    """

    def __init__(self, chains: Mapping[int, ChainReader]) -> None:
        self._chains = chains

    async def prove(self, message: str, address: str, signature: str, chain_id: int) -> Proof:
        """Return how *signature* proves *address* (lower case), or raise BadInput.

        Raises TryAgain where a chain had to be asked and did not answer: that says nothing about the signature.
        """
        raw, digest = parse_signature(signature), message_digest(message)
        plain = ecdsa(raw)
        if plain is not None and signer(digest, plain) == address:
            return Proof(Method.RECOVER, chain_id)
        reader = self._chains.get(chain_id)
        if reader is None:
            raise WrongState(t("wallet.proof.no_chain", chain=str(chain_id))) if plain is None else _wrong()
        try:
            block = await reader.block(Tag.LATEST)
            code = await reader.code(address, block)
            if raw.endswith(MAGIC_6492):
                return await self._undeployed(reader, block, address, digest, raw)
            if not code:
                raise _wrong()
            return await self._contract(reader, block, address, digest, raw, code)
        except Reverted:
            raise _wrong() from None
        except RpcError:
            raise TryAgain(t("wallet.proof.unread")) from None

    async def _contract(
        self, reader: ChainReader, block: Block, address: str, digest: bytes, raw: bytes, code: bytes
    ) -> Proof:
        answer = await reader.ask(address, abi.is_valid_signature(digest, raw), block, gas=GAS)
        if answer != abi.IS_VALID_SIGNATURE.ljust(abi.WORD, b"\0"):
            raise _wrong()
        return Proof(Method.CONTRACT, reader.chain_id, block.number, keccak(code).hex())

    async def _undeployed(self, reader: ChainReader, block: Block, address: str, digest: bytes, raw: bytes) -> Proof:
        try:
            factory, order, inner = abi.decode_envelope(raw[: -len(MAGIC_6492)])
        except abi.Malformed:
            raise _wrong() from None
        head = abi.address(address) + digest + abi.address(factory)
        first, second = abi.padded(order), abi.padded(inner)
        arguments = head + abi.number(5 * abi.WORD) + abi.number(5 * abi.WORD + len(first)) + first + second
        if await reader.ask(None, UNDEPLOYED_CHECK + arguments, block, gas=GAS) != b"\x01":
            raise _wrong()
        return Proof(Method.UNDEPLOYED, reader.chain_id, block.number)


def _wrong() -> BadInput:
    return BadInput(t("wallet.proof.wrong"))
