"""Two contacts who turn out to be one person keep everything once."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.merging import merge_contacts
from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    Introduction,
    IntroductionState,
    Listing,
    Seller,
    SellerTrade,
)
from sokoni.capabilities.marketplace.service.alerts import Alerts, Audience
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests
from sokoni.capabilities.marketplace.service.introductions import Introductions
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.db.vault import Vault
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import (
    MARKET,
    create_contact,
    create_listing,
    create_request,
    create_seller,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def test_everything_moves_and_nothing_is_doubled(
    session: AsyncSession, vault: Vault
) -> None:
    gone, kept, buyer = [await create_contact(session, vault) for _ in range(3)]
    for contact in (gone, kept):
        await create_seller(session, contact, trades=("=goat", f"own {contact}"[:48]))
        await create_listing(session, contact)
        await create_request(session, contact, "maize")
    request = await create_request(session, buyer)
    audience = Audience(("=goat",), None, within_km=1)
    await Alerts(session, MARKET, NOON).next_wave(request, audience, size=9, cap=9)
    theirs = await create_listing(session, buyer, thing="sheep")
    offer = await Listings(session, MARKET, NOON).find(theirs.reference)
    assert offer is not None
    for contact in (gone, kept):
        await Introductions(session, MARKET, NOON).ask(offer, contact)

    await merge_contacts(await session.connection(), gone, kept)

    for owned in (
        Seller.contact_id,
        Listing.contact_id,
        BuyRequest.contact_id,
        Alert.contact_id,
        Introduction.buyer_id,
    ):
        assert gone not in (await session.scalars(select(owned))).all()
    assert await session.scalar(select(func.count()).select_from(Alert)) == 1
    assert await session.scalar(select(func.count()).select_from(Introduction)) == 1
    assert await session.scalar(select(func.count()).select_from(SellerTrade)) == 3
    mine = await Listings(session, MARKET, NOON).of(kept, limit=10)
    assert [one.thing for one in mine] == ["goats", "goats"]


async def test_the_only_seller_of_the_two_stays_a_seller(
    session: AsyncSession, vault: Vault
) -> None:
    gone, kept = [await create_contact(session, vault) for _ in range(2)]
    await create_listing(session, gone)

    await merge_contacts(await session.connection(), gone, kept)

    assert (await session.scalars(select(Seller.contact_id))).all() == [kept]
    assert (await session.scalars(select(SellerTrade.trade))).all() == []


async def test_the_same_wish_of_both_is_kept_once(session: AsyncSession, vault: Vault) -> None:
    gone, kept, near, far = [await create_contact(session, vault) for _ in range(4)]
    for seller in (near, far):
        await create_seller(session, seller, trades=("=maize",))
    mine, same = [await create_request(session, contact, "maize") for contact in (kept, gone)]
    await create_request(session, gone, "goats")
    alerts, audience = Alerts(session, MARKET, NOON), Audience(("=maize",), None, within_km=1)
    await alerts.next_wave(mine, audience, size=1, cap=9)
    await alerts.next_wave(same, audience, size=2, cap=9)

    await merge_contacts(await session.connection(), gone, kept)

    requests = BuyRequests(session, MARKET, NOON)
    wanted = await requests.of(kept, limit=10)
    assert [one.thing for one in wanted] == ["goats", "maize"]
    assert len(await requests.waiting_for(near, ["=maize"], limit=9)) == 1
    asked = select(Alert.contact_id).where(Alert.request_id == mine.id)
    assert set((await session.scalars(asked)).all()) == {near, far}


async def test_what_the_seller_agreed_to_is_kept(session: AsyncSession, vault: Vault) -> None:
    gone, kept, seller = [await create_contact(session, vault) for _ in range(3)]
    listed = await create_listing(session, seller)
    offer = await Listings(session, MARKET, NOON).find(listed.reference)
    assert offer is not None
    introductions = Introductions(session, MARKET, NOON)
    agreed = await introductions.ask(offer, gone)
    await introductions.ask(offer, kept)
    await introductions.answer(seller, agreed.id, IntroductionState.ACCEPTED)

    await merge_contacts(await session.connection(), gone, kept)

    rows = (await session.execute(select(Introduction.id, Introduction.buyer_id))).all()
    assert rows == [(agreed.id, kept)]
