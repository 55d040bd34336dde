"""The catalogue, its categories and its stock, as programs read and change them."""

from collections.abc import Mapping
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import Product
from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.capabilities.store.service.stock import Stock
from sokoni.dialogue.tables import rows_of
from sokoni.kit.ids import MerchantId
from sokoni.media.models import StoredFile
from sokoni.search.misses import Misses
from sokoni.testing.asgi import Answer, AsgiClient
from sokoni.testing.pictures import photo
from tests.api.answers import wrong
from tests.api.market import Market as Server
from tests.capabilities.store.factories import (
    MONDAY,
    create_order,
    create_product,
    sole_variant,
    variant,
)
from tests.conftest import THREE

BASE: Final = "/api/v1"
TRAINERS: Final[Mapping[str, Any]] = {
    "sku": "SHO-1",
    "names": {"en": "Canvas trainers", "sn": "Shangu"},
    "descriptions": {"en": "Light\nshoes."},
    "brand": "Kopje",
    "tags": ["tackies"],
    "variants": [
        {"sku": "SHO-1-38", "options": {"size": "38"}, "price": "18.00", "on_hand": 3},
        {"sku": "SHO-1-39", "options": {"size": "39"}, "price": "21.5", "compare_at": "25"},
    ],
}


@pytest.fixture
async def client(server: Server, merchant: MerchantId) -> AsgiClient:
    return server.client(await server.key(merchant, "read", "write"))


