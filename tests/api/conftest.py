"""The market of the API's tests, and a program that knows its contacts."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market


@pytest.fixture
def market(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Market:
    return Market(engine, vault, clock)


@pytest.fixture
async def merchant(market: Market) -> MerchantId:
    return await market.merchant("gokwe", "marketplace")


@pytest.fixture
async def client(market: Market, merchant: MerchantId) -> AsgiClient:
    return market.client(await market.key(merchant, "conversations"))
