"""Listings and searches end in time: asked about before, told of once, and had back at a word."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.flows.ending import OVER
from sokoni.capabilities.marketplace.flows.renewal import RENEWAL
from sokoni.capabilities.marketplace.models import BuyRequest, Listing
from sokoni.capabilities.marketplace.reminding import CALENDAR
from sokoni.capabilities.marketplace.tidying import tidy
from sokoni.db.vault import Vault
from sokoni.messaging.events import Timer, TimerFor
from sokoni.testing.clock import NOON, StoppedClock
from tests.capabilities.marketplace.factories import (
    MARKET,
    create_contact,
    create_listing,
    create_request,
)
from tests.capabilities.marketplace.market import Market, Phone
from tests.conftest import THREE
from tests.due import next_due

DAY = timedelta(days=1)


async def fallen_due(market: Market, *phones: Phone) -> list[str]:
    """Have the calendar's timers fall due, as the sweep would; return what was said."""
    connection = await market.session.connection()
    timers = await CALENDAR.take(connection, market.clock(), 100)
    market.session.expunge_all()
    return [
        said
        for timer in timers
        for phone in phones
        if phone.id == timer.contact_id and (said := await market.fall_due(phone, timer.timer))
    ]


async def states(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(Listing.state).order_by(Listing.id)))


async def test_seller_is_asked_some_days_before_a_listing_ends(
    market: Market, seller: Phone, clock: StoppedClock
) -> None:
    clock.advance(27 * DAY - timedelta(seconds=1))
    assert await fallen_due(market, seller) == []

    clock.advance(timedelta(seconds=1))
    (asked,) = await fallen_due(market, seller)

    assert "10 goats" in asked
    assert all(f"[{label}]" in asked for label in ("Yes, renew", "Sold", "Take it down"))
    assert await fallen_due(market, seller) == []


async def test_merchant_sets_when_sellers_are_asked_and_whether(
    market: Market, seller: Phone, clock: StoppedClock
) -> None:
    market.settings = {"listing_days": 10, "renew_days": 2}
    await seller.plays("Selling 5 sheep at $40 each", "yes")
    clock.advance(8 * DAY)
    assert "still for sale: 5 sheep" in (await fallen_due(market, seller))[0]
    await seller.taps("Yes, renew")
    market.settings = {"listing_days": 9, "renew_days": 0}
    await seller.plays("Selling 1 cow at $400", "yes")
    clock.advance(8 * DAY)
    await fallen_due(market, seller)

    clock.advance(DAY)

    assert "not shown any more: 1 cow" in "".join(await fallen_due(market, seller))


async def test_several_that_end_within_a_day_are_asked_about_once(
    market: Market, seller: Phone, clock: StoppedClock
) -> None:
    clock.advance(timedelta(hours=20))
    await seller.plays("Selling 5 sheep at $40 each", "yes")

    clock.advance(27 * DAY - timedelta(hours=20))
    (asked,) = await fallen_due(market, seller)
    assert "10 goats" in asked
    assert "5 sheep" in asked
    clock.advance(2 * DAY)
    assert await fallen_due(market, seller) == []
    clock.advance(2 * DAY)
    (told,) = await fallen_due(market, seller)

    assert "These 2 listings are not shown any more" in told
    assert "2 listings are shown for another 30 days" in await seller.taps("Renew all")


async def test_yes_renews_and_nothing_more_is_said_until_the_next_end(
    market: Market, seller: Phone, clock: StoppedClock
) -> None:
    clock.advance(28 * DAY)
    await fallen_due(market, seller)

    assert "10 goats is shown for another 30 days" in await seller.says("yes")

    clock.advance(27 * DAY - timedelta(seconds=1))
    assert await fallen_due(market, seller) == []
    clock.advance(timedelta(seconds=1))
    assert len(await fallen_due(market, seller)) == 1


async def test_without_an_answer_it_ends_and_is_found_again_when_it_is_renewed(
    market: Market, seller: Phone, clock: StoppedClock, session: AsyncSession
) -> None:
    buyer = await market.phone("Bongani", "+263772000002")
    clock.advance(27 * DAY)
    await fallen_due(market, seller)
    clock.advance(3 * DAY)
    assert "renew LST-" in (await fallen_due(market, seller))[0]
    assert await states(session) == ["expired"]
    await tidy(await session.connection(), clock())
    assert "Nobody sells goats" in await buyer.says("Looking for goats")

    assert "shown for another" in await seller.says("renew my goats")

    assert "Tendai" in await buyer.says("Looking for goats")
    assert await states(session) == ["open"]


async def test_sold_and_withdraw_end_it_at_once(
    market: Market, seller: Phone, clock: StoppedClock, session: AsyncSession
) -> None:
    await seller.plays("Selling 5 sheep at $40 each", "yes", "withdraw the sheep", "yes")
    clock.advance(27 * DAY)
    (asked,) = await fallen_due(market, seller)
    assert "sheep" not in asked

    await seller.taps("Sold")
    await seller.says("yes")

    assert await states(session) == ["sold", "withdrawn"]
    clock.advance(30 * DAY)
    assert await fallen_due(market, seller) == []


