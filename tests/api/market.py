"""Two merchants with a conversation each, to ask the API about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final, cast

import msgspec
from fastapi import APIRouter, FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.api.app import create_api
from sokoni.bootstrap import capabilities
from sokoni.capabilities.booking.erasing import erase_contact as erase_bookings
from sokoni.capabilities.broadcast.people import erase_contact as erase_broadcasts
from sokoni.capabilities.marketplace.erasing import erase_contact
from sokoni.capabilities.marketplace.judging import ListingJudge
from sokoni.capabilities.onboarding.erasing import erase_contact as erase_registrations
from sokoni.capabilities.store.erasing import erase_contact as erase_purchases
from sokoni.channels.accounts import Accounts
from sokoni.channels.inbound import Address
from sokoni.channels.inbound import Message as Heard
from sokoni.channels.outbound import Content
from sokoni.channels.registry import Registry
from sokoni.contacts.models import Contact
from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.everything import Export
from sokoni.dialogue.manifest import CountsByDay
from sokoni.kit.ids import (
    AccountId,
    ContactId,
    ConversationId,
    EventId,
    MerchantId,
    PhoneNumber,
    new_id,
)
from sokoni.media.archive import Archive
from sokoni.media.links import Links
from sokoni.media.pictures import Pictures
from sokoni.media.stores.folder import FolderStore
from sokoni.media.uploading import Uploader
from sokoni.merchants.api_keys import ApiKeys
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.history import BODY
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import (
    Conversation,
    EventKind,
    EventState,
    InboxEvent,
    Message,
    MessageState,
)
from sokoni.places.book import PlaceBook
from sokoni.places.distance import Point
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.models import PlaceId
from sokoni.places.service import PlacesService
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.web.parts import WebParts
from tests.gateway.driving import NoHttp

SHIPPED: Final = Gazetteer()
_APIS: dict[tuple[int, ...], FastAPI] = {}


@dataclass(slots=True)
class Market:
    """A server's database and its API; every method commits."""

    engine: AsyncEngine
    vault: Vault
    clock: StoppedClock
    woken: list[str] = field(default_factory=list)

    routers: Sequence[APIRouter] = ()
    exports: Mapping[str, Export] = field(default_factory=dict)
    by_day: Mapping[str, CountsByDay] = field(default_factory=dict)
    files: Path = Path("unused")
    """Where what is uploaded lies."""

    def api(self, *, production: bool = False) -> FastAPI:
        """Return the API with this market's parts: its description is worked out once."""
        key = (production, *map(id, self.routers))
        if key not in _APIS:
            _APIS[key] = create_api(self.parts(production=production), self.routers)
        _APIS[key].state.parts = self.parts(production=production)
        return _APIS[key]

    def parts(self, *, production: bool = False) -> WebParts:
        return WebParts(
            engine=self.engine,
            vault=self.vault,
            clock=self.clock,
            merchants=MerchantDirectory(self.engine, self.clock, max_age=timedelta(0)),
            accounts=Accounts(self.engine, self.vault, Registry.installed(), NoHttp(), self.clock),
            inbox=Inbox(self.engine, self.vault, self.clock),
            places=PlaceBook(self.engine, SHIPPED),
            file_url=Links(self.vault, self.clock, "https://files.example", timedelta(hours=1)).of,
            upload=self._uploader().picture,
            wake=lambda: self.woken.append("inbox"),
            exports=self.exports,
            erasers=[
                erase_contact,
                erase_bookings,
                erase_purchases,
                erase_broadcasts,
                erase_registrations,
            ],
            installed=capabilities(),
            judges={"marketplace": ListingJudge()},
            production=production,
            by_day=self.by_day,
        )

    def _uploader(self) -> Uploader:
        store = FolderStore(self.files)
        archive = Archive(self.engine, self.vault, self.clock, store, timedelta(days=1))
        return Uploader(Pictures(most_pixels=1_000_000), archive, most=2_000_000)

    def client(self, key: str = "", *, production: bool = False) -> AsgiClient:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return AsgiClient(self.api(production=production), headers)

    async def merchant(self, slug: str, *capabilities: str) -> MerchantId:
        async with self._session() as session, session.begin():
            merchant = Merchant(
                slug=slug,
                name=slug.title(),
                country="ZW",
                currency="USD",
                timezone="Africa/Harare",
                languages=["en"],
                capabilities={name: {} for name in capabilities},
                settings={},
                created_at=self.clock(),
            )
            session.add(merchant)
            await session.flush()
            session.add(self._account(merchant))
        return merchant.id

    async def key(self, merchant_id: MerchantId, *scopes: str) -> str:
        async with self._session() as session, session.begin():
            return await ApiKeys(session, self.clock).issue(merchant_id, "desk", scopes)

    async def conversation(
        self, merchant_id: MerchantId, phone: str, name: str = ""
    ) -> ConversationId:
        """Open the conversation of a contact who may be new."""
        async with writing(self.engine) as connection:
            number = PhoneNumber(phone)
            contact_id = await contact_of_phone(
                connection, self.vault, merchant_id, number, self.clock()
            )
        async with self._session() as session, session.begin():
            contact = await session.get_one(Contact, contact_id)
            contact.name = self.vault.seal_text("contacts.name", contact_id, name)
            found = select(ChannelAccount.id).where(ChannelAccount.merchant_id == merchant_id)
            account_id = cast("AccountId", await session.scalar(found))
            return await self._conversation(session, merchant_id, account_id, contact_id)

    async def unwritten(self, merchant_id: MerchantId, contact_id: ContactId) -> ConversationId:
        """Open a conversation on another number, on which the contact never wrote."""
        async with self._session() as session, session.begin():
            account = self._account(await session.get_one(Merchant, merchant_id), "second")
            session.add(account)
            await session.flush()
            return await self._conversation(session, merchant_id, account.id, contact_id)

    async def _conversation(
        self,
        session: AsyncSession,
        merchant_id: MerchantId,
        account_id: AccountId,
        contact_id: ContactId,
    ) -> ConversationId:
        conversation = Conversation(
            merchant_id=merchant_id,
            account_id=account_id,
            contact_id=contact_id,
            shard=0,
            created_at=self.clock(),
        )
        session.add(conversation)
        await session.flush()
        return conversation.id

    async def stands(self, conversation_id: ConversationId, state: bytes) -> None:
        """Give the conversation a dialogue state; the contact has just written."""
        async with self._session() as session, session.begin():
            row = await session.get_one(Conversation, conversation_id)
            row.state = self.vault.seal("conversations.state", conversation_id, state)
            row.last_inbound_at = self.clock()

    async def heard(self, conversation_id: ConversationId, text: str) -> None:
        message = Heard(provider_id="p", sender=Address(), sent_at=self.clock(), text=text)
        await self._log(conversation_id, message, MessageState.RECEIVED, part=0)

    async def said(
        self,
        conversation_id: ConversationId,
        content: Content,
        state: MessageState = MessageState.DELIVERED,
    ) -> None:
        await self._log(conversation_id, content, state, part=1)

    async def aside(
        self,
        conversation_id: ConversationId,
        state: EventState = EventState.PARKED,
        payload: bytes = b"{}",
    ) -> EventId:
        async with self._session() as session, session.begin():
            conversation = await session.get_one(Conversation, conversation_id)
            event_id = EventId(new_id())
            session.add(
                InboxEvent(
                    id=event_id,
                    merchant_id=conversation.merchant_id,
                    account_id=conversation.account_id,
                    conversation_id=conversation_id,
                    kind=EventKind.MESSAGE,
                    key=event_id.hex,
                    payload=self.vault.seal(PLACE, event_id, payload),
                    state=int(state),
                    attempts=5,
                    due_at=self.clock(),
                    received_at=self.clock(),
                    error="ValueError: no",
                )
            )
        return event_id

    async def events(self, conversation_id: ConversationId) -> list[InboxEvent]:
        async with self._session() as session:
            own = select(InboxEvent).where(InboxEvent.conversation_id == conversation_id)
            return list(await session.scalars(own.order_by(InboxEvent.id)))

    async def place(self, merchant_id: MerchantId, name: str) -> PlaceId:
        """Have a contact register a place."""
        async with self._session() as session, session.begin():
            places = self._places(session, merchant_id)
            await places.register(name, Point(-18.45, 29.05), ContactId(new_id()))
            return (await places.get_named(name)).id

    async def places(self, merchant_id: MerchantId) -> list[str]:
        async with self._session() as session:
            return [one.name for one in await self._places(session, merchant_id).page(limit=9)]

    def _places(self, session: AsyncSession, merchant_id: MerchantId) -> PlacesService:
        return PlacesService(session, merchant_id, "ZW", shipped=SHIPPED, clock=self.clock)

    async def _log(
        self,
        conversation_id: ConversationId,
        content: Content | Heard,
        state: MessageState,
        *,
        part: int,
    ) -> None:
        async with self._session() as session, session.begin():
            conversation = await session.get_one(Conversation, conversation_id)
            row_id = new_id()
            session.add(
                Message(
                    id=row_id,
                    merchant_id=conversation.merchant_id,
                    account_id=conversation.account_id,
                    conversation_id=conversation_id,
                    outbound=part > 0,
                    event_id=new_id(),
                    part=part,
                    author="bot" if part else "contact",
                    body=self.vault.seal(BODY, row_id, msgspec.json.encode(content)),
                    provider_id=f"sim.{row_id}",
                    state=int(state),
                    shard=0,
                    due_at=self.clock(),
                    created_at=self.clock(),
                    state_at=self.clock(),
                )
            )

    def _session(self) -> AsyncSession:
        return AsyncSession(self.engine, expire_on_commit=False)

    def _account(self, merchant: Merchant, name: str = "") -> ChannelAccount:
        row_id = AccountId(new_id())
        config = msgspec.json.encode({"merchant": merchant.slug})
        return ChannelAccount(
            id=row_id,
            merchant_id=merchant.id,
            channel="simulator",
            account=f"account-{merchant.slug}{name}",
            key=f"{merchant.slug}{name}",
            config=self.vault.seal("channel_accounts.config", row_id, config),
            created_at=self.clock(),
        )
