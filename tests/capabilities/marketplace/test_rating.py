"""Only who made a deal rates the other, once; the profile shows reasons."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from sokoni.reviews.models import Deal, Report, Review
from tests.capabilities.marketplace.market import Market, Phone
from tests.capabilities.marketplace.meetings import deal_again, dealt, met, set_last


async def ratings(market: Market) -> list[tuple[int, str]]:
    rows = await market.session.execute(select(Review.stars, Review.role).order_by(Review.id))
    return [(row.stars, row.role) for row in rows]


async def profile(market: Market, name: str = "Tendai") -> str:
    """Return what a buyer who looks for goats reads about a seller."""
    looker = await market.phone("Chipo")
    await looker.says("Looking for goats")
    await looker.taps(name)
    return await looker.taps("About the seller")


async def test_who_says_yes_last_is_asked_for_a_rating_at_once(market: Market) -> None:
    _, bongani = await dealt(market)

    assert "How was it?" in bongani.last
    assert "[5, very good]" in bongani.last
    assert "A few words" in await bongani.taps("5, very good")
    assert "Thank you" in await bongani.says("Healthy goats, fair price")
    assert await ratings(market) == [(5, "provider")]


async def test_the_other_side_may_rate_too(market: Market) -> None:
    tendai, bongani = await dealt(market)
    await bongani.plays("4", "skip")

    assert "How was it?" in await tendai.taps("Rate it")
    await tendai.plays("2", "skip")

    assert await ratings(market) == [(4, "provider"), (2, "customer")]


@pytest.mark.parametrize("said", ["9", "0", "good"])
async def test_what_is_no_rating_is_asked_for_again(market: Market, said: str) -> None:
    _, bongani = await dealt(market)

    assert "1 to 5" in await bongani.says(said)
    assert await ratings(market) == []


async def test_words_may_be_skipped_but_are_no_novel(market: Market) -> None:
    _, bongani = await dealt(market)
    await bongani.says("3")

    assert "300 letters" in await bongani.says("very " * 80)
    assert "Thank you" in await bongani.says("skip")


async def test_saying_it_again_changes_it_for_a_time(market: Market) -> None:
    market.settings.update(review_days=3)
    _, bongani = await dealt(market)
    await bongani.plays("1", "skip")

    await bongani.says("my deals")
    await bongani.taps("goats")
    assert "changed" in (await bongani.plays("5", "He came after all"))
    assert await ratings(market) == [(5, "provider")]

    market.clock.advance(timedelta(days=4))
    await bongani.says("my deals")
    await bongani.taps("goats")
    assert "cannot be rated any more" in await bongani.plays("1", "skip")
    assert await ratings(market) == [(5, "provider")]


async def test_without_a_deal_nobody_is_rated(market: Market) -> None:
    tendai, bongani = await met(market)
    await market.fall_due(tendai, set_last(market, "deal"))
    await bongani.says("yes")

    assert "No deal yet" in await bongani.says("my deals")
    assert "No deal yet" in await tendai.says("rate")
    assert await ratings(market) == []


async def test_profile_gives_reasons(market: Market) -> None:
    _, bongani = await dealt(market)
    await bongani.plays("5", "Healthy goats, fair price")

    shown = await profile(market)

    assert "Tendai Moyo, Gokwe" in shown
    assert "1 deal, replies within the hour" in shown
    assert "All who rated them were content: 1 of 1" in shown
    assert "5 of 5: Healthy goats, fair price (Bongani)" in shown
    assert "[Ask the seller]" in shown


async def test_profile_of_somebody_new_says_so(market: Market) -> None:
    await met(market)
    assert "No deal here yet" in await profile(market)


@pytest.mark.parametrize(
    ("hours", "pace"),
    [(0, "within the hour"), (5, "within half a day"), (20, "within a day"), (60, "three days")],
)
async def test_pace_is_that_of_answers_to_buyers(market: Market, hours: int, pace: str) -> None:
    tendai = await market.phone(number="+263771000001")
    await tendai.plays("I want to join", "Tendai Moyo", "Gokwe")
    await tendai.plays("Selling 12 goats at $20 each in Gokwe", "yes")
    await asks(market, "+263772000002")
    market.clock.advance(timedelta(hours=hours))

    await tendai.says("my buyers")
    await tendai.taps("Accept")

    assert pace in await profile(market)


async def test_silence_counts_after_a_day(market: Market) -> None:
    tendai = await market.phone(number="+263771000001")
    await tendai.plays("I want to join", "Tendai Moyo", "Gokwe")
    await tendai.plays("Selling 12 goats at $20 each in Gokwe", "yes")
    await asks(market, "+263772000002")
    assert "repl" not in await profile(market)

    market.clock.advance(timedelta(days=5))

    assert "more than three days" in await profile(market)


async def asks(market: Market, number: str) -> Phone:
    buyer = await market.phone("Bongani", number)
    await buyer.says("Looking for goats")
    await buyer.taps("Tendai")
    await buyer.taps("Ask the seller")
    return buyer


async def test_seller_sees_what_speaks_for_the_buyer(market: Market) -> None:
    tendai, bongani = await dealt(market)
    await bongani.plays("5", "skip")
    await tendai.taps("Rate it")
    await tendai.plays("4", "Paid at once")
    await tendai.plays("Selling 3 sheep at $40 each in Gokwe", "yes")
    await bongani.says("Looking for sheep")
    await bongani.taps("Tendai")
    await bongani.taps("Ask the seller")

    shown = await tendai.taps("About the buyer")

    assert "Bongani" in shown
    assert "4 of 5: Paid at once (Tendai Moyo)" in shown
    assert "+263" not in shown


async def test_own_profile_is_seen_and_changed(market: Market) -> None:
    tendai, _ = await met(market)

    assert "Tendai Moyo, Gokwe" in await tendai.says("my profile")
    await tendai.taps("Change place")
    await tendai.says("Kadoma")
    assert "Tendai Moyo, Kadoma" in await tendai.says("profile")

    assert "[Change name]" in await tendai.says("change my profile")
    await tendai.taps("Change name")
    await tendai.says("Tendai M")
    assert "Tendai M, Kadoma" in await tendai.says("my profile")


async def test_many_ratings_of_one_friend_count_once(market: Market) -> None:
    tendai, bongani = await dealt(market)
    await bongani.plays("5", "skip")
    deal = (await market.session.scalars(select(Deal))).one()
    for number in range(3):
        await another_deal(market, deal, 5, f"again {number}")
    stranger = await market.phone("Rudo")
    await another_deal(market, deal, 1, "rudo", rater=stranger)

    shown = await profile(market)

    assert "5 deals" in shown
    assert "content: 1 of 2" in shown
    assert tendai.name in shown


async def another_deal(
    market: Market, like: Deal, stars: int, subject: str, rater: Phone | None = None
) -> None:
    """Save a deal with its rating."""
    buyer = like.customer_id if rater is None else rater.id
    deal = Deal(
        merchant_id=like.merchant_id,
        capability=like.capability,
        subject=subject,
        thing=like.thing,
        provider_id=like.provider_id,
        customer_id=buyer,
        state="agreed",
        created_at=like.created_at,
        expires_at=like.expires_at,
        agreed_at=like.agreed_at,
    )
    market.session.add(deal)
    await market.session.flush()
    review = Review(
        merchant_id=like.merchant_id,
        deal_id=deal.id,
        rater_id=buyer,
        rated_id=like.provider_id,
        role="provider",
        stars=stars,
        created_at=like.created_at,
        changed_at=like.created_at,
    )
    market.session.add(review)
    await market.session.flush()


@pytest.mark.parametrize(
    ("language", "looks", "about", "said"),
    [
        ("sn", "ndiri kutsvaga mbudzi", "Nezvemutengesi", "Kutengeserana 1, anopindura"),
        ("nd", "ngidinga ukuthenga imbuzi", "Ngomthengisi", "Isivumelwano esingu-1, uphendula"),
    ],
)
async def test_reasons_are_read_in_ones_own_language(
    market: Market, language: str, looks: str, about: str, said: str
) -> None:
    _, bongani = await dealt(market)
    await bongani.plays("5", "skip")
    looker = await market.phone("Chipo", language=language)

    await looker.says(looks)
    await looker.taps("Tendai")

    assert said in await looker.taps(about)


async def test_friends_who_rate_each_other_in_a_circle_gain_nothing_by_it(market: Market) -> None:
    tendai, bongani = await dealt(market)
    await bongani.plays("5", "Best goats ever")
    assert "1 deal" in await tendai.says("my profile")

    await deal_again(market, bongani, tendai, "sheep")
    assert "Thank you" in await tendai.plays("5", "Best sheep ever")

    assert "No deal here yet" in await tendai.says("my profile")
    assert "Best sheep" not in await bongani.says("my profile")
    report = (await market.session.scalars(select(Report))).one()
    assert (report.kind, report.state) == ("ring", "open")


@pytest.mark.parametrize(
    "words", ["I need better goats next time", "selling thin goats", "Looking for others now"]
)
async def test_what_is_said_of_a_seller_may_begin_like_another_task(
    market: Market, words: str
) -> None:
    _, bongani = await dealt(market)
    await bongani.says("2")

    assert "Thank you" in await bongani.says(words)
    assert words in await bongani.says("profile of Tendai")
