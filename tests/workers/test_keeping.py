"""What is old goes when the merchant's settings say so; what is young, open or needed stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import pytest
from pydantic import BaseModel, ValidationError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.bootstrap import capabilities
from sokoni.capabilities.booking.models import Booking
from sokoni.capabilities.broadcast.models import Broadcast, BroadcastId, Recipient
from sokoni.capabilities.onboarding.models import Entry, EntryFact, State
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderItem
from sokoni.capabilities.store.settings import StoreSettings
from sokoni.contacts.consent import CHANNEL, MARKETING, MESSAGES, wants_to_hear
from sokoni.contacts.consent import stopped_at_the_channel as stopped_there
from sokoni.contacts.models import Consent, Contact, KeptStop
from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.keeping import Keeping
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, PhoneNumber, new_id
from sokoni.kit.money import Money
from sokoni.merchants.declared import DeclaredMerchant
from sokoni.merchants.models import Merchant
from sokoni.messaging.models import Conversation
from sokoni.payments.base import Capabilities, Link
from sokoni.payments.models import Payment
from sokoni.payments.service import NewPayment, Payments
from sokoni.payments.states import PaymentState
from sokoni.reviews.models import DealState
from sokoni.testing.clock import StoppedClock
from sokoni.workers.keeping import keeping_of
from tests.api.market import Market
from tests.capabilities.booking.factories import create_provider
from tests.capabilities.marketplace.factories import create_listing
from tests.conftest import THREE
from tests.reviews.factories import create_deal

YEAR: Final = timedelta(days=365)
DAY: Final = timedelta(days=1)
on_three = pytest.mark.parametrize("database_url", THREE, indirect=True)
SAYS: Final[Mapping[str, Mapping[str, Any]]] = {
    "store": {"keep_orders_days": 365},
    "booking": {"keep_bookings_days": 365},
    "broadcast": {"keep_days": 365},
    "onboarding": {
        "registrations": [
            {"name": "club", "label": "Club", "steps": [{"slot": "a", "kind": "name"}]}
        ],
        "keep_unfinished_days": 365,
        "keep_registrations_days": 365,
    },
}
"""What a merchant says who keeps everything for a year."""


@dataclass(slots=True)
class Attic:
    """A merchant's rows, and what lets go of them."""

    market: Market
    merchant: MerchantId
    keeping: Keeping

    @property
    def now(self) -> datetime:
        return self.market.clock()

    @property
    def old(self) -> datetime:
        return self.now - YEAR - DAY

    @property
    def young(self) -> datetime:
        return self.now - YEAR + DAY

    def session(self) -> AsyncSession:
        return AsyncSession(self.market.engine, expire_on_commit=False)

    async def says(
        self, settings: Mapping[str, Any], parts: Mapping[str, Mapping[str, Any]] = {}
    ) -> None:
        """Have the merchant's file say this."""
        async with self.session() as session, session.begin():
            row = await session.get_one(Merchant, self.merchant)
            row.settings = dict(settings)
            row.capabilities = {name: dict(said) for name, said in parts.items()}

    async def clear(self) -> None:
        while await self.keeping.clear(self.now):
            pass

    async def left(self, column: Any) -> set[Any]:  # noqa: ANN401 -- a column of any table
        async with self.session() as session:
            return set((await session.scalars(select(column))).all())

    async def person(self, phone: str, *, heard: datetime) -> ContactId:
        """Have somebody write for the last time."""
        talk = await self.market.conversation(self.merchant, phone)
        async with self.session() as session, session.begin():
            row = await session.get_one(Conversation, talk)
            row.last_inbound_at = heard
            theirs = update(Contact).where(Contact.id == row.contact_id)
            await session.execute(theirs.values(created_at=self.old - DAY))
            return row.contact_id

    async def agree(
        self,
        contact_id: ContactId,
        at: datetime,
        *,
        given: bool = True,
        purpose: str = MARKETING,
        source: str = "chat",
    ) -> object:
        async with self.session() as session, session.begin():
            row = Consent(
                merchant_id=self.merchant,
                contact_id=contact_id,
                purpose=purpose,
                given=given,
                source=source,
                at=at,
            )
            session.add(row)
        return row.id


