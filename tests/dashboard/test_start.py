"""The page at `/`, and what the simulator says to those it does not know."""

from collections.abc import Awaitable
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.accounts import Accounts
from sokoni.channels.registry import Registry
from sokoni.dashboard.simulator.door import Door
from sokoni.dashboard.simulator.page import SimulatorParts, add_page
from sokoni.dashboard.start import no_simulator, start
from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from sokoni.language.catalogues import Catalogues
from sokoni.merchants.directory import MerchantDirectory
from sokoni.places.book import PlaceBook
from sokoni.places.gazetteer import Gazetteer
from sokoni.testing.asgi import Answer, AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market
from tests.gateway.driving import NoHttp

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


async def test_without_a_database_the_pages_say_so_and_try_again(
    tmp_path: Path, vault: Vault, clock: StoppedClock, engine: AsyncEngine
) -> None:
    away = open_engine(f"sqlite:///{tmp_path}/without-tables.db")
    parts = SimulatorParts(
        engine=engine,
        vault=vault,
        merchants=MerchantDirectory(away, clock),
        accounts=Accounts(away, vault, Registry(), NoHttp(), clock),
        places=PlaceBook(away, Gazetteer()),
        catalogues=Catalogues(),
        door=Door(FastAPI()),
    )
    app = FastAPI()
    app.include_router(start(parts.merchants))
    chat = add_page(parts)

    answers = [await AsgiClient(app).get("/"), await shown(chat("one"))]
    await away.dispose()

    for answer in answers:
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert b"The database does not answer" in answer.body
        assert b'http-equiv="refresh"' in answer.body


async def shown(page: object) -> Answer:
    assert isinstance(page, Awaitable)
    response = await page
    return Answer(response.status_code, dict(response.headers), response.body)
