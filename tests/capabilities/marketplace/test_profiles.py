"""Sellers are found by the name that is shown, and what was said of them can be reported."""

import pytest
from sqlalchemy import select, update

from sokoni.capabilities.marketplace.models import Seller
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import new_id
from sokoni.reviews.models import Report, Review, ReviewState
from sokoni.reviews.reports import Reports
from sokoni.testing.clock import NOON
from tests.capabilities.marketplace.factories import MARKET
from tests.capabilities.marketplace.market import Market, Phone
from tests.capabilities.marketplace.meetings import dealt


async def joins(market: Market, name: str, place: str, number: str = "") -> Phone:
    phone = await market.phone(number=number)
    await phone.plays("I want to join", name, place)
    return phone


async def contact_set(market: Market, phone: Phone, **values: object) -> None:
    await market.session.execute(update(Contact).where(Contact.id == phone.id).values(**values))


@pytest.mark.parametrize(
    "said",
    [
        *(
            "profile of Tendai",
            "who is tendai?",
            "Who is Tendai",
            "tell me about Tendai Moyo",
        ),
        *("Tendai's profile", "show me the profile of tendai please", "reviews of Tendai"),
        *("Tendai ndiani", "profile yaTendai", "ndiani Tendai?", "nezva Tendai"),
        *("ngubani uTendai", "uTendai ngubani?", "iprofile kaTendai"),
    ],
)
async def test_a_seller_is_found_by_name(market: Market, said: str) -> None:
    await joins(market, "Tendai Moyo", "Gokwe", "+263771000001")
    phone = await market.phone("Bongani", "+263772000002")

    shown = await phone.says(said)

    assert shown.startswith("Tendai Moyo, Gokwe")
    assert "771000001" not in shown


@pytest.mark.parametrize(
    "said",
    [
        *("my profile", "profile", "see profile", "update my profile", "who is selling goats"),
        *("who is this?", "tell me about goats", "profile yangu", "iprofile yami"),
    ],
)
async def test_other_words_name_nobody(market: Market, said: str) -> None:
    phone = await market.phone("Bongani", "+263772000002")

    assert "no seller called" not in await phone.says(said)
    assert "Handizivi" not in phone.last
    assert "Angazi" not in phone.last


async def test_of_several_one_is_chosen(market: Market) -> None:
    await joins(market, "Tendai Moyo", "Gokwe")
    await joins(market, "Tendai Dube", "Kwekwe")
    phone = await market.phone("Bongani", "+263772000002")

    asked = await phone.says("who is Tendai")

    assert asked.startswith("Several sellers are called Tendai")
    assert "[Tendai Moyo] Gokwe" in asked
    assert (await phone.taps("Tendai Dube")).startswith("Tendai Dube, Kwekwe")
    assert (await phone.says("who is Tendai Moyo")).startswith("Tendai Moyo, Gokwe")


async def test_what_a_seller_offers_leads_to_them(market: Market) -> None:
    tendai = await joins(market, "Tendai Moyo", "Gokwe", "+263771000001")
    await tendai.plays("Selling 12 goats at $20 each", "yes")
    phone = await market.phone("Bongani", "+263772000002")
    assert "[12 goats]" in await phone.says("profile of Tendai")

    await phone.taps("12 goats")

    assert "asked Tendai" in await phone.taps("Ask the seller")


async def test_nobody_of_that_name_is_said_so(market: Market) -> None:
    phone = await market.phone("Bongani", "+263772000002")

    assert "no seller called Rudo" in await phone.says("profile of Rudo")


@pytest.mark.parametrize("change", ["blocked_at", "opted_out_at"])
async def test_who_is_shut_out_or_gone_is_not_shown(market: Market, change: str) -> None:
    tendai = await joins(market, "Tendai Moyo", "Gokwe")
    await joins(market, "Tendai Dube", "Kwekwe")
    phone = await market.phone("Bongani", "+263772000002")
    await phone.says("who is Tendai")
    await contact_set(market, tendai, **{change: NOON})

    assert "not here any more" in await phone.taps("Tendai Moyo")
    assert (await phone.says("who is Tendai")).startswith("Tendai Dube")


async def test_a_buyer_is_not_found_by_name(market: Market) -> None:
    await market.phone("Chipo", "+263773000003")
    phone = await market.phone("Bongani", "+263772000002")

    assert "no seller called Chipo" in await phone.says("who is Chipo")


async def test_a_seller_of_another_merchant_is_not_found(market: Market) -> None:
    await joins(market, "Tendai Moyo", "Gokwe")
    await market.session.execute(update(Seller).values(merchant_id=new_id()))
    phone = await market.phone("Bongani", "+263772000002")

    assert "no seller called Tendai" in await phone.says("who is Tendai")


async def test_ones_own_name_shows_ones_own_profile(market: Market) -> None:
    tendai = await joins(market, "Tendai Moyo", "Gokwe")

    assert "[Change name]" in await tendai.says("profile of Tendai")


async def test_whoever_reads_a_review_can_report_it(market: Market) -> None:
    tendai, bongani = await dealt(market)
    await bongani.plays("1", "He is a thief")
    chipo = await market.phone("Chipo", "+263773000003")
    await chipo.says("profile of Tendai")

    assert "What others said of Tendai" in await chipo.taps("What others said")
    await chipo.taps("Bongani")
    await chipo.taps("Not true")
    await chipo.says("skip")

    report = (await market.session.scalars(select(Report))).one()
    assert (report.kind, report.about_id, report.reporter_id) == ("review", bongani.id, chipo.id)
    assert tendai.id != report.about_id


async def test_a_review_that_is_hidden_cannot_be_reported(market: Market) -> None:
    _, bongani = await dealt(market)
    await bongani.plays("1", "He is a thief")
    chipo = await market.phone("Chipo", "+263773000003")
    await chipo.says("profile of Tendai")
    await chipo.taps("What others said")
    await market.session.execute(update(Review).values(state=ReviewState.HIDDEN))

    await chipo.taps("Bongani")
    await chipo.taps("Not true")

    assert "cannot be reported" in await chipo.says("skip")
    assert (await market.session.scalars(select(Report))).all() == []


async def test_nobody_reports_their_own_review(market: Market) -> None:
    _, bongani = await dealt(market)
    await bongani.plays("1", "He is a thief", "profile of Tendai")
    await bongani.taps("What others said")
    await bongani.taps("Bongani")
    await bongani.taps("Not true")

    assert "cannot be reported" in await bongani.says("skip")


async def test_a_seller_who_lists_nothing_is_reported_from_the_profile(market: Market) -> None:
    tendai = await joins(market, "Tendai Moyo", "Gokwe")
    phone = await market.phone("Bongani", "+263772000002")
    await phone.says("profile of Tendai")
    await phone.taps("Report")
    await phone.taps("Rude")
    await phone.says("skip")

    report = (await market.session.scalars(select(Report))).one()
    assert (report.kind, report.about_id) == ("person", tendai.id)


async def test_staff_read_the_review_that_is_reported(market: Market, vault: Vault) -> None:
    _, bongani = await dealt(market)
    await bongani.plays("1", "He is a thief")
    chipo = await market.phone("Chipo", "+263773000003")
    await chipo.says("profile of Tendai")
    await chipo.taps("What others said")
    await chipo.taps("Bongani")
    await chipo.taps("Not true")
    await chipo.says("skip")

    reports = Reports(market.session, vault, MARKET, market.clock())
    [report] = await reports.page(limit=9)

    assert await reports.reviews_of([report]) == {report.id: "He is a thief"}
