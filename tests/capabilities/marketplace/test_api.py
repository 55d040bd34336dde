"""The marketplace as programs read it."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.api import router
from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market
from tests.capabilities.marketplace.factories import (
    GOKWE,
    HARARE,
    create_contact,
    create_listing,
    create_request,
)

PATHS = ("/api/v1/listings", "/api/v1/buy_requests", "/api/v1/search?q=goats")


@pytest.fixture
def market(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Market:
    return Market(engine, vault, clock, routers=[router])


async def reader(market: Market, slug: str = "one") -> tuple[AsgiClient, MerchantId]:
    merchant = await market.merchant(slug, "marketplace")
    return market.client(await market.key(merchant, "read")), merchant


async def goats(market: Market, merchant: MerchantId) -> str:
    """Put up Tendai's ten goats in Gokwe, and return their reference."""
    async with AsyncSession(market.engine) as session, session.begin():
        tendai = await create_contact(
            session, market.vault, "Tendai", merchant_id=merchant, phone="+263771000001"
        )
        listed = await create_listing(session, tendai, merchant_id=merchant)
        await create_listing(session, tendai, merchant_id=merchant, place=HARARE, price="25")
    return listed.reference


@pytest.mark.parametrize("path", [*PATHS, "/api/v1/listings/LST-1"])
async def test_nothing_is_shown_without_the_scope(market: Market, path: str) -> None:
    merchant = await market.merchant("one", "marketplace")
    key = await market.key(merchant, "conversations")

    assert (await market.client().get(path)).status == 401
    assert (await market.client(key).get(path)).status == 403


@pytest.mark.parametrize("path", PATHS)
async def test_a_merchant_without_a_marketplace_has_none(market: Market, path: str) -> None:
    key = await market.key(await market.merchant("one"), "read")

    answer = await market.client(key).get(path)

    assert (answer.status, answer.json()["code"]) == (404, "capability_off")


async def test_a_listing_shows_price_and_place_but_no_number(market: Market) -> None:
    client, merchant = await reader(market)
    reference = await goats(market, merchant)

    answer = await client.get(f"/api/v1/listings/{reference.lower()}")

    shown = answer.json()
    assert shown["reference"] == reference
    assert shown["seller"] == "Tendai"
    assert shown["each"] == {"amount": "20.00", "currency": "USD"}
    assert shown["total"] == {"amount": "200.00", "currency": "USD"}
    assert shown["place"]["name"] == "Gokwe"
    assert b"263771" not in answer.body


async def test_listings_come_page_by_page(market: Market) -> None:
    client, merchant = await reader(market)
    await goats(market, merchant)

    first = (await client.get("/api/v1/listings?limit=1")).json()
    second = (await client.get(f"/api/v1/listings?limit=1&after={first['next']}")).json()

    assert [one["place"]["name"] for one in first["items"] + second["items"]] == [
        "Gokwe",
        "Harare",
    ]
    assert second["next"] is None


@pytest.mark.parametrize(("near", "places"), [("", 2), ("Harare", 2)])
async def test_a_search_understands_every_language(market: Market, near: str, places: int) -> None:
    client, merchant = await reader(market)
    await goats(market, merchant)

    found = (await client.get(f"/api/v1/search?q=mbudzi&near={near}")).json()["items"]

    assert len(found) == places
    assert not near or found[0]["place"]["name"] == near


async def test_a_search_makes_up_no_place(market: Market) -> None:
    client, _ = await reader(market)

    answer = await client.get("/api/v1/search?q=goats&near=Atlantis")

    assert (answer.status, answer.json()["code"]) == (422, "place_unknown")


async def test_buy_requests_are_listed(market: Market) -> None:
    client, merchant = await reader(market)
    async with AsyncSession(market.engine, expire_on_commit=False) as session, session.begin():
        buyer = await create_contact(session, market.vault, "Rudo", merchant_id=merchant)
        kept = await create_request(
            session, buyer, "engine oil", merchant_id=merchant, place=GOKWE
        )

    answer = await client.get("/api/v1/buy_requests")

    (shown,) = answer.json()["items"]
    assert (shown["reference"], shown["thing"], shown["place"]) == (
        kept.reference,
        "engine oil",
        "Gokwe",
    )
    assert b"Rudo" not in answer.body


async def test_another_merchants_market_is_not_seen(market: Market) -> None:
    client, _ = await reader(market)
    theirs = await market.merchant("theirs", "marketplace")
    reference = await goats(market, theirs)

    assert (await client.get("/api/v1/listings")).json()["items"] == []
    assert (await client.get("/api/v1/search?q=goats")).json()["items"] == []
    assert (await client.get(f"/api/v1/listings/{reference}")).status == 404
