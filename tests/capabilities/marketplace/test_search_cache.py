"""Searches that are remembered find what others find, and never what cannot be had any more."""

from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.capabilities.marketplace.judging import ListingJudge
from sokoni.capabilities.marketplace.models import Listing, ListingState
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.freshness import Freshness
from sokoni.capabilities.marketplace.service.listings import FOUND, Listed, Listings
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.service.search import Search, Wish
from sokoni.config import Settings
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.versions import current_version, touch
from sokoni.kit.cache import Cache, LocalCache
from sokoni.language.reading import KnownPlace
from sokoni.testing.clock import NOON
from sokoni.testing.databases import Spares
from sokoni.testing.play import check_transcripts
from sokoni.testing.stage import ChannelName
from tests.capabilities.marketplace.factories import (
    BEITBRIDGE,
    GOKWE,
    HARARE,
    KADOMA,
    MARKET,
    RIVAL,
    create_contact,
    create_listing,
    create_seller,
)
from tests.capabilities.marketplace.market import Market
from tests.conftest import THREE
from tests.transcripts.test_transcripts import FOLDER

three_databases = pytest.mark.parametrize("database_url", THREE, indirect=True)
GOATS = meaning_of("goats").required


class Counting(LocalCache):
    """Counts what is found in it."""

    def __init__(self) -> None:
        super().__init__()
        self.found = 0

    @override
    async def get(self, key: str) -> bytes | None:
        kept = await super().get(key)
        self.found += kept is not None
        return kept


@pytest.fixture
def cache() -> Counting:
    return Counting()


async def find(
    session: AsyncSession, cache: Cache | None, place: KnownPlace | None = GOKWE, limit: int = 11
) -> list[Offer]:
    wish = Wish(tokens=GOATS, buyer_id=None, place=place)
    return await Search(session, MARKET, NOON, cache).offers(wish, limit=limit)


async def offer_of(session: AsyncSession, listed: Listed) -> Offer:
    found = await Listings(session, MARKET, NOON).find(listed.reference)
    assert found is not None
    return found


@three_databases
async def test_what_is_remembered_is_what_is_found_without(
    session: AsyncSession, vault: Vault, cache: Counting
) -> None:
    buyer = await create_contact(session, vault)
    sellers = [await create_contact(session, vault) for _ in range(5)]
    silent = await create_contact(session, vault, opted_out_at=NOON)
    places = (GOKWE, KADOMA, HARARE, BEITBRIDGE)
    for number in range(150):
        seller = (*sellers, buyer, silent)[number % 7]
        place, price = places[number % 4], f"{10 + number % 30}.00"
        await create_listing(session, seller, place=place, price=price)
    await create_listing(session, sellers[0], thing="sheep")

    wishes = [
        Wish(tokens=GOATS, buyer_id=buyer, place=place, max_each=most, currency="USD")
        for place, most in product((None, *places), (None, Decimal(15)))
    ]
    for wish, (limit, offset) in product(wishes * 2, ((11, 0), (11, 10), (91, 0))):
        plain = await Search(session, MARKET, NOON).offers(wish, limit=limit, offset=offset)
        kept = await Search(session, MARKET, NOON, cache).offers(wish, limit=limit, offset=offset)
        assert [one.reference for one in kept] == [one.reference for one in plain]
    assert cache.found


@three_databases
@pytest.mark.parametrize(
    "change",
    [
        {"state": ListingState.SOLD},
        {"state": ListingState.WITHDRAWN},
        {"state": ListingState.HIDDEN},
        {"state": ListingState.EXPIRED},
        {"expires_at": NOON},
    ],
    ids=str,
)
async def test_nothing_is_shown_that_cannot_be_had_though_it_is_remembered(
    session: AsyncSession, vault: Vault, cache: Counting, change: dict[str, object]
) -> None:
    seller = await create_contact(session, vault)
    gone, left = [await create_listing(session, seller) for _ in range(2)]
    assert len(await find(session, cache)) == 2

    # Behind the version's back: worse than anything that the services do.
    await session.execute(update(Listing).where(Listing.id == gone.id).values(**change))

    assert [one.id for one in await find(session, cache)] == [left.id]
    assert cache.found == 1


async def test_neither_who_opted_out_nor_who_was_blocked_is_shown(
    session: AsyncSession, vault: Vault, cache: Counting
) -> None:
    seller = await create_contact(session, vault)
    await create_listing(session, seller)
    assert await find(session, cache)

    await session.execute(update(Contact).where(Contact.id == seller).values(blocked_at=NOON))

    assert await find(session, cache) == []


@three_databases
async def test_every_change_of_what_is_found_is_another_version(
    session: AsyncSession, vault: Vault
) -> None:
    seller = await create_contact(session, vault)
    await create_seller(session, seller)
    listings, judge = Listings(session, MARKET, NOON), ListingJudge()
    fresh = Freshness(session, MARKET, NOON, lambda _: None)
    versions = [await current_version(session, MARKET, FOUND)]

    async def changed() -> None:
        versions.append(await current_version(session, MARKET, FOUND))

    first, second = [await create_listing(session, seller) for _ in range(2)]
    await changed()
    await listings.withdraw(seller, await offer_of(session, first))
    await changed()
    await judge.take_down(session, MARKET, str(second.id), NOON)
    await changed()
    await judge.put_back(session, MARKET, str(second.id), NOON)
    await changed()
    await listings.sell(seller, await offer_of(session, second))
    await changed()
    touched: list[str] = []
    third = await create_listing(session, seller)
    fresh = Freshness(session, MARKET, NOON + timedelta(days=31), touched.append)
    await fresh.renew(seller, [await offer_of(session, third)], days=30, ask_days=3)

    assert versions == sorted(set(versions))
    assert touched == [FOUND]
    assert await current_version(session, RIVAL, FOUND) == 0


async def test_version_is_the_sum_of_what_processes_count(session: AsyncSession) -> None:
    for expected in (1, 2, 3):
        await touch(session, MARKET, FOUND)
        assert await current_version(session, MARKET, FOUND) == expected


async def test_what_is_listed_in_a_chat_is_found_at_once(market: Market) -> None:
    market.cache = LocalCache()
    tendai = await market.phone("Tendai Moyo", "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await tendai.plays("I want to join", "Tendai Moyo", "Gokwe")
    assert "Nobody sells goats" in await buyer.says("Looking for goats in Gokwe")

    await tendai.plays("Selling 10 goats at $20 each", "yes")
    assert "Tendai" in await buyer.says("Looking for goats in Gokwe")

    await tendai.plays("sold", "yes")
    assert "Nobody sells goats" in await buyer.says("Looking for goats in Gokwe")


@pytest.mark.parametrize("name", ["marketplace", "freshness", "paging"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_conversations_are_the_same_where_searches_are_remembered(
    database_url: str, spares: Spares, name: str
) -> None:
    told: list[str] = []
    settings = Settings(database_url=database_url, search_cache=True)

    path = FOLDER / f"{name}.chat"
    await check_transcripts([path], settings, ChannelName.SIMULATOR, told.append, spares)

    assert "\n".join(told).startswith("ok ")
