"""Linking a wallet: a one-time link or text, a signature over what is stored, one transaction that links."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Transaction
from bot.errors import BadInput, NotAllowed, NotFound, UserError, WrongState
from bot.guilds import Feature, config_of, require_enabled
from bot.i18n import Text, t
from bot.people import Actor
from cogs.wallets.rules import siwe
from cogs.wallets.rules.addresses import parse_address
from cogs.wallets.rules.siwe import LIFETIME, Challenge, Held, Refused
from cogs.wallets.rules.terms import MAX_FAILURES, How
from cogs.wallets.service.outcomes import LINK, Outcomes
from cogs.wallets.service.proving import Proving
from cogs.wallets.service.records import server_for_update
from cogs.wallets.service.wallets import LinkedWallets
from cogs.wallets.tables import LinkSession, LinkState

if TYPE_CHECKING:
    from bot.app import Platform

PAGE: Final = "/link"
LINKS_AN_HOUR: Final = 10
_HOUR: Final = timedelta(hours=1)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{20,100}")
# Of a text whose wallet is on no chain we read: an ordinary account signs the same anywhere.
MAINNET: Final = 1


@dataclass(frozen=True, slots=True)
class Asking:
    """Whoever asks to link a wallet: ``account`` is the username, ``reply_token`` the interaction's, a secret."""

    actor: Actor
    account: str
    reply_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link for one member, once; ``page`` is the genuine address without its token."""

    url: str = field(repr=False)
    page: str
    account: str
    guild_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Errand:
    """A text to be signed elsewhere, whose signature is pasted."""

    key: int
    message: str
    domain: str
    account: str
    guild_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkView:
    """What the page shows before anything is asked of a wallet; ``identity`` says whether Discord must be asked."""

    account: str
    user_id: int
    guild_name: str
    guild_id: int
    language: str
    expires_at: datetime
    chains: Sequence[int]
    identity: bool


class Linking:
    """Make links and texts, and link what was proved with them."""

    def __init__(self, platform: "Platform", proving: Proving, wallets: LinkedWallets, outcomes: Outcomes) -> None:
        self._platform = platform
        self._proving = proving
        self._wallets = wallets
        self._outcomes = outcomes
        self._chains = [chain.id for chain in platform.settings.chains]

    @property
    def page(self) -> str | None:
        """The one genuine address of the page; None where there is none."""
        return self._platform.web.url(PAGE)

    @property
    def paste_domain(self) -> str | None:
        """The domain of texts that are signed elsewhere; None where pasting is off."""
        return self._platform.settings.wallet_paste

    @property
    def asks_identity(self) -> bool:
        """Whether the browser has to show, with Discord, whose it is."""
        return self._platform.settings.discord_client_secret is not None

    async def invite(self, asking: Asking, now: datetime) -> Invitation:
        """Make a member's link, in place of those before; raises WrongState where there is no page."""
        page = self.page
        if page is None:
            raise WrongState(t("wallet.link.off"))
        token = secrets.token_urlsafe(32)
        async with self._platform.database.write() as tx:
            row = await self._new(tx, asking, How.PAGE, token, domain_of(page), now)
        return Invitation(f"{page}#{token}", page, row.account, row.guild_name, row.expires_at)

    async def write_out(self, asking: Asking, typed: str, now: datetime) -> Errand:
        """Make the text for one wallet, to be signed elsewhere; raises WrongState where pasting is off."""
        domain = self.paste_domain
        if domain is None:
            raise WrongState(t("wallet.link.off"))
        wallet = parse_address(typed)
        async with self._platform.database.write() as tx:
            row = await self._new(tx, asking, How.PASTE, secrets.token_urlsafe(32), domain, now)
            message = self._write(row, wallet, None, now)
        return Errand(row.id, message, domain, row.account, row.guild_name, row.expires_at)

    async def view(self, token: str, browser: str | None, now: datetime) -> LinkView:
        """Return whose account gets the wallet; raises for a link that is over."""
        async with self._platform.database.read() as session:
            row = await self.find(session, token, now)
        asked = self.asks_identity and not _is(row.browser_hash, browser)
        return LinkView(
            row.account,
            row.user_id,
            row.guild_name,
            row.guild_id,
            row.language,
            row.expires_at,
            self._chains,
            asked,
        )

    async def challenge(self, token: str, typed: str, chain_id: int | None, browser: str | None, now: datetime) -> str:
        """Return the text an address has to sign; another address gets another text."""
        wallet = parse_address(typed)
        if chain_id is not None and chain_id not in self._chains:
            raise BadInput(t("wallet.page.chain_unknown", chain=str(chain_id)))
        async with self._platform.database.write() as tx:
            row = await self.find(tx.session, token, now, lock=True)
            self._require_identity(row, browser)
            return self._write(row, wallet, chain_id, now)

    async def link(self, token: str, typed: str, signature: str, browser: str | None, now: datetime) -> None:
        """Link the address that signed its text; raises UserError, and changes nothing, where it did not."""
        wallet = parse_address(typed)
        async with self._platform.database.read() as session:
            row = await self.find(session, token, now)
        self._require_identity(row, browser)
        await self._prove(row, wallet, signature, None, now)

    async def paste(self, asking: Asking, key: int, signature: str, now: datetime) -> None:
        """Link the wallet of a text by its pasted signature; raises NotFound for a text of somebody else."""
        async with self._platform.database.read() as session:
            row = await session.get(LinkSession, key)
        mine = row is not None and (row.guild_id, row.user_id) == (asking.actor.guild_id, asking.actor.user_id)
        if row is None or not mine or row.how is not How.PASTE:
            raise NotFound(t("error.stale_component"))
        if (refused := refusal_of(row, now)) is not None:
            raise refused
        await self._prove(row, row.address or "", signature, asking.reply_token, now)

    async def find(self, session: AsyncSession, token: str, now: datetime, *, lock: bool = False) -> LinkSession:
        """Return the open session of a link; raises the sentence that says why there is none."""
        row = None
        if _TOKEN.fullmatch(token):
            query = select(LinkSession).where(LinkSession.token_hash == hashed(token), LinkSession.how == How.PAGE)
            row = (await session.scalars(query.with_for_update() if lock else query)).one_or_none()
        if row is None:
            raise NotFound(t("wallet.page.unknown"))
        if (refused := refusal_of(row, now)) is not None:
            raise refused
        return row

    async def fail(self, key: int, now: datetime) -> None:
        """Count a wrong signature or identity; too many use the link up."""
        async with self._platform.database.write() as tx:
            row = await tx.session.get(LinkSession, key, with_for_update=True)
            if row is None or row.state is not LinkState.OPEN:
                return
            row.failures += 1
            if row.failures >= MAX_FAILURES:
                await self._burn(tx, row, now)

    async def _new(
        self, tx: Transaction, asking: Asking, how: How, token: str, domain: str, now: datetime
    ) -> LinkSession:
        actor = asking.actor
        config = await config_of(tx.session, actor.guild_id)
        require_enabled(config, Feature.WALLETS)
        # Of two that are asked for at once, one is the newer.
        await server_for_update(tx.session, actor.guild_id)
        mine = (LinkSession.guild_id == actor.guild_id, LinkSession.user_id == actor.user_id)
        await _require_patience(tx, actor, now)
        former = select(LinkSession).where(*mine, LinkSession.state == LinkState.OPEN).with_for_update()
        for row in (await tx.session.scalars(former)).all():
            if row.expires_at > now:
                await self._burn(tx, row, now)
        row = LinkSession(
            guild_id=actor.guild_id,
            user_id=actor.user_id,
            how=how,
            state=LinkState.OPEN,
            token_hash=hashed(token),
            nonce=secrets.token_hex(16),
            account=asking.account,
            guild_name=self._platform.guilds.guild_name(actor.guild_id) or str(actor.guild_id),
            language=actor.language,
            domain=domain,
            failures=0,
            reply_token=asking.reply_token,
            created_at=now,
            expires_at=now + LIFETIME,
        )
        tx.session.add(row)
        await tx.session.flush()
        await self._platform.schedule.put(tx, LINK, row.id, row.expires_at, guild_id=row.guild_id)
        return row

    def _write(self, row: LinkSession, wallet: str, chain_id: int | None, now: datetime) -> str:
        """Put the text for a wallet into its session; each text has a nonce of its own."""
        chain = chain_id if chain_id is not None else next(iter(self._chains), MAINNET)
        row.address, row.nonce, row.chain_id = wallet, secrets.token_hex(16), chain
        page = self.page if row.how is How.PAGE else None
        message = siwe.text(
            Challenge(
                domain=row.domain,
                uri=page or f"https://{row.domain}",
                address=wallet,
                chain_id=chain,
                nonce=row.nonce,
                user_id=row.user_id,
                account=row.account,
                guild_id=row.guild_id,
                guild_name=row.guild_name,
                issued_at=now,
                expires_at=row.expires_at,
            )
        )
        row.message = message
        return message

    def _require_identity(self, row: LinkSession, browser: str | None) -> None:
        if self.asks_identity and not _is(row.browser_hash, browser):
            raise NotAllowed(t("wallet.identity.needed"))

    async def _prove(
        self, row: LinkSession, wallet: str, signature: str, reply_token: str | None, now: datetime
    ) -> None:
        if row.message is None or row.chain_id is None or siwe.refusal(_held(row), wallet, now) is not None:
            raise BadInput(t("wallet.page.other_address"))
        try:
            proof = await self._proving.prove(row.message, wallet, signature, row.chain_id)
        except BadInput:
            await self.fail(row.id, now)
            raise
        # Only the text that was proved: another one may have been asked for meanwhile.
        consume = (
            update(LinkSession)
            .where(LinkSession.id == row.id, LinkSession.state == LinkState.OPEN, LinkSession.expires_at > now)
            .where(LinkSession.message == row.message)
            .values(state=LinkState.CONSUMED, consumed_at=now)
            .values(address=None, message=None, state_hash=None, verifier=None, browser_hash=None)
            .returning(LinkSession.id)
        )
        async with self._platform.database.write() as tx:
            # Before the session: whoever is forgotten is locked in this order too.
            await server_for_update(tx.session, row.guild_id)
            if (await tx.session.execute(consume)).first() is None:
                raise WrongState(t("wallet.page.used"))
            linked = await self._wallets.link(tx, row.guild_id, row.user_id, wallet, proof, row.how, now)
            kept = await tx.session.get_one(LinkSession, row.id, populate_existing=True)
            kept.wallet_id, kept.reply_token = linked.id, reply_token or kept.reply_token
            await self._outcomes.tell(tx, kept, now)
            # Roles follow from a deadline of its own, so that they do also when the process dies here.
            await self._platform.schedule.put(tx, LINK, row.id, now, guild_id=row.guild_id)

    async def _burn(self, tx: Transaction, row: LinkSession, now: datetime) -> None:
        row.state = LinkState.BURNT
        row.address = row.message = row.state_hash = row.verifier = row.browser_hash = None
        await self._outcomes.tell(tx, row, now)


