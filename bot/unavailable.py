"""The ports of features that are not installed: each answers with a sentence that says so."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import WrongState
from bot.i18n import Text, t
from bot.ports import Holding, Requirement, SnapshotInfo, Verdict, Wallet


class NoRequirements:
    """Requirements nobody can check yet; members are never refused for want of a check."""

    def __init__(self, why: Text) -> None:
        self._why = why

    @classmethod
    def for_gates(cls) -> "NoRequirements":
        return cls(t("unavailable.gates"))

    @classmethod
    def for_events(cls) -> "NoRequirements":
        return cls(t("unavailable.events"))

    async def resolve(self, session: AsyncSession, guild_id: int, name: str) -> Requirement:
        raise WrongState(self._why)

    async def suggest(self, session: AsyncSession, guild_id: int, typed: str) -> Sequence[Requirement]:
        return ()

    async def check(self, guild_id: int, key: int, user_ids: Collection[int]) -> Mapping[int, Verdict]:
        return dict.fromkeys(user_ids, Verdict.UNKNOWN)


class NoBalances:
    """Balances nobody can read yet."""

    async def of(self, guild_id: int, key: int, user_ids: Collection[int]) -> Mapping[int, int | None]:
        return dict.fromkeys(user_ids, None)


class NoWallets:
    """No wallets can be linked yet."""

    async def require(self, session: AsyncSession, guild_id: int) -> None:
        raise WrongState(t("unavailable.wallets"))

    async def of(self, session: AsyncSession, guild_id: int, user_id: int) -> Sequence[Wallet]:
        raise WrongState(t("unavailable.wallets"))

    def genuine(self, *, bare: bool = False) -> Text | None:
        return None


class NoHolders:
    """No holders can be listed yet."""

    async def by_rule(self, guild_id: int, rule: str) -> Sequence[Holding]:
        raise WrongState(t("unavailable.gates"))

    async def by_snapshot(self, guild_id: int, snapshot: str) -> tuple[SnapshotInfo, Sequence[Holding]]:
        raise WrongState(t("unavailable.snapshots"))

    async def suggest(self, session: AsyncSession, guild_id: int, typed: str, *, snapshots: bool) -> Sequence[str]:
        return ()
