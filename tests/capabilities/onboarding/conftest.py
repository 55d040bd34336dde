"""The shipped merchants of a test."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.capabilities.onboarding.bazaar import Desk, desks


@pytest.fixture
async def bazaar(engine: AsyncEngine, database_url: str) -> AsyncIterator[Desk]:
    async with desks(database_url, "msme-bazaar") as (desk,):
        yield desk


@pytest.fixture
async def coop(engine: AsyncEngine, database_url: str) -> AsyncIterator[Desk]:
    async with desks(database_url, "mushandirapamwe") as (desk,):
        yield desk