async def send(client: AsgiClient, method: str, path: str, said: object, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = msgspec.json.encode(said)
    headers = {"content-type": "application/json", **named}
    return await client.request(method, BASE + path, body=body, headers=headers)


async def count(session: AsyncSession) -> int:
    found = await session.scalar(select(func.count()).select_from(Product)) or 0
    await session.commit()
    return found


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_product_is_put_up_read_found_changed_and_archived(client: AsgiClient) -> None:
    await send(client, "POST", "/categories", {"path": "clothes/shoes", "names": {"en": "Shoes"}})

    made = await send(client, "POST", "/products", {**TRAINERS, "categories": ["clothes/shoes"]})
    product = made.json()
    read = await client.get(f"{BASE}/products/SHO-1-39")
    found = (await client.get(f"{BASE}/products/search?q=canvas&in_stock=true")).json()

    assert made.status == 201
    assert product["options"] == {"size": ["38", "39"]}
    assert product["categories"] == ["clothes/shoes"]
    assert [one["price"] for one in product["variants"]] == ["18.00", "21.50"]
    assert product["variants"][1]["compare_at"] == "25.00"
    assert [one["left"] for one in product["variants"]] == [3, None]
    assert read.json() == product
    assert [one["sku"] for one in found["items"]] == ["SHO-1"]
    assert (await client.get(f"{BASE}/products/{product['id']}")).json() == product

    change = {"names": {"sn": ""}, "variants": [{"sku": "SHO-1-39", "compare_at": None}]}
    changed = (await send(client, "PATCH", "/products/SHO-1", change)).json()
    assert changed["names"] == {"en": "Canvas trainers"}
    assert changed["variants"][1]["compare_at"] is None
    assert (changed["version"], changed["brand"], changed["variants"][0]["on_hand"]) == (
        2,
        "Kopje",
        3,
    )

    gone = await client.request("DELETE", f"{BASE}/products/SHO-1")
    assert gone.status == 204
    assert (await client.get(f"{BASE}/products/search?q=canvas")).json()["items"] == []
    assert (await client.get(f"{BASE}/products/SHO-1")).json()["status"] == "archived"


async def test_products_are_listed_by_pages_and_filters(
    client: AsgiClient, session: AsyncSession, merchant: MerchantId
) -> None:
    for number in range(3):
        await create_product(
            session,
            sku=f"P{number}",
            merchant_id=merchant,
            categories=("drinks/coffee",) if number else ("food",),
            variants=(variant(sku=f"P{number}"),),
        )
    await session.commit()

    first = (await client.get(f"{BASE}/products?limit=2")).json()
    second = (await client.get(f"{BASE}/products?limit=2&after={first['next']}")).json()
    drinks = (await client.get(f"{BASE}/products?category=drinks")).json()
    drafts = (await client.get(f"{BASE}/products?status=draft")).json()
    nowhere = (await client.get(f"{BASE}/products/search?category=toys")).json()

    assert [one["sku"] for one in first["items"]] == ["P0", "P1"]
    assert [one["sku"] for one in second["items"]] == ["P2"]
    assert second["next"] is None
    assert [one["sku"] for one in drinks["items"]] == ["P1", "P2"]
    assert drafts["items"] == []
    assert nowhere["items"] == []


async def test_the_same_request_puts_up_one_product(
    client: AsgiClient, session: AsyncSession
) -> None:
    first = await send(client, "POST", "/products", TRAINERS, Idempotency_Key="k1")
    again = await send(client, "POST", "/products", TRAINERS, Idempotency_Key="k1")
    other = await send(client, "POST", "/products", TRAINERS, Idempotency_Key="k2")

    assert again.json() == first.json()
    assert wrong(other) == (409, "product_known", [("sku", "sku_taken")])
    assert await count(session) == 1


@pytest.mark.parametrize(
    ("said", "mistakes"),
    [
        ({"variants": [{"options": {"size": "38"}}]}, [("variants.0", "price_missing")]),
        ({"categories": ["toys"]}, [("categories", "category_unknown")]),
        ({"names": {"en": ""}}, [("names", "name_missing")]),
        (
            {"variants": [{"price": "1"}, {"sku": "x", "price": "1"}]},
            [("variants.1", "options_missing")],
        ),
    ],
)
async def test_what_cannot_be_is_refused_whole(
    client: AsgiClient,
    session: AsyncSession,
    said: Mapping[str, Any],
    mistakes: list[tuple[str, str]],
) -> None:
    answer = await send(client, "POST", "/products", {**TRAINERS, **said})

    assert wrong(answer) == (422, "product_refused", mistakes)
    assert await count(session) == 0


async def test_a_refused_change_leaves_all_as_it_was(client: AsgiClient) -> None:
    before = (await send(client, "POST", "/products", TRAINERS)).json()
    change = {"brand": "Other", "variants": [{"options": {"size": "40"}}]}

    refused = await send(client, "PATCH", "/products/SHO-1", change)
    precise = {"variants": [{"sku": "SHO-1-38", "price": "1.005"}]}
    precise_answer = await send(client, "PATCH", "/products/SHO-1", precise)

    assert wrong(refused) == (422, "product_refused", [("variants.0", "price_missing")])
    assert wrong(precise_answer) == (422, "price_too_precise", [("price", "too_precise")])
    assert (await client.get(f"{BASE}/products/SHO-1")).json() == before


async def test_a_change_of_another_version_is_refused(client: AsgiClient) -> None:
    await send(client, "POST", "/products", TRAINERS)
    await send(client, "PATCH", "/products/SHO-1", {"brand": "Other", "version": 1})

    late = await send(client, "PATCH", "/products/SHO-1", {"brand": "Mine", "version": 1})

    assert wrong(late) == (422, "product_refused", [("version", "changed_meanwhile")])
    assert (await client.get(f"{BASE}/products/SHO-1")).json()["brand"] == "Other"


async def test_another_merchants_catalogue_is_not_to_be_seen(
    server: Server, client: AsgiClient, session: AsyncSession
) -> None:
    rival = await server.merchant("rival", "store")
    product = await create_product(session, merchant_id=rival, categories=("drinks",))
    await session.commit()

    for path in (f"products/{product.id}", f"products/{product.sku}", f"stock/{product.sku}"):
        assert (await client.get(f"{BASE}/{path}")).status == 404
    assert (await client.get(f"{BASE}/products")).json()["items"] == []
    assert (await client.get(f"{BASE}/categories")).json() == []


async def test_a_key_that_only_reads_changes_nothing(
    server: Server, merchant: MerchantId, session: AsyncSession
) -> None:
    reader = server.client(await server.key(merchant, "read"))

    answer = await send(reader, "POST", "/products", TRAINERS)

    assert wrong(answer) == (403, "scope_missing", [("write", "missing")])
    assert await count(session) == 0


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_categories_are_a_tree(client: AsgiClient) -> None:
    said = {"path": "drinks/coffee", "names": {"en": "Coffee"}}
    made = await send(client, "POST", "/categories", said)
    again = await send(client, "POST", "/categories", said)
    tree = (await client.get(f"{BASE}/categories")).json()

    assert (made.status, again.status) == (201, 409)
    assert [one["path"] for one in tree] == ["drinks", "drinks/coffee"]
    assert tree[1]["parent_id"] == tree[0]["id"]
    change = {"names": {"en": "Beverages"}, "position": 7}
    renamed = (await send(client, "PATCH", f"/categories/{tree[0]['id']}", change)).json()
    assert (renamed["names"], renamed["position"]) == ({"en": "Beverages"}, 7)
    assert (await client.request("DELETE", f"{BASE}/categories/{tree[0]['id']}")).status == 409
    assert (await client.request("DELETE", f"{BASE}/categories/{tree[1]['id']}")).status == 204
    assert (await client.request("DELETE", f"{BASE}/categories/{tree[0]['id']}")).status == 204


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_stock_is_counted_and_adjusted(
    client: AsgiClient, session: AsyncSession, merchant: MerchantId
) -> None:
    product = await create_product(session, merchant_id=merchant)
    coffee = await sole_variant(session, product)
    order = await create_order(session, merchant)
    service = Stock(session, merchant, MONDAY)
    await service.reserve(order, {coffee.id: 4}, MONDAY + timedelta(hours=1))
    await session.commit()
    path = f"/stock/{coffee.sku}"

    before = (await client.get(BASE + path)).json()
    fewer = (await send(client, "PUT", path, {"by": -3}, Idempotency_Key="k")).json()
    again = (await send(client, "PUT", path, {"by": -3}, Idempotency_Key="k")).json()
    too_few = await send(client, "PUT", path, {"on_hand": 3})
    far_too_few = await send(client, "PUT", path, {"by": -4})
    both = await send(client, "PUT", path, {"on_hand": 3, "by": 1})
    low = (await client.get(f"{BASE}/stock?at_most=3")).json()["items"]
    lower = (await client.get(f"{BASE}/stock?at_most=2")).json()["items"]

    assert (before["on_hand"], before["reserved"], before["left"]) == (10, 4, 6)
    assert (fewer["on_hand"], fewer["left"]) == (7, 3)
    assert again == fewer
    assert wrong(too_few)[:2] == wrong(far_too_few)[:2] == (409, "stock_promised")
    assert wrong(both)[:2] == (422, "count_unclear")
    assert [one["sku"] for one in low] == [coffee.sku]
    assert lower == []
    uncounted = (await send(client, "PUT", path, {"on_hand": None})).json()
    assert (uncounted["on_hand"], uncounted["left"]) == (None, None)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_all_products_come_as_a_file(client: AsgiClient, form: str) -> None:
    await send(client, "POST", "/products", TRAINERS)

    answer = await client.get(f"{BASE}/products/export?form={form}")

    rows = list(rows_of(BytesIO(answer.body)))
    assert [one.cells["sku"] for one in rows] == ["SHO-1-38", "SHO-1-39"]
    assert rows[0].cells["name_en"] == "Canvas trainers"
    assert answer.headers["content-disposition"].endswith(f'"products.{form}"')


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=canvas trainers under 20", ["SHO-1"]),
        ("q=canvas trainers under 10", []),
        ("q=canvas trainers under 10&price_max=50", ["SHO-1"]),
        ("q=canvas trainers size 39 in stock", ["SHO-1"]),
        ("q=trainers over 30", []),
        ("q=", ["SHO-1"]),
        ("q=%25", []),
        ("q=%F0%9F%99%82", []),
    ],
)
async def test_filters_are_read_out_of_the_words_of_a_search(
    client: AsgiClient, query: str, found: list[str]
) -> None:
    await send(client, "POST", "/products", TRAINERS)

    answer = (await client.get(f"{BASE}/products/search?{query.replace(' ', '%20')}")).json()

    exact = [] if answer["instead"] else [one["sku"] for one in answer["items"]]
    assert exact == found


