"""Nothing of an erased contact is left, in whatever table it was."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    String,
    Uuid,
    cast,
    event,
    func,
    select,
    update,
)
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.booking.machine import Move
from sokoni.capabilities.booking.models import BookingWait
from sokoni.capabilities.booking.service.customers import Customers
from sokoni.capabilities.broadcast.models import BroadcastId, Recipient
from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    Introduction,
    Listing,
    RequestOffer,
)
from sokoni.capabilities.onboarding.models import Entry, EntryFact
from sokoni.capabilities.store.machine import Move as OrderMove
from sokoni.capabilities.store.models.carts import (
    Cart,
    CartItem,
    Coupon,
    CouponUse,
    StoreCustomer,
)
from sokoni.capabilities.store.models.orders import Order, OrderEvent
from sokoni.channels.outbound import Text
from sokoni.contacts.models import Consent, Contact, ContactTag
from sokoni.contacts.register import contact_of_phone
from sokoni.db.tables import load_models
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, PhoneNumber, new_id
from sokoni.kit.money import Money
from sokoni.media.models import MediaId, StoredFile
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.events import Tell
from sokoni.messaging.models import Conversation, EventState, InboxEvent, Request
from sokoni.payments.base import Capabilities, Link
from sokoni.payments.models import Payment
from sokoni.payments.service import NewPayment, Payments
from sokoni.places.models import RegisteredPlace
from sokoni.reviews.models import Report, Review
from sokoni.reviews.ratings import Ratings, ReviewRefusedError
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import NOON
from sokoni.verification.models import Code, Proof
from tests.api.market import Market
from tests.capabilities.booking.factories import AVONDALE, at, bookings, create_provider, job
from tests.capabilities.marketplace.factories import create_listing, create_request
from tests.capabilities.store.factories import create_order, create_product, sole_variant
from tests.conftest import THREE
from tests.reviews.factories import create_deal

TENDAI = "+263771000001"
RUDO = "+263771000002"
WORD = "zebrawort"
"""Stands in every text of Tendai's that is not sealed."""
NOT_PEOPLE = {
    *("account_id", "event_id", "merchant_id", "place_id"),
    *("listings.seller_id", "listings.photo_id", "seller_trades.seller_id"),
    *("alerts.request_id", "request_tokens.request_id", "request_offers.request_id"),
    *("listing_tokens.listing_id", "introductions.listing_id", "request_offers.listing_id"),
    *("reviews.deal_id", "reviews.report_id", "booking_id"),
    *("bookings.provider_id", "booking_slots.provider_id", "provider_absences.provider_id"),
    *("provider_areas.provider_id", "provider_hours.provider_id", "provider_reach.provider_id"),
    *("provider_services.provider_id", "booking_waits.provider_id"),
    *("payment_entries.payment_id", "payment_refunds.payment_id", "payments.subject_id"),
    *("broadcast_id", "registration_id"),
    *(
        "document_id",
        "category_id",
        "product_id",
        "variant_id",
        "cart_id",
        "coupon_id",
        "order_id",
    ),
    *("categories.parent_id", "carts.focus_id"),
}
"""Columns that name something else, by name in any table, or in one."""
LEFT = {
    "conversations.contact_id",
    "conversations.id",
    "conversations.merged_into",
    "deals.customer_id",
    "deals.provider_id",
    "inbox.conversation_id",
    "media.contact_id",
    "payments.contact_id",
    "payments.conversation_id",
    "reports.about_id",
    "reviews.rater_id",
}
"""What still holds an id that leads nowhere: emptied rows, keys of events, others' deals
and stars, sums for the books, and files that the sweep deletes."""


async def contact(market: Market, merchant: MerchantId, phone: str) -> ContactId:
    async with writing(market.engine) as connection:
        return await contact_of_phone(
            connection, market.vault, merchant, PhoneNumber(phone), market.clock()
        )


def people(metadata: MetaData) -> set[str]:
    """Return the columns that may name a contact or a conversation."""
    return {
        str(column)
        for table in metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, Uuid)
        and (column.name.endswith("_id") or column.name == "merged_into")
        and not {column.name, str(column)} & NOT_PEOPLE
    } | {"contacts.id", "conversations.id"}


async def naming(engine: AsyncEngine, ids: Sequence[UUID]) -> set[str]:
    """Return the columns of all tables that hold one of these ids."""
    found = set()
    async with engine.connect() as connection:
        for column in columns(Uuid):
            rows = select(func.count()).where(column.in_(ids))
            if await connection.scalar(rows):
                found.add(str(column))
    return found


