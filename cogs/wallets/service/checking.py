"""What is asked of a chain before a rule is made: the right chain, a contract, its interface, a balance."""

from collections.abc import Mapping
from typing import Final

from bot.chain import abi
from bot.chain.reader import Block, ChainReader, Tag
from bot.chain.rpc import Reverted, RpcError
from bot.errors import BadInput, TryAgain
from bot.i18n import t
from cogs.wallets.rules.addresses import Place
from cogs.wallets.rules.terms import Standard

# A balance anybody may ask for; nobody has this key.
PROBE: Final = "0x000000000000000000000000000000000000dead"
MAX_DECIMALS: Final = 36


class Checking:
    """Look at a contract; every answer that is not plainly right is refused with the reason."""

    def __init__(self, chains: Mapping[int, ChainReader]) -> None:
        self._chains = chains

    def chain(self, typed: str, place: Place | None = None) -> int:
        """Return the chain an option names; raises BadInput unless the operator set it up."""
        named = typed.strip().removeprefix("eip155:")
        if not self._chains:
            raise BadInput(t("gate.chain.none"))
        known = [str(each) for each in sorted(self._chains)]
        if named not in known:
            raise BadInput(t("gate.chain.unknown", given=typed, known=known))
        if place is not None and place.chain_id is not None and place.chain_id != int(named):
            raise BadInput(t("gate.chain.other", given=named, linked=str(place.chain_id)))
        return int(named)

    def known(self) -> list[int]:
        """Return the chains the operator set up."""
        return sorted(self._chains)

    async def contract(self, chain_id: int, address: str, standard: Standard) -> int:
        """Check a token contract and return its decimals; raises BadInput, or TryAgain while the chain is away."""
        reader = self._chains[chain_id]
        try:
            block = await reader.block(Tag.LATEST)
            if not await reader.code(address, block):
                raise BadInput(t("gate.contract.no_code", chain=str(chain_id)))
            match standard:
                case Standard.ERC20:
                    return await self._coin(reader, address, block)
                case Standard.ERC721:
                    await self._interface(reader, address, block, abi.INTERFACE_721, standard)
                    await self._probe(reader, address, block, abi.balance_of(PROBE))
                case Standard.ERC1155:
                    await self._interface(reader, address, block, abi.INTERFACE_1155, standard)
                    await self._batch_probe(reader, address, block)
        except RpcError:
            raise TryAgain(t("gate.chain.away", chain=str(chain_id))) from None
        return 0

    async def _coin(self, reader: ChainReader, address: str, block: Block) -> int:
        await self._probe(reader, address, block, abi.balance_of(PROBE))
        try:
            decimals = abi.decode_number(await reader.ask(address, abi.DECIMALS, block))
            abi.decode_number(await reader.ask(address, abi.TOTAL_SUPPLY, block))
        except (Reverted, abi.Malformed):
            raise BadInput(t("gate.contract.no_coin")) from None
        if decimals > MAX_DECIMALS:
            raise BadInput(t("gate.contract.no_coin"))
        return decimals

    async def _interface(
        self, reader: ChainReader, address: str, block: Block, interface: bytes, standard: Standard
    ) -> None:
        try:
            answer = await reader.ask(address, abi.supports_interface(interface), block)
            supported = abi.decode_flag(answer)
        except (Reverted, abi.Malformed):
            supported = False
        if not supported:
            raise BadInput(t("gate.contract.interface", standard=standard.value.upper()))

    async def _probe(self, reader: ChainReader, address: str, block: Block, data: bytes) -> None:
        try:
            abi.decode_number(await reader.ask(address, data, block))
        except (Reverted, abi.Malformed):
            raise BadInput(t("gate.contract.no_balance")) from None

    async def _batch_probe(self, reader: ChainReader, address: str, block: Block) -> None:
        try:
            abi.decode_numbers(await reader.ask(address, abi.balance_of_batch([(PROBE, 0)]), block), 1)
        except (Reverted, abi.Malformed):
            raise BadInput(t("gate.contract.no_balance")) from None
