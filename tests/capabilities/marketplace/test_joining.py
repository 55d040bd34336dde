"""Joining by conversation."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Seller
from tests.capabilities.marketplace.market import Market


async def places(session: AsyncSession) -> list[str]:
    return list(await session.scalars(select(Seller.place_name)))


async def test_name_and_place_are_asked(market: Market, session: AsyncSession) -> None:
    phone = await market.phone()

    assert "name" in await phone.says("I want to join")
    assert "where" in (await phone.says("Tendai Moyo")).casefold()
    assert "Tendai" in await phone.says("Gokwe")
    assert (phone.name, await places(session)) == ("Tendai Moyo", ["Gokwe"])


@pytest.mark.parametrize(
    "said",
    [
        "I want to join, I'm Tendai Moyo from Gokwe",
        "I want to join. My name is Tendai Moyo, in Gokwe",
    ],
)
async def test_one_message_is_enough(market: Market, session: AsyncSession, said: str) -> None:
    phone = await market.phone()

    assert "Welcome, Tendai Moyo" in await phone.says(said)
    assert await places(session) == ["Gokwe"]


async def test_joining_again_shows_who_one_is(market: Market, session: AsyncSession) -> None:
    phone = await market.phone()
    await phone.plays("I want to join", "Tendai Moyo", "Gokwe")

    again = await phone.says("I want to join")

    assert "already" in again
    assert "Tendai Moyo" in again
    assert await places(session) == ["Gokwe"]


async def test_name_and_place_can_be_changed(market: Market, session: AsyncSession) -> None:
    phone = await market.phone()
    await phone.plays("I want to join", "Tendai Moyo", "Gokwe")

    await phone.says("I want to join")
    await phone.taps("Change name")
    await phone.says("Tendai Dube")
    await phone.plays("change my place", "Kwekwe")

    assert (phone.name, await places(session)) == ("Tendai Dube", ["Kwekwe"])


@pytest.mark.parametrize("name", ["A", "x" * 61])
async def test_what_is_no_name_is_refused(
    market: Market, session: AsyncSession, name: str
) -> None:
    phone = await market.phone()

    assert "name" in await phone.plays("I want to join", name)
    assert (phone.name, await places(session)) == ("", [])


async def test_stranger_who_tells_a_name_is_known_by_it_and_asked_what_they_want(
    market: Market,
) -> None:
    phone = await market.phone()

    answer = await phone.says("my name is Tendai")

    assert answer.startswith("Thank you, Tendai. What would you like to do?")
    assert "[Sell something]" in answer
    assert (phone.name, phone.given) == ("Tendai", True)
    assert await phone.says("Sell something") == "What do you want to sell?"


async def test_stranger_who_tells_name_and_place_joins_with_both(market: Market) -> None:
    phone = await market.phone()

    answer = await phone.says("I'm Tendai Moyo from Gokwe")
    assert "Buyers" not in answer

    assert "You now sell from Gokwe" in await phone.taps("Join")


async def test_seller_who_tells_another_place_sells_from_there(market: Market) -> None:
    phone = await market.phone()
    await phone.plays("I want to join", "Tendai Moyo", "Gokwe")

    assert "Tendai Moyo in Kwekwe" in await phone.says("my name is Tendai Moyo from Kwekwe")
