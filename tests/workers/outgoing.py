"""A merchant with a WhatsApp number at a fake Graph API, contacts, and what is said to them."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import InstrumentedAttribute

from sokoni.channels.accounts import Accounts
from sokoni.channels.inbound import Status
from sokoni.channels.outbound import Content, Text
from sokoni.channels.registry import Registry
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import (
    AccountId,
    ContactId,
    ConversationId,
    EventId,
    MerchantId,
    OutboxId,
    new_id,
)
from sokoni.merchants.models import ChannelAccount, Merchant, Staff
from sokoni.messaging.inbox import Arrival, Inbox
from sokoni.messaging.leases import Leases
from sokoni.messaging.models import SHARDS, Conversation, InboxEvent, Message, MessageState
from sokoni.messaging.outbox import BODY
from sokoni.messaging.turn_rows import NewMessage
from sokoni.messaging.turn_sql import message_row
from sokoni.messaging.wakeups import LocalHints
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import FakeGraph, fake_graph
from sokoni.workers.delivery import Delivery, DeliverySettings
from sokoni.workers.statuses import StatusWorker

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Number:
    """A channel account, as the inbox wants to know it."""

    id: AccountId
    merchant_id: MerchantId
    phone_number_id: str


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation and whom it is with."""

    id: ConversationId
    contact_id: ContactId
    number: Number
    phone: str