@pytest.fixture
async def attic(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Attic:
    market = Market(engine, vault, clock)
    parts = market.parts()
    keeping = keeping_of(engine, clock, parts.inbox, parts.merchants, capabilities())
    return Attic(market, await market.merchant("attic"), keeping)


async def order(attic: Attic, status: str, charge: str, at: datetime) -> Order:
    async with attic.session() as session, session.begin():
        row = Order(
            merchant_id=attic.merchant,
            reference=f"ORD-{new_id().hex[-12:]}",
            contact_id=ContactId(new_id()),
            status=status,
            charge_status=charge,
            currency="USD",
            items_total=Decimal(1),
            total=Decimal(1),
            delivery="delivery",
            gateway="sandbox",
            language="en",
            placed_at=at,
            updated_at=at,
        )
        session.add(row)
        await session.flush()
        item = {"product_id": new_id(), "variant_id": new_id(), "sku": "T", "name": "Tea"}
        session.add_all(
            [
                OrderItem(
                    merchant_id=attic.merchant,
                    order_id=row.id,
                    quantity=1,
                    unit_price=Decimal(1),
                    total=Decimal(1),
                    **item,
                ),
                OrderEvent(
                    merchant_id=attic.merchant,
                    order_id=row.id,
                    at=at,
                    by="staff",
                    move="place",
                    status=status,
                    charge_status=charge,
                ),
            ]
        )
    return row


async def pay(attic: Attic, one: Order, state: PaymentState) -> Payment:
    async with attic.session() as session, session.begin():
        payments = Payments(session, attic.market.vault, attic.merchant, attic.old)
        payment = await payments.open(
            NewPayment(
                contact_id=one.contact_id,
                conversation_id=ConversationId(new_id()),
                subject="store.order",
                subject_id=one.id,
                reference=one.reference,
                money=Money(Decimal(1), "USD"),
                provider="sandbox",
                lasts=timedelta(hours=1),
            )
        )
        await payments.linked(payment, Link(url="https://pay.example/1"), Capabilities())
        await session.execute(
            update(Payment).where(Payment.id == payment.id).values({Payment.state: state})
        )
        return payment


@on_three
async def test_orders_that_are_over_go_and_open_ones_never_do(attic: Attic) -> None:
    await attic.says({}, SAYS)
    over = [
        await order(attic, status, charge, attic.old)
        for status, charge in (
            ("delivered", "paid"),
            ("fulfilled", "paid"),
            ("cancelled", "unpaid"),
            ("cancelled", "refunded"),
            ("returned", "refunded"),
        )
    ]
    await pay(attic, over[0], PaymentState.PAID)
    stay = [
        await order(attic, status, charge, attic.old)
        for status, charge in (
            ("placed", "unpaid"),
            ("paid", "paid"),
            ("partly_fulfilled", "paid"),
            ("delivered", "cod"),
            ("cancelled", "paid"),
            ("returned", "paid"),
            ("cancelled", "authorized"),
        )
    ]
    disputed = await order(attic, "delivered", "paid", attic.old)
    dispute = await pay(attic, disputed, PaymentState.DISPUTED)
    young = await order(attic, "delivered", "paid", attic.young)

    await attic.clear()

    left = {one.id for one in (*stay, disputed, young)}
    assert await attic.left(Order.id) == left
    assert await attic.left(OrderItem.order_id) == left
    assert await attic.left(OrderEvent.order_id) == left
    assert await attic.left(Payment.id) == {dispute.id}


@on_three
async def test_bookings_that_are_over_go_and_those_that_stand_never_do(attic: Attic) -> None:
    await attic.says({}, SAYS)
    made: dict[str, object] = {}
    async with attic.session() as session, session.begin():
        provider = await create_provider(session, merchant_id=attic.merchant)
        for status, at in (
            ("completed", attic.old),
            ("cancelled", attic.old),
            ("pending", attic.old),
            ("confirmed", attic.old),
            ("completed", attic.young),
        ):
            row = Booking(
                merchant_id=attic.merchant,
                reference=f"BKG-{new_id().hex[-8:]}",
                provider_id=provider.id,
                doer_id=provider.contact_id,
                customer_id=ContactId(new_id()),
                service="plumber",
                place_id="p",
                place_name="Avondale",
                starts_at=at,
                ends_at=at,
                status=status,
                created_at=at,
                updated_at=at,
            )
            session.add(row)
            await session.flush()
            made[f"{status} {at == attic.old}"] = row.id

    await attic.clear()

    stay = {made[name] for name in ("pending True", "confirmed True", "completed False")}
    assert await attic.left(Booking.id) == stay


@on_three
async def test_registrations_go_but_never_one_that_waits_for_staff(attic: Attic) -> None:
    await attic.says({}, SAYS)
    async with attic.session() as session, session.begin():
        for number, (state, at) in enumerate(
            [(state, at) for state in State for at in (attic.old, attic.young)]
        ):
            entry = Entry(
                merchant_id=attic.merchant,
                contact_id=ContactId(new_id()),
                registration="club",
                reference=f"{state}-{'old' if at == attic.old else 'young'}"[:24],
                state=state,
                step="a",
                created_at=at,
                updated_at=at,
            )
            session.add(entry)
            await session.flush()
            session.add(
                EntryFact(
                    merchant_id=attic.merchant,
                    registration_id=entry.id,
                    slot="a",
                    contact_id=entry.contact_id,
                    value=str(number),
                )
            )

    await attic.clear()

    young = {f"{state}-young" for state in State}
    assert await attic.left(Entry.reference) == young | {"pending-old"}
    assert len(await attic.left(EntryFact.registration_id)) == len(young) + 1


@on_three
async def test_recipients_go_when_their_broadcast_is_long_over(attic: Attic) -> None:
    await attic.says({}, SAYS)
    known: dict[str, BroadcastId] = {}
    async with attic.session() as session, session.begin():
        for name, state, ended in (
            ("old", "done", attic.old),
            ("young", "done", attic.young),
            ("paused", "paused", None),
        ):
            row = Broadcast(
                merchant_id=attic.merchant,
                reference=f"B-{name}",
                name=name,
                content={},
                digest="d",
                state=state,
                created_at=attic.old,
                ended_at=ended,
            )
            session.add(row)
            await session.flush()
            known[name] = row.id
            session.add(
                Recipient(
                    broadcast_id=row.id,
                    proof_number=1,
                    merchant_id=attic.merchant,
                    contact_id=ContactId(new_id()),
                    verdict="in_window",
                    step="said",
                    marketing=True,
                )
            )

    await attic.clear()

    assert await attic.left(Recipient.broadcast_id) == {known["young"], known["paused"]}
    assert await attic.left(Broadcast.id) == set(known.values())


@on_three
async def test_of_consents_only_what_was_replaced_long_ago_goes(attic: Attic) -> None:
    await attic.says({"keep_consents_days": 365})
    who = await attic.person("+263771000001", heard=attic.now)
    channel = await attic.agree(who, attic.old - 5 * DAY, given=False, source=CHANNEL)
    replaced = await attic.agree(who, attic.old - 4 * DAY)
    stop = await attic.agree(who, attic.old - 3 * DAY, given=False)
    messages = await attic.agree(who, attic.old - 2 * DAY, purpose=MESSAGES)
    other = await attic.person("+263771000002", heard=attic.now)
    lately = [await attic.agree(other, attic.old), await attic.agree(other, attic.young)]

    await attic.clear()

    assert await attic.left(Consent.id) == {channel, stop, messages, *lately}
    assert replaced not in await attic.left(Consent.id)
    async with attic.session() as session:
        assert not await wants_to_hear(session, attic.merchant, who)
        assert await stopped_there(session, attic.merchant, who)


@on_three
async def test_who_never_came_back_is_erased_and_their_stop_is_not(attic: Attic) -> None:
    await attic.says({"keep_contacts_days": 365})
    gone = await attic.person("+263771000001", heard=attic.old)
    stays = await attic.person("+263771000002", heard=attic.young)
    agreed = await attic.person("+263771000003", heard=attic.old)
    await attic.agree(agreed, attic.young)
    async with attic.session() as session, session.begin():
        stopped = update(Contact).where(Contact.id == gone).values(opted_out_at=attic.old)
        await session.execute(stopped)

    await attic.clear()

    assert await attic.left(Contact.id) == {stays, agreed}
    assert await attic.left(KeptStop.opted_out_at) == {attic.old}
    market = attic.market
    async with writing(market.engine) as connection:
        back = await contact_of_phone(
            connection, market.vault, attic.merchant, PhoneNumber("+263771000001"), market.clock()
        )
    async with attic.session() as session:
        assert (await session.get_one(Contact, back)).opted_out_at == attic.old


async def test_who_is_needed_is_not_erased_however_long_they_are_silent(attic: Attic) -> None:
    await attic.says({"keep_contacts_days": 365})
    people = [await attic.person(f"+26377100000{n}", heard=attic.old) for n in range(7)]
    buyer, customer, applicant, seller, debtor, dealer, nobody = people
    bought = await order(attic, "delivered", "paid", attic.old)
    owed = await order(attic, "cancelled", "unpaid", attic.old)
    owes = await pay(attic, owed, PaymentState.PENDING)
    async with attic.session() as session, session.begin():
        await session.execute(update(Order).where(Order.id == bought.id).values(contact_id=buyer))
        await session.execute(
            update(Payment).where(Payment.id == owes.id).values(contact_id=debtor)
        )
        await create_provider(session, merchant_id=attic.merchant, contact_id=customer)
        session.add(
            Entry(
                merchant_id=attic.merchant,
                contact_id=applicant,
                registration="club",
                reference="R",
                state=State.PENDING,
                step="approval",
                created_at=attic.old,
                updated_at=attic.old,
            )
        )
        await create_listing(session, seller, merchant_id=attic.merchant, now=attic.now)
        other = ContactId(new_id())
        await create_deal(
            session, attic.merchant, dealer, other, state=DealState.OPEN, at=attic.old
        )

    await attic.clear()

    assert await attic.left(Contact.id) == set(people) - {nobody}


async def test_nothing_goes_where_the_file_does_not_say_so(attic: Attic) -> None:
    bought = await order(attic, "delivered", "paid", attic.old)
    who = await attic.person("+263771000001", heard=attic.old)
    said = [await attic.agree(who, attic.old - DAY), await attic.agree(who, attic.old)]

    await attic.clear()

    assert await attic.left(Order.id) == {bought.id}
    assert await attic.left(Contact.id) == {who}
    assert await attic.left(Consent.id) == set(said)


async def test_many_go_in_batches_and_then_nothing_is_looked_for_within_the_hour(
    attic: Attic,
) -> None:
    await attic.says({"keep_contacts_days": 365})
    for number in range(21):
        await attic.person(f"+2637710001{number:02}", heard=attic.old)

    assert await attic.keeping.clear(attic.now)
    assert len(await attic.left(Contact.id)) == 1
    assert not await attic.keeping.clear(attic.now)
    assert await attic.left(Contact.id) == set()

    await attic.person("+263771000200", heard=attic.old)
    assert not await attic.keeping.clear(attic.now)
    assert len(await attic.left(Contact.id)) == 1
    attic.market.clock.advance(timedelta(hours=1))
    assert not await attic.keeping.clear(attic.now)
    assert await attic.left(Contact.id) == set()


def test_every_setting_that_says_how_long_something_is_kept_is_obeyed(attic: Attic) -> None:
    declared: Sequence[tuple[str, type[BaseModel]]] = [
        ("", DeclaredMerchant),
        *((f"{name}.", one.settings) for name, one in capabilities().items()),
    ]
    said = {
        f"{prefix}{name}"
        for prefix, model in declared
        for name in model.model_fields
        if name.startswith("keep_")
    }

    assert {one.setting for one in attic.keeping.kinds} == said


@pytest.mark.parametrize("days", [-1, 1, 29])
def test_nothing_is_let_go_of_within_a_month(days: int) -> None:
    with pytest.raises(ValidationError):
        StoreSettings(keep_orders_days=days)
