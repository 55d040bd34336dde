"""Orders, carts and coupons through the API: the same rules, and contacts hear of it."""

from decimal import Decimal
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Coupon
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.carted import Wanted
from sokoni.capabilities.store.service.carts import Carts
from sokoni.capabilities.store.service.checkout import Wish
from sokoni.capabilities.store.service.orders import MoneyNews, Orders, PaymentMove
from sokoni.capabilities.store.service.placing import NewOrder
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.merchants.directory import profile_of
from sokoni.merchants.models import Merchant
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.models import Conversation, InboxEvent
from sokoni.testing.asgi import Answer, AsgiClient
from tests.api.market import Market as Server
from tests.capabilities.store.shopping import stocked
from tests.conftest import THREE

TARIRO = "+14155550101"


class Shop:
    """A shop with coffee, and a contact who buys three."""

    def __init__(self, server: Server, merchant_id: MerchantId) -> None:
        self.server = server
        self.merchant_id = merchant_id

    async def contact(self) -> ContactId:
        await self.server.conversation(self.merchant_id, TARIRO, "Tariro")
        async with AsyncSession(self.server.engine) as session:
            mine = select(Conversation.contact_id).where(
                Conversation.merchant_id == self.merchant_id
            )
            return (await session.scalars(mine)).one()

    async def coffee(self, **fields: Any) -> None:  # noqa: ANN401
        async with AsyncSession(self.server.engine) as session, session.begin():
            await stocked(session, sku="COF-1", merchant_id=self.merchant_id, **fields)

    async def order(self, *, paid: bool = True) -> str:
        """Return the reference of an order of three."""
        who, now = await self.contact(), self.server.clock()
        await self.coffee()
        async with AsyncSession(self.server.engine, expire_on_commit=False) as session:
            merchant = profile_of(await session.get_one(Merchant, self.merchant_id))
            carts = Carts(session, merchant.id, now, merchant.currency)
            await carts.take_lines(who, [Wanted("COF-1", 3)])
            book = Orders(session, self.server.vault, merchant, now)
            order = await book.place(
                NewOrder(
                    contact_id=who,
                    conversation_id=None,
                    language="en",
                    wish=Wish(gateway="sandbox"),
                    address="12 Market Street",
                )
            )
            if paid:
                news = MoneyNews(move=PaymentMove.PAID, amount=order.total, currency="USD")
                await book.payment(order.id, news)
            await session.commit()
        return order.reference


@pytest.fixture
def shop(server: Server, merchant: MerchantId) -> Shop:
    return Shop(server, merchant)


async def send(client: AsgiClient, method: str, url: str, said: object) -> Answer:
    kind = {"content-type": "application/json"}
    return await client.request(method, url, body=msgspec.json.encode(said), headers=kind)


async def put(client: AsgiClient, url: str, said: object) -> Answer:
    return await send(client, "PUT", url, said)


async def told(session: AsyncSession, vault: Vault) -> list[str]:
    """Return how orders stand that contacts wait to be told of."""
    found = []
    for row in await session.scalars(select(InboxEvent).order_by(InboxEvent.id)):
        event = msgspec.json.decode(vault.open(PLACE, row.id, row.payload))
        found.append(event["instead"]["data"]["status"])
    await session.commit()
    return found


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_staff_send_deliver_and_take_back_an_order(
    client: AsgiClient, shop: Shop, session: AsyncSession, vault: Vault
) -> None:
    reference = await shop.order()
    url = f"/api/v1/orders/{reference}/status"

    part = await put(client, url, {"status": "fulfilled", "items": {"COF-1": 1}})
    assert (part.status, part.json()["status"]) == (200, "partly_fulfilled")
    sent = await put(client, url, {"status": "fulfilled", "tracking": "ZM-12"})
    assert sent.json()["status"] == "fulfilled"
    assert (await put(client, url, {"status": "delivered"})).json()["status"] == "delivered"
    back = await put(client, url, {"status": "returned", "restock": False})

    whole = back.json()
    assert (whole["status"], whole["charge_status"]) == ("returned", "paid")
    assert (whole["user_number"], whole["user_name"]) == (TARIRO, "Tariro")
    assert (whole["address"], whole["total_amount"]) == ("12 Market Street", "13.50")
    assert [one["move"] for one in whole["history"]] == [
        "place",
        "pay",
        "fulfil",
        "fulfil",
        "deliver",
        "return",
    ]
    assert whole["history"][3]["staff"] == "key desk"
    assert await told(session, vault) == [
        "partly_fulfilled",
        "fulfilled",
        "delivered",
        "returned",
    ]


async def test_an_order_is_found_by_its_number_and_filtered(
    client: AsgiClient, shop: Shop
) -> None:
    reference = await shop.order(paid=False)

    found = (await client.get(f"/api/v1/orders/{reference.lower()}")).json()
    assert found["items"][0]["sku"] == "COF-1"
    assert (await client.get(f"/api/v1/orders/{found['id']}")).json() == found
    for query, count in (
        ("", 1),
        ("?status=placed&charge_status=unpaid", 1),
        ("?status=paid", 0),
        (f"?user={TARIRO.replace('+', '%2B')}", 1),
    ):
        assert len((await client.get(f"/api/v1/orders{query}")).json()["items"]) == count
    assert (await client.get("/api/v1/orders/ORD-NONE")).status == 404
    assert (await client.get("/api/v1/orders?user=%2B15550000")).status == 404