async def test_nobody_renews_what_is_not_theirs(
    market: Market, seller: Phone, session: AsyncSession
) -> None:
    other = await market.phone("Rudo", "+263773000003")
    reference = await session.scalar(select(Listing.reference))
    before = await session.scalar(select(Listing.expires_at))
    assert seller.id != other.id

    assert "not there any more" in await other.says(f"renew {reference}")

    assert await session.scalar(select(Listing.expires_at)) == before


async def test_an_old_yes_renews_what_can_still_be_renewed(
    market: Market, seller: Phone, clock: StoppedClock, session: AsyncSession
) -> None:
    await seller.plays("Selling 5 sheep at $40 each", "yes")
    clock.advance(27 * DAY)
    await fallen_due(market, seller)
    await seller.plays("sold the goats", "yes")

    assert "5 sheep is shown for another" in await seller.taps("Renew all")

    assert await states(session) == ["sold", "open"]


async def test_search_ends_with_one_message_and_goes_on_at_a_word(
    market: Market, clock: StoppedClock, session: AsyncSession
) -> None:
    buyer = await market.phone("Bongani", "+263772000002")
    await buyer.plays("Looking for ploughs", "no")
    clock.advance(14 * DAY)

    (told,) = await fallen_due(market, buyer)

    assert "stopped looking for ploughs" in told
    assert await fallen_due(market, buyer) == []
    await tidy(await session.connection(), clock())
    await buyer.taps("Keep looking")
    seller = await market.phone("Rudo", "+263773000003")
    await seller.plays("Selling 2 ploughs at $60 each in Gokwe", "yes")
    assert "2 ploughs" in buyer.last


async def test_searches_that_end_together_are_told_of_once(
    market: Market, clock: StoppedClock
) -> None:
    buyer = await market.phone("Bongani", "+263772000002")
    await buyer.plays("Looking for ploughs", "no")
    clock.advance(timedelta(hours=2))
    await buyer.plays("Looking for tyres", "no")
    clock.advance(14 * DAY)

    (told,) = await fallen_due(market, buyer)

    assert "stopped looking for these 2" in told
    assert "for all of it" in await buyer.taps("Keep looking for all")


async def test_what_was_asked_for_again_in_words_is_not_looked_for_twice(
    market: Market, clock: StoppedClock, session: AsyncSession
) -> None:
    buyer = await market.phone("Bongani", "+263772000002")
    await buyer.plays("Looking for ploughs", "no")
    clock.advance(14 * DAY)
    await fallen_due(market, buyer)
    await buyer.plays("Looking for ploughs", "no")

    await buyer.taps("Keep looking")

    kept = await session.scalars(select(BuyRequest.state).order_by(BuyRequest.id))
    assert list(kept) == ["expired", "open"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_is_due_is_taken_once_and_a_listing_comes_up_again_at_its_end(
    session: AsyncSession, vault: Vault
) -> None:
    contact = await create_contact(session, vault)
    listed = await create_listing(session, contact)
    request = await create_request(session, contact, "ploughs")
    connection = await session.connection()

    assert await next_due(connection, CALENDAR.times) == NOON + 27 * DAY
    asked = await CALENDAR.take(connection, NOON + 27 * DAY, 10)
    assert await CALENDAR.take(connection, NOON + 27 * DAY, 10) == []
    assert await next_due(connection, CALENDAR.times) == NOON + 30 * DAY
    ended = await CALENDAR.take(connection, NOON + 30 * DAY, 10)
    assert await next_due(connection, CALENDAR.times) is None

    def timer(name: str, row: str, day: int) -> TimerFor:
        once = f"{name}:{row}:{(NOON + day * DAY).isoformat()}"
        due = Timer(name=name)
        return TimerFor(merchant_id=MARKET, contact_id=contact, timer=due, once=once)

    assert asked == [timer(RENEWAL, listed.id.hex, 27)]
    assert ended == [timer(RENEWAL, listed.id.hex, 30), timer(OVER, request.id.hex, 30)]


async def test_what_was_forbidden_meanwhile_is_not_renewed(
    market: Market, seller: Phone, clock: StoppedClock, session: AsyncSession
) -> None:
    await seller.plays("Selling 5 bags of maize at $10 each", "yes")
    clock.advance(27 * DAY)
    await fallen_due(market, seller)
    clock.advance(4 * DAY)
    await fallen_due(market, seller)
    market.settings = {"forbidden": ["live_animals"]}

    said = await seller.taps("Renew all")

    assert "5 bags of maize is shown for another 30 days" in said
    assert "This market does not trade in goats" in said
    assert await states(session) == ["expired", "open"]


async def test_only_forbidden_goods_are_refused_in_the_words_of_a_new_listing(
    market: Market, seller: Phone, session: AsyncSession
) -> None:
    before = await session.scalar(select(Listing.expires_at))
    market.settings = {"forbidden": ["live_animals"]}

    refused = await seller.says("renew my goats")

    assert refused == await seller.says("Selling 2 goats at $20 each")
    assert await session.scalar(select(Listing.expires_at)) == before
