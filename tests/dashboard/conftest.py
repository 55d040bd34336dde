"""The market that phones look at."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market


@pytest.fixture
def market(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Market:
    return Market(engine, vault, clock)