async def test_what_is_not_possible_says_how_the_order_stands(
    client: AsgiClient, shop: Shop
) -> None:
    reference = await shop.order(paid=False)

    refused = await put(client, f"/api/v1/orders/{reference}/status", {"status": "fulfilled"})

    assert (refused.status, refused.json()["code"]) == (409, "order_moved")
    assert (await client.get(f"/api/v1/orders/{reference}")).json()["status"] == "placed"


async def test_a_cancelled_order_is_refunded_by_hand_once(
    client: AsgiClient, shop: Shop, session: AsyncSession
) -> None:
    reference = await shop.order()
    url = f"/api/v1/orders/{reference}"

    off = await put(client, f"{url}/status", {"status": "cancelled", "reason": "sold out"})
    assert off.json()["status"] == "cancelled"
    once = {"Idempotency-Key": "refund-1"}
    part = await client.post(f"{url}/refunds", {"amount": "3.50"}, headers=once)
    again = await client.post(f"{url}/refunds", {"amount": "3.50"}, headers=once)
    assert (part.status, part.json()["refunded"]) == (201, "3.50")
    assert again.json() == part.json()
    fine = await client.post(f"{url}/refunds", {"amount": "0.001"})
    assert (fine.status, fine.json()["code"]) == (422, "price_too_precise")
    fine = await client.post(f"{url}/refunds", {"amount": "0.001"})
    assert (fine.status, fine.json()["code"]) == (422, "price_too_precise")
    whole = await client.post(f"{url}/refunds", {})
    assert (whole.json()["charge_status"], whole.json()["refunded"]) == ("refunded", "13.50")
    assert (await client.post(f"{url}/refunds", {})).status == 409
    order = (await session.scalars(select(Order))).one()
    assert order.refunded == Decimal("13.5")


async def test_notes_stay_among_colleagues(
    client: AsgiClient, shop: Shop, session: AsyncSession, vault: Vault
) -> None:
    reference = await shop.order()

    noted = await client.post(f"/api/v1/orders/{reference}/notes", {"text": "Call first"})

    assert noted.json()["history"][-1]["data"] == {"note": "Call first"}
    assert await told(session, vault) == []


async def test_a_cart_is_seen_and_changed(client: AsgiClient, shop: Shop) -> None:
    await shop.contact()
    await shop.coffee(stock=5)
    url = "/api/v1/carts/%2B14155550101"

    assert (await client.get(url)).json()["items"] == []
    three = await put(client, f"{url}/items/COF-1", {"quantity": 3})
    assert (three.status, three.json()["items_total"]) == (200, "13.50")
    many = await put(client, f"{url}/items/COF-1", {"quantity": 6})
    assert (many.status, many.json()["code"]) == (409, "not_enough")
    assert (await put(client, f"{url}/items/NONE", {"quantity": 1})).json()["code"] == "not_sold"
    cleared = await client.request("DELETE", url)
    assert cleared.json()["items"] == []


async def test_coupons_are_made_changed_and_deleted(
    client: AsgiClient, session: AsyncSession, merchant: MerchantId
) -> None:
    made = await client.post("/api/v1/coupons", {"code": "welcome 10", "percent": "10"})
    assert (made.status, made.json()["code"]) == (201, "WELCOME10")
    known = await client.post("/api/v1/coupons", {"code": "WELCOME10", "amount": "2"})
    assert (known.status, known.json()["code"]) == (409, "coupon_known")
    fine = await client.post("/api/v1/coupons", {"code": "FINE", "amount": "0.001"})
    assert (fine.status, fine.json()["code"]) == (422, "price_too_precise")
    fine = await client.post("/api/v1/coupons", {"code": "FINE", "amount": "0.001"})
    assert (fine.status, fine.json()["code"]) == (422, "price_too_precise")
    changed = await send(
        client, "PATCH", "/api/v1/coupons/welcome10", {"uses_max": 5, "least": "20"}
    )
    assert (changed.json()["uses_max"], changed.json()["percent"]) == (5, "10")
    assert (await client.get("/api/v1/coupons")).json()["items"] == [changed.json()]
    assert (await client.get("/api/v1/coupons/WELCOME10")).json() == changed.json()
    assert (await client.request("DELETE", "/api/v1/coupons/WELCOME10")).status == 204
    assert (await client.get("/api/v1/coupons/WELCOME10")).status == 404
    for wrong in ({"code": "X1"}, {"code": "X1", "percent": "5", "amount": "1"}):
        assert (await client.post("/api/v1/coupons", wrong)).status == 422
    assert (await session.scalars(select(Coupon.id))).all() == []


async def test_a_key_without_the_scope_sees_no_order(
    server: Server, merchant: MerchantId, shop: Shop
) -> None:
    reference = await shop.order()
    reader = server.client(await server.key(merchant, "read"))
    rival = server.client(await server.key(await server.merchant("rival", "store"), "admin"))

    assert (await reader.get("/api/v1/orders")).status == 403
    refused = await put(reader, f"/api/v1/orders/{reference}/status", {"status": "delivered"})
    assert refused.status == 403
    assert (await rival.get(f"/api/v1/orders/{reference}")).status == 404
