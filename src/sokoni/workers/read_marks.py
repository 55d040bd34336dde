"""Shows contacts that their messages were read. It may fail, be late or be left out."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from sokoni.channels.accounts import Accounts
from sokoni.kit.ids import AccountId, ProviderMessageId

_MOST_WAITING: Final = 1_000
_AT_ONCE: Final = 8
_log = structlog.get_logger(__name__)


class ReadMarks:
    """Takes marks after a commit and sends them on the side; what does not fit is dropped."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._waiting: asyncio.Queue[tuple[AccountId, str, bool]] = asyncio.Queue(_MOST_WAITING)

    def offer(self, account_id: AccountId, messages: Sequence[str], *, typing: bool) -> None:
        """Mark the last of these read, and with it those before; `typing`: an answer is coming."""
        if messages and not self._waiting.full():
            self._waiting.put_nowait((account_id, messages[-1], typing))

    async def run(self, stop: asyncio.Event) -> None:
        """Send marks until told to stop; those left over are nobody's loss."""
        senders = [asyncio.create_task(self._send_forever()) for _ in range(_AT_ONCE)]
        await stop.wait()
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)

    async def _send_forever(self) -> None:
        while True:
            account_id, message, typing = await self._waiting.get()
            try:
                account = await self._accounts.get(account_id)
                await account.channel.mark_read(ProviderMessageId(message), typing=typing)
            except Exception as error:  # noqa: BLE001 -- nobody waits for it, others come after it
                _log.info("read_mark_dropped", error=type(error).__name__)
