"""What one phone shows: everything said in its conversation, either way, with its ticks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.channels.base import Content, Message
from sokoni.contacts.register import PHONE, find_contact
from sokoni.db.engine import READING
from sokoni.db.vault import Vault
from sokoni.kit.ids import ConversationId, MerchantId
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.models import (
    Conversation,
    EventKind,
    InboxEvent,
    MessageState,
)
from sokoni.messaging.models import Message as LoggedMessage

BODY: Final = "messages.body"
_MOST: Final = 200
_CONTENT: Final = msgspec.json.Decoder(Content)
_MESSAGE: Final = msgspec.json.Decoder(Message)


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message on the screen. `taken`: the server has answered for it (two ticks)."""

    id: UUID
    shown: Content | Message
    taken: bool


class PhoneReading:
    """Reads a phone's conversation from the message log; opened bodies are kept."""

    def __init__(
        self, engine: AsyncEngine, vault: Vault, merchant_id: MerchantId, phone: str
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._merchant_id = merchant_id
        self._phone = phone
        self._opened: dict[UUID, Content | Message] = {}

    async def bubbles(self) -> list[Bubble]:
        """Return what the phone shows now, oldest first."""
        async with self._engine.connect() as connection:
            await connection.execution_options(**{READING: True})
            conversation_id = await self._conversation(connection)
            if conversation_id is None:
                return []
            said = await self._said(connection, conversation_id)
            return said + await self._waiting(connection, conversation_id)

    async def _conversation(self, connection: AsyncConnection) -> ConversationId | None:
        value_hash = self._vault.hash(PHONE, self._phone)
        contact_id = await find_contact(connection, self._merchant_id, PHONE, value_hash)
        statement = (
            select(Conversation.id)
            .join(ChannelAccount, ChannelAccount.id == Conversation.account_id)
            .where(Conversation.contact_id == contact_id, ChannelAccount.channel == "simulator")
        )
        return None if contact_id is None else await connection.scalar(statement)

    async def _said(
        self, connection: AsyncConnection, conversation_id: ConversationId
    ) -> list[Bubble]:
        logged = LoggedMessage
        rows = await connection.execute(
            select(logged.id, logged.outbound, logged.body)
            .where(
                logged.conversation_id == conversation_id,
                logged.state.not_in(
                    (MessageState.WAITING, MessageState.SENDING, MessageState.CANCELLED)
                ),
            )
            .order_by(logged.id.desc())
            .limit(_MOST)
        )
        newest_first = [Bubble(row.id, self._open(*row), taken=True) for row in rows]
        return newest_first[::-1]

    async def _waiting(
        self, connection: AsyncConnection, conversation_id: ConversationId
    ) -> list[Bubble]:
        rows: Sequence[tuple[UUID, bytes]] = [
            (row[0], row[1])
            for row in await connection.execute(
                select(InboxEvent.id, InboxEvent.payload)
                .where(
                    InboxEvent.conversation_id == conversation_id,
                    InboxEvent.state == 0,
                    InboxEvent.kind == EventKind.MESSAGE.value,
                )
                .order_by(InboxEvent.received_at, InboxEvent.id)
            )
        ]
        return [
            Bubble(row_id, _MESSAGE.decode(self._vault.open(PLACE, row_id, payload)), taken=False)
            for row_id, payload in rows
        ]

    def _open(self, row_id: UUID, outbound: bool, body: bytes) -> Content | Message:
        if row_id not in self._opened:
            plain = self._vault.open(BODY, row_id, body)
            decoder = _CONTENT if outbound else _MESSAGE
            self._opened[row_id] = decoder.decode(plain)
        return self._opened[row_id]