async def telling(engine: AsyncEngine) -> set[str]:
    """Return the columns in which Tendai's word stands."""
    found = set()
    async with engine.connect() as connection:
        for column in columns(String):
            if await connection.scalar(
                select(func.count()).where(cast(column, String).contains(WORD))
            ):
                found.add(str(column))
    return found


def columns(of: type[Any]) -> list[Column[Any]]:
    tables = load_models().sorted_tables
    return [one for table in tables for one in table.c if isinstance(one.type, of)]


async def live(
    market: Market, session: AsyncSession, merchant: MerchantId
) -> tuple[list[ContactId], list[ConversationId]]:
    """Have Tendai do all that leaves a row; return whom and where they were."""
    talk = await market.conversation(merchant, TENDAI, "Tendai")
    rudos = await market.conversation(merchant, RUDO, "Rudo")
    tendai, rudo = (
        await contact(market, merchant, TENDAI),
        await contact(market, merchant, RUDO),
    )
    await market.heard(talk, "Selling goats")
    await market.said(talk, Text(body="Where?"))
    await market.heard(rudos, "Tendai is a friend")
    await market.aside(talk, EventState.WAITING)
    before, closed = ContactId(new_id()), ConversationId(new_id())
    scope: dict[str, Any] = {"merchant_id": merchant, "created_at": NOON}
    account = await session.scalar(select(Conversation.account_id).where(Conversation.id == talk))
    assert account is not None
    session.add_all(
        [
            Contact(id=before, merged_into=tendai, **scope),
            Conversation(
                id=closed,
                account_id=account,
                contact_id=before,
                merged_into=talk,
                state=b"sealed",
                shard=0,
                **scope,
            ),
            ContactTag(contact_id=tendai, merchant_id=merchant, tag=WORD),
            Code(
                contact_id=tendai,
                merchant_id=merchant,
                purpose="test",
                number=b"sealed",
                number_hash="h",
                asked_at=NOON,
                updated_at=NOON,
            ),
            Proof(
                contact_id=tendai,
                merchant_id=merchant,
                purpose="test",
                number=b"sealed",
                number_hash="h",
                proven_at=NOON,
            ),
            Recipient(
                broadcast_id=BroadcastId(new_id()),
                proof_number=1,
                merchant_id=merchant,
                contact_id=tendai,
                verdict="in_window",
                step="said",
                marketing=True,
            ),
            Consent(
                contact_id=tendai,
                merchant_id=merchant,
                purpose="messages",
                given=True,
                source="staff",
                at=NOON,
            ),
            Request(
                account_id=account,
                conversation_id=talk,
                kind="test",
                idempotency_key="k",
                payload=b"sealed",
                due_at=NOON,
                **scope,
            ),
            StoredFile(
                id=MediaId(new_id()), contact_id=tendai, mime_type="image/jpeg", size=7, **scope
            ),
            RegisteredPlace(
                name="Nyamazizi",
                key="nyamazizi",
                latitude=-18.4,
                longitude=29.0,
                contact_id=tendai,
                **scope,
            ),
        ]
    )
    await owe(session, market.vault, merchant, tendai, talk)
    await trade(session, merchant, tendai, rudo)
    await judge(session, merchant, tendai, rudo)
    await book(session, market.vault, merchant, tendai, rudo)
    await shop(session, merchant, tendai, talk)
    await register(session, merchant, tendai)
    await session.commit()
    return [tendai, before], [talk, closed]


async def register(session: AsyncSession, merchant: MerchantId, tendai: ContactId) -> None:
    """Have Tendai be at the sector of a registration."""
    entry = Entry(
        merchant_id=merchant,
        contact_id=tendai,
        registration="msme",
        reference="MSME-1",
        step="pincode",
        created_at=NOON,
        updated_at=NOON,
    )
    session.add(entry)
    await session.flush()
    session.add(
        EntryFact(
            merchant_id=merchant,
            registration_id=entry.id,
            slot="sector",
            contact_id=tendai,
            value=WORD,
        )
    )


async def owe(
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
    tendai: ContactId,
    talk: ConversationId,
) -> None:
    """Have money asked of Tendai."""
    payments = Payments(session, vault, merchant, NOON)
    new = NewPayment(
        contact_id=tendai,
        conversation_id=talk,
        subject="test",
        subject_id=new_id(),
        reference="ORD-1",
        money=Money(Decimal("2.50"), "USD"),
        provider="sandbox",
        lasts=timedelta(hours=1),
    )
    payment = await payments.open(new)
    await payments.linked(payment, Link(url="https://pay.example/1"), Capabilities())


