"""The page at `/`, and what the simulator says to those it does not know."""

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.dashboard.start import no_simulator, start
from sokoni.merchants.directory import MerchantDirectory
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def page(merchants: MerchantDirectory | None) -> str:
    app = FastAPI()
    app.include_router(start(merchants))
    return (await AsgiClient(app).get("/")).body.decode()


async def test_merchants_are_listed_with_their_simulators(
    market: Market, engine: AsyncEngine, clock: StoppedClock
) -> None:
    await market.merchant("one")

    assert '<a href="/chat/one">One</a>' in await page(MerchantDirectory(engine, clock))


async def test_a_server_without_merchants_says_how_to_get_one(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    assert "sokoni merchant apply" in await page(MerchantDirectory(engine, clock))


async def test_production_names_nobody(market: Market) -> None:
    await market.merchant("one")

    said = await page(None)

    assert "/chat/" not in said
    assert "/health" in said


@pytest.mark.parametrize("known", [True, False])
def test_a_name_that_somebody_made_up_is_words(engine: AsyncEngine, known: bool) -> None:
    answer = no_simulator("<script>", known=known)

    assert answer.status_code == 404
    assert b"&lt;script&gt;" in answer.body
    assert b"<script>" not in answer.body
