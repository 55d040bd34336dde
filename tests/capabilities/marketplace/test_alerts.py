"""Alerts: in waves, up to a cap, nobody twice, never to those who opted out."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.alerts import Alerts, Audience, Wave
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId
from sokoni.language.reading import KnownPlace
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import (
    BEITBRIDGE,
    GOKWE,
    HARARE,
    KADOMA,
    MARKET,
    RIVAL,
    create_contact,
    create_request,
    create_seller,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

VEHICLES = meaning_of("tyres").trades


async def wave(
    session: AsyncSession,
    request: BuyRequest,
    *,
    place: KnownPlace | None = None,
    size: int = 10,
    cap: int = 50,
) -> Wave:
    audience = Audience(meaning_of(request.thing).trades, place, within_km=60)
    return await Alerts(session, MARKET, NOON).next_wave(request, audience, size=size, cap=cap)


@pytest.fixture
async def request_(session: AsyncSession, vault: Vault) -> BuyRequest:
    buyer = await create_contact(session, vault)
    await create_seller(session, buyer, trades=VEHICLES)
    return await create_request(session, buyer, "engine oil")


async def seller(session: AsyncSession, vault: Vault, place: KnownPlace = GOKWE) -> ContactId:
    contact = await create_contact(session, vault)
    await create_seller(session, contact, place=place, trades=VEHICLES)
    return contact


async def test_waves_reach_each_seller_once_up_to_the_cap(
    session: AsyncSession, vault: Vault, request_: BuyRequest
) -> None:
    sellers = {await seller(session, vault) for _ in range(6)}

    waves = [await wave(session, request_, size=2, cap=5) for _ in range(4)]

    told = [contact for one in waves for contact in one.contact_ids]
    assert [len(one.contact_ids) for one in waves] == [2, 2, 1, 0]
    assert [one.more for one in waves] == [True, True, False, False]
    assert len(set(told)) == 5
    assert set(told) < sellers


async def test_nearest_sellers_are_told_first(
    session: AsyncSession, vault: Vault, request_: BuyRequest
) -> None:
    far = await seller(session, vault, BEITBRIDGE)
    near = await seller(session, vault, KADOMA)

    told = await wave(session, request_, place=GOKWE)

    assert told.contact_ids == (near, far)


async def test_sellers_of_other_things_are_told_only_when_they_are_near(
    session: AsyncSession, vault: Vault, request_: BuyRequest
) -> None:
    neighbour, stranger = [await create_contact(session, vault) for _ in range(2)]
    await create_seller(session, neighbour, trades=meaning_of("goats").trades)
    await create_seller(session, stranger, place=HARARE, trades=meaning_of("goats").trades)

    nowhere = await wave(session, request_)
    here = await wave(session, request_, place=GOKWE)

    assert nowhere.contact_ids == ()
    assert here.contact_ids == (neighbour,)


async def test_neither_the_opted_out_nor_another_merchants_sellers_are_told(
    session: AsyncSession, vault: Vault, request_: BuyRequest
) -> None:
    silent = await create_contact(session, vault, opted_out_at=NOON)
    await create_seller(session, silent, trades=VEHICLES)
    foreign = await create_contact(session, vault, merchant_id=RIVAL)
    await create_seller(session, foreign, trades=VEHICLES, merchant_id=RIVAL)

    assert (await wave(session, request_, place=GOKWE)).contact_ids == ()
