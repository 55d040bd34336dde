"""A shop to buy in: rows for tests of carts and orders. A test names only what it is about."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypedDict, Unpack
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Coupon
from sokoni.capabilities.store.models.catalogue import Product, Variant
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.carts import Carts
from sokoni.capabilities.store.service.checkout import Checkout, Wish
from sokoni.capabilities.store.service.fulfilment import Fulfilment
from sokoni.capabilities.store.service.orders import MoneyNews, Orders, PaymentMove
from sokoni.capabilities.store.service.placing import NewOrder
from sokoni.db.vault import Vault
from sokoni.dialogue.flow import Person, TurnContext
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, new_id
from sokoni.language.reading import Scene
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.gazetteer import Gazetteer

SHOP: Final = MerchantId(uuid4())
RIVAL: Final = MerchantId(uuid4())
VAULT: Final = Vault([b"k" * 32])
MONDAY: Final = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
ANN: Final = ContactId(uuid4())
BEN: Final = ContactId(uuid4())


def profile(**store: object) -> MerchantProfile:
    return MerchantProfile(
        id=SHOP,
        slug="corner-shop",
        name="Corner Shop",
        country="ZW",
        currency="USD",
        zone=ZoneInfo("Africa/Harare"),
        languages=("en",),
        capabilities={"store": store},
    )


class VariantFields(TypedDict, total=False):
    name: str
    sku: str
    price: str
    stock: int | None
    weight_grams: int
    status: str
    options: Mapping[str, str]
    merchant_id: MerchantId


async def stocked(session: AsyncSession, **fields: Unpack[VariantFields]) -> Variant:
    """Put something on the shelf: coffee at 4.50, ten of it, unless a test says otherwise."""
    merchant_id, sku = fields.get("merchant_id", SHOP), fields.get("sku", f"S-{uuid4().hex[:8]}")
    product = Product(
        id=new_id(),
        merchant_id=merchant_id,
        sku=sku,
        names={"en": fields.get("name", "Coffee")},
        descriptions={},
        attributes={},
        tags=[],
        options={},
        status=fields.get("status", "active"),
        created_at=MONDAY,
        updated_at=MONDAY,
    )
    session.add(product)
    await session.flush()
    variant = Variant(
        id=new_id(),
        merchant_id=merchant_id,
        product_id=product.id,
        sku=sku,
        options=fields.get("options", {}),
        price=Decimal(fields.get("price", "4.50")),
        currency="USD",
        weight_grams=fields.get("weight_grams", 250),
        on_hand=fields.get("stock", 10),
        reserved=0,
        withdrawn=False,
    )
    session.add(variant)
    await session.flush()
    return variant


async def counted(session: AsyncSession, variant: Variant) -> tuple[int | None, int]:
    """Return how many there are, and how many of them are promised."""
    statement = select(Variant.on_hand, Variant.reserved).where(Variant.id == variant.id)
    row = (await session.execute(statement)).one()
    return row.on_hand, row.reserved


async def coupon(session: AsyncSession, code: str, **fields: Any) -> Coupon:  # noqa: ANN401
    made = Coupon(id=new_id(), merchant_id=SHOP, code=code, uses=0, **fields)
    session.add(made)
    await session.flush()
    return made


def carts(session: AsyncSession, merchant_id: MerchantId = SHOP) -> Carts:
    return Carts(session, merchant_id, MONDAY, "USD")


def checkout(session: AsyncSession, **store: object) -> Checkout:
    return Checkout(session, profile(**store), MONDAY)


def orders(session: AsyncSession, *, later: timedelta = timedelta(), **store: object) -> Orders:
    return Orders(session, VAULT, profile(**store), MONDAY + later)


def yes(contact_id: ContactId = ANN, **said: Any) -> NewOrder:  # noqa: ANN401
    """Return what a contact says yes to."""
    plain = {"conversation_id": None, "language": "en", "wish": Wish(gateway="sandbox")}
    return NewOrder(contact_id=contact_id, **{**plain, **said})


async def placed(
    session: AsyncSession,
    variant: Variant,
    quantity: int = 1,
    contact_id: ContactId = ANN,
    **said: Any,  # noqa: ANN401
) -> Order:
    """Return an order of one thing."""
    await carts(session).add(contact_id, variant.id, quantity)
    return await orders(session).place(yes(contact_id, **said))


def context_of(session: AsyncSession, who: ContactId = ANN, now: datetime = MONDAY) -> TurnContext:
    """Return what a turn of a contact's has."""
    merchant = profile()
    scene = Scene(
        languages=("en",),
        country="ZW",
        currency="USD",
        now=now.astimezone(merchant.zone),
        places=Gazetteer(),
    )
    return TurnContext(
        session=session,
        vault=VAULT,
        merchant=merchant,
        person=Person(id=who, name="", name_given=False, language="en"),
        conversation_id=ConversationId(new_id()),
        now=now,
        scene=scene,
    )


def fulfilment(session: AsyncSession) -> Fulfilment:
    return Fulfilment(session, SHOP, MONDAY, "rudo")


async def paid(session: AsyncSession, quantity: int = 3) -> tuple[Order, Variant]:
    """Return an order of coffee that was paid, and the coffee."""
    coffee = await stocked(session, sku="COF-1")
    order = await placed(session, coffee, quantity)
    news = MoneyNews(move=PaymentMove.PAID, amount=order.total, currency="USD")
    return await orders(session).payment(order.id, news), coffee
