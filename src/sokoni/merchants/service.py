"""Applies merchant files: merchants, their channel accounts and staff."""

import secrets
from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, MerchantId, new_id
from sokoni.merchants.changes import Change, Outcome, assign
from sokoni.merchants.file import DeclaredChannel, MerchantFile
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.merchants.paying import PaymentAccounts
from sokoni.merchants.staff import StaffList
from sokoni.merchants.verifying import CodeAccounts

TAKEN_OUT: Final = "taken out of the merchant file"
"""`paused_reason` of an account that its file names no more."""


class MerchantUnknownError(AppError):
    code = "merchant_unknown"
    http_status = 404

    def __init__(self, name: object) -> None:
        super().__init__(f"There is no merchant {name}. `sokoni merchant list` shows all.")


class Merchants:
    """All merchants of this server. Flushes; whoever opened the session commits."""

    def __init__(self, session: AsyncSession, vault: Vault, clock: Clock) -> None:
        self._session = session
        self._vault = vault
        self._clock = clock

    async def find(self, slug: str) -> Merchant | None:
        return await self._session.scalar(select(Merchant).where(Merchant.slug == slug))

    async def get(self, slug: str) -> Merchant:
        merchant = await self.find(slug)
        if merchant is None:
            raise MerchantUnknownError(slug)
        return merchant

    async def all(self) -> Sequence[Merchant]:
        return (await self._session.scalars(select(Merchant).order_by(Merchant.slug))).all()

    async def accounts(self, merchant_id: MerchantId) -> Sequence[ChannelAccount]:
        own = select(ChannelAccount).where(ChannelAccount.merchant_id == merchant_id)
        return (await self._session.scalars(own.order_by(ChannelAccount.id))).all()

    async def apply(self, file: MerchantFile) -> list[Change]:
        """Make everything as the file says; a second time changes nothing.

        Templates are rows of the room `messaging`, which declares them itself.
        """
        merchant = await self.find(file.said.merchant)
        own, merchant = await self._merchant(file, merchant)
        channels = [await self._account(merchant.id, file, one) for one in file.channels]
        gone = await self._pause_others(merchant.id, file)
        accounts = PaymentAccounts(self._session, self._vault, merchant.id, self._clock)
        gateways = await accounts.apply(file)
        ways = await CodeAccounts(self._session, self._vault, merchant.id, self._clock).apply(file)
        staff = StaffList(self._session, self._vault, merchant.id, self._clock)
        people = [await staff.put(one.name, one.role, one.phone) for one in file.said.staff]
        await self._session.flush()
        return [own, *channels, *gone, *gateways, *ways, *people]

    async def _merchant(self, file: MerchantFile, row: Merchant | None) -> tuple[Change, Merchant]:
        said = file.said
        values = {
            "name": said.name,
            "country": said.country,
            "currency": said.currency,
            "timezone": said.timezone,
            "languages": list(said.languages),
            "capabilities": {name: dict(one) for name, one in file.capabilities.items()},
            "settings": said.settings(),
        }
        what = f"merchant {said.merchant}"
        if row is not None:
            return Change(assign(row, values), what), row
        row = Merchant(slug=said.merchant, created_at=self._clock(), **values)
        self._session.add(row)
        await self._session.flush()
        return Change(Outcome.CREATED, what), row

    async def _account(
        self, merchant_id: MerchantId, file: MerchantFile, said: DeclaredChannel
    ) -> Change:
        await self._check_free(merchant_id, file, said)
        row = await self._session.scalar(
            select(ChannelAccount).where(
                ChannelAccount.channel == said.channel, ChannelAccount.key == said.key
            )
        )
        what = f"{said.channel} {said.key}"
        if row is None:
            self._session.add(self._new_account(merchant_id, said))
            await self._session.flush()
            return Change(Outcome.CREATED, what)
        return Change(self._update(row, said), what)

    async def _check_free(
        self, merchant_id: MerchantId, file: MerchantFile, said: DeclaredChannel
    ) -> None:
        """Refuse a number, or an account id, that another account has."""
        same = (ChannelAccount.channel == said.channel) & (ChannelAccount.key == said.key)
        others = select(ChannelAccount).where(same | (ChannelAccount.account == said.account))
        for row in await self._session.scalars(others):
            its_own = (row.channel, row.key) == (said.channel, said.key)
            if row.merchant_id != merchant_id and its_own:
                raise file.refuse(said.line, f"{said.channel} {said.key}: another merchant's")
            if not its_own:
                raise file.refuse(said.line, f"account {said.account}: another channel's")

    def _new_account(self, merchant_id: MerchantId, said: DeclaredChannel) -> ChannelAccount:
        row_id = AccountId(new_id())
        config = orjson.dumps(said.config)
        return ChannelAccount(
            id=row_id,
            merchant_id=merchant_id,
            channel=said.channel,
            key=said.key,
            account=said.account or secrets.token_urlsafe(24),
            config=self._vault.seal("channel_accounts.config", row_id, config),
            created_at=self._clock(),
        )

    def _update(self, row: ChannelAccount, said: DeclaredChannel) -> Outcome:
        """Take over account id and settings. Who mends the settings wants it to send again."""
        outcome = assign(row, {"account": said.account or row.account})
        stored = self._vault.open("channel_accounts.config", row.id, row.config)
        if orjson.loads(stored) != said.config:
            config = orjson.dumps(said.config)
            row.config = self._vault.seal("channel_accounts.config", row.id, config)
            row.paused_reason = ""
            outcome = Outcome.UPDATED
        if row.paused_reason == TAKEN_OUT:
            row.paused_reason = ""
            outcome = Outcome.UPDATED
        return outcome

    async def _pause_others(self, merchant_id: MerchantId, file: MerchantFile) -> list[Change]:
        """Stop sending on accounts that the file names no more; their conversations stay."""
        named = {(one.channel, one.key) for one in file.channels}
        others = [
            row
            for row in await self.accounts(merchant_id)
            if (row.channel, row.key) not in named and row.paused_reason != TAKEN_OUT
        ]
        for row in others:
            row.paused_reason = TAKEN_OUT
        return [Change(Outcome.PAUSED, f"{row.channel} {row.key}") for row in others]
