"""A market with the stopped clock on each database, and its API."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.api import router
from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market as Server
from tests.capabilities.marketplace.market import Market, Phone


@pytest.fixture
def market(session: AsyncSession, vault: Vault, clock: StoppedClock) -> Market:
    return Market(session, vault, clock)


@pytest.fixture
async def seller(market: Market) -> Phone:
    """Somebody who has ten goats on offer."""
    phone = await market.phone("Tendai Moyo", "+263771000001")
    await phone.plays("I want to join", "Tendai Moyo", "Gokwe")
    await phone.plays("Selling 10 goats at $20 each", "yes")
    return phone


@pytest.fixture
def server(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Server:
    return Server(engine, vault, clock, routers=[router])


@pytest.fixture
async def merchant(server: Server) -> MerchantId:
    return await server.merchant("gokwe", "marketplace")


@pytest.fixture
async def client(server: Server, merchant: MerchantId) -> AsgiClient:
    """Return a program that may see what the merchant has, and no more."""
    return server.client(await server.key(merchant, "read"))
