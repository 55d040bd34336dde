"""The numbers this worker sends for, connected as they are configured now."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sokoni.channels.accounts import AccountNotFoundError, Accounts
from sokoni.kit.ids import AccountId
from sokoni.messaging.numbers import Number

_REFRESHED: Final = timedelta(seconds=10)


class Exchange:
    """Every number that had something to send since the start."""

    def __init__(self, accounts: Accounts, per_second: float) -> None:
        self._accounts = accounts
        self._per_second = per_second
        self._numbers: dict[AccountId, Number] = {}
        self._refresh_at: datetime | None = None

    def number(self, account_id: AccountId) -> Number:
        if account_id not in self._numbers:
            self._numbers[account_id] = Number(account_id)
        return self._numbers[account_id]

    def numbers(self) -> Iterable[Number]:
        return self._numbers.values()

    async def connect_new(self, account_ids: Iterable[AccountId], share: float) -> None:
        """Connect the numbers among these that are not connected yet."""
        for account_id in account_ids:
            number = self.number(account_id)
            if number.live is None:
                await self._connect(number, share)

    async def tend(self, now: datetime, share: float) -> None:
        """Use every account as it is configured now."""
        await self._refresh(now)
        for number in self._numbers.values():
            await self._connect(number, share)

    async def _connect(self, number: Number, share: float) -> None:
        """`share`: the part of the number's messages that is this worker's to send."""
        try:
            live = await self._accounts.get(number.account_id)
        except AccountNotFoundError:
            number.disconnect()
            return
        rate = self._per_second or live.channel.limits.per_second
        number.connect(live, rate * share)

    async def _refresh(self, now: datetime) -> None:
        """While a number is down, look whether an operator mended it."""
        if not any(number.down for number in self._numbers.values()):
            return
        if self._refresh_at is None or now >= self._refresh_at:
            self._refresh_at = now + _REFRESHED
            await self._accounts.refresh()