async def test_what_was_looked_for_in_vain_is_listed(
    client: AsgiClient, session: AsyncSession, merchant: MerchantId
) -> None:
    misses = Misses(session, merchant)
    for text in ("oat milk", "oat milk", "tofu"):
        await misses.note(SHELF, text, MONDAY, language="sn" if text == "tofu" else "en")
    await session.commit()

    found = (await client.get(f"{BASE}/searches/missed")).json()
    shona = (await client.get(f"{BASE}/searches/missed?language=sn")).json()

    assert [(one["words"], one["language"], one["count"]) for one in found] == [
        ("oat milk", "en", 2),
        ("tofu", "sn", 1),
    ]
    assert shona == found[1:]


async def test_pictures_come_and_go(client: AsgiClient) -> None:
    await send(client, "POST", "/products", TRAINERS)
    path, url = "/products/SHO-1/pictures", "https://cdn.example.com/a.jpg"

    await send(client, "POST", path, {"url": url})
    await send(client, "POST", path, {"url": url})
    shown = (await send(client, "POST", path, {"url": url, "variant": "SHO-1-38"})).json()
    unknown = await send(client, "POST", path, {"url": url, "variant": "NONE"})
    plain = await send(client, "POST", path, {"url": "http://cdn.example.com/a.jpg"})

    small = shown["variants"][0]["id"]
    assert [(one["url"], one["variant_id"]) for one in shown["pictures"]] == [
        (url, None),
        (url, small),
    ]
    assert wrong(unknown)[:2] == (404, "variant_unknown")
    assert plain.status == 422
    first = f"{BASE}{path}/{shown['pictures'][0]['id']}"
    assert (await client.request("DELETE", first)).status == 204
    assert (await client.request("DELETE", first)).status == 404
    left = (await client.get(f"{BASE}/products/SHO-1")).json()["pictures"]
    assert [one["variant_id"] for one in left] == [small]


