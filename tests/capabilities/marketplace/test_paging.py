"""The market's lists, page by page: what is on offer, one's own listings, what one looks for."""

import re

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests
from sokoni.capabilities.marketplace.service.listings import Listings
from sokoni.capabilities.marketplace.service.search import Search, Wish
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
    create_contact,
    create_listing,
    create_request,
)
from tests.capabilities.marketplace.market import Market, Phone
from tests.capabilities.marketplace.test_statements import counted
from tests.conftest import THREE

NEXT_DOOR = KnownPlace("gokwe-centre", "Gokwe Centre", "Gokwe", "ZW", GOKWE.latitude, 28.93)
EVERYWHERE = (GOKWE, NEXT_DOOR, HARARE, KADOMA, BEITBRIDGE)

on_three_databases = pytest.mark.parametrize("database_url", THREE, indirect=True)


@pytest.fixture
async def seller(session: AsyncSession, vault: Vault) -> ContactId:
    return await create_contact(session, vault, "Farai")


@pytest.fixture
async def buyer(market: Market) -> Phone:
    return await market.phone("Bongani")


async def put_up(session: AsyncSession, seller: ContactId, count: int) -> list[str]:
    """Put up lots of 1, 2, 3… goats and return their references."""
    lots = range(1, count + 1)
    return [(await create_listing(session, seller, amount=lot)).reference for lot in lots]


async def withdraw(session: AsyncSession, seller: ContactId, reference: str) -> None:
    listings = Listings(session, MARKET, NOON)
    offer = await listings.find(reference)
    assert offer is not None
    await listings.withdraw(seller, offer)


def lots(phone: Phone) -> list[int]:
    """Return how many goats there are in each of the lots shown last."""
    return [int(lot) for lot in re.findall(r"(\d+) goats?\b", phone.last)]


# --- what is read -----------------------------------------------------------------------------


@on_three_databases
@pytest.mark.parametrize("place", [None, GOKWE, HARARE])
@pytest.mark.parametrize("size", [1, 4, 9])
async def test_pages_of_a_search_together_show_each_offer_once(
    session: AsyncSession, seller: ContactId, place: KnownPlace | None, size: int
) -> None:
    for number in range(23):
        at = EVERYWHERE[number * 7 % len(EVERYWHERE)]
        await create_listing(session, seller, place=at, price="30.00" if number % 5 else "20.00")
    search = Search(session, MARKET, NOON)
    wish = Wish(tokens=meaning_of("goats").required, buyer_id=None, place=place)

    pages = [await search.offers(wish, limit=size, offset=at) for at in range(0, 23, size)]

    shown = [offer.reference for page in pages for offer in page]
    assert shown == [offer.reference for offer in await search.offers(wish, limit=90)]
    assert len(set(shown)) == 23
    assert await search.offers(wish, limit=size, offset=23) == []


@on_three_databases
async def test_own_listings_are_read_in_parts_and_by_what_they_are(
    session: AsyncSession, seller: ContactId
) -> None:
    goats = await put_up(session, seller, 5)
    await create_listing(session, seller, thing="maize")
    await create_listing(session, await other(session))
    listings = Listings(session, MARKET, NOON)
    tokens = meaning_of("mbudzi").required

    parts = [await listings.of(seller, tokens, limit=2, offset=at) for at in (0, 2, 4, 6)]

    assert [[one.reference for one in part] for part in parts] == [
        goats[:2:-1],
        goats[2:0:-1],
        goats[:1],
        [],
    ]
    assert len(await listings.of(seller, limit=10)) == 6
    assert await listings.of(seller, meaning_of("goats and maize").required, limit=10) == []


async def other(session: AsyncSession) -> ContactId:
    return await create_contact(session, Vault([b"k" * 32]))


@on_three_databases
async def test_own_requests_are_read_in_parts(session: AsyncSession, vault: Vault) -> None:
    buyer = await create_contact(session, vault)
    for thing in ("goats", "maize", "tyres"):
        await create_request(session, buyer, thing)
    await create_request(session, await other(session), "cement")
    requests = BuyRequests(session, MARKET, NOON)

    assert [one.thing for one in await requests.of(buyer, limit=2)] == ["tyres", "maize"]
    assert [one.thing for one in await requests.of(buyer, limit=2, offset=2)] == ["goats"]


# --- what is said -----------------------------------------------------------------------------


async def test_offers_are_leafed_through_to_the_last(
    session: AsyncSession, seller: ContactId, buyer: Phone
) -> None:
    await put_up(session, seller, 23)

    await buyer.says("Looking for goats")
    assert lots(buyer) == list(range(23, 14, -1))
    assert "That is all" not in buyer.last

    await buyer.says("next")
    assert lots(buyer) == list(range(14, 5, -1))
    assert "None of these" not in buyer.last

    await buyer.taps("More")
    assert lots(buyer) == list(range(5, 0, -1))
    assert "That is all" in buyer.last
    assert "[None of these]" in buyer.last

    assert "Ask the seller" in await buyer.says("5")
    assert lots(buyer) == [1]


