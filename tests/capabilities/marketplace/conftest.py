"""A market with the stopped clock on each database, and its API."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.api import router
from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from tests.capabilities.conftest import House
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
def house() -> House:
    """Return a house whose programs may see what the merchant has, and no more."""
    return House("gokwe", "marketplace", router, ("read",))
