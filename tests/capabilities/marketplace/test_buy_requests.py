"""Buy requests: kept once, met once, theirs to close."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest, RequestToken
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.buy_requests import (
    BuyRequests,
    RequestGoneError,
)
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, new_id
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import (
    GOKWE,
    MARKET,
    RIVAL,
    create_contact,
    create_request,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

SELLER = ContactId(new_id())


async def waiting(session: AsyncSession, listed: str) -> list[str]:
    requests = BuyRequests(session, MARKET, NOON)
    tokens = meaning_of(listed).tokens
    return [one.thing for one in await requests.waiting_for(SELLER, tokens, limit=10)]


async def test_listing_finds_who_waits_for_it_in_any_words(
    session: AsyncSession, vault: Vault
) -> None:
    for wanted in ("mbudzi", "goats and sheep", "oil", "livestock", "maize"):
        await create_request(session, await create_contact(session, vault), wanted)

    assert await waiting(session, "izimbuzi") == ["mbudzi", "livestock"]
    assert await waiting(session, "engine oil") == ["oil"]
    assert await waiting(session, "sheep, goats") == ["mbudzi", "goats and sheep", "livestock"]


async def test_own_foreign_and_old_requests_and_those_of_the_opted_out_do_not_wait(
    session: AsyncSession, vault: Vault
) -> None:
    gone = await create_contact(session, vault, opted_out_at=NOON)
    there = await create_contact(session, vault, merchant_id=RIVAL)
    await create_request(session, SELLER)
    await create_request(session, gone)
    await create_request(session, there, merchant_id=RIVAL)
    old = await create_contact(session, vault)
    await create_request(session, old, now=NOON - timedelta(days=31))

    assert await waiting(session, "goats") == []


async def test_same_wish_again_is_renewed_not_doubled(session: AsyncSession, vault: Vault) -> None:
    buyer = await create_contact(session, vault)
    first = await create_request(session, buyer, "goats", now=NOON - timedelta(days=3))
    again = await create_request(session, buyer, "imbuzi", place=GOKWE)

    assert again.reference == first.reference
    assert again.place_name == "Gokwe"
    assert again.expires_at == NOON + timedelta(days=30)
    assert await session.scalar(select(func.count()).select_from(BuyRequest)) == 1


async def test_closed_request_waits_no_more_and_leaves_no_token(
    session: AsyncSession, vault: Vault
) -> None:
    buyer = await create_contact(session, vault)
    request = await create_request(session, buyer)
    requests = BuyRequests(session, MARKET, NOON)

    await requests.close(buyer, request.reference.lower())

    assert await requests.of(buyer, limit=10) == []
    assert await waiting(session, "goats") == []
    assert await session.scalar(select(func.count()).select_from(RequestToken)) == 0


async def test_somebody_elses_request_cannot_be_closed(
    session: AsyncSession, vault: Vault
) -> None:
    request = await create_request(session, await create_contact(session, vault))

    with pytest.raises(RequestGoneError):
        await BuyRequests(session, MARKET, NOON).close(SELLER, request.reference)

    assert await waiting(session, "goats") == ["goats"]


async def test_another_merchants_request_is_never_read(
    session: AsyncSession, vault: Vault
) -> None:
    buyer = await create_contact(session, vault)
    request = await create_request(session, buyer)
    elsewhere = BuyRequests(session, RIVAL, NOON)

    assert await elsewhere.find(request.reference) is None
    assert await elsewhere.of(buyer, limit=10) == []
    assert await elsewhere.page(after=None, limit=10) == []