async def trade(
    session: AsyncSession, merchant: MerchantId, tendai: ContactId, rudo: ContactId
) -> None:
    """Have both sell, look for, be told of, and ask for something."""
    for one, other in ((tendai, rudo), (rudo, tendai)):
        word = f"goats {WORD}" if one == tendai else "goats"
        listed = await create_listing(session, one, thing=word, merchant_id=merchant)
        await create_request(session, one, word, merchant_id=merchant)
        request = await session.scalar(select(BuyRequest.id).where(BuyRequest.contact_id == one))
        assert request is not None
        scope: dict[str, Any] = {"merchant_id": merchant, "created_at": NOON}
        session.add_all(
            [
                Introduction(listing_id=listed.id, buyer_id=other, seller_id=one, **scope),
                Alert(request_id=request, contact_id=other, wave=1, **scope),
                RequestOffer(request_id=request, listing_id=listed.id, **scope),
            ]
        )


async def book(
    session: AsyncSession, vault: Vault, merchant: MerchantId, tendai: ContactId, rudo: ContactId
) -> None:
    """Have each work for the other, and wait for the other's time, and say where they live."""
    for one, other in ((tendai, rudo), (rudo, tendai)):
        provider = await create_provider(session, contact_id=one, merchant_id=merchant)
        desk = bookings(session, merchant_id=merchant)
        asked = await desk.ask(provider, replace(job(at(15), other), time_words=WORD))
        await desk.move(asked.id, one, Move.DECLINE)
        session.add(
            BookingWait(
                merchant_id=merchant,
                contact_id=other,
                provider_id=provider.id,
                service="plumber",
                minutes=60,
                starts_at=at(15),
                ends_at=at(16),
                wanted=b"sealed",
                created_at=NOON,
            )
        )
        await Customers(session, vault, merchant, NOON).lives(one, AVONDALE)


async def shop(
    session: AsyncSession, merchant: MerchantId, tendai: ContactId, talk: ConversationId
) -> None:
    """Have Tendai buy something with a coupon, and begin to buy it again."""
    scope: dict[str, Any] = {"merchant_id": merchant, "contact_id": tendai}
    coffee = await sole_variant(session, await create_product(session, merchant_id=merchant))
    cart = Cart(**scope, conversation_id=talk, open=1, created_at=NOON, updated_at=NOON)
    coupon = Coupon(merchant_id=merchant, code="WELCOME", percent=Decimal(10))
    order_id = await create_order(session, merchant)
    session.add_all([cart, coupon])
    await session.flush()
    buyer = update(Order).where(Order.id == order_id)
    await session.execute(buyer.values(contact_id=tendai, conversation_id=talk))
    session.add_all(
        [
            CartItem(
                merchant_id=merchant,
                cart_id=cart.id,
                variant_id=coffee.id,
                quantity=1,
                seen_price=coffee.price,
                added_at=NOON,
            ),
            CouponUse(coupon_id=coupon.id, order_id=order_id, **scope),
            StoreCustomer(address=b"sealed", updated_at=NOON, **scope),
            OrderEvent(
                merchant_id=merchant,
                order_id=order_id,
                at=NOON,
                by="staff",
                move=OrderMove.NOTE,
                status="placed",
                charge_status="unpaid",
                data={"note": WORD},
            ),
        ]
    )