async def test_a_picture_is_uploaded_and_shown_by_a_link_of_ours(
    client: AsgiClient, session: AsyncSession
) -> None:
    await send(client, "POST", "/products", TRAINERS)
    path = f"{BASE}/products/SHO-1/pictures"
    picture = {"content-type": "image/png"}
    taken = photo(kind="PNG")

    first = await client.post(f"{path}/files", body=taken, headers=picture)
    again = await client.post(f"{path}/files", body=taken, headers=picture)
    other = await client.post(f"{path}/files?variant=SHO-1-38", body=taken, headers=picture)

    assert (first.status, again.status, other.status) == (201, 201, 201)
    assert len(again.json()["pictures"]) == 1
    product, variant = other.json()["pictures"]
    assert product["url"].startswith("https://files.example/media/")
    assert (product["uploaded"], variant["uploaded"]) == (True, True)
    file = (await session.scalars(select(StoredFile))).one()
    assert (file.contact_id, file.expires_at, file.mime_type) == (None, None, "image/jpeg")
    for picture_id, used in ((product["id"], True), (variant["id"], False)):
        await session.rollback()
        await client.request("DELETE", f"{path}/{picture_id}")
        await session.refresh(file)
        assert (file.expires_at is None) == used


async def test_what_is_no_picture_is_not_taken(client: AsgiClient, session: AsyncSession) -> None:
    await send(client, "POST", "/products", TRAINERS)
    files = f"{BASE}/products/SHO-1/pictures/files"
    jpeg = {"content-type": "image/jpeg"}

    broken = await client.post(files, body=b"\xff\xd8\xff nothing", headers=jpeg)
    words = await client.post(files, body=b"hello", headers=jpeg)
    large = await client.post(files, body=b"\xff\xd8\xff" + bytes(2_100_000), headers=jpeg)
    larger = await client.post(files, body=bytes(17_000_000), headers=jpeg)
    nobody = await client.post(f"{BASE}/products/NONE/pictures/files", body=photo(), headers=jpeg)

    assert wrong(broken)[:2] == wrong(words)[:2] == (422, "file_type_refused")
    assert wrong(large)[:2] == (422, "file_too_large")
    assert larger.status == 413
    assert wrong(nobody)[:2] == (404, "product_unknown")
    assert (await client.get(f"{BASE}/products/SHO-1")).json()["pictures"] == []
