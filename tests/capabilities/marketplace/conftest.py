"""A market with the stopped clock on each database."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
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
