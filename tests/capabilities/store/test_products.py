"""What is told of products is taken over, and they are found and shown as they are."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import Product, ProductId, Variant
from sokoni.capabilities.store.service.catalogue import Catalogue, Status
from sokoni.capabilities.store.service.categories import Categories, CategoryUsedError
from sokoni.capabilities.store.service.indexing import SHELF, Shelving
from sokoni.capabilities.store.service.told import ProductTold, Refusal, Trouble, VariantTold
from sokoni.dialogue.importing import Made
from sokoni.search.base import Query
from sokoni.search.index import index_for
from tests.capabilities.store.factories import (
    MONDAY,
    RIVAL,
    SHOP,
    create_product,
    dollars,
    products,
    showcase,
    variant,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
TRAINERS = ProductTold(
    sku="SHO-1",
    names={"en": "Canvas trainers", "sn": "Shangu dzekanivhasi"},
    descriptions={"en": "Light shoes."},
    attributes={"sole": "rubber"},
    brand="Kopje",
    tags=["tackies"],
    options={"size": ["38", "39"], "colour": ["red", "black"]},
    variants=[
        VariantTold(
            sku="SHO-1-38R",
            options={"size": "38", "colour": "red"},
            price=dollars("18"),
            compare_at=dollars("20"),
            on_hand=3,
        ),
        VariantTold(
            sku="SHO-1-39B",
            options={"colour": "black", "size": "39"},
            price=dollars("21.50"),
            on_hand=0,
        ),
    ],
)


async def found(session: AsyncSession, text: str, **query: str) -> list[ProductId]:
    said = Query(text=text, facets=query)
    hits = await index_for(session).find(session, SHOP, SHELF, said)
    return [] if hits.instead else [ProductId(one.id) for one in hits.hits]


async def test_a_card_shows_prices_stock_and_what_can_be_had(session: AsyncSession) -> None:
    (saved,) = await products(session).save([TRAINERS])
    assert saved.product_id is not None

    card = await showcase(session).product(saved.product_id)

    assert card is not None
    assert (card.name, card.brand, card.description) == (
        "Canvas trainers",
        "Kopje",
        "Light shoes.",
    )
    assert (card.low, card.high, card.compare_at) == (
        dollars("18"),
        dollars("21.50"),
        dollars("20"),
    )
    assert (card.left, card.few(5), card.few(2), card.is_out) == (3, 3, None, False)
    assert card.options == {"size": ["38"], "colour": ["red"]}
    assert [one.name for one in card.variants] == [
        "Canvas trainers, 38, red",
        "Canvas trainers, 39, black",
    ]
    assert [one.is_out for one in card.choosing({"size": "39"})] == [True]
    assert card.sole is None


async def test_names_are_said_in_the_contacts_language(session: AsyncSession) -> None:
    (saved,) = await products(session).save([TRAINERS])
    assert saved.product_id is not None

    shona = await showcase(session, "sn", "en").product(saved.product_id)
    ndebele = await showcase(session, "nd", "en").product(saved.product_id)

    assert shona is not None
    assert shona.name == "Shangu dzekanivhasi"
    assert shona.description == "Light shoes."
    assert ndebele is not None
    assert ndebele.name == "Canvas trainers"


async def test_the_same_told_again_changes_nothing(session: AsyncSession) -> None:
    await products(session).save([TRAINERS])
    session.expunge_all()

    (again,) = await products(session).save([TRAINERS])

    assert again.made is Made.SAME
    product = (await session.scalars(select(Product))).one()
    assert product.version == 1


async def test_what_is_not_told_stays(session: AsyncSession) -> None:
    await products(session).save([TRAINERS])

    dearer = VariantTold(sku="SHO-1-38R", price=dollars("19"))
    (changed,) = await products(session).save([ProductTold(sku="SHO-1", variants=[dearer])])

    assert changed.made is Made.CHANGED
    product = (await session.scalars(select(Product))).one()
    assert (product.version, product.brand, product.tags) == (2, "Kopje", ["tackies"])
    one = (await session.scalars(select(Variant).where(Variant.sku == "SHO-1-38R"))).one()
    assert (one.price, one.on_hand, one.compare_at) == (dollars("19").amount, 3, Decimal(20))
    assert one.options == {"size": "38", "colour": "red"}


async def test_what_cannot_be_is_refused_and_the_rest_kept(session: AsyncSession) -> None:
    await create_product(session, variants=(variant(sku="TAKEN"),))

    saved = await products(session).save(
        [
            ProductTold(sku="A", variants=[variant(sku="A")]),
            ProductTold(sku="B", names={"en": "B"}),
            ProductTold(
                sku="C",
                names={"en": "C"},
                variants=[
                    variant(sku="C-S", options={"size": "S"}),
                    variant(sku="TAKEN", options={"size": "M"}),
                    VariantTold(sku="C-L", options={"size": "L"}),
                    variant(sku="C-S2", options={"size": "S"}),
                    variant(sku="C-0"),
                ],
            ),
            ProductTold(sku="D", names={"en": "D"}, categories=["nowhere"]),
            ProductTold(sku="E" * 65, names={"en": "E"}, variants=[variant()]),
        ]
    )

    assert [one.made for one in saved] == [None, None, Made.NEW, None, None]
    assert saved[0].refusals == [Refusal(Trouble.NAME_MISSING)]
    assert saved[1].refusals == [Refusal(Trouble.VARIANT_MISSING)]
    assert saved[2].refusals == [
        Refusal(Trouble.SKU_TAKEN, 1, "TAKEN"),
        Refusal(Trouble.PRICE_MISSING, 2, "C-L"),
        Refusal(Trouble.OPTIONS_TAKEN, 3, "C-S2"),
        Refusal(Trouble.OPTIONS_MISSING, 4, "C-0"),
    ]
    assert saved[3].refusals == [Refusal(Trouble.CATEGORY_UNKNOWN, about="nowhere")]
    assert saved[4].refusals == [Refusal(Trouble.TOO_LONG)]
    assert await session.scalar(select(func.count()).select_from(Product)) == 2


async def test_products_are_found_as_they_are_now(session: AsyncSession) -> None:
    (saved,) = await products(session).save([TRAINERS])
    assert await found(session, "trainers") == [saved.product_id]
    assert await found(session, "tackies") == [saved.product_id]
    assert await found(session, "trainers", size="39") == []

    await products(session).save(
        [ProductTold(sku="SHO-1", names={"en": "Running shoes", "sn": ""})]
    )
    assert await found(session, "canvas") == []
    assert await found(session, "running") == [saved.product_id]

    await products(session).save([ProductTold(sku="SHO-1", status=Status.ARCHIVED)])
    assert await found(session, "running") == []
    assert await showcase(session).products([ProductId(saved.product_id)]) == []  # type: ignore[arg-type]  # saved


async def test_the_index_is_made_anew(session: AsyncSession) -> None:
    product = await create_product(session)
    await index_for(session).drop(session, SHOP, SHELF, [product.id])
    assert await found(session, "coffee") == []

    changed, last = await Shelving(session, SHOP, MONDAY).put_page(None)

    assert (changed, last) == (1, product.id)
    assert await found(session, "coffee") == [product.id]
    assert await Shelving(session, SHOP, MONDAY).put_page(None) == (0, product.id)
    assert await Shelving(session, SHOP, MONDAY).put_page(last) == (0, None)


async def test_categories_count_what_stands_below_them_once(session: AsyncSession) -> None:
    both = ("drinks/coffee", "drinks/hot")
    await create_product(session, categories=both)
    await create_product(
        session, sku="TEA", categories=("drinks/hot",), variants=(variant(sku="TEA"),)
    )
    await create_product(
        session,
        sku="OLD",
        categories=("food",),
        status=Status.ARCHIVED,
        variants=(variant(sku="OLD"),),
    )
    await create_product(
        session, sku="X", categories=("drinks",), merchant_id=RIVAL, variants=(variant(sku="X"),)
    )

    (drinks,) = await showcase(session).categories()
    inside = await showcase(session).categories(drinks.id)

    assert (drinks.path, drinks.name, drinks.count, drinks.has_children) == (
        "drinks",
        "Drinks",
        2,
        True,
    )
    assert {one.path: one.count for one in inside} == {"drinks/coffee": 1, "drinks/hot": 2}
    assert not any(one.has_children for one in inside)
    assert await showcase(session).category(drinks.id) == drinks


async def test_a_renamed_category_is_found_by_its_new_name(session: AsyncSession) -> None:
    product = await create_product(session, categories=("drinks/coffee",))
    categories = Categories(session, SHOP, MONDAY)
    drinks = await categories.find("drinks")
    assert drinks is not None

    await categories.rename(drinks, {"en": "Beverages"})

    assert await found(session, "beverages") == [product.id]
    with pytest.raises(CategoryUsedError):
        await categories.remove(drinks)
    coffee = await categories.find("drinks/coffee")
    assert coffee is not None
    await categories.remove(coffee)
    assert await found(session, "beverages") == []
    catalogue = Catalogue(session, SHOP, MONDAY)
    assert await catalogue.categories_of([product.id]) == {}


async def test_another_merchants_products_are_not_to_be_seen(session: AsyncSession) -> None:
    product = await create_product(session, merchant_id=RIVAL)

    assert await showcase(session).products([product.id]) == []
    assert await showcase(session).by_sku(product.sku) is None
    assert await found(session, "coffee") == []
    (own,) = await products(session).save(
        [ProductTold(sku=product.sku, names={"en": "Ours"}, variants=[variant()])]
    )
    assert own.made is Made.NEW
