"""Buying by conversation: who has it, what is kept, who is told."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest
from sokoni.db.vault import Vault
from sokoni.messaging.models import Purpose
from tests.capabilities.marketplace.factories import create_contact, create_listing, create_seller
from tests.capabilities.marketplace.market import Market, Phone

GOATS = "Selling 12 goats at $20 each in Gokwe"


@pytest.fixture
async def tendai(market: Market) -> Phone:
    phone = await market.phone(number="+263771000001")
    await phone.plays("I want to join", "Tendai Moyo", "Gokwe", GOATS, "yes")
    return phone


@pytest.fixture
async def buyer(market: Market) -> Phone:
    return await market.phone("Bongani", number="+263772000002")


@pytest.mark.usefixtures("tendai")
@pytest.mark.parametrize(
    "said", ["Looking for goats", "Ngidinga ukuthenga imbuzi", "Ndiri kutsvaga mbudzi"]
)
async def test_offer_is_found_in_any_language(buyer: Phone, said: str) -> None:
    found = await buyer.says(said)

    assert "Tendai Moyo" in found
    assert "20.00" in found
    assert "[Tendai Moyo]" in found


@pytest.mark.usefixtures("tendai")
async def test_a_yes_to_several_sellers_has_them_offered_again(
    market: Market, buyer: Phone
) -> None:
    rudo = await market.phone(number="+263773000003")
    await rudo.plays("I want to join", "Rudo Ncube", "Gokwe", GOATS, "yes")
    found = await buyer.says("Looking for goats")
    assert "[Rudo Ncube]" in found

    assert await buyer.says("yes") == found


async def test_what_was_said_unasked_can_be_changed_before_the_thing_is_named(
    buyer: Phone,
) -> None:
    await buyer.plays("I want to buy", "Gokwe")
    assert "[Place]" in await buyer.says("edit")
    assert "Where do you need it?" in await buyer.says("place")
    assert "What are you looking for?" in await buyer.says("Kwekwe")


async def test_own_offer_is_not_offered(tendai: Phone) -> None:
    assert "[Yes]" in await tendai.says("Looking for goats")


@pytest.mark.usefixtures("tendai")
async def test_limit_on_the_price_is_kept_to(buyer: Phone) -> None:
    assert "sells goats for $15.00 or less" in await buyer.says("Looking for goats under $15")
    assert "Tendai" in await buyer.says("Looking for goats under $25")


@pytest.mark.usefixtures("tendai")
async def test_yes_shows_the_only_offer(buyer: Phone) -> None:
    await buyer.says("Looking for goats")

    assert "when you both agree" in await buyer.says("yes")
    assert "asked Tendai" in await buyer.says("yes")


async def test_limit_for_a_measure_is_for_all_of_it_as_sellers_mean_it(buyer: Phone) -> None:
    assert "$4.00 per litre or less" in await buyer.says("Looking for 5 litres of oil under $20")
    assert "$30.00 each or less" in await buyer.says("Looking for 4 sheep under $30")


async def test_numbers_are_given_only_when_both_agree(tendai: Phone, buyer: Phone) -> None:
    await buyer.says("Looking for goats")
    shown = await buyer.taps("Tendai")
    asked = await buyer.taps("Ask the seller")

    assert "+263" not in shown + asked + tendai.last
    assert "Bongani" in tendai.last

    accepted = await tendai.says("accept")

    assert "+263772000002" in accepted
    assert "+263771000001" in buyer.last
    assert "Tendai Moyo" in buyer.last


async def test_silence_of_the_seller_is_told_to_the_buyer(
    market: Market, tendai: Phone, buyer: Phone
) -> None:
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")
    await buyer.taps("Ask the seller")
    timer = market.timers[-1].timer

    assert "not answered yet" in await market.fall_due(buyer, timer)

    await tendai.says("accept")
    assert await market.fall_due(buyer, timer) == ""


async def test_declining_gives_no_number(tendai: Phone, buyer: Phone) -> None:
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")
    await buyer.taps("Ask the seller")

    declined = await tendai.taps("Decline")

    assert "+263" not in declined + buyer.last
    assert "cannot sell" in buyer.last


async def test_answering_twice_changes_nothing(tendai: Phone, buyer: Phone) -> None:
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")
    await buyer.taps("Ask the seller")
    await tendai.taps("Decline")

    again = await tendai.taps("Accept")

    assert "answered already" in again
    assert "+263" not in buyer.last


async def test_asking_again_does_not_bother_the_seller_again(
    market: Market, tendai: Phone, buyer: Phone
) -> None:
    for _ in range(2):
        await buyer.says("Looking for goats")
        await buyer.taps("Tendai")
        await buyer.taps("Ask the seller")

    assert "already" in buyer.last
    assert len(market.tells[tendai.id]) == 1


async def test_what_nobody_sells_is_kept_and_sellers_are_asked(
    market: Market, session: AsyncSession, vault: Vault, buyer: Phone
) -> None:
    dealer = await create_contact(session, vault)
    await create_seller(session, dealer, trades=("~vehicles",))

    asked = await buyer.says("Looking for engine oil")

    assert "alert sellers" in asked
    assert "[Yes]" in asked
    assert "[No]" in asked
    assert (await session.scalars(select(BuyRequest.thing))).all() == ["engine oil"]

    assert "sellers" in await buyer.says("yes")
    assert [told.tell.purpose for told in market.tells[dealer]] == [Purpose.ALERT]


async def test_whether_to_ask_sellers_is_settled_before_an_open_listing_goes_on(
    market: Market, buyer: Phone
) -> None:
    await buyer.says("Selling 10 chickens")

    asked = await buyer.says("Looking for engine oil")
    went_on = await buyer.says("no")

    assert "alert sellers" in asked
    assert "price" not in asked
    assert "engine oil" in went_on
    assert "price" in went_on
    assert "10 chickens" in await buyer.says("$5 each in Gokwe")


async def test_sellers_hear_how_many_and_how_dear(
    market: Market, session: AsyncSession, vault: Vault, buyer: Phone
) -> None:
    dealer = await market.phone()
    await create_seller(session, dealer.id, trades=("=engine-oil",))

    await buyer.plays("Looking for 5 litres of engine oil under $20", "yes")

    assert "5 litres of engine oil for $4.00 per litre or less" in dealer.last


async def test_asking_sellers_twice_does_not_deny_the_first_time(
    market: Market, session: AsyncSession, vault: Vault, buyer: Phone
) -> None:
    dealer = await create_contact(session, vault)
    await create_seller(session, dealer, trades=("=engine-oil",))
    assert "asking sellers now" in await buyer.plays("Looking for engine oil", "yes")

    again = await buyer.plays("Looking for engine oil", "yes")

    assert "I have asked all sellers" in again
    assert len(market.tells[dealer]) == 1


async def test_no_keeps_the_request_and_asks_nobody(market: Market, buyer: Phone) -> None:
    await buyer.says("Looking for engine oil")

    assert "engine oil" in await buyer.says("no")
    assert not market.tells


async def test_waves_follow_until_the_request_is_closed(
    market: Market, session: AsyncSession, vault: Vault, buyer: Phone
) -> None:
    market.settings.update(alert_wave=1, alert_cap=3)
    for _ in range(3):
        dealer = await create_contact(session, vault)
        await create_seller(session, dealer, trades=("=engine-oil",))
    await buyer.plays("Looking for engine oil", "yes")

    await market.fall_due(buyer, market.timers[0].timer)

    assert len(market.tells) == 2
    assert [timer.delay_seconds for timer in market.timers] == [1800, 1800]

    await buyer.says("my requests")
    await buyer.taps("engine oil")
    await market.fall_due(buyer, market.timers[1].timer)

    assert len(market.tells) == 2


async def test_new_listing_reaches_who_waits_for_it_once(market: Market, buyer: Phone) -> None:
    await buyer.plays("Looking for engine oil", "no")
    rudo = await market.phone()
    await rudo.plays("I want to join", "Rudo Ncube", "Gokwe")

    await rudo.plays("selling engine oil 5 litres $18", "yes")

    assert "engine oil" in buyer.last
    assert "Rudo" in buyer.last
    assert "18.00" in buyer.last
    assert len(market.tells[buyer.id]) == 1
    assert "Rudo" in await buyer.taps("Show it")


async def test_listing_that_fulfils_two_wishes_is_told_once(market: Market, buyer: Phone) -> None:
    await buyer.plays("Looking for engine oil", "no")
    await buyer.plays("Looking for oil", "no")
    rudo = await market.phone()

    await rudo.plays("selling engine oil 5 litres $18 in Gokwe", "yes")

    assert len(market.tells[buyer.id]) == 1


async def test_seller_who_has_what_is_sought_lists_it_from_the_alert(
    market: Market, buyer: Phone
) -> None:
    dealer = await market.phone()
    await dealer.plays("I want to join", "Rudo Ncube", "Gokwe")
    await dealer.plays("selling 4 tyres $50 each", "yes")
    await buyer.plays("Looking for engine oil", "yes")

    assert "engine oil" in dealer.last
    assert "STOP" in dealer.last
    assert "how" in (await dealer.taps("I have it")).casefold()
    await dealer.plays("5 litres", "$18", "yes")

    assert "Rudo" in buyer.last


async def test_many_offers_are_listed_with_their_prices(
    session: AsyncSession, vault: Vault, buyer: Phone
) -> None:
    for number in range(5):
        seller = await create_contact(session, vault, "Farai Moyo" if number < 2 else "")
        await create_listing(session, seller)

    found = await buyer.says("Looking for goats")

    assert found.count("10 goats, $20.00 each, Gokwe") == 5
    for label in ("Farai Moyo 1", "Farai Moyo 2", "A seller in Gokwe 1", "A seller in Gokwe 3"):
        assert f"[{label}]" in found


async def test_who_likes_none_of_the_offers_may_have_sellers_asked(
    tendai: Phone, buyer: Phone, session: AsyncSession
) -> None:
    await buyer.says("Looking for goats")

    asked = await buyer.taps("None of these")

    assert tendai.name not in asked
    assert "alert sellers" in asked
    assert (await session.scalars(select(BuyRequest.thing))).all() == ["goats"]


async def test_looking_in_the_middle_of_selling_does_not_lose_the_sale(
    tendai: Phone, market: Market
) -> None:
    seller = await market.phone()
    await seller.says("selling maize")

    found = await seller.says("Looking for goats")

    assert tendai.name in found
    assert "how" in found.casefold()


async def test_nearest_first_is_said_only_where_the_buyers_place_is_known(
    session: AsyncSession, vault: Vault, buyer: Phone
) -> None:
    for _ in range(5):
        await create_listing(session, await create_contact(session, vault))

    assert "nearest" not in await buyer.says("Looking for goats")
    assert "nearest first" in await buyer.says("Looking for goats in Kwekwe")


async def test_sentence_about_a_nameless_seller_begins_with_a_capital(
    session: AsyncSession, vault: Vault, buyer: Phone
) -> None:
    await create_listing(session, await create_contact(session, vault))

    assert "- A seller in Gokwe: 10 goats" in await buyer.says("Looking for goats")
    assert (await buyer.says("1")).startswith("A seller in Gokwe has 10 goats")
