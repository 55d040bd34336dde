"""The marketplace for programs: what is on offer and looked for, of one merchant only."""

from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.places.gazetteer import Gazetteer
from sokoni.testing.asgi import AsgiClient
from tests.api.market import Market as Server
from tests.capabilities.marketplace.factories import (
    HARARE,
    create_contact,
    create_listing,
    create_request,
)


@pytest.fixture
async def reference(session: AsyncSession, vault: Vault, merchant: MerchantId) -> str:
    """Ten goats in Gokwe of the merchant's, the same of another's, and a request of each."""
    elsewhere = MerchantId(uuid4())
    listed = ""
    for owner, name in ((elsewhere, "Stranger"), (merchant, "Farai")):
        contact = await create_contact(session, vault, name, merchant_id=owner)
        listed = (await create_listing(session, contact, merchant_id=owner)).reference
        await create_request(session, contact, "maize", merchant_id=owner)
    await session.commit()
    return listed


async def test_listings_are_read_with_price_and_seller(client: AsgiClient, reference: str) -> None:
    page = (await client.get("/api/v1/listings")).json()

    assert [one["reference"] for one in page["items"]] == [reference]
    assert page["items"][0]["seller"] == "Farai"
    assert page["items"][0]["price_each"] == "20.00"
    assert page["items"][0]["total"] == "200.00"
    assert (await client.get(f"/api/v1/listings/{reference}")).json() == page["items"][0]
    assert page["next"] is None


async def test_listings_of_one_seller_or_place_are_read(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId, reference: str
) -> None:
    contact = await create_contact(session, vault, "Rudo", merchant_id=merchant)
    harare = Gazetteer().named("harare", "ZW")
    assert harare is not None
    other = await create_listing(session, contact, place=harare, merchant_id=merchant)
    await session.commit()
    sellers = (await client.get("/api/v1/sellers")).json()["items"]
    farai = next(one["id"] for one in sellers if one["name"] == "Farai")

    async def found(only: str) -> list[str]:
        items = (await client.get(f"/api/v1/listings?{only}")).json()["items"]
        return [one["reference"] for one in items]

    assert await found("") == [reference, other.reference]
    assert await found(f"seller={farai}") == [reference]
    assert await found("place=harare") == [other.reference]
    assert await found(f"seller={farai}&place=Harare") == []
    assert await found(f"seller={uuid4()}") == []
    unknown = await client.get("/api/v1/listings?place=Atlantis")
    assert (unknown.status, unknown.json()["code"]) == (422, "place_unknown")


async def test_unknown_reference_is_404(client: AsgiClient, reference: str) -> None:
    missing = await client.get("/api/v1/listings/LST-0000000")

    assert (missing.status, missing.json()["code"]) == (404, "listing_unknown")


@pytest.mark.usefixtures("reference")
async def test_requests_and_sellers_are_the_merchants_own(client: AsgiClient) -> None:
    requests = (await client.get("/api/v1/buy_requests")).json()["items"]
    sellers = (await client.get("/api/v1/sellers")).json()["items"]

    assert [one["thing"] for one in requests] == ["maize"]
    assert [(one["name"], one["place"]) for one in sellers] == [("Farai", "Gokwe")]


async def test_search_understands_other_words_and_places(
    client: AsgiClient, reference: str
) -> None:
    found = (await client.get("/api/v1/search?q=imbuzi&place=Harare")).json()

    assert [one["reference"] for one in found] == [reference]
    assert 150 < found[0]["distance_km"] < 300
    assert HARARE.name == "Harare"
    assert (await client.get("/api/v1/search?q=imbuzi&max_price=19")).json() == []
    unknown = await client.get("/api/v1/search?q=imbuzi&place=Atlantis")
    assert (unknown.status, unknown.json()["code"]) == (422, "place_unknown")


async def test_key_without_the_scope_is_refused(server: Server, merchant: MerchantId) -> None:
    client = server.client(await server.key(merchant, "events"))

    for path in ("listings", "buy_requests", "sellers", "search?q=goats"):
        assert (await client.get(f"/api/v1/{path}")).status == 403


async def test_pages_leave_nothing_out(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    contact = await create_contact(session, vault, merchant_id=merchant)
    references = [
        (await create_listing(session, contact, merchant_id=merchant)).reference for _ in range(5)
    ]
    await session.commit()

    read, after = [], ""
    while True:
        page = (await client.get(f"/api/v1/listings?limit=2{after}")).json()
        read += [one["reference"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert read == references
