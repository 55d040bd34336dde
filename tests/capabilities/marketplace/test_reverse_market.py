"""Buyers' requests: who is told, how often, what comes back, and when it is enough."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.flows.offered import COMPARE
from sokoni.capabilities.marketplace.models import BuyRequest, Seller
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.alerts import Alerts, Audience, Wave
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId
from sokoni.language.reading import KnownPlace
from sokoni.testing.clock import NOON, StoppedClock
from tests.capabilities.marketplace.factories import (
    GOKWE,
    KADOMA,
    MARKET,
    create_contact,
    create_request,
    create_seller,
)
from tests.capabilities.marketplace.market import Market, Phone
from tests.conftest import THREE

three_databases = pytest.mark.parametrize("database_url", THREE, indirect=True)
GOATS = meaning_of("goats")
SHEEP = meaning_of("sheep")


async def wave(
    session: AsyncSession, request: BuyRequest, *, size: int = 10, today: str = "2026-03-02"
) -> Wave:
    meaning = meaning_of(request.thing)
    audience = Audience(meaning.trades, GOKWE, within_km=60, exact=meaning.required)
    alerts = Alerts(session, MARKET, NOON)
    return await alerts.next_wave(request, audience, size=size, cap=50, today=today)


async def seller(
    session: AsyncSession,
    vault: Vault,
    trades: tuple[str, ...] = GOATS.trades,
    place: KnownPlace = GOKWE,
    **history: int,
) -> ContactId:
    contact = await create_contact(session, vault)
    await create_seller(session, contact, place=place, trades=trades)
    if history:
        of_them = update(Seller).where(Seller.contact_id == contact)
        await session.execute(of_them.values(**history))
    return contact


# --- who is told ---------------------------------------------------------------------------------


@three_databases
async def test_who_sells_just_that_is_told_before_who_sells_such_things(
    session: AsyncSession, vault: Vault
) -> None:
    request = await create_request(session, await create_contact(session, vault))
    exact, such = [await seller(session, vault, one.trades) for one in (GOATS, SHEEP)]
    neighbour = await seller(session, vault, meaning_of("tyres").trades)

    assert (await wave(session, request)).contact_ids == (exact, such, neighbour)


@three_databases
async def test_who_answers_and_soon_is_told_before_who_does_not(
    session: AsyncSession, vault: Vault
) -> None:
    request = await create_request(session, await create_contact(session, vault))
    silent = await seller(session, vault, alerted=10)
    slow = await seller(session, vault, alerted=10, answered=9, answer_minutes=9 * 1200)
    quick = await seller(session, vault, alerted=10, answered=9, answer_minutes=9 * 5)
    far = await seller(session, vault, place=KADOMA, alerted=10, answered=9, answer_minutes=9 * 5)

    assert (await wave(session, request)).contact_ids == (quick, far, slow, silent)


@three_databases
async def test_nobody_is_told_of_more_than_three_requests_a_day(
    session: AsyncSession, vault: Vault
) -> None:
    buyers = [await create_contact(session, vault) for _ in range(5)]
    requests = [await create_request(session, buyer) for buyer in buyers]
    dealer = await seller(session, vault)

    told = [await wave(session, request) for request in requests]

    assert [one.contact_ids for one in told] == [(dealer,), (dealer,), (dealer,), (), ()]
    assert [one.tomorrow for one in told] == [False, False, False, True, True]
    tomorrow = await wave(session, requests[3], today="2026-03-03")
    assert tomorrow.contact_ids == (dealer,)


async def test_requests_that_race_for_a_seller_count_one_after_the_other(
    engine: AsyncEngine, session: AsyncSession, vault: Vault
) -> None:
    buyers = [await create_contact(session, vault) for _ in range(8)]
    requests = [await create_request(session, buyer) for buyer in buyers]
    dealers = {await seller(session, vault) for _ in range(4)}
    await session.commit()

    async def run(request: BuyRequest) -> Wave:
        async with writing(engine) as connection, AsyncSession(connection) as own:
            told = await wave(own, request)
            await own.flush()
            return told

    waves = await asyncio.gather(*(run(request) for request in requests))

    told = [contact for one in waves for contact in one.contact_ids]
    assert {told.count(one) for one in dealers} == {3}


# --- what comes back -----------------------------------------------------------------------------


class Trade:
    """A buyer who looks for a plough, and dealers who are told."""

    def __init__(self, market: Market, buyer: Phone, dealers: list[Phone]) -> None:
        self.market, self.buyer, self.dealers = market, buyer, dealers

    async def gathered(self) -> str:
        """Have what was gathered be shown; return what the buyer is told."""
        due = [one.timer for one in self.market.timers if one.timer.name == COMPARE]
        said = [await self.market.fall_due(self.buyer, timer) for timer in due]
        return "\n".join(one for one in said if one)


@pytest.fixture
async def trade(market: Market) -> Trade:
    dealers = []
    for number in range(4):
        dealer = await market.phone(f"Dealer{number}", f"+26377100000{number}")
        await dealer.plays("I want to join", f"Farai Dube{number}", "Gokwe")
        await dealer.plays("Selling 1 plough at $90", "yes", "sold", "yes")
        dealers.append(dealer)
    buyer = await market.phone("Bongani", "+263772000002")
    assert "Shall I alert" in await buyer.says("Looking for a plough in Gokwe")
    await buyer.says("yes")
    return Trade(market, buyer, dealers)


@pytest.mark.parametrize(
    "said",
    [
        "I have 5 at $18",
        "yes, 5 at $18 each",
        "i have it 5 for $18 each",
        "ndinazvo 5 pa$18",
        "5 $18",
        "5 ploughs at $18 each",
    ],
)
async def test_an_alert_is_answered_with_an_offer_in_words(trade: Trade, said: str) -> None:
    dealer = trade.dealers[0]
    assert "plough" in dealer.last

    summary = await dealer.says(said)
    assert "plough" in summary
    assert "$90.00" in summary
    answer = await dealer.says("yes")
    assert "The buyer who looks for it is told now" in answer or "ari kuziviswa" in answer

    assert "5 plough" in trade.buyer.last
    assert "$18.00 each" in trade.buyer.last


async def test_alert_in_the_middle_of_a_sale_does_not_take_its_answers(
    market: Market, trade: Trade
) -> None:
    dealer = trade.dealers[3]
    await dealer.says("Selling maize")
    other = await market.phone("Chipo", "+263772000009")
    await other.plays("Looking for ploughs in Gokwe", "yes")
    assert "looking for ploughs" in dealer.last

    assert "price" in (await dealer.says("5 bags")).casefold()
    assert "5 bags of maize" in await dealer.says("$12 each")


async def test_words_about_something_else_are_no_offer(trade: Trade) -> None:
    dealer = trade.dealers[0]

    assert "10 goats" in await dealer.says("Selling 10 goats at $20 each")
    assert "goats" in await trade.dealers[1].says("looking for 5 goats under $18")
    assert "who looks for it" not in await dealer.says("yes")


async def test_first_offer_comes_at_once_and_others_side_by_side(trade: Trade) -> None:
    first, second, *_ = trade.dealers
    await first.plays("I have 1 at $80", "yes")
    assert "1 plough in Gokwe, $80.00" in trade.buyer.last
    heard = len(trade.buyer.heard)

    await second.plays("I have 2 at $70 each", "yes")
    assert len(trade.buyer.heard) == heard
    told = await trade.gathered()

    assert "2 offers so far" in told
    assert told.index("Farai Dube1: 2 plough") < told.index("Farai Dube0: 1 plough")
    assert "[Stop looking]" in told
    assert await trade.gathered() == ""
    assert "Ask the seller" in await trade.buyer.taps("Farai Dube1")


async def test_enough_offers_close_the_request_and_the_next_seller_is_told_so(
    trade: Trade, session: AsyncSession
) -> None:
    *three, late = trade.dealers
    for number, dealer in enumerate(three):
        await dealer.plays(f"I have {number + 1} at $80 each", "yes")

    assert "3 offers now, so I ask no more sellers" in trade.buyer.last
    assert await session.scalar(select(BuyRequest.state)) == "filled"
    heard = len(trade.buyer.heard)
    assert "looks for it no more" in await late.plays("I have 5 at $60", "yes")
    assert len(trade.buyer.heard) == heard
    assert await trade.gathered() == ""


async def test_buyer_goes_on_looking_after_enough_offers(trade: Trade) -> None:
    *three, late = trade.dealers
    for dealer in three:
        await dealer.plays("I have 1 at $80", "yes")

    assert "I keep looking" in await trade.buyer.taps("Keep looking")
    assert "told now" in await late.plays("I have 5 at $60 each", "yes")

    assert "5 plough" in trade.buyer.last


async def test_what_was_taken_down_meanwhile_is_not_compared(trade: Trade) -> None:
    first, second, third, _ = trade.dealers
    await first.plays("I have 1 at $80", "yes")
    await second.plays("I have 2 at $70 each", "yes")
    await first.plays("sold", "yes")
    await third.plays("I have 3 at $75 each", "yes")

    told = await trade.gathered()

    assert "2 offers so far" in told
    assert "Dube0" not in told


async def test_who_asks_more_than_the_buyer_would_pay_hears_so(market: Market) -> None:
    dealer = await market.phone("Farai", "+263771000001")
    await dealer.plays("I want to join", "Farai Dube", "Gokwe")
    await dealer.plays("Selling 1 plough at $90", "yes", "sold", "yes")
    buyer = await market.phone("Bongani", "+263772000002")
    await buyer.plays("Looking for a plough under $50", "yes")
    heard = len(buyer.heard)

    assert "costs more" in await dealer.plays("I have 1 at $60", "yes")

    assert len(buyer.heard) == heard


async def test_alert_that_waited_is_not_said_once_the_request_is_closed(
    market: Market, trade: Trade
) -> None:
    dealer = trade.dealers[0]
    alert = market.tells[dealer.id][-1].tell
    heard = len(dealer.heard)
    await trade.buyer.says("my requests")
    await trade.buyer.taps("plough")

    assert await market.take(dealer, alert) == ""
    assert len(dealer.heard) == heard


async def test_answers_are_counted_with_the_time_they_took(
    trade: Trade, session: AsyncSession, clock: StoppedClock
) -> None:
    first, second, *_ = trade.dealers
    clock.advance(timedelta(minutes=7))
    await first.taps("I do not have it")
    await first.taps("I do not have it")
    clock.advance(timedelta(minutes=3))
    await second.plays("I have 1 at $80", "yes")

    counts = select(Seller.alerted, Seller.answered, Seller.answer_minutes).order_by(Seller.id)
    rows = [tuple(row) for row in await session.execute(counts)]

    assert rows == [(1, 1, 7), (1, 1, 10), (1, 0, 0), (1, 0, 0)]
