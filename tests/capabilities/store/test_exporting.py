"""What is exported says the same when it is imported again."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.store.files.exporting import ProductExporter
from sokoni.capabilities.store.service.catalogue import Catalogue, Status
from sokoni.capabilities.store.service.categories import Categories
from sokoni.capabilities.store.service.products import Products
from sokoni.capabilities.store.service.told import ProductTold, VariantTold
from sokoni.dialogue.exporting import FileFormat, write_rows, writer_for
from sokoni.dialogue.importing import Imported, Made
from sokoni.dialogue.tables import rows_of
from sokoni.kit.ids import MerchantId, new_id
from sokoni.kit.money import Money
from sokoni.kit.text import one_line
from sokoni.merchants.profile import MerchantProfile
from tests.capabilities.store.factories import MONDAY, PROFILE, import_run

_LETTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"])
WORDS = st.text(_LETTERS, min_size=1, max_size=12).map(one_line).filter(bool)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
PRICES = st.integers(0, 10**7).map(lambda cents: Money(Decimal(cents) / 100, "USD"))


@st.composite
def variants(draw: st.DrawFn) -> list[VariantTold]:
    sizes = draw(st.lists(WORDS, max_size=3, unique_by=str.casefold))
    return [
        VariantTold(
            sku=f"V{new_id().hex[-12:]}",
            options={"size": size} if size else {},
            price=draw(PRICES),
            compare_at=draw(st.none() | PRICES),
            weight_grams=draw(st.integers(0, 10**6)),
            on_hand=draw(st.none() | st.integers(0, 10**6)),
            withdrawn=draw(st.booleans()),
        )
        for size in (sizes if len(sizes) > 1 else [""])
    ]


@st.composite
def products(draw: st.DrawFn) -> ProductTold:
    names = draw(st.dictionaries(st.sampled_from(PROFILE.languages), WORDS, min_size=1))
    return ProductTold(
        sku=f"P{new_id().hex[-12:]}",
        names=names,
        descriptions=draw(st.dictionaries(st.sampled_from(PROFILE.languages), LINES)),
        attributes=draw(st.dictionaries(WORDS, WORDS, max_size=3)),
        brand=draw(st.just("") | WORDS),
        tags=draw(st.lists(WORDS, max_size=3)),
        categories=draw(st.lists(st.sampled_from(["a", "a/b-c", "d"]), unique=True)),
        status=draw(st.sampled_from(Status)),
        sold=draw(st.integers(0, 1000)),
        pictures=draw(st.lists(st.sampled_from(["https://x.y/a,b.jpg", "https://x.y/c;d"]))),
        variants=draw(variants()),
    )


async def exported(session: AsyncSession, merchant_id: MerchantId, form: FileFormat) -> BytesIO:
    file, merchant = BytesIO(), _merchant(merchant_id)
    rows = ProductExporter().rows(session, merchant, lambda: MONDAY)
    columns = ProductExporter().columns(merchant)
    await write_rows(writer_for(file, form, "products"), columns, rows)
    file.seek(0)
    return file


async def bring(engine: AsyncEngine, merchant_id: MerchantId, file: BytesIO) -> Imported:
    return await import_run(engine, _merchant(merchant_id)).take(rows_of(file), lambda _: None)


async def kept(session: AsyncSession, merchant_id: MerchantId) -> list[Mapping[str, Any]]:
    """Return all that is kept of a merchant's products, but for ids."""
    catalogue = Catalogue(session, merchant_id, MONDAY)
    found = await catalogue.page(after=None, limit=100)
    ids = [one.id for one in found]
    theirs, held = await catalogue.variants_of(ids), await catalogue.categories_of(ids)
    pictures = await catalogue.pictures_of(ids)
    tree = await Categories(session, merchant_id, MONDAY).all()
    paths = {one.id: one.path for one in tree}
    of_product = ("sku", "names", "descriptions", "attributes", "brand", "tags", "options")
    of_variant = ("sku", "options", "price", "compare_at", "weight_grams", "on_hand", "withdrawn")
    return [
        {
            **{name: getattr(one, name) for name in (*of_product, "status", "sold")},
            "categories": sorted(paths[each] for each in held.get(one.id, ())),
            "pictures": [each.url for each in pictures.get(one.id, ())],
            "variants": [
                {name: getattr(each, name) for name in of_variant} for each in theirs[one.id]
            ],
        }
        for one in found
    ]


@pytest.mark.parametrize("form", FileFormat)
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(told=st.lists(products(), min_size=1, max_size=3))
async def test_an_exported_file_makes_the_same_products(
    engine: AsyncEngine, form: FileFormat, told: list[ProductTold]
) -> None:
    ours, others = MerchantId(new_id()), MerchantId(new_id())
    async with AsyncSession(engine) as session, session.begin():
        await Categories(session, ours, MONDAY).ensure({"a/b-c": {}, "d": {}})
        saved = await Products(session, ours, MONDAY).save(told)
        assert not any(one.refusals for one in saved)
    async with AsyncSession(engine) as session:
        file, before = await exported(session, ours, form), await kept(session, ours)

    made = await bring(engine, others, file)
    file.seek(0)
    again = await bring(engine, ours, file)

    assert not made.refused
    assert made.made[Made.NEW] == len(told)
    assert again.made[Made.SAME] == len(told)
    async with AsyncSession(engine) as session:
        assert await kept(session, others) == before


def _merchant(merchant_id: MerchantId) -> MerchantProfile:
    return replace(PROFILE, id=merchant_id)
