"""One's own listings and requests: seen, changed, withdrawn."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Listing
from sokoni.db.vault import Vault
from tests.capabilities.marketplace.factories import create_contact, create_listing
from tests.capabilities.marketplace.market import Market, Phone


@pytest.fixture
async def seller(market: Market) -> Phone:
    phone = await market.phone()
    await phone.plays("I want to join", "Tendai Moyo", "Gokwe")
    await phone.plays("Selling 10 goats at $20 each", "yes")
    return phone


async def states(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(Listing.state).order_by(Listing.id)))


async def test_nothing_listed_is_said_so(market: Market) -> None:
    phone = await market.phone()

    assert "nothing listed" in await phone.says("my listings")
    assert "nothing listed" in await phone.says("withdraw my goats")
    assert "nothing listed" in await phone.says("change the price to $25")


async def test_own_listings_are_shown_with_price_and_reference(seller: Phone) -> None:
    shown = await seller.says("my listings")

    assert "[10 goats]" in shown
    assert "Take it down" in await seller.taps("10 goats")


async def test_the_only_listing_is_withdrawn_on_yes(seller: Phone, session: AsyncSession) -> None:
    assert "Take down 10 goats" in await seller.says("withdraw my goats")
    assert await states(session) == ["open"]

    assert "Taken down" in await seller.says("yes")
    assert await states(session) == ["withdrawn"]


async def test_of_several_listings_the_one_meant_is_chosen(
    seller: Phone, session: AsyncSession
) -> None:
    await seller.plays("Selling 5 bags of maize at $10 per bag", "yes")

    assert "Which one" in await seller.says("withdraw a listing")
    await seller.taps("5 bags of maize")
    await seller.says("yes")
    assert await states(session) == ["open", "withdrawn"]

    assert "10 goats" in await seller.says("withdraw my goats")


async def test_price_is_changed_on_yes_with_each_and_total_in_view(
    seller: Phone, session: AsyncSession
) -> None:
    summary = await seller.says("change the price of my goats to $25")

    assert "$25.00 each" in summary
    assert "$250.00 for all" in summary
    assert "price" in await seller.says("yes")
    changed = await session.scalar(select(Listing).execution_options(populate_existing=True))
    assert changed is not None
    assert (f"{changed.price_each:.2f}", changed.version) == ("25.00", 2)


async def test_somebody_elses_listing_is_not_touched(
    seller: Phone, session: AsyncSession, vault: Vault
) -> None:
    other = await create_contact(session, vault)
    listing = await create_listing(session, other)

    assert "not there any more" in await seller.says(f"withdraw {listing.reference}")
    assert await states(session) == ["open", "open"]


async def test_listing_is_seen_by_its_reference(
    market: Market, session: AsyncSession, vault: Vault
) -> None:
    listing = await create_listing(session, await create_contact(session, vault, "Farai"))
    phone = await market.phone()

    assert "Farai" in await phone.says(f"show listing {listing.reference.lower()}")
    assert "not there any more" in await phone.says("show listing LST-0000000")


# --- a price in the words that ask for its change ---------------------------------------------


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ("change price of my goats to 30", "$30.00"),
        ("reduce the price of the goats to 15", "$15.00"),
        ("new price 22 for goats", "$22.00"),
        ("change the price of my 10 goats from 20 to 25", "$25.00"),
        ("chinja mutengo wembudzi kuita 30", "$30.00"),
        ("tshintsha intengo yembuzi ibe 30", "$30.00"),
    ],
)
async def test_bare_number_in_a_change_of_price_is_the_price(
    seller: Phone, said: str, price: str
) -> None:
    assert price in await seller.says(said)
    assert seller.state.drafts[-1].awaiting == "?confirm"


async def test_number_of_things_is_no_price(seller: Phone) -> None:
    assert "new price" in await seller.says("change the price of my 10 goats")


async def test_new_price_is_kept_while_it_is_asked_which_listing(seller: Phone) -> None:
    await seller.plays("Selling 5 bags of maize at $10 per bag", "yes")

    assert "Which one" in await seller.says("change the price to 30")
    assert "10 goats: $30.00 each" in await seller.taps("10 goats")


@pytest.mark.parametrize("asked", ["change the price of my goats", "change my price to 30"])
async def test_change_of_price_is_over_once_the_listing_is_withdrawn(
    seller: Phone, session: AsyncSession, asked: str
) -> None:
    await seller.says(asked)
    await seller.says("withdraw my goats")

    answer = await seller.says("yes")

    assert answer == "Taken down: 10 goats.\n\nThat listing is not there any more."
    assert seller.state.drafts == ()
    assert await states(session) == ["withdrawn"]


async def test_several_listings_are_withdrawn_one_after_the_other(
    seller: Phone, session: AsyncSession
) -> None:
    await seller.plays("Selling 5 bags of maize at $10 per bag", "yes")

    await seller.says("withdraw my goats and maize")
    assert "Take down 5 bags of maize" in await seller.says("yes")
    await seller.says("yes")

    assert await states(session) == ["withdrawn", "withdrawn"]