@dataclass
class Street:
    """Everything a test needs to have something sent and see what came of it."""

    engine: AsyncEngine
    vault: Vault
    clock: StoppedClock
    graph: FakeGraph
    http: ReqwestClient
    inbox: Inbox
    settings: DeliverySettings
    hints: LocalHints = field(default_factory=LocalHints)

    def owner_of(self, number: Number) -> Staff:
        """Return a member of the merchant's staff, to be added."""
        staff_id = new_id()
        return Staff(
            id=staff_id,
            merchant_id=number.merchant_id,
            name=self.vault.seal_text("staff.name", staff_id, "Nyasha"),
            role="owner",
            phone=self.vault.seal_text("staff.phone", staff_id, "+263773000003"),
            phone_hash="x",
            created_at=self.clock(),
        )

    async def add_number(self, phone_number_id: str) -> Number:
        merchant_id, account_id = MerchantId(new_id()), AccountId(new_id())
        config = {
            "phone_number_id": phone_number_id,
            "access_token": "t",
            "app_secrets": ["s"],
            "verify_token": "v",
            "base_url": self.graph.url,
        }
        sealed = self.vault.seal(
            "channel_accounts.config", account_id, json.dumps(config).encode()
        )
        async with writing(self.engine) as connection:
            await connection.execute(
                insert(Merchant).values(
                    id=merchant_id,
                    slug=f"m{phone_number_id}",
                    name="Market",
                    country="ZW",
                    currency="USD",
                    timezone="Africa/Harare",
                    languages=["en"],
                    capabilities={},
                    settings={},
                    created_at=self.clock(),
                )
            )
            await connection.execute(
                insert(ChannelAccount).values(
                    id=account_id,
                    merchant_id=merchant_id,
                    channel="whatsapp_cloud",
                    account=f"door{phone_number_id}",
                    key=phone_number_id,
                    config=sealed,
                    paused_reason="",
                    created_at=self.clock(),
                )
            )
        return Number(account_id, merchant_id, phone_number_id)

    async def add_talk(self, number: Number, phone: str) -> Talk:
        contact_id, conversation_id = ContactId(new_id()), ConversationId(new_id())
        address_id = new_id()
        async with writing(self.engine) as connection:
            await connection.execute(
                insert(Contact).values(
                    id=contact_id,
                    merchant_id=number.merchant_id,
                    name_given=False,
                    language="en",
                    created_at=self.clock(),
                )
            )
            await connection.execute(
                insert(ContactAddress).values(
                    id=address_id,
                    merchant_id=number.merchant_id,
                    contact_id=contact_id,
                    kind="phone",
                    value=self.vault.seal_text("contact_addresses.value", address_id, phone),
                    value_hash=self.vault.hash("phone", phone),
                    last4_hash="",
                    created_at=self.clock(),
                )
            )
            await connection.execute(
                insert(Conversation).values(
                    id=conversation_id,
                    merchant_id=number.merchant_id,
                    account_id=number.id,
                    contact_id=contact_id,
                    holder="bot",
                    shard=conversation_id.int % SHARDS,
                    rate_count=0,
                    created_at=self.clock(),
                )
            )
        return Talk(conversation_id, contact_id, number, phone)

    def message(
        self, talk: Talk, said: str | Content, purpose: str = "reply", due_in: float = 0
    ) -> NewMessage:
        message_id = new_id()
        content = msgspec.json.encode(Text(said) if isinstance(said, str) else said)
        return NewMessage(
            id=message_id,
            merchant_id=talk.number.merchant_id,
            account_id=talk.number.id,
            conversation_id=talk.id,
            contact_id=talk.contact_id,
            outbound=True,
            event_id=EventId(new_id()),
            part=1,
            purpose=purpose,
            author="bot",
            body=self.vault.seal(BODY, message_id, content),
            content=content,
            provider_id=None,
            state=MessageState.WAITING,
            shard=talk.id.int % SHARDS,
            due_at=self.clock() + timedelta(seconds=due_in),
            created_at=self.clock(),
        )

    async def store(self, *messages: NewMessage) -> list[NewMessage]:
        async with writing(self.engine) as connection:
            await connection.execute(
                insert(Message).values([message_row(one) for one in messages])
            )
        return list(messages)

    async def say(self, talk: Talk, *texts: str, purpose: str = "reply") -> list[NewMessage]:
        """Store messages as a turn would, without telling any sender."""
        return await self.store(*(self.message(talk, text, purpose) for text in texts))

    def accounts(self) -> Accounts:
        return Accounts(self.engine, self.vault, Registry(), self.http, self.clock)

    async def sender(self, owner: str = "one", *, alone: bool = False) -> Delivery:
        accounts = self.accounts()
        await accounts.refresh()
        return Delivery(
            engine=self.engine,
            vault=self.vault,
            clock=self.clock,
            accounts=accounts,
            leases=Leases(self.engine, self.clock, owner, alone=alone),
            hints=self.hints,
            inbox=self.inbox,
            settings=self.settings,
        )

    def status_worker(self, *deliveries: Delivery) -> StatusWorker:
        def resolved(ids: Iterable[OutboxId]) -> None:
            for delivery in deliveries:
                delivery.resolved(ids)

        def paused(accounts: Mapping[AccountId, str]) -> None:
            for delivery in deliveries:
                delivery.pause(accounts)

        return StatusWorker(
            engine=self.engine,
            vault=self.vault,
            clock=self.clock,
            hints=self.hints,
            inbox=self.inbox,
            accounts=self.accounts(),
            resolved=resolved,
            paused=paused,
        )

    async def report(self, number: Number, *statuses: Status) -> None:
        """Store statuses as the gateway would."""
        now = self.clock()
        await self.inbox.store(
            [
                Arrival(account=number, item=status, received_at=now, due_at=now)
                for status in statuses
            ]
        )

    def status(
        self, message: NewMessage, name: str, *, error_code: str = "", error_kind: str = ""
    ) -> Status:
        provider_id = next(
            (one.id for one in self.graph.taken if one.outbox_id == str(message.id)), "wamid.x"
        )
        return Status(
            provider_id=provider_id,
            status=name,
            at=self.clock(),
            outbox_id=str(message.id),
            error_code=error_code,
            error_kind=error_kind,
        )

    def said(self, phone: str = "") -> list[str]:
        """Return the texts that the provider took."""
        return [
            one.payload["text"]["body"] if "text" in one.payload else one.payload["type"]
            for one in self.graph.taken
            if one.to == phone or not phone
        ]

    async def row(self, message: NewMessage) -> Message:
        async with self.engine.connect() as connection:
            rows = await connection.execute(
                select(Message.__table__).where(Message.id == message.id)
            )
            return Message(**rows.mappings().one())

    async def state(self, message: NewMessage) -> MessageState:
        return MessageState((await self.row(message)).state)

    async def set_message(self, message: NewMessage, **values: object) -> None:
        async with writing(self.engine) as connection:
            await connection.execute(
                update(Message).where(Message.id == message.id).values(**values)
            )

    async def column(self, column: InstrumentedAttribute[Value], row_id: object) -> Value | None:
        async with self.engine.connect() as connection:
            return await connection.scalar(select(column).where(column.class_.id == row_id))

    async def events(self) -> list[InboxEvent]:
        async with self.engine.connect() as connection:
            rows = await connection.execute(select(InboxEvent.__table__))
            return [InboxEvent(**row) for row in rows.mappings()]

    async def asked(self, many: int) -> None:
        """Wait until the provider was asked so often."""
        async with asyncio.timeout(5):
            while self.graph.asked < many:  # noqa: ASYNC110 -- the fake has no event to wait for
                await asyncio.sleep(0.01)

    async def until(self, delivery: Delivery, moment: datetime) -> None:
        """Move the clock from due time to due time, as the transcript runner does."""
        while (due := delivery.next_due()) is not None and due <= moment:
            self.clock.set(max(due, self.clock()))
            await delivery.run_once()
        self.clock.set(moment)
        await delivery.run_once()

    async def later(self, delivery: Delivery, seconds: float) -> None:
        await self.until(delivery, self.clock() + timedelta(seconds=seconds))


@asynccontextmanager
async def street(
    engine: AsyncEngine,
    vault: Vault,
    clock: StoppedClock,
    settings: DeliverySettings | None = None,
) -> AsyncIterator[Street]:
    """Open a fake Graph API and a client for it."""
    async with fake_graph() as graph, ReqwestClient(total=0.5) as http:
        yield Street(
            engine,
            vault,
            clock,
            graph,
            http,
            Inbox(engine, vault, clock),
            settings or DeliverySettings(number_per_second=1000),
        )
