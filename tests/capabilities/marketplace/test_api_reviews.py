"""Reviews and profiles for programs: of one merchant, and nothing that staff hold or hid."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Seller
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.reviews.models import Review, ReviewState
from sokoni.reviews.ratings import Ratings
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import NOON
from tests.api.market import Market as Server
from tests.capabilities.marketplace.factories import create_contact, create_listing
from tests.reviews.factories import create_deal


async def rated(
    session: AsyncSession, vault: Vault, merchant: MerchantId, seller: ContactId, stars: int
) -> None:
    """Have a new buyer rate the seller."""
    buyer = await create_contact(session, vault, "Bongani", merchant_id=merchant)
    deal = await create_deal(session, merchant, seller, buyer)
    ratings = Ratings(session, vault, merchant, NOON)
    await ratings.give(deal.id, buyer, stars, f"worth {stars}", days=14)


@pytest.fixture
async def seller(session: AsyncSession, vault: Vault, merchant: MerchantId) -> str:
    """Return the id of a seller whom two rated, beside another merchant's."""
    ids = []
    for owner in (MerchantId(uuid4()), merchant):
        contact = await create_contact(session, vault, "Farai", merchant_id=owner)
        await create_listing(session, contact, merchant_id=owner)
        for stars in (5, 2):
            await rated(session, vault, owner, contact, stars)
        found = select(Seller.id).where(Seller.contact_id == contact)
        ids.append(str(await session.scalar(found)))
    await session.commit()
    return ids[-1]


async def test_profile_is_given_in_figures(client: AsgiClient, seller: str) -> None:
    shown = (await client.get(f"/api/v1/sellers/{seller}/profile")).json()

    assert (shown["name"], shown["place"]) == ("Farai", "Gokwe")
    assert (shown["deals"], shown["raters"], shown["content"]) == (2, 2, 1)
    assert shown["reply_minutes"] is None


async def test_reviews_are_read_page_by_page(client: AsgiClient, seller: str) -> None:
    first = (await client.get(f"/api/v1/sellers/{seller}/reviews?limit=1")).json()
    second = (
        await client.get(f"/api/v1/sellers/{seller}/reviews?limit=1&after={first['next']}")
    ).json()

    said = [(one["stars"], one["text"], one["by"]) for one in first["items"] + second["items"]]
    assert said == [(5, "worth 5", "Bongani"), (2, "worth 2", "Bongani")]
    assert second["next"] is None
    assert (await client.get("/api/v1/reviews")).json()["items"] == [
        *first["items"],
        *second["items"],
    ]


@pytest.mark.parametrize("state", [ReviewState.HELD, ReviewState.HIDDEN])
async def test_what_staff_hold_or_hid_is_not_shown(
    client: AsgiClient, seller: str, session: AsyncSession, state: ReviewState
) -> None:
    for review in await session.scalars(select(Review).where(Review.stars == 5)):
        review.state = state
    await session.commit()

    shown = (await client.get("/api/v1/reviews")).json()["items"]

    assert [one["stars"] for one in shown] == [2]
    profile = (await client.get(f"/api/v1/sellers/{seller}/profile")).json()
    assert (profile["raters"], profile["content"]) == (1, 0)


@pytest.mark.parametrize("what", ["profile", "reviews"])
async def test_seller_whom_nobody_knows_is_404(client: AsgiClient, what: str) -> None:
    answer = await client.get(f"/api/v1/sellers/{uuid4()}/{what}")

    assert (answer.status, answer.json()["code"]) == (404, "seller_unknown")


@pytest.mark.parametrize("path", ["reviews", "sellers/{seller}/profile"])
async def test_a_key_is_needed_and_the_right_scope(
    server: Server, merchant: MerchantId, seller: str, path: str
) -> None:
    path = f"/api/v1/{path.format(seller=seller)}"
    wrong = server.client(await server.key(merchant, "places"))

    assert (await server.client().get(path)).status == 401
    assert (await wrong.get(path)).status == 403


async def test_seller_of_another_merchant_is_not_there(server: Server, seller: str) -> None:
    other = await server.merchant("other", "marketplace")
    client = server.client(await server.key(other, "read"))

    assert (await client.get(f"/api/v1/sellers/{seller}/profile")).status == 404
    assert (await client.get("/api/v1/reviews")).json()["items"] == []
