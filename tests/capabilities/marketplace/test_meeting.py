"""A buyer and a seller who agree always have a way to each other, and nobody else has."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from sokoni.capabilities.marketplace.flows.renewal import RENEWAL
from sokoni.capabilities.marketplace.judging import ListingJudge
from sokoni.capabilities.marketplace.models import Listing
from sokoni.contacts.models import Contact
from sokoni.messaging.events import Timer
from sokoni.testing.clock import NOON, StoppedClock
from tests.capabilities.marketplace.factories import MARKET
from tests.capabilities.marketplace.market import Market, Phone

HIDDEN = "number is hidden"


async def seller(market: Market, number: str = "") -> Phone:
    """Return the phone of Tendai, who sells twelve goats."""
    phone = await market.phone(number=number)
    await phone.plays("I want to join", "Tendai Moyo", "Gokwe")
    await phone.plays("Selling 12 goats at $20 each in Gokwe", "yes")
    return phone


async def asks(buyer: Phone) -> str:
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")
    return await buyer.taps("Ask the seller")


async def stops(market: Market, phone: Phone) -> None:
    leaving = update(Contact).where(Contact.id == phone.id)
    await market.session.execute(leaving.values(opted_out_at=NOON))


async def test_hidden_number_is_asked_for_before_the_seller_is_asked(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani")

    asked = await asks(buyer)

    assert HIDDEN in asked
    assert "[Skip]" in asked
    assert not market.tells
    assert "asked Tendai" in await buyer.says("0772 123 456")
    assert "+263772123456" in await tendai.taps("Accept")


@pytest.mark.parametrize("said", ["12345", "+999 123 456 789", "later"])
async def test_what_is_no_number_is_asked_for_again(market: Market, said: str) -> None:
    await seller(market, "+263771000001")
    buyer = await market.phone("Bongani")
    await asks(buyer)

    assert "no phone number that I know" in await buyer.says(said)
    assert not market.tells


async def test_number_that_was_given_is_not_asked_for_again(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani")
    await asks(buyer)
    await buyer.says("+27 82 123 4567")
    await tendai.plays("Selling 3 goats at $25 each in Gokwe", "yes")

    await buyer.says("Looking for goats")
    await buyer.taps("Tendai Moyo 1")

    assert HIDDEN not in await buyer.taps("Ask the seller")


@pytest.mark.parametrize(
    ("sellers", "buyers", "seller_hears", "buyer_hears"),
    [
        pytest.param("0771 111 111", "skip", "will contact you", "+263771111111", id="seller's"),
        pytest.param("skip", "0772 222 222", "+263772222222", "will contact you", id="buyer's"),
        pytest.param("0771 111 111", "0772 222 222", "+263772222222", "+263771111111", id="both"),
        pytest.param("skip", "skip", "[Give my number]", "[Give my number]", id="neither"),
    ],
)
async def test_both_sides_learn_how_they_reach_each_other(
    market: Market, sellers: str, buyers: str, seller_hears: str, buyer_hears: str
) -> None:
    tendai, buyer = await seller(market), await market.phone("Bongani")
    await asks(buyer)
    await buyer.says(buyers)
    assert HIDDEN in await tendai.taps("Accept")

    accepted = await tendai.says(sellers)

    assert seller_hears in accepted
    assert buyer_hears in buyer.last


async def test_number_given_afterwards_is_passed_on_to_the_other(market: Market) -> None:
    tendai, buyer = await seller(market), await market.phone("Bongani")
    await asks(buyer)
    await buyer.says("skip")
    await tendai.taps("Accept")
    await tendai.says("skip")

    await tendai.taps("Give my number")
    given = await tendai.says("0771 111 111")

    assert "Bongani has your number now" in given
    assert "+263771111111" in buyer.last
    again = await buyer.taps("Give my number")
    assert HIDDEN in again
    assert "+263771111111" in await buyer.says("0772 222 222")
    assert "+263772222222" in tendai.last


async def test_cancel_at_the_question_for_a_number_agrees_to_nothing(market: Market) -> None:
    tendai, buyer = await seller(market), await market.phone("Bongani", "+263772000002")
    await asks(buyer)
    await tendai.taps("Accept")

    await tendai.says("cancel")

    assert "asked Tendai" in buyer.last
    await tendai.taps("Accept")
    await tendai.says("0771 111 111")
    assert "+263771111111" in buyer.last


async def test_whose_number_shows_gives_no_other(market: Market) -> None:
    tendai = await seller(market, "+263771000001")

    assert "+263771000001" in await tendai.says("my number is 0772 222 222")


async def test_accepting_again_says_the_number_again(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)
    await tendai.taps("Accept")

    assert "+263772000002" in await tendai.taps("Accept")
    assert len(market.tells[buyer.id]) == 1


async def test_who_stopped_all_messages_is_not_given_away(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)
    await stops(market, buyer)

    accepted = await tendai.taps("Accept")

    assert "no number was given" in accepted
    assert "+263" not in accepted
    assert not market.tells[buyer.id]


async def test_seller_who_stopped_all_messages_cannot_be_asked(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")
    await stops(market, tendai)

    assert "not there any more" in await buyer.taps("Ask the seller")
    assert not market.tells


async def test_taking_a_listing_down_is_told_to_who_waits_for_an_answer(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)

    await tendai.plays("withdraw my goats", "yes")

    assert "no longer offers goats" in buyer.last
    assert "[Look for others]" in buyer.last
    accepted = await tendai.taps("Accept")
    assert "no number was given" in accepted
    assert "[List it again]" in accepted
    assert len(market.tells[buyer.id]) == 1
    assert await market.fall_due(buyer, market.timers[-1].timer) == ""


async def test_who_was_beyond_the_cap_hears_of_it_when_the_seller_answers(market: Market) -> None:
    market.settings.update(match_cap=1)
    tendai = await seller(market, "+263771000001")
    first, second = [await market.phone(name, "") for name in ("Bongani", "Chipo")]
    for buyer in (first, second):
        await asks(buyer)
        await buyer.says("skip")
    await tendai.plays("withdraw my goats", "yes")
    assert "no longer offers" in first.last
    assert "no longer offers" not in second.last

    accepted = await tendai.says("accept")

    assert "no number was given" in accepted
    assert "no longer offers goats" in second.last
    await tendai.says("accept")
    assert len(market.tells[second.id]) == 1


async def test_the_end_of_the_wait_tells_that_the_listing_is_gone(market: Market) -> None:
    market.settings.update(match_cap=1)
    tendai = await seller(market, "+263771000001")
    first, second = [await market.phone(name, "+26377200000" + name) for name in ("1", "2")]
    await asks(first)
    await asks(second)
    await tendai.plays("withdraw my goats", "yes")

    said = await market.fall_due(second, market.timers[-1].timer)

    assert "no longer offers goats" in said
    assert "[Look for others]" in said


async def test_declining_shows_the_buyer_the_way_to_others(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)

    await tendai.taps("Decline")

    assert "[Look for others]" in buyer.last
    assert "Nobody sells goats" in await buyer.taps("Look for others")
    assert "[Look for others]" in await asks(buyer)


async def test_seller_sees_who_waits_however_long_ago_they_asked(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    for number in range(6):
        buyer = await market.phone(f"Buyer {number}", f"+26377200001{number}")
        await asks(buyer)
    await tendai.plays("menu", "my listings")
    await tendai.says("1")

    waiting = await tendai.taps("Buyers who ask")

    assert [f"[Buyer {number}] goats" in waiting for number in range(6)] == [True] * 6
    assert "Buyer 0 wants to buy from you: 12 goats" in await tendai.taps("Buyer 0")
    assert "+263772000010" in await tendai.says("yes")
    assert "Buyer 0" not in await tendai.says("my buyers")


async def test_the_only_buyer_who_waits_is_shown_at_once(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    assert "No buyer waits" in await tendai.says("who asked")
    await asks(await market.phone("Bongani", "+263772000002"))

    assert "[Accept]" in await tendai.says("who asked")


async def test_nobody_sees_the_buyers_of_another(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)

    assert "No buyer waits" in await buyer.says("my buyers")
    assert "Bongani" in tendai.last


async def judged(market: Market, *phones: Phone, hidden: bool) -> None:
    """Have staff hide the only listing, or put it back; carry what the judge says."""
    judge, now = ListingJudge(), market.clock()
    listing = (await market.session.scalars(select(Listing))).one()
    decide = judge.take_down if hidden else judge.put_back
    for told in await decide(market.session, MARKET, listing.id.hex, now):
        for phone in phones:
            if phone.id == told.contact_id:
                await market.take(phone, told.tell)


async def test_who_waits_hears_at_once_that_staff_hid_the_listing(market: Market) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)

    await judged(market, buyer, hidden=True)

    assert "no longer offers goats" in buyer.last
    assert "[Look for others]" in buyer.last
    accepted = await tendai.taps("Accept")
    assert "no number was given" in accepted
    assert "[List it again]" not in accepted
    assert not market.tells[buyer.id]


async def test_what_was_put_back_is_asked_about_anew(market: Market, clock: StoppedClock) -> None:
    tendai = await seller(market, "+263771000001")
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)
    first = market.timers[-1].timer
    await judged(market, buyer, hidden=True)
    clock.advance(timedelta(hours=1))
    await judged(market, tendai, hidden=False)

    assert "asked Tendai" in await asks(buyer)

    assert await market.fall_due(buyer, first) == ""
    assert "has not answered yet" in await market.fall_due(buyer, market.timers[-1].timer)
    assert len(market.tells[tendai.id]) == 2
    assert "+263772000002" in await tendai.taps("Accept")
    assert "Tendai Moyo agrees" in buyer.last


async def test_what_ran_out_meanwhile_can_still_be_agreed_on(
    market: Market, clock: StoppedClock
) -> None:
    tendai = await seller(market, "+263771000001")
    clock.advance(timedelta(days=29))
    buyer = await market.phone("Bongani", "+263772000002")
    await asks(buyer)
    clock.advance(timedelta(days=2))
    await market.fall_due(tendai, Timer(name=RENEWAL))

    assert "[Bongani]" in await tendai.says("my buyers") or "Bongani wants" in tendai.last
    assert "+263772000002" in await tendai.says("accept")
    assert "Tendai Moyo agrees" in buyer.last


async def test_whoever_has_sold_nothing_yet_hears_that_it_is_still_shown(market: Market) -> None:
    tendai = await seller(market, "+263771000001")

    said = await tendai.says("nothing sold yet")

    assert "Your 1 listing is still shown" in said
    assert "[Change a price]" in said
    assert "12 goats" in await tendai.taps("My listings")


async def test_whoever_lists_nothing_hears_so(market: Market) -> None:
    phone = await market.phone("Bongani", "+263772000002")

    assert "you have nothing listed" in await phone.says("nothing sold yet")
    assert "[Sell something]" in phone.last
