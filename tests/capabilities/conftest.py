"""The API of one capability's merchant on each database, and a program that asks it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market as Server


@dataclass(frozen=True, slots=True)
class House:
    """A merchant that has one capability, and what a program of theirs may do."""

    slug: str
    capability: str
    router: APIRouter
    scopes: tuple[str, ...]


@pytest.fixture
def server(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock, house: House, tmp_path: Path
) -> Server:
    return Server(engine, vault, clock, routers=[house.router], files=tmp_path)


@pytest.fixture
async def merchant(server: Server, house: House) -> MerchantId:
    return await server.merchant(house.slug, house.capability)


@pytest.fixture
async def client(server: Server, merchant: MerchantId, house: House) -> AsgiClient:
    return server.client(await server.key(merchant, *house.scopes))