async def judge(
    session: AsyncSession, merchant: MerchantId, tendai: ContactId, rudo: ContactId
) -> None:
    """Have each rate, and report, the other."""
    scope: dict[str, Any] = {"merchant_id": merchant, "created_at": NOON}
    for place, (one, other) in enumerate(((tendai, rudo), (rudo, tendai))):
        thing = f"goats {WORD}" if one == tendai else "goats"
        deal = await create_deal(session, merchant, one, other, thing=thing)
        rating: dict[str, Any] = {"deal_id": deal.id, "stars": 4, "text": b"sealed", **scope}
        kinds = {"person": f"goats {WORD}" if other == tendai else "", "review": ""}
        session.add_all(
            [
                Review(rater_id=one, rated_id=other, role="customer", changed_at=NOON, **rating),
                *(
                    Report(
                        reference=f"RPT-{place}{kind}",
                        kind=kind,
                        about_id=other,
                        reporter_id=one,
                        what=what,
                        text=b"sealed",
                        **scope,
                    )
                    for kind, what in kinds.items()
                ),
            ]
        )


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_every_table_that_names_a_contact_is_treated(
    market: Market, client: AsgiClient, merchant: MerchantId, session: AsyncSession
) -> None:
    who, talks = await live(market, session, merchant)
    known = await naming(market.engine, [*who, *talks])
    # A table that is missing here is new: have `live` fill it, and erasing treat it.
    assert known == people(load_models())

    assert (await client.request("DELETE", f"/api/v1/contacts/{TENDAI}")).status == 204

    assert await naming(market.engine, [*who, *talks]) == LEFT
    assert await telling(market.engine) == set()


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_is_left_says_nothing_and_others_keep_theirs(
    market: Market, client: AsgiClient, merchant: MerchantId, session: AsyncSession
) -> None:
    who, talks = await live(market, session, merchant)

    await client.request("DELETE", f"/api/v1/contacts/{TENDAI}")

    left = list(await session.scalars(select(Conversation).where(Conversation.id.in_(talks))))
    assert [(one.state, one.merged_into == one.id) for one in left] == [(None, True)] * 2
    (payment,) = await session.scalars(select(Payment))
    assert (payment.state, payment.link, payment.poll_at) == ("cancelled", None, None)
    (file,) = await session.scalars(select(StoredFile))
    assert file.expires_at == market.clock()
    (review,) = await session.scalars(select(Review))
    assert (review.rater_id, review.stars, review.text) == (who[0], 4, None)
    reports = list(await session.scalars(select(Report)))
    rudo_id = review.rated_id
    ratings = Ratings(session, market.vault, merchant, NOON)
    assert (await ratings.standing(rudo_id)).deals == 2
    assert await ratings.deals(rudo_id, limit=9) == []
    with pytest.raises(ReviewRefusedError):
        await ratings.give(review.deal_id, rudo_id, 1, "a thief", days=14)
    assert [one for one in reports if one.about_id in who and one.text is not None] == []
    assert [one for one in reports if one.reporter_id is None and one.text is not None] == []
    rudo = (await client.get(f"/api/v1/contacts/{RUDO}/export")).json()
    (talk,) = rudo["conversations"]
    assert [one["look"]["text"] for one in talk["messages"]] == ["Tendai is a friend"]
    assert [one.thing for one in await session.scalars(select(Listing))] == ["goats"]


async def test_who_waits_for_an_answer_is_told_once(
    market: Market, client: AsgiClient, merchant: MerchantId, session: AsyncSession
) -> None:
    await live(market, session, merchant)
    rudo = await contact(market, merchant, RUDO)

    await client.request("DELETE", f"/api/v1/contacts/{TENDAI}")

    waiting = select(InboxEvent).where(InboxEvent.state == EventState.WAITING)
    (event,) = await session.scalars(waiting)
    opened = market.vault.open(PLACE, event.id, event.payload)
    told = msgspec.json.decode(opened, type=Tell)
    assert told.prompt.key == "marketplace.interest.listing_gone"
    assert "Tendai" not in str(told)
    talk = await session.scalar(select(Conversation.id).where(Conversation.contact_id == rudo))
    assert event.conversation_id == talk


@pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)
async def test_a_lock_that_somebody_else_held_too_long_is_asked_for_again(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    await market.conversation(merchant, TENDAI, "Tendai")
    contact_id = await contact(market, merchant, TENDAI)
    failures = impatient(market.engine)

    async with market.engine.connect() as other:
        await other.execute(select(Contact).where(Contact.id == contact_id).with_for_update())
        erasing = asyncio.create_task(client.request("DELETE", f"/api/v1/contacts/{TENDAI}"))
        await failures.get()

    assert (await erasing).status == 204
    assert (await client.get("/api/v1/contacts")).json()["items"] == []


def impatient(engine: AsyncEngine) -> asyncio.Queue[str]:
    """Have nobody wait long for a lock; return where each failure is noted."""
    failures: asyncio.Queue[str] = asyncio.Queue()
    impatience = {
        "postgresql": "SET LOCAL lock_timeout = '100ms'",
        "mysql": "SET innodb_lock_wait_timeout = 1",
        "mariadb": "SET innodb_lock_wait_timeout = 1",
    }[engine.dialect.name]

    @event.listens_for(engine.sync_engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(impatience)

    @event.listens_for(engine.sync_engine, "handle_error")
    def _failed(context: ExceptionContext) -> None:
        failures.put_nowait(type(context.original_exception).__name__)

    return failures


async def test_a_second_time_there_is_nobody(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    await market.conversation(merchant, TENDAI, "Tendai")
    contact_id = await contact(market, merchant, TENDAI)

    named = (TENDAI, contact_id, contact_id)
    answers = [await client.request("DELETE", f"/api/v1/contacts/{one}") for one in named]

    assert [one.status for one in answers] == [204, 404, 404]
    assert (await client.get("/api/v1/contacts")).json()["items"] == []
    assert (await client.get("/api/v1/conversations")).json()["items"] == []
