"""Products out of files as shops have them."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from io import BytesIO

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.store.models.catalogue import (
    Category,
    Product,
    ProductCategory,
    ProductPicture,
    Variant,
)
from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.dialogue.gathering import AT_ONCE
from sokoni.dialogue.importing import Imported, Made
from sokoni.dialogue.tables import TableError, rows_of
from sokoni.search.base import Query
from sokoni.search.index import index_for
from tests.capabilities.store.factories import SHOP, import_run
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,\
Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,\
Variant Inventory Policy,Variant Price,Variant Compare At Price,Image Src,Status
trainers,Trainers &amp; Laces,"<p>Light <b>shoes</b>.</p><script>alert('x')</script>
<ul><li>Rubber</li><li>Cotton</li></ul>",Kopje,Shoes,"tackies, sneakers",true,Size,38,Color,Red,\
T-38R,700,shopify,3,deny,18.00,20.00,https://cdn.example.com/a.jpg?v=1,active
trainers,,,,,,,,39,,Red,T-39R,700,shopify,-2,deny,"18,00",,https://cdn.example.com/b.jpg,
trainers,,,,,,,,40,,Red,T-40R,700,shopify,5,deny,eighteen,,,
trainers,,,,,,,,41,,Red,,700,,0,deny,"$1,018.50",,,
trainers,,,,,,,,,,,,,,,,,,https://cdn.example.com/c.jpg,
coffee,Ground Coffee,,Honey,Coffee,,true,Title,Default Title,,,,250,shopify,7,continue,4.50,,,draft
"""
WOO = """\
ID,Type,SKU,Name,Published,Short description,In stock?,Stock,Weight (kg),Sale price,Regular price,\
Categories,Tags,Images,Parent,Attribute 1 name,Attribute 1 value(s)
1,variable,SHIRT,Cotton Shirt,1,Soft\\ncotton,1,,,,,"Clothes > Shirts, New",summer,\
"https://x.example/a.jpg, https://x.example/b.jpg",,Size,"S, M"
2,simple,MUG,Mug,1,,0,0,0.25,,3,Kitchen,,,,Material,Clay
3,variation,SHIRT-S,Cotton Shirt - S,1,,1,4,0.2,9.99,12.00,,,,SHIRT,Size,S
4,variation,SHIRT-M,Cotton Shirt - M,1,,1,,0.2,,12.00,,,,SHIRT,Size,M
5,grouped,SET,A set,1,,1,,,,,,,,,,
"""


async def bring(engine: AsyncEngine, data: str | bytes) -> Imported:
    file = BytesIO(data.encode() if isinstance(data, str) else data)
    return await import_run(engine).take(rows_of(file), lambda _: None)


async def one_product(session: AsyncSession, sku: str) -> Product:
    return (await session.scalars(select(Product).where(Product.sku == sku))).one()


async def variants(session: AsyncSession, product: Product) -> Sequence[Variant]:
    its = select(Variant).where(Variant.product_id == product.id)
    return (await session.scalars(its.order_by(Variant.position))).all()


async def paths(session: AsyncSession, product: Product) -> list[str]:
    held = select(Category.path).join(ProductCategory, ProductCategory.category_id == Category.id)
    its = held.where(ProductCategory.product_id == product.id).order_by(Category.path)
    return list(await session.scalars(its))


async def test_a_shopify_file_is_taken(engine: AsyncEngine, session: AsyncSession) -> None:
    imported = await bring(engine, SHOPIFY)

    assert imported.made == {Made.NEW: 2, Made.CHANGED: 0, Made.SAME: 0}
    assert imported.refused == [(5, "eighteen is no price")]
    trainers = await one_product(session, "trainers")
    assert trainers.names == {"en": "Trainers & Laces"}
    assert trainers.descriptions == {"en": "Light shoes.\n- Rubber\n- Cotton"}
    assert (trainers.brand, trainers.tags) == ("Kopje", ["tackies", "sneakers"])
    assert trainers.options == {"size": ["38", "39", "41"], "color": ["Red"]}
    assert await paths(session, trainers) == ["shoes"]
    sizes = await variants(session, trainers)
    assert [(one.sku, str(one.price), one.on_hand) for one in sizes] == [
        ("T-38R", "18.000", 3),
        ("T-39R", "18.000", 0),
        ("trainers-41-RED", "1018.500", None),
    ]
    assert str(sizes[0].compare_at) == "20.000"
    pictures = select(ProductPicture.url).order_by(ProductPicture.position)
    assert [one[-9:] for one in await session.scalars(pictures)] == [
        "a.jpg?v=1",
        "com/b.jpg",
        "com/c.jpg",
    ]
    coffee = await one_product(session, "coffee")
    (plain,) = await variants(session, coffee)
    assert (coffee.status, plain.options, plain.on_hand) == ("draft", {}, None)


