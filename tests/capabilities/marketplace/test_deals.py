"""Whether a deal was made is asked of both, and only what both say is one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from sokoni.reviews.models import Deal
from tests.capabilities.marketplace.market import Market
from tests.capabilities.marketplace.meetings import met, set_last


async def states(market: Market) -> list[str]:
    return list(await market.session.scalars(select(Deal.state)))


async def test_both_are_asked_some_time_after_they_met(market: Market) -> None:
    market.settings.update(deal_hours=5)
    tendai, bongani = await met(market)
    assert market.timers[-1].delay_seconds == 5 * 3600

    asked = await market.fall_due(tendai, set_last(market, "deal"))

    assert "Did you sell goats to Bongani?" in asked
    assert "[Not yet]" in asked
    assert "Did you buy goats from Tendai Moyo?" in bongani.last
    assert await states(market) == ["open"]


async def test_deal_is_made_when_both_said_yes(market: Market) -> None:
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))

    assert "When both of you say yes" in await tendai.says("yes")
    assert await states(market) == ["open"]
    assert "both say so" in await bongani.taps("Yes, I bought it")

    assert await states(market) == ["agreed"]
    assert "Bongani says so too" in tendai.last


async def test_one_side_alone_makes_no_deal(market: Market) -> None:
    market.settings.update(deal_days=3)
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))
    await tendai.says("yes")

    assert "no deal" in await bongani.says("no")
    assert await states(market) == ["open"]
    market.clock.advance(timedelta(days=4))
    assert "closed" in await bongani.taps("Yes, I bought it")
    assert "closed" in await tendai.taps("Yes, I sold it")
    assert await states(market) == ["open"]


async def test_who_said_no_may_still_say_yes(market: Market) -> None:
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))
    await bongani.says("no")
    await tendai.says("yes")

    await bongani.taps("Yes, I bought it")

    assert await states(market) == ["agreed"]


async def test_not_yet_is_asked_again_of_who_said_so(market: Market) -> None:
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))

    assert "ask again later" in await bongani.taps("Not yet")
    again = set_last(market, "deal_again")
    assert "Did you buy goats" in await market.fall_due(bongani, again)
    await bongani.says("yes")

    assert await market.fall_due(bongani, again) == ""
    assert await market.fall_due(tendai, again) != ""


async def test_nothing_is_asked_again_when_time_is_up(market: Market) -> None:
    market.settings.update(deal_days=1)
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))
    market.clock.advance(timedelta(hours=3))

    await bongani.taps("Not yet")

    assert not [one for one in market.timers if one.timer.name == "marketplace.deal_again"]


async def test_seller_says_who_bought_what_is_sold(market: Market) -> None:
    tendai, bongani = await met(market)
    await tendai.says("sold")

    who = await tendai.says("yes")

    assert "Who bought it?" in who
    assert "[Somebody else]" in who
    assert "I ask Bongani too" in await tendai.taps("Bongani")
    assert "Did you buy goats from Tendai Moyo?" in bongani.last
    await bongani.says("yes")
    assert await states(market) == ["agreed"]
    assert await market.fall_due(tendai, set_last(market, "deal")) == ""
    assert len(market.tells[bongani.id]) == 2


async def test_who_sold_a_part_says_to_whom(market: Market) -> None:
    tendai, _ = await met(market)
    await tendai.says("I sold 2 goats")

    assert "10 goats" in await tendai.says("yes")
    assert "[Bongani]" in tendai.last


async def test_somebody_else_makes_no_deal(market: Market) -> None:
    tendai, bongani = await met(market)
    await tendai.plays("sold", "yes")

    await tendai.taps("Somebody else")

    assert await states(market) == []
    assert len(market.tells[bongani.id]) == 1


async def test_naming_the_buyer_after_they_said_yes_makes_the_deal(market: Market) -> None:
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))
    await bongani.says("yes")
    await tendai.plays("sold", "yes")

    assert "both say so" in await tendai.taps("Bongani")
    assert "Tendai Moyo says so too" in bongani.last


async def test_timer_that_is_not_the_sellers_asks_nobody(market: Market) -> None:
    _, bongani = await met(market)
    timer = set_last(market, "deal")

    assert await market.fall_due(bongani, timer) == ""
    assert await states(market) == []


@pytest.mark.parametrize(
    ("language", "asked"), [("sn", "Makatenga goats"), ("nd", "Uthengile yini i-goats")]
)
async def test_each_is_asked_in_their_own_language(
    market: Market, language: str, asked: str
) -> None:
    tendai, bongani = await met(market)
    bongani.language = language

    assert "Did you sell" in await market.fall_due(tendai, set_last(market, "deal"))

    assert asked in bongani.last
    await bongani.says("hongu" if language == "sn" else "yebo")
    assert "both say so" in await tendai.says("yes")
    assert "Tendai Moyo" in bongani.last
    assert await states(market) == ["agreed"]
