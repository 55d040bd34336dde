"""Messages that came to nothing for a reason that concerns those after them too.

Nothing is done about it here: the conversation's own turn is told, and what a refusal says of a
template is stored as the news that the channel might have sent of it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import msgspec
from sqlalchemy import Row, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.errors import (
    RecipientUnreachableError,
    ReplyWindowClosedError,
    TemplateUnusableError,
)
from sokoni.channels.inbound import TemplateNews
from sokoni.channels.outbound import Template
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.kit.ids import EventId, OutboxId
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.events import Tell, Undelivered
from sokoni.messaging.inbox import Inbox, Own
from sokoni.messaging.models import EventKind, InboxEvent, Message
from sokoni.messaging.outbox import BODY, Lost, UnreadableContentError, read_content
from sokoni.messaging.templates import REFUSED

CONCERNING: Final = frozenset(
    {ReplyWindowClosedError.code, RecipientUnreachableError.code, TemplateUnusableError.code}
)
"""Reasons that concern what is said after."""

# Until every process knows that the template is not used any more.
_WORD_GETS_ROUND: Final = timedelta(seconds=15)
_UNREADABLE: Final = (KeyUnknownError, TamperedError, msgspec.DecodeError, UnreadableContentError)
_TELL: Final[msgspec.json.Decoder[Tell]] = msgspec.json.Decoder(Tell)
_INBOX: Final = cast("Table", InboxEvent.__table__)
_MESSAGES: Final = cast("Table", Message.__table__)


class UndeliveredMessages:
    """Tells whom it concerns, in the transaction that marks the messages failed."""

    def __init__(self, vault: Vault, inbox: Inbox) -> None:
        self._vault = vault
        self._inbox = inbox

    async def tell(self, connection: AsyncConnection, lost: Sequence[Lost], now: datetime) -> None:
        """Store an event for each conversation, and one for each template, once."""
        by_id = {one.message_id: one for one in lost}
        rows = await self._messages(connection, list(by_id))
        tells = await self._tells(connection, {row.event_id for row in rows})
        owns = [_for_turn(row, by_id[row.id], tells.get(row.event_id), now) for row in rows]
        for row in rows:
            if by_id[row.id].reason == TemplateUnusableError.code:
                owns += self._of_template(row, by_id[row.id], now)
        await self._inbox.store_own(connection, owns)

    async def _messages(
        self, connection: AsyncConnection, ids: Collection[OutboxId]
    ) -> Sequence[Row[Any]]:
        columns = ("id", "merchant_id", "account_id", "conversation_id", "event_id", "created_at")
        found = select(*(_MESSAGES.c[name] for name in (*columns, "body")))
        found = found.where(_MESSAGES.c.id.in_(ids)).order_by(_MESSAGES.c.id)
        return (await connection.execute(found)).all()

    async def _tells(
        self, connection: AsyncConnection, ids: Collection[EventId]
    ) -> Mapping[EventId, tuple[Tell, datetime]]:
        """Return those of the events that are tells, and when they were told."""
        told = select(_INBOX.c.id, _INBOX.c.payload, _INBOX.c.received_at).where(
            _INBOX.c.id.in_(ids), _INBOX.c.kind == EventKind.TELL.value
        )
        found: dict[EventId, tuple[Tell, datetime]] = {}
        for row in await connection.execute(told):
            try:
                tell = _TELL.decode(self._vault.open(PLACE, row.id, row.payload))
            except _UNREADABLE:
                continue  # it cannot be said again: the message stays failed, for staff to see
            found[row.id] = tell, row.received_at
        return found

    def _of_template(self, row: Row[Any], lost: Lost, now: datetime) -> list[Own]:
        try:
            content = read_content(self._vault.open(BODY, row.id, row.body))
        except _UNREADABLE:
            return []
        if not isinstance(content, Template):
            return []
        # Once an hour is enough, however many were sent.
        name = f"refused:{content.name}:{content.language}:{now:%Y%m%d%H}"
        news = TemplateNews(
            provider_id=name,
            name=content.name,
            language=content.language,
            at=now,
            approval=REFUSED,
            reason=lost.detail,
        )
        return [
            Own(
                merchant_id=row.merchant_id,
                account_id=row.account_id,
                conversation_id=None,
                key=f"template:{name}",
                event=news,
                received_at=now,
                due_at=now,
            )
        ]


def _for_turn(row: Row[Any], lost: Lost, told: tuple[Tell, datetime] | None, now: datetime) -> Own:
    """Return the event of the conversation: one for all that one event had us say."""
    wait = _WORD_GETS_ROUND if lost.reason == TemplateUnusableError.code else timedelta()
    return Own(
        merchant_id=row.merchant_id,
        account_id=row.account_id,
        conversation_id=row.conversation_id,
        key=f"undelivered:{row.event_id.hex}:{lost.reason}",
        event=Undelivered(
            reason=lost.reason,
            made_at=row.created_at,
            tell=told[0] if told else None,
            told_at=told[1] if told else None,
        ),
        received_at=now,
        due_at=now + wait,
    )
