"""Rows for the store's tests. Defaults are valid; a test names only what it is about."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypedDict, Unpack
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.store.files.importing import ProductImporter
from sokoni.capabilities.store.models.catalogue import Product, ProductId, Variant
from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.service.catalogue import Catalogue, Status
from sokoni.capabilities.store.service.categories import Categories
from sokoni.capabilities.store.service.products import Products
from sokoni.capabilities.store.service.showcase import Showcase
from sokoni.capabilities.store.service.told import ProductTold, VariantTold
from sokoni.db.vault import Vault
from sokoni.dialogue.import_runs import ImportRun
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.kit.money import Money
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.gazetteer import Gazetteer

PLACES: Final = Gazetteer()
SHOP: Final = MerchantId(uuid4())
RIVAL: Final = MerchantId(uuid4())
VAULT: Final = Vault([b"k" * 32])
MONDAY: Final = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""Nine in the morning in Harare."""
PROFILE: Final = MerchantProfile(
    id=SHOP,
    slug="corner-shop",
    name="Corner Shop",
    country="ZW",
    currency="USD",
    zone=ZoneInfo("Africa/Harare"),
    languages=("en", "sn", "nd"),
    capabilities={"store": {}},
)


def dollars(amount: str) -> Money:
    return Money(Decimal(amount), "USD")


class VariantFields(TypedDict, total=False):
    sku: str
    options: dict[str, str]
    price: Money
    compare_at: Money | None
    on_hand: int | None
    weight_grams: int


def variant(**fields: Unpack[VariantFields]) -> VariantTold:
    return VariantTold(**{"price": dollars("4.50"), "on_hand": 10, **fields})  # type: ignore[arg-type]  # the fields of VariantTold


class ProductFields(TypedDict, total=False):
    sku: str
    name: str
    categories: tuple[str, ...]
    variants: tuple[VariantTold, ...]
    status: Status
    merchant_id: MerchantId
    sold: int


async def create_product(session: AsyncSession, **fields: Unpack[ProductFields]) -> Product:
    """Put a product on sale: coffee, ten packets at 4.50."""
    merchant_id = fields.get("merchant_id", SHOP)
    categories = fields.get("categories", ())
    await Categories(session, merchant_id, MONDAY).ensure({one: {} for one in categories})
    told = ProductTold(
        sku=fields.get("sku", "COF-1"),
        names={"en": fields.get("name", "Ground coffee")},
        categories=categories,
        status=fields.get("status", Status.ACTIVE),
        sold=fields.get("sold", 0),
        variants=fields.get("variants", (variant(),)),
    )
    (saved,) = await products(session, merchant_id).save([told])
    assert saved.product_id is not None, saved.refusals
    return await Catalogue(session, merchant_id, MONDAY).get(saved.product_id)


async def sole_variant(session: AsyncSession, product: Product) -> Variant:
    catalogue = Catalogue(session, product.merchant_id, MONDAY)
    (one,) = (await catalogue.variants_of([ProductId(product.id)]))[product.id]
    return one


async def create_order(session: AsyncSession, merchant_id: MerchantId = SHOP) -> OrderId:
    """Place an order that stock may be promised to."""
    order = Order(
        id=OrderId(new_id()),
        merchant_id=merchant_id,
        reference=f"ORD-{new_id().hex[-12:]}",
        contact_id=ContactId(new_id()),
        status="placed",
        charge_status="unpaid",
        currency="USD",
        items_total=Decimal(1),
        total=Decimal(1),
        delivery="delivery",
        gateway="sandbox",
        language="en",
        placed_at=MONDAY,
        updated_at=MONDAY,
    )
    session.add(order)
    await session.flush()
    return order.id


def products(session: AsyncSession, merchant_id: MerchantId = SHOP) -> Products:
    return Products(session, merchant_id, MONDAY)


def showcase(session: AsyncSession, *languages: str) -> Showcase:
    shown = languages or PROFILE.languages
    return Showcase(session, SHOP, shown, MONDAY, lambda file: f"/media/{file.id}")


def import_run(engine: AsyncEngine, merchant: MerchantProfile = PROFILE) -> ImportRun:
    """Return a run that takes over the products of a file."""
    return ImportRun(
        engine=engine,
        vault=VAULT,
        clock=lambda: MONDAY,
        merchant=merchant,
        shipped=PLACES,
        importer=ProductImporter(),
    )
