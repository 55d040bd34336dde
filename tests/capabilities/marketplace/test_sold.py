"""What is sold is marked by a word, whole or in part, and is found no more."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.flows.meeting import interest
from sokoni.capabilities.marketplace.models import Listing
from sokoni.capabilities.marketplace.service.introductions import Introductions
from sokoni.capabilities.marketplace.service.listings import ListingGoneError, Listings
from sokoni.messaging.events import Tell
from tests.capabilities.marketplace.factories import MARKET
from tests.capabilities.marketplace.market import Market, Phone


async def listed(session: AsyncSession) -> list[tuple[str, str]]:
    """Return state and quantity of all listings."""
    rows = await session.execute(select(Listing.state, Listing.quantity).order_by(Listing.id))
    return [(row.state, f"{float(row.quantity):g}") for row in rows]


@pytest.mark.parametrize(
    "said",
    ["sold", "my goats are sold", "I sold the goats", "ndatengesa mbudzi", "sengithengisile"],
)
async def test_a_word_marks_the_listing_as_sold_on_yes(
    seller: Phone, session: AsyncSession, said: str
) -> None:
    assert re.search("10 goats|goats 10", await seller.says(said))
    assert await listed(session) == [("open", "10")]

    assert re.search("10 goats|goats 10", await seller.says("yes"))
    assert await listed(session) == [("sold", "10")]


async def test_a_listing_that_was_sold_is_not_found(market: Market, seller: Phone) -> None:
    buyer = await market.phone("Bongani", "+263772000002")
    assert "Tendai" in await buyer.says("Looking for goats")

    await seller.plays("sold", "yes")

    assert "Nobody sells goats" in await buyer.says("Looking for goats")
    assert "nothing listed" in await seller.says("my listings")


async def test_a_part_that_was_sold_leaves_the_rest_on_offer(
    seller: Phone, session: AsyncSession
) -> None:
    summary = await seller.says("I sold 3 goats")

    assert "3 goats. 7 goats stay listed" in summary
    assert "Still listed: 7 goats, $20.00 each" in await seller.says("yes")
    assert await listed(session) == [("open", "7")]


async def test_price_for_all_is_that_of_what_is_left(seller: Phone) -> None:
    await seller.plays("Selling 5 litres of engine oil for $20 for all", "yes")

    await seller.says("I sold 2 litres of engine oil")

    assert "3 litres of engine oil, $12.00 for all" in await seller.says("yes")


async def test_a_weight_of_what_is_listed_in_bags_is_so_many_bags(
    seller: Phone, session: AsyncSession
) -> None:
    await seller.plays("Selling 4 bags of maize 50kg at $10 per bag", "yes")

    await seller.plays("I sold 100 kg of maize", "yes")

    assert await listed(session) == [("open", "10"), ("open", "2")]


@pytest.mark.parametrize("said", ["I sold 2 bags of goats", "I sold half a goat"])
async def test_what_cannot_be_a_part_is_asked_about(
    seller: Phone, session: AsyncSession, said: str
) -> None:
    assert "10 goats listed" in await seller.says(said)
    assert "4 goats. 6 goats stay" in await seller.says("4")
    await seller.says("yes")

    assert await listed(session) == [("open", "6")]


async def test_all_that_is_listed_is_all_of_it(seller: Phone, session: AsyncSession) -> None:
    assert "whole listing" in await seller.says("I sold 12 goats")
    await seller.says("yes")

    assert await listed(session) == [("sold", "10")]


async def test_my_listings_lead_to_it_and_a_part_may_be_told(
    seller: Phone, session: AsyncSession
) -> None:
    await seller.says("my listings")
    await seller.taps("10 goats")

    assert "whole listing" in await seller.taps("Mark as sold")
    assert "How many" in await seller.taps("Only a part")
    assert "9 goats stay" in await seller.says("1")
    await seller.says("yes")
    assert await listed(session) == [("open", "9")]


async def test_no_changes_nothing(seller: Phone, session: AsyncSession) -> None:
    await seller.says("sold")
    await seller.says("no")

    assert await listed(session) == [("open", "10")]


async def test_buyers_who_wait_are_told_once(market: Market, seller: Phone) -> None:
    buyer = await market.phone("Bongani", "+263772000002")
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")
    await buyer.taps("Ask the seller")

    await seller.plays("I sold 3 goats", "yes")
    assert "no longer offers" not in buyer.last
    await seller.plays("sold", "yes")

    assert "no longer offers goats" in buyer.last
    assert "[Look for others]" in buyer.last
    assert "no number was given" in await seller.taps("Accept")
    assert len(market.tells[buyer.id]) == 1


@pytest.mark.parametrize("ended", ["sold", "withdraw my goats"])
async def test_listing_that_goes_while_the_buyer_confirms_is_said_to_be_gone(
    market: Market, seller: Phone, ended: str
) -> None:
    buyer = await market.phone("Bongani", "+263772000002")
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")

    await seller.plays(ended, "yes")

    assert "not there any more" in await buyer.taps("Ask the seller")
    assert not market.tells[seller.id]


async def test_what_changed_since_it_was_looked_at_is_not_sold(
    seller: Phone, session: AsyncSession, market: Market
) -> None:
    listings = Listings(session, MARKET, market.clock())
    [seen] = await listings.of(seller.id, limit=1)
    await listings.sell(seller.id, seen, Decimal(8))

    for part in (Decimal(3), None):
        with pytest.raises(ListingGoneError):
            await listings.sell(seller.id, seen, part)

    assert await listed(session) == [("open", "2")]


async def test_question_that_crosses_the_sale_is_answered_by_it(
    market: Market, seller: Phone
) -> None:
    """The buyer's turn saw the listing open; the seller's, which ended it, no question."""
    buyer = await market.phone("Bongani", "+263772000002")
    [seen] = await Listings(market.session, MARKET, market.clock()).of(seller.id, limit=1)
    await seller.plays("sold", "yes")
    introductions = Introductions(market.session, MARKET, market.clock())
    asked = await introductions.ask(seen, buyer.id)
    told = Tell(prompt=interest(asked, "Bongani", "10 goats"), purpose="notice")
    await market.take(seller, told)

    assert "no number was given" in await seller.taps("Accept")

    assert "no longer offers goats" in buyer.last
