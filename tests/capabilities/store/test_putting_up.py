"""Orders that programs and staff put up for contacts, and what the contacts hear of them."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.store.machine import By, Charge, Status
from tests.capabilities.store.front import CASH, ShopFront, shop_front
from tests.payments.front import ANA

ORDERS = "/api/v1/orders"


async def put_up(shop: ShopFront, key: str = "", **said: Any) -> Any:  # noqa: ANN401 -- JSON
    body = {"user": ANA, "items": [{"sku": "COF-1", "quantity": 2}], "address": "12 Market St"}
    headers = {"Idempotency-Key": key} if key else {}
    return await shop.desk.post(ORDERS, {**body, **said}, headers=headers)


async def test_a_program_puts_up_an_order_and_the_contact_is_told_with_a_link(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.say("add 1 ground coffee")
        made = await put_up(shop, note="Ring twice", agreed="9.00")
        told = await shop.run()
        order = made.json()

        assert (made.status, order["status"], order["charge_status"]) == (201, "placed", "unpaid")
        assert (order["total_amount"], order["note"]) == ("9.00", "Ring twice")
        assert [(one["move"], one["by"], one["staff"]) for one in order["history"]] == [
            ("place", By.STAFF, "key desk")
        ]
        assert await shop.stock() == (10, 2)
        info = order["payment_info"]
        assert (info["provider"], info["by_hand"], info["amount"]) == ("sandbox", False, "9.00")
        assert (info["status"], info["payment_id"], info["payment_link"]) == ("created", None, "")
        info = (await shop.desk.get(f"{ORDERS}/{order['id']}")).json()["payment_info"]
        assert info["payment_id"] == str((await shop.payment()).id)
        assert info["payment_link"].startswith("http://127.0.0.1:8000/payments/sandbox/pay/")
        assert "We have ordered this for you" in told
        assert f"To pay: $9.00 for {order['reference']}" in told
        assert "Your cart" in await shop.say("cart")

        await shop.choose("pay")
        assert "We received $9.00" in await shop.run()
        assert await shop.stands() == (Status.PAID, Charge.PAID)
        assert await shop.stock() == (8, 0)


async def test_an_order_is_put_up_once_by_a_key(engine: AsyncEngine, database_url: str) -> None:
    async with shop_front(database_url) as shop:
        first, again = await put_up(shop, "once"), await put_up(shop, "once")
        other = await put_up(shop, "once", note="other")

        assert first.json() == again.json()
        assert (other.status, other.json()["code"]) == (409, "idempotency_key_used")
        assert await shop.stock() == (10, 2)


async def test_who_never_wrote_is_told_too_and_pays_in_cash(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, CASH) as shop:
        made = (await put_up(shop)).json()
        assert (made["payment_info"]["by_hand"], made["payment_info"]["amount"]) == (True, "9.00")
        await shop.run()
        order = (await shop.desk.get(f"{ORDERS}/{made['reference']}")).json()

        assert (order["charge_status"], order["payment_info"]["provider"]) == ("cod", "cod")
        assert await shop.stock() == (8, 0)


@pytest.mark.parametrize(
    ("said", "where", "problem"),
    [
        ({"items": [{"sku": "NONE"}]}, "items.0", "unknown"),
        ({"items": [{"sku": "COF-1"}, {"sku": "COF-1", "quantity": 10}]}, "items.0", "short:10"),
        ({"delivery": "moon"}, "delivery", "unknown"),
        ({"address": ""}, "address", "missing"),
        ({"address": "1 Road, Kadoma"}, "address", "not_there"),
        ({"coupon": "FREE"}, "coupon", "unknown"),
        ({"payment_method": "gold"}, "payment_method", "unknown"),
        ({"agreed": "8.00"}, "agreed", "9.00"),
    ],
)
async def test_what_is_in_the_way_is_named_and_nothing_is_ordered(
    engine: AsyncEngine, database_url: str, said: dict[str, Any], where: str, problem: str
) -> None:
    store = "{delivery: [{id: bike, zones: [{words: [market]}]}]}"
    async with shop_front(database_url, store=store) as shop:
        refused = await put_up(shop, **said)

        answer = refused.json()
        assert (refused.status, answer["code"]) == (409, "order_refused")
        assert answer["mistakes"] == [{"where": where, "problem": problem}]
        assert await shop.stock() == (10, 0)
        assert (await shop.desk.get(ORDERS)).json()["items"] == []


async def test_without_an_address_it_is_collected(engine: AsyncEngine, database_url: str) -> None:
    store = "{delivery: [{id: bike}, {id: shop, collects: true, address: 1 First St}]}"
    async with shop_front(database_url, store=store) as shop:
        collected = (await put_up(shop, address="")).json()

        assert (collected["delivery"], collected["collects"]) == ("shop", True)


async def test_address_and_note_are_changed_before_it_is_sent(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy()
        await shop.choose("pay")
        await shop.run()
        path = f"{ORDERS}/{(await shop.order()).reference}"

        changed = await patch(shop, path, {"address": "5 Hill Road", "note": "Ring"})
        told = await shop.run()
        order = changed.json()
        assert (order["address"], order["note"]) == ("5 Hill Road", "Ring")
        assert order["history"][-1]["data"] == {"changed": "address, note"}
        assert "now goes to: 5 Hill Road. It costs $4.50, as before" in told

        await shop.move(status="fulfilled")
        late = await patch(shop, path, {"address": "6 Hill Road"})
        assert (late.status, late.json()["code"]) == (409, "order_moved")


async def test_staff_see_what_bringing_it_to_another_address_would_cost(
    engine: AsyncEngine, database_url: str
) -> None:
    store = "{delivery: [{id: road, zones: [{words: [Bulawayo], price: 5}, {price: 2}]}]}"
    async with shop_front(database_url, store=store) as shop:
        await shop.buy()
        path = f"{ORDERS}/{(await shop.order()).reference}"

        near = await patch(shop, path, {"address": "5 Hill Road, Harare"})
        far = await patch(shop, path, {"address": "1 Fife Street, Bulawayo"})
        told = await shop.run()

        assert near.json()["history"][-1]["data"] == {"changed": "address"}
        assert far.json()["history"][-1]["data"] == {
            "changed": "address",
            "shipping_there": "5.00 USD",
        }
        assert (await shop.order()).total == Decimal("6.50")
        assert "1 Fife Street, Bulawayo. It costs $6.50, as before" in told


async def test_an_order_is_marked_as_paid_by_hand(engine: AsyncEngine, database_url: str) -> None:
    async with shop_front(database_url) as shop:
        await shop.buy(2)
        paid = await shop.move(status="paid")
        told = await shop.run()

        assert (paid["status"], paid["charge_status"], paid["paid"]) == ("paid", "paid", "9.00")
        assert "We received $9.00" in told
        assert await shop.stock() == (8, 0)
        assert (await shop.payment()).state == "cancelled"

        await shop.choose("pay")
        told = await shop.run()
        assert "does not fit" in told
        assert await shop.reports() == [("payment", "cancelled")]
        assert (await shop.order()).paid == 9


async def test_cash_that_was_asked_for_is_marked_as_paid_in_the_ledger(
    engine: AsyncEngine, database_url: str
) -> None:
    async with shop_front(database_url, CASH) as shop:
        await shop.buy()
        await shop.move(status="paid")
        await shop.run()

        assert await shop.stands() == (Status.PAID, Charge.PAID)
        assert (await shop.payment()).state == "paid"


async def patch(shop: ShopFront, path: str, said: object) -> Any:  # noqa: ANN401 -- an answer
    kind = {"content-type": "application/json"}
    return await shop.desk.request("PATCH", path, body=msgspec.json.encode(said), headers=kind)