async def test_what_was_sold_meanwhile_is_not_shown_and_nothing_left_out_for_it(
    session: AsyncSession, seller: ContactId, buyer: Phone
) -> None:
    references = await put_up(session, seller, 23)
    await buyer.says("Looking for goats")
    for lot in (21, 15, 10):
        await withdraw(session, seller, references[lot - 1])
    await create_listing(session, seller, amount=24)

    await buyer.says("more")

    assert lots(buyer) == [14, 13, 12, 11, 9, 8, 7, 6, 5]


@pytest.mark.parametrize(
    ("left", "answer", "shown"),
    [
        ([0, 1], "The list has changed meanwhile", [2, 1]),
        ([10, 11], "nothing more to show", []),
    ],
)
async def test_page_that_was_sold_out_shows_what_is_left_and_keeps_no_request(
    session: AsyncSession,
    seller: ContactId,
    buyer: Phone,
    left: list[int],
    answer: str,
    shown: list[int],
) -> None:
    references = await put_up(session, seller, 12)
    await buyer.says("Looking for goats")
    for number, reference in enumerate(references):
        if number not in left:
            await withdraw(session, seller, reference)

    assert answer in await buyer.says("more")
    assert lots(buyer) == shown
    assert await kept(session) == 0


async def test_search_that_was_sold_out_is_kept_as_a_request(
    session: AsyncSession, seller: ContactId, buyer: Phone
) -> None:
    references = await put_up(session, seller, 12)
    await buyer.says("Looking for goats")
    for reference in references:
        await withdraw(session, seller, reference)

    answer = await buyer.says("more")

    assert "The list has changed meanwhile" in answer
    assert "Nobody sells goats" in answer
    assert await kept(session) == 1


async def kept(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(BuyRequest)) or 0


async def test_pages_keep_to_what_was_asked_for(
    market: Market, session: AsyncSession, vault: Vault, seller: ContactId, buyer: Phone
) -> None:
    for number in range(11):
        await create_listing(session, seller, price="15.00", place=HARARE, amount=number + 1)
        await create_listing(session, seller, price="25.00", place=HARARE)

    await buyer.says("Looking for goats in Harare under $20")
    await buyer.says("next")

    assert lots(buyer) == [2, 1]


@pytest.mark.parametrize(("most", "pages"), [(9, [9]), (12, [9, 3]), (90, [9, 9, 5])])
async def test_merchant_says_how_many_offers_are_shown(
    market: Market,
    session: AsyncSession,
    seller: ContactId,
    buyer: Phone,
    most: int,
    pages: list[int],
) -> None:
    market.settings.update(results=most)
    await put_up(session, seller, 23)

    await buyer.says("Looking for goats")
    shown = [len(lots(buyer))]
    while "[More]" in buyer.last:
        await buyer.says("more")
        shown.append(len(lots(buyer)))

    assert shown == pages


async def test_own_listings_have_pages_and_a_way_back(
    market: Market, session: AsyncSession
) -> None:
    phone = await market.phone()
    await put_up(session, phone.id, 23)

    await phone.says("my listings")
    assert lots(phone) == list(range(23, 14, -1))
    await phone.plays("more", "more")
    assert lots(phone) == list(range(5, 0, -1))
    await phone.taps("Previous page")
    assert lots(phone) == list(range(14, 5, -1))

    assert "Take it down" in await phone.says("12 goats")
    await phone.says("back")
    assert lots(phone) == list(range(14, 5, -1))


async def test_which_listing_is_meant_is_asked_in_pages_of_the_thing_named(
    market: Market, session: AsyncSession
) -> None:
    phone = await market.phone()
    await put_up(session, phone.id, 11)
    await create_listing(session, phone.id, thing="maize")

    assert "Which one" in await phone.says("withdraw my goats")
    await phone.says("more")
    assert lots(phone) == [2, 1]

    assert "Take down 1 goat" in await phone.says("2")


async def test_what_one_looks_for_has_pages(market: Market, session: AsyncSession) -> None:
    phone = await market.phone()
    things = [f"{sort} frobnicators" for sort in ("blue", "red", "old", *"abcdefghi")]
    for thing in things:
        await create_request(session, phone.id, thing)

    await phone.says("my requests")
    await phone.says("more")

    assert [option.title for option in phone.heard[-1].options] == [
        *things[2::-1],
        "Previous page",
    ]
    assert "stop looking" in await phone.taps(things[1])


async def test_turning_a_page_takes_as_many_statements_as_the_search(
    session: AsyncSession, engine: AsyncEngine, seller: ContactId, buyer: Phone
) -> None:
    await put_up(session, seller, 23)
    with counted(engine) as first:
        await buyer.says("Looking for goats")

    with counted(engine) as second:
        await buyer.says("more")

    assert len(second) == len(first)
    assert not any("count(" in statement.lower() for statement in (*first, *second))