async def test_a_woocommerce_file_is_taken(engine: AsyncEngine, session: AsyncSession) -> None:
    imported = await bring(engine, WOO)

    assert imported.made[Made.NEW] == 2
    assert imported.refused == [(6, "it is sold elsewhere, or only together with others")]
    shirt, mug = await one_product(session, "SHIRT"), await one_product(session, "MUG")
    assert shirt.names == {"en": "Cotton Shirt"}
    assert shirt.descriptions == {"en": "Soft\ncotton"}
    assert shirt.options == {"size": ["S", "M"]}
    assert await paths(session, shirt) == ["clothes/shirts", "new"]
    small, medium = await variants(session, shirt)
    assert (str(small.price), str(small.compare_at), small.on_hand) == ("9.990", "12.000", 4)
    assert (str(medium.price), medium.compare_at, medium.on_hand) == ("12.000", None, None)
    (plain,) = await variants(session, mug)
    assert (mug.attributes, plain.on_hand, plain.weight_grams) == ({"material": "Clay"}, 0, 250)


@pytest.mark.parametrize("data", [SHOPIFY, WOO])
async def test_a_second_time_changes_nothing(
    engine: AsyncEngine, session: AsyncSession, data: str
) -> None:
    first = await bring(engine, data)

    second = await bring(engine, data)

    assert second.made == {Made.NEW: 0, Made.CHANGED: 0, Made.SAME: first.made[Made.NEW]}
    assert second.refused == first.refused
    versions = set(await session.scalars(select(Product.version)))
    assert versions == {1}


