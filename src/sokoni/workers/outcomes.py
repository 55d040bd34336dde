"""Writes down what became of sends, and lets know whom it concerns."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.vault import Vault
from sokoni.dialogue.manifest import ReachedHandler
from sokoni.messaging.catalogues import note_doubt
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import MessageState
from sokoni.messaging.outbox import Batch, OutboxSql
from sokoni.messaging.outbox_sql import pause_accounts, stop_marketing
from sokoni.messaging.revealing import one_person
from sokoni.messaging.statuses import Reached
from sokoni.messaging.undelivered import UndeliveredMessages
from sokoni.messaging.withholding import withhold_again


class Outcomes:
    """Most batches are marks alone: one statement, or two."""

    def __init__(
        self, sql: OutboxSql, vault: Vault, inbox: Inbox, reached: Sequence[ReachedHandler] = ()
    ) -> None:
        self._sql = sql
        self._reached = reached
        self._inbox = inbox
        self._undelivered = UndeliveredMessages(vault, inbox)

    async def write(self, connection: AsyncConnection, batch: Batch, now: datetime) -> None:
        """Write the batch in the caller's transaction."""
        if batch.marks:
            await self._sql.mark(connection, batch.marks, now)
            again = [mark.id for mark in batch.marks if mark.state is MessageState.WAITING]
            if again:
                await withhold_again(connection, again, now)
        for outgoing in batch.opted_out:
            await stop_marketing(connection, outgoing.contact_id, now)
        if batch.lost:
            await self._undelivered.tell(connection, batch.lost, now)
        await self._hear(connection, batch.reached, now)
        for doubt in batch.doubts:
            await note_doubt(connection, doubt, now)
        if batch.paused:
            await pause_accounts(connection, batch.paused)
        if batch.revealed:
            owns = [one_person(one, now) for one in batch.revealed]
            await self._inbox.store_own(connection, owns)

    async def _hear(
        self, connection: AsyncConnection, reached: Sequence[Reached], now: datetime
    ) -> None:
        for hook in self._reached if reached else ():
            await hook(connection, reached, now)
