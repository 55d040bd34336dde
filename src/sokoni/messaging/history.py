"""One merchant's conversations and what was said in them, for pages, the API and commands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.channels.inbound import Message as InboundMessage
from sokoni.channels.outbound import Content
from sokoni.contacts.directory import ContactDirectory, opened_name
from sokoni.contacts.models import Contact
from sokoni.contacts.register import PHONE, find_contact
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId, OutboxId, PhoneNumber
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.models import Conversation, Message, MessageState
from sokoni.messaging.seats import LAST_WRITTEN_FIRST

BODY: Final = "messages.body"
_CONTENT: Final = msgspec.json.Decoder(Content)
_INBOUND: Final = msgspec.json.Decoder(InboundMessage)
_UNSEEN: Final = (MessageState.FAILED, MessageState.CANCELLED)


class ConversationUnknownError(AppError):
    """There is none, or it is another merchant's: which of the two is nobody's business."""

    code = "conversation_unknown"
    http_status = 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A conversation at a glance."""

    id: ConversationId
    account_id: AccountId
    contact_id: ContactId
    channel: str
    name: str
    language: str
    holder: str
    held_until: datetime | None
    window_until: datetime | None
    last_inbound_at: datetime | None
    unreachable_at: datetime | None
    """Since when the channel says that nothing reaches the contact; None: it does."""
    opted_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One message of the log, opened."""

    id: OutboxId
    outbound: bool
    author: str
    purpose: str
    state: MessageState
    said: Content | InboundMessage
    provider_id: str
    error: str
    at: datetime
    state_at: datetime


class History:
    """Reads; changes nothing."""

    def __init__(self, session: AsyncSession, vault: Vault, merchant_id: MerchantId) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id

    async def page(self, *, after: ConversationId | None = None, limit: int) -> list[Overview]:
        """Return conversations, the newest first."""
        statement = self._conversations().order_by(Conversation.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(Conversation.id < after)
        return await self._overviews(statement)

    async def of_contact(self, contact_id: ContactId) -> list[Overview]:
        """Return a contact's conversations, the one they last wrote in first."""
        statement = self._conversations().where(Conversation.contact_id == contact_id)
        return await self._overviews(statement.order_by(*LAST_WRITTEN_FIRST))

    async def of_phone(self, phone: PhoneNumber) -> list[Overview]:
        """Return the conversations of whoever has this number."""
        value_hash = self._vault.hash(PHONE, phone)
        contact_id = await find_contact(self._session, self._merchant_id, PHONE, value_hash)
        return [] if contact_id is None else await self.of_contact(contact_id)

    async def get(self, conversation_id: ConversationId) -> Overview:
        """Return one, or raise `ConversationUnknownError`."""
        statement = self._conversations().where(Conversation.id == conversation_id)
        found = await self._overviews(statement)
        if not found:
            raise ConversationUnknownError(conversation_id)
        return found[0]

    async def entries(
        self, conversation_id: ConversationId, *, after: OutboxId | None = None, limit: int
    ) -> list[Entry]:
        """Return everything that was said in it, oldest first."""
        statement = self._log(conversation_id).limit(limit)
        if after is not None:
            statement = statement.where(Message.id > after)
        return self._opened(await self._session.scalars(statement))

    async def sent(
        self, conversation_id: ConversationId, *, after: int, limit: int
    ) -> list[Entry]:
        """Return what the provider took, in order, without the first `after`."""
        statement = self._log(conversation_id).where(
            Message.outbound.is_(True),
            Message.state >= MessageState.TAKEN,
            Message.state.not_in(_UNSEEN),
        )
        return self._opened(await self._session.scalars(statement.offset(after).limit(limit)))

    async def phone_of(self, contact_id: ContactId) -> PhoneNumber | None:
        directory = ContactDirectory(self._session, self._vault, self._merchant_id)
        return await directory.phone_of(contact_id)

    async def _overviews(self, statement: Select[*tuple[Any, ...]]) -> list[Overview]:
        rows = (await self._session.execute(statement)).all()
        return [
            Overview(
                id=row.id,
                account_id=row.account_id,
                contact_id=row.contact_id,
                channel=row.channel,
                name=opened_name(self._vault, row.contact_id, row.name),
                language=row.language,
                holder=row.holder,
                held_until=row.held_until,
                window_until=row.window_until,
                last_inbound_at=row.last_inbound_at,
                unreachable_at=row.unreachable_at,
                opted_out=row.opted_out_at is not None,
            )
            for row in rows
        ]

    def _opened(self, rows: Iterable[Message]) -> list[Entry]:
        return [
            Entry(
                id=row.id,
                outbound=row.outbound,
                author=row.author,
                purpose=row.purpose,
                state=MessageState(row.state),
                said=self._said(row),
                provider_id=row.provider_id or "",
                error=row.error,
                at=row.created_at,
                state_at=row.state_at,
            )
            for row in rows
        ]

    def _said(self, row: Message) -> Content | InboundMessage:
        decoder = _CONTENT if row.outbound else _INBOUND
        return decoder.decode(self._vault.open(BODY, row.id, row.body))

    def _conversations(self) -> Select[*tuple[Any, ...]]:
        """Scope of every query over conversations here."""
        return (
            select(
                Conversation.id,
                Conversation.account_id,
                Conversation.contact_id,
                Conversation.holder,
                Conversation.held_until,
                Conversation.window_until,
                Conversation.last_inbound_at,
                Conversation.unreachable_at,
                ChannelAccount.channel,
                Contact.name,
                Contact.language,
                Contact.opted_out_at,
            )
            .join(ChannelAccount, ChannelAccount.id == Conversation.account_id)
            .join(Contact, Contact.id == Conversation.contact_id)
            .where(
                Conversation.merchant_id == self._merchant_id,
                Conversation.merged_into.is_(None),
            )
        )

    def _log(self, conversation_id: ConversationId) -> Select[Message]:
        """Scope of every query over messages here."""
        return (
            select(Message)
            .where(
                Message.merchant_id == self._merchant_id,
                Message.conversation_id == conversation_id,
            )
            .order_by(Message.id)
        )