def hashed(secret: str) -> str:
    """Return what is kept of a secret: its hex SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def refusal_of(row: LinkSession, now: datetime) -> UserError | None:
    """Return why a link or text can no longer be used; None where it can."""
    text: Text | None = None
    match siwe.refusal(_held(row), row.address or "", now):
        case Refused.USED:
            text = t("wallet.page.used")
        case Refused.BURNT:
            text = t("wallet.page.burnt", n=MAX_FAILURES)
        case Refused.EXPIRED:
            text = t("wallet.page.expired")
        case Refused.OTHER_ADDRESS | None if row.state is LinkState.BURNT:
            text = t("wallet.page.replaced")
        case Refused.OTHER_ADDRESS | None:
            return None
    return WrongState(text)


def _held(row: LinkSession) -> Held:
    return Held(row.address, row.expires_at, row.state is LinkState.CONSUMED, row.failures)


def _is(digest: str | None, secret: str | None) -> bool:
    return digest is not None and secret is not None and secrets.compare_digest(digest, hashed(secret))


def domain_of(page: str) -> str:
    """Return a page's host, with its port where that is not the scheme's own."""
    parts = urlsplit(page)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    return host if parts.port in (None, {"https": 443, "http": 80}.get(parts.scheme)) else f"{host}:{parts.port}"


async def _require_patience(tx: Transaction, actor: Actor, now: datetime) -> None:
    query = select(func.count(), func.min(LinkSession.created_at)).where(
        LinkSession.guild_id == actor.guild_id,
        LinkSession.user_id == actor.user_id,
        LinkSession.created_at > now - _HOUR,
    )
    count, first = (await tx.session.execute(query)).one()
    if count >= LINKS_AN_HOUR:
        raise WrongState(t("wallet.link.often", n=count, when=first + _HOUR))
