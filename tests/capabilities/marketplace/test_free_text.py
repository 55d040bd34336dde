"""Values from free text: several goods, unknown places, prices to choose from, whole animals."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest, Listing
from tests.capabilities.marketplace.market import Market


async def listed(session: AsyncSession) -> list[tuple[str, str, str, str, str]]:
    rows = await session.scalars(select(Listing).order_by(Listing.id))
    return [
        (row.thing, f"{float(row.quantity):g}", row.unit, f"{row.price:.2f}", row.place_name)
        for row in rows
    ]


# --- several goods ------------------------------------------------------------------------------


async def test_every_thing_of_a_message_is_listed_with_a_yes_of_its_own(
    market: Market, session: AsyncSession
) -> None:
    seller = await market.phone("Tendai")

    first = await seller.says(
        "Selling 10 goats at $20 and 3 bags of maize at $15 and 5 sheep at $40 in Gokwe"
    )

    assert "- maize" in first
    assert "- sheep" in first
    assert "10 goats in Gokwe: $20.00 each" in first
    assert await listed(session) == []
    asked = await seller.says("yes")
    assert "What name should buyers see?" in asked
    second = await seller.says("Tendai Moyo")
    assert "Next: maize." in second
    assert "3 bags of maize in Gokwe: $15.00 per bag" in second
    third = await seller.says("yes")
    assert "5 sheep in Gokwe" in third
    await seller.says("yes")
    assert await listed(session) == [
        ("goats", "10", "", "20.00", "Gokwe"),
        ("maize", "3", "bag", "15.00", "Gokwe"),
        ("sheep", "5", "", "40.00", "Gokwe"),
    ]


async def test_what_all_need_is_asked_once(market: Market, session: AsyncSession) -> None:
    seller = await market.phone("Tendai")

    asked = await seller.says("ndinotengesa mbudzi 5 pa$20 nehuku 10 pa$6")
    assert "kupi" in asked
    await seller.plays("Gokwe", "hongu", "Tendai", "hongu")

    assert await listed(session) == [
        ("mbudzi", "5", "", "20.00", "Gokwe"),
        ("huku", "10", "", "6.00", "Gokwe"),
    ]


async def test_cancelled_thing_leaves_the_others(market: Market, session: AsyncSession) -> None:
    seller = await market.phone("Tendai")
    await seller.says("selling 10 goats at $20 and 5 sheep at $40 in Gokwe")

    said = await seller.says("cancel")

    assert "5 sheep in Gokwe" in said
    await seller.says("yes")
    assert [one[0] for one in await listed(session)] == ["sheep"]


async def test_buyer_of_two_things_is_answered_about_both(
    market: Market, session: AsyncSession
) -> None:
    seller, buyer = await market.phone("Tendai"), await market.phone()
    await seller.plays("selling 10 goats at $20 in Gokwe", "yes", "skip")
    await seller.plays("selling 20 chickens at $6 in Gokwe", "yes")

    said = await buyer.says("I want goats and chickens")

    assert "For goats I found" in said
    assert "For chickens I found" in said


async def test_wishes_that_nobody_fulfils_are_kept_one_after_the_other(
    market: Market, session: AsyncSession
) -> None:
    buyer = await market.phone()

    first = await buyer.says("I want goats and engine oil")
    assert "Nobody sells goats right now" in first
    assert "- engine oil" in first
    second = await buyer.says("no")

    assert "Nobody sells engine oil right now" in second
    kept = (await session.scalars(select(BuyRequest).order_by(BuyRequest.id))).all()
    assert [one.thing for one in kept] == ["goats", "engine oil"]


# --- places and prices --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["selling 10 goats at $20 in Atlantis", "ndinotengesa mbudzi 10 pa$20 kuAtlantis"]
)
async def test_place_that_nobody_knows_is_named_and_asked_for(
    market: Market, session: AsyncSession, words: str
) -> None:
    seller = await market.phone("Tendai")

    said = await seller.says(words)

    assert "Atlantis" in said
    await seller.plays("Gokwe", "yes")
    assert [one[4] for one in await listed(session)] == ["Gokwe"]


async def test_likeliest_places_are_offered(market: Market) -> None:
    seller = await market.phone("Tendai")

    said = await seller.says("selling 10 goats at $20 in mutareeee")

    assert "I do not know that place: mutareeee" in said
    assert "[Mutare]" in said
    assert "10 goats in Mutare" in await seller.taps("Mutare")


async def test_search_in_an_unknown_place_says_so_and_goes_on(market: Market) -> None:
    seller, buyer = await market.phone("Tendai"), await market.phone()
    await seller.plays("selling 10 goats at $20 in Gokwe", "yes")

    said = await buyer.says("looking for goats in Atlantis")

    assert "I could not make out Atlantis" in said
    assert "For goats I found" in said


async def test_two_prices_are_asked_about(market: Market, session: AsyncSession) -> None:
    seller = await market.phone("Tendai")

    said = await seller.says("selling 10 goats $20-25 each in Gokwe")

    assert "which price you mean by $20-25 each" in said
    assert "[$20.00]" in said
    assert "$25.00 each" in await seller.taps("$25.00")
    await seller.says("yes")
    assert [one[3] for one in await listed(session)] == ["25.00"]


async def test_most_that_a_buyer_pays_is_the_upper_end(market: Market) -> None:
    seller, buyer = await market.phone("Tendai"), await market.phone()
    await seller.plays("selling 10 goats at $24 in Gokwe", "yes")

    assert "For goats I found" in await buyer.says("looking for goats $20-25")
    assert "Nobody sells goats for $23.00 or less" in await buyer.says("looking for goats $20-23")


# --- whole things -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "selling 1.5 goats at $20 in Gokwe",
        "selling half a goat for $10 in Gokwe",
        "selling 2 1/2 chairs $5 each in Gokwe",
        "Ngithengisa imbuzi 2.5 $20 eGokwe",
    ],
)
async def test_part_of_what_is_counted_is_refused_with_an_example(
    market: Market, session: AsyncSession, words: str
) -> None:
    seller = await market.phone("Tendai", language="en")

    said = await seller.says(words)

    assert "2." in said
    assert "whole numbers" in said or "inombolo ezipheleleyo" in said
    assert "[Yes]" not in said
    assert await listed(session) == []
    assert "$" in await seller.says("2")


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("selling half a bag of maize $8 in Gokwe", "0.5 bags of maize"),
        ("selling 2.5 kg of honey $10 in Gokwe", "2.5 kg of honey"),
        ("selling 1.5 litres of milk $2 in Gokwe", "1.5 litres of milk"),
        ("selling 1.5 tonnes of maize $300 in Gokwe", "1.5 tonnes of maize"),
        ("selling half a dozen eggs $1 in Gokwe", "6 eggs"),
    ],
)
async def test_part_of_what_is_measured_is_fine(market: Market, words: str, shown: str) -> None:
    seller = await market.phone("Tendai")

    assert shown in await seller.says(words)


async def test_thing_named_after_its_number_is_counted_whole_too(market: Market) -> None:
    seller = await market.phone("Tendai")
    assert "What do you want to sell?" in await seller.says("selling 1.5 at $20 in Gokwe")

    assert "whole numbers work for goats" in await seller.says("goats")
    assert "2 goats in Gokwe" in await seller.says("2")


async def test_buyer_needs_whole_animals_too(market: Market) -> None:
    buyer = await market.phone()

    assert "whole numbers work for goats" in await buyer.says("I want 1.5 goats")
    assert "How much or how many do you need?" in await buyer.says("hmm")
    assert "Nobody sells goats" in await buyer.says("2")
