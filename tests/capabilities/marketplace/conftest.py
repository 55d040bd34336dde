"""A market with the stopped clock on each database."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from tests.capabilities.marketplace.market import Market


@pytest.fixture
def market(session: AsyncSession, vault: Vault, clock: StoppedClock) -> Market:
    return Market(session, vault, clock)
