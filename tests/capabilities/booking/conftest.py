"""A booking desk with the stopped clock on each database, and its API."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.booking.api import router
from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market as Server
from tests.capabilities.booking.factories import MONDAY


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@pytest.fixture
def server(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Server:
    return Server(engine, vault, clock, routers=[router])


@pytest.fixture
async def merchant(server: Server) -> MerchantId:
    return await server.merchant("hustlr", "booking")


@pytest.fixture
async def client(server: Server, merchant: MerchantId) -> AsgiClient:
    """Return a program that may see and do all that concerns bookings."""
    return server.client(await server.key(merchant, "read", "write", "conversations"))
