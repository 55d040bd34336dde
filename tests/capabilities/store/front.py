"""A small shop's whole server: coffee at 4.50, contacts who write, gateways that tell."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import kinds, running
from sokoni.capabilities.store.models.catalogue import Variant
from sokoni.capabilities.store.models.orders import Order, OrderEvent
from sokoni.config import Settings
from sokoni.db.vault import new_key
from sokoni.edge import Side, edge
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.payments.models import PaymentId
from sokoni.payments.refunds import Refunds
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_stripe import FakeStripe, fake_stripe
from sokoni.workers.crew import Crew
from tests.capabilities.store.factories import create_product
from tests.payments.front import Front

_FILE: Final = """
merchant: shop
name: The Shop
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en, sn, nd]
quiet_ms: 0
capabilities:
  store: {store}
channels:
  - channel: simulator
payments: {payments}
"""
STRIPE: Final = """
[{{gateway: stripe, secret_key: sk_test_loopback, webhook_secrets: [whsec_loopback],
   base_url: "{url}", account: stripe-shop}}]"""
SANDBOX: Final = "[{gateway: sandbox}]"
CASH: Final = "[{gateway: cod}]"


@dataclass
class ShopFront(Front):
    """A server with one shop."""

    desk: AsgiClient = field(kw_only=True)
    """A program with a key for everything."""

    async def buy(self, quantity: int = 1) -> str:
        """Order coffee in the chat; return what is said to the yes."""
        await self.say(f"add {quantity} ground coffee")
        await self.say("checkout")
        await self.say("12 Market Street, Harare")
        return await self.say("yes")

    async def order(self) -> Order:
        """Return the only order there is."""
        async with AsyncSession(self.app.engine) as session:
            return (await session.scalars(select(Order))).one()

    async def moves(self) -> Sequence[str]:
        async with AsyncSession(self.app.engine) as session:
            found = select(OrderEvent.move).order_by(OrderEvent.id)
            return (await session.scalars(found)).all()

    async def stock(self) -> tuple[int | None, int]:
        """Return how many there are, and how many of them are promised."""
        async with AsyncSession(self.app.engine) as session:
            row = (await session.execute(select(Variant.on_hand, Variant.reserved))).one()
            return row.on_hand, row.reserved

    async def stands(self) -> tuple[str, str]:
        order = await self.order()
        return order.status, order.charge_status

    async def move(self, **said: Any) -> Any:  # noqa: ANN401 -- JSON
        """Have staff move the only order."""
        path = f"/api/v1/orders/{(await self.order()).id}/status"
        return (await self.desk.request("PUT", path, **_json(said))).json()


def _json(said: object) -> dict[str, Any]:
    return {"body": msgspec.json.encode(said), "headers": {"content-type": "application/json"}}


@asynccontextmanager
async def shop_front(
    database_url: str,
    payments: str = SANDBOX,
    *,
    store: str = "{}",
    clock: StoppedClock | None = None,
) -> AsyncIterator[ShopFront]:
    """Open a server whose only merchant is a shop."""
    clock = clock or StoppedClock()
    settings = Settings(
        database_url=database_url,
        secret_keys=SecretStr(new_key()),
        public_url="http://127.0.0.1:8000",
        redis_url="",
    )
    async with running(settings, clock) as app:
        text = _FILE.format(store=store, payments=payments)
        file = read_merchant_file(text, kinds(production=False), {})
        async with AsyncSession(app.engine) as session, session.begin():
            await apply_merchant_file(session, app.vault, clock, file)
        await app.refresh()
        profile = await app.merchants.find("shop")
        assert profile is not None
        async with AsyncSession(app.engine) as session, session.begin():
            await create_product(session, merchant_id=profile.id)
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        front = ShopFront(app, Crew.of(app), web, clock, "shop", profile.id, desk=web)
        front.desk = await front.program("admin")
        yield front


@asynccontextmanager
async def stripe_front(database_url: str) -> AsyncIterator[tuple[ShopFront, FakeStripe]]:
    clock = StoppedClock()
    async with fake_stripe(now=lambda: clock().timestamp()) as fake:
        payments = STRIPE.format(url=fake.url).replace("\n", " ")
        async with shop_front(database_url, payments, clock=clock) as shop:
            yield shop, fake


async def tell(shop: ShopFront, fake: FakeStripe) -> str:
    """Have Stripe tell all that it has to; return what the contact hears."""
    told, fake.webhooks = fake.webhooks, []
    for one in told:
        path = "/payments/stripe/callback/stripe-shop"
        await shop.web.request("POST", path, body=one.body, headers=one.headers)
    return await shop.run()


async def refunds(shop: ShopFront) -> list[tuple[str, str]]:
    async with AsyncSession(shop.app.engine) as session:
        book = Refunds(session, shop.merchant_id, shop.clock())
        found = await book.of(PaymentId((await shop.payment()).id))
        return [(f"{one.amount:.2f}", one.state) for one in found]
