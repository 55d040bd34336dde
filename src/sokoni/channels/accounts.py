"""The connected accounts of all merchants, read from their rows and kept."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import structlog
from pydantic import ValidationError
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.base import Channel
from sokoni.channels.registry import Registry, Surroundings, UnknownChannelError
from sokoni.db.engine import READING
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
from sokoni.kit.ids import AccountId, MerchantId
from sokoni.merchants.models import ChannelAccount

_PLACE: Final = "channel_accounts.config"
_MISSES_EVERY: Final = 1.0
"""Seconds between looks into the database for what is not there: strangers may ask for it."""

_log = structlog.get_logger(__name__)


class AccountNotFoundError(AppError):
    """There is no such channel account, or its configuration cannot be read."""

    code = "channel_account_not_found"
    http_status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAccount:
    """A channel account ready to receive and send."""

    id: AccountId
    merchant_id: MerchantId
    channel: Channel
    key: str
    """How the provider's webhooks name it."""
    account: str
    """Unguessable, in webhook URLs."""
    business: str = ""
    """How they name the business whose account it is, "" where they do not."""
    paused_reason: str = ""


class Accounts:
    """Finds live accounts. What is not known is looked for in the database.

    `refresh` reads all rows anew: call it after accounts were changed, and from time to time,
    since another process may have changed them.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        vault: Vault,
        registry: Registry,
        http: HttpClient,
        clock: Clock,
        *,
        public_url: str = "",
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._registry = registry
        self._http = http
        self._clock = clock
        self._public_url = public_url
        self._reading = asyncio.Lock()
        self._looked_at = float("-inf")
        self._sealed: dict[AccountId, tuple[str, str, bytes]] = {}
        self._index(())

    async def refresh(self) -> None:
        """Read all rows; an account whose configuration did not change keeps its channel."""
        async with self._reading:
            await self._read()

    def known(self) -> tuple[LiveAccount, ...]:
        """Return every account as it was last read."""
        return tuple(self._by_id.values())

    async def all(self) -> tuple[LiveAccount, ...]:
        """Return every account, read anew."""
        await self.refresh()
        return self.known()

    async def get(self, account_id: AccountId) -> LiveAccount:
        """Return the account, or raise `AccountNotFoundError`."""
        if account_id not in self._by_id:
            await self._look_again()
        try:
            return self._by_id[account_id]
        except KeyError:
            raise AccountNotFoundError(account_id) from None

    async def by_token(self, platform: str, account_token: str) -> LiveAccount | None:
        """Return the account that a webhook's URL names."""
        channel = self._registry.find_platform(platform)
        if channel is None:
            return None
        if (channel, account_token) not in self._by_token:
            await self._look_again()
        return self._by_token.get((channel, account_token))

    async def by_key(self, channel: str, key: str) -> LiveAccount | None:
        """Return the account that a webhook's body names, by the provider's own key.

        A business is named for all its accounts: one of them.
        """
        if (channel, key) not in self._by_key:
            await self._look_again()
        return self._by_key.get((channel, key))

    async def only(self, platform: str) -> LiveAccount | None:
        """Return who answers the URL without an account: the only one of that platform.

        Where unsigned bodies name their account, any of them may read it.
        """
        channel = self._registry.find_platform(platform)
        if channel is None:
            return None
        if not self._by_channel.get(channel):
            await self._look_again()
        live = self._by_channel.get(channel, [])
        shared = self._registry.get(channel).names_account
        return live[0] if len(live) == 1 or (live and shared) else None

    async def _look_again(self) -> None:
        """Read anew, unless somebody just did: a stranger's guesses must not load the database."""
        now = asyncio.get_running_loop().time
        async with self._reading:
            if now() - self._looked_at >= _MISSES_EVERY:
                await self._read()
                self._looked_at = now()

    async def _read(self) -> None:
        async with self._engine.connect() as connection:
            await connection.execution_options(**{READING: True})
            rows = (await connection.execute(select(ChannelAccount.__table__))).all()
        live = [self._kept(row) or self._connected(row) for row in rows]
        self._index(account for account in live if account is not None)

    def _kept(self, row: Row[Any]) -> LiveAccount | None:
        """Return the known account where nothing but its pause changed."""
        live = self._by_id.get(row.id)
        if live is None or self._sealed.get(row.id) != (row.key, row.account, row.config):
            return None
        paused = live.paused_reason != row.paused_reason
        return replace(live, paused_reason=row.paused_reason) if paused else live

    def _connected(self, row: Row[Any]) -> LiveAccount | None:
        """Connect the account. One that cannot be read must not take the others with it."""
        try:
            adapter = self._registry.get(row.channel)
            opened = self._vault.open(_PLACE, row.id, row.config)
            config = adapter.config.model_validate_json(opened)
            channel = adapter.connect(config, self._surroundings(adapter.platform, row.account))
        except (ValidationError, UnknownChannelError, KeyUnknownError, TamperedError) as error:
            # Not the error's text: pydantic repeats the value, which may be a secret.
            _log.error("account_unusable", account=str(row.id), error=type(error).__name__)
            return None
        self._sealed[row.id] = (row.key, row.account, row.config)
        return LiveAccount(
            id=row.id,
            merchant_id=row.merchant_id,
            channel=channel,
            key=row.key,
            account=row.account,
            business=config.business(),
            paused_reason=row.paused_reason,
        )

    def _surroundings(self, platform: str, account: str) -> Surroundings:
        address = webhook_address(self._public_url, platform, account) if self._public_url else ""
        return Surroundings(http=self._http, clock=self._clock, webhook=address)

    def _index(self, accounts: Iterable[LiveAccount]) -> None:
        self._by_id = {live.id: live for live in accounts}
        self._by_token = {(live.channel.name, live.account): live for live in self._by_id.values()}
        self._by_key = {
            (live.channel.name, name): live
            for live in self._by_id.values()
            for name in (live.business, live.key)
            if name
        }
        self._by_channel: dict[str, list[LiveAccount]] = defaultdict(list)
        for live in self._by_id.values():
            self._by_channel[live.channel.name].append(live)


def webhook_address(public_url: str, platform: str, account: str) -> str:
    """Return where a provider reaches an account."""
    return f"{public_url.rstrip('/')}/webhook/{platform}/{account}"