async def test_a_list_of_names_and_prices_is_enough(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    imported = await bring(engine, "Product;Price;Qty\nTea 100 g;1,20;12\nMilk;USD 2;in stock\n")

    assert imported.made[Made.NEW] == 2
    assert not imported.refused
    (tea,) = await variants(session, await one_product(session, "tea-100-g"))
    assert (str(tea.price), tea.on_hand) == ("1.200", 12)
    hits = await index_for(session).find(session, SHOP, SHELF, Query(text="tea"))
    assert len(hits.hits) == 1


async def test_a_list_of_prices_changes_variants(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    await bring(engine, SHOPIFY)

    imported = await bring(engine, "SKU,Price,Stock\nT-38R,19,\nT-39R,,8\nT-77,5,1\n")

    assert imported.refused == [(4, "it has no name, and no product of this number is there")]
    assert imported.made[Made.CHANGED] == 2
    first, second, _ = await variants(session, await one_product(session, "trainers"))
    assert (str(first.price), first.on_hand) == ("19.000", 3)
    assert (str(second.price), second.on_hand) == ("18.000", 8)


async def test_lines_that_cannot_be_are_named(engine: AsyncEngine, session: AsyncSession) -> None:
    data = (
        "sku,name,price,stock,status,currency,options\n"
        "A,Apple,1,5,active,,\n"
        "B,,2,5,,,\n"
        "C,Cake,,5,,,\n"
        "D,Dates,1.234,5,,,\n"
        "E,Eggs,3,many,,,\n"
        "F,Fish,3,1,frozen,,\n"
        "G,Grapes,€3,1,,,\n"
        "H,Ham,3,1,,ZAR,\n"
        "I,Ice,3,1,,,large\n"
        f"J,{'j' * 201},3,1,,,\n"
    )

    imported = await bring(engine, data)

    assert imported.refused == [
        (3, "it has no name, and no product of this number is there"),
        (4, "it has no price"),
        (5, "1.234 can be read in two ways"),
        (6, "many is no number of pieces"),
        (7, "frozen is no status; there are draft, active, archived"),
        (8, "it is in €, and the shop sells in USD"),
        (9, "it is in ZAR, and the shop sells in USD"),
        (10, "large is no name with a value, such as size: 38"),
        (11, "the name is longer than 200 letters"),
    ]
    assert await session.scalar(select(func.count()).select_from(Product)) == 1


@pytest.mark.parametrize(
    ("data", "refused"),
    [
        ("sku,name,price\nD,Soap,1\nE,Tea,2\nD,Soap,3\n", [(4, "D stands on line 2 already")]),
        ("name,price\nSoap bar,1\nSoap Bar,3\n", [(3, "it stands on line 2 already")]),
        (
            "handle,name,options,price\ncup,Cup,size: S,1\ncup,,size: L,2\ncup,,size: S,3\n",
            [(4, "size: S stands on line 2 already")],
        ),
    ],
)
async def test_what_is_said_twice_is_taken_once_and_told(
    engine: AsyncEngine, session: AsyncSession, data: str, refused: list[tuple[int, str]]
) -> None:
    first, second = await bring(engine, data), await bring(engine, data)

    assert (first.refused, second.refused) == (refused, refused)
    assert second.made[Made.CHANGED] == 0
    prices = await session.scalars(select(Variant.price).order_by(Variant.price))
    assert 3 not in list(prices)


async def test_the_same_far_below_is_told_too(engine: AsyncEngine) -> None:
    others = "".join(f"x{number},Thing {number},1\n" for number in range(AT_ONCE * 2))
    imported = await bring(engine, f"sku,name,price\ncup,Cup,1\n{others}cup,Cup,2\n")

    assert imported.refused == [(AT_ONCE * 2 + 3, "cup stands on line 2 already")]


async def test_a_file_may_call_its_columns_otherwise(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    data = BytesIO("Référence;Désignation;Prix;Rayon\nC1;Café;$4;A\n".encode("cp1252"))
    called = {"sku": "Référence", "name": "Désignation", "price": "Prix"}
    run = replace(import_run(engine), called=called)

    imported = await run.take(rows_of(data, run.known), lambda _: None)

    assert (imported.made[Made.NEW], imported.unread) == (1, ["rayon"])
    assert (await one_product(session, "C1")).names == {"en": "Café"}


async def test_what_a_file_does_not_name_is_withdrawn_where_that_is_wanted(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    await bring(engine, SHOPIFY)
    await bring(engine, "sku,name,price\nA,Apple,1\nB,Bread,1\nC,Cake,1\n")
    file = b"sku,name,price\nA,Apple,2\nB,Bread,much\nT-38R,,19\nD,Dates,1\n"
    run = replace(import_run(engine), withdraw=True)

    first = await run.take(rows_of(BytesIO(file)), lambda _: None)
    again = await run.take(rows_of(BytesIO(file)), lambda _: None)

    assert (first.withdrawn, again.withdrawn) == (["C"], [])
    assert (await one_product(session, "C")).status == "archived"
    for sku in ("A", "B", "D", "trainers"):
        assert (await one_product(session, sku)).status == "active"
    assert (await one_product(session, "coffee")).status == "draft"
    hits = await index_for(session).find(session, SHOP, SHELF, Query(text="cake"))
    assert not [one for one in hits.hits if not hits.instead]


@pytest.mark.parametrize("data", [b"sku,name,price\n", b"sku,name,price\nZ,,1\n"])
async def test_a_file_that_brings_nothing_withdraws_nothing(
    engine: AsyncEngine, session: AsyncSession, data: bytes
) -> None:
    await bring(engine, "sku,name,price\nA,Apple,1\n")
    run = replace(import_run(engine), withdraw=True)

    with suppress(TableError):
        await run.take(rows_of(BytesIO(data)), lambda _: None)

    assert (await one_product(session, "A")).status == "active"


async def test_more_than_a_transaction_holds_is_withdrawn(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    rows = "".join(f"x{number},Thing {number},1\n" for number in range(250))
    await bring(engine, f"sku,name,price\n{rows}")
    run = replace(import_run(engine), withdraw=True)

    imported = await run.take(rows_of(BytesIO(b"sku,name,price\nx3,Thing 3,1\n")), lambda _: None)

    assert len(imported.withdrawn) == 249
    left = select(Product.sku).where(Product.status == "active")
    assert list(await session.scalars(left)) == ["x3"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
async def test_whatever_it_was_saved_in(
    engine: AsyncEngine, session: AsyncSession, encoding: str
) -> None:
    await bring(engine, "sku,name,price\r\nC,Café Crème,€4\r\nD,Crème,4\r\n".encode(encoding))

    assert (await one_product(session, "D")).names == {"en": "Crème"}


async def test_two_encodings_in_one_file(engine: AsyncEngine, session: AsyncSession) -> None:
    data = b"sku,name,price\nC,Caf\xe9,4\n" + "D,Crème,4\n".encode()

    await bring(engine, data)

    assert (await one_product(session, "C")).names == {"en": "Café"}
    assert (await one_product(session, "D")).names == {"en": "Crème"}


async def test_rows_that_stand_apart_are_one_product(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    others = "".join(f"x{number},Thing {number},,1\n" for number in range(AT_ONCE * 2))
    data = f"handle,name,options,price\ncup,Cup,size: S,1\n{others}cup,,size: L,2\n"

    imported = await bring(engine, data)

    assert imported.made[Made.NEW] == AT_ONCE * 2 + 1
    cup = await one_product(session, "cup")
    assert cup.options == {"size": ["S", "L"]}
    assert len(await variants(session, cup)) == 2


async def test_cut_off_after_any_transaction_it_goes_on(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    rows = "".join(f"x{number},Thing {number},1\n" for number in range(AT_ONCE * 3 - 1))
    data = f"sku,name,price\n{rows}".encode()

    run = import_run(engine)
    counted = []
    for taken in range(1, 3):
        with pytest.raises(CutError):
            await run.take(rows_of(BytesIO(data)), _cut_after(taken))
        counted.append(await session.scalar(select(func.count()).select_from(Product)))
        await session.rollback()
    whole = await bring(engine, data)

    assert counted == [AT_ONCE, AT_ONCE * 2]
    assert whole.made == {Made.NEW: AT_ONCE - 1, Made.CHANGED: 0, Made.SAME: AT_ONCE * 2}
    hits = await index_for(session).find(session, SHOP, SHELF, Query(text="Thing 150"))
    assert hits.hits


class CutError(Exception):
    """The process ends here."""


def _cut_after(count: int) -> Callable[[int], None]:
    left = count

    def cut(_: int) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise CutError

    return cut
