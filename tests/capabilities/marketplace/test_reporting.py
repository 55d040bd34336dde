"""Whatever is reported waits for staff; what they reject is hidden, and may be appealed."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.capabilities.marketplace.judging import ListingJudge
from sokoni.capabilities.marketplace.models import Listing
from sokoni.db.vault import Vault
from sokoni.dialogue.judging import StaffReview
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.prompts import Worded
from sokoni.reviews.models import Report, ReportState, Review
from sokoni.reviews.reports import ReportDecidedError, Reports, Verdict
from tests.capabilities.marketplace.factories import MARKET
from tests.capabilities.marketplace.market import Market, Phone
from tests.capabilities.marketplace.meetings import dealt, met


async def reports(market: Market) -> list[Report]:
    return list(await market.session.scalars(select(Report).order_by(Report.id)))


async def texts(market: Market, vault: Vault) -> list[tuple[str, str, str]]:
    opened = Reports(market.session, vault, MARKET, market.clock())
    return [(one.kind, one.reason, opened.text_of(one)) for one in await reports(market)]


async def decide(market: Market, vault: Vault, engine: AsyncEngine, verdict: Verdict) -> Report:
    """Have staff decide on the last report."""
    review = StaffReview(
        inbox=Inbox(engine, vault, market.clock),
        vault=vault,
        clock=market.clock,
        merchant_id=MARKET,
        judges={"marketplace": ListingJudge()},
        country="ZW",
        staff="Nyasha",
    )
    last = (await reports(market))[-1]
    connection = await market.session.connection()
    return await review.decide(connection, market.session, last.reference, verdict)


async def reported(market: Market) -> tuple[Phone, Phone]:
    """Return a seller whose goats were reported, and who did so."""
    tendai, bongani = await met(market)
    await bongani.says("Looking for goats")
    await bongani.taps("Tendai")
    await bongani.taps("Report")
    await bongani.taps("Fraud")
    await bongani.says("There are no goats at all")
    return tendai, bongani


async def reported_person(market: Market) -> Phone:
    """Return who reported the seller of goats, whom they met."""
    _, bongani = await met(market)
    await bongani.says("I want to report")
    await bongani.taps("Tendai")
    await bongani.taps("Fraud")
    await bongani.says("skip")
    return bongani


async def test_a_listing_is_reported_from_its_result(market: Market, vault: Vault) -> None:
    _, bongani = await reported(market)

    assert "Our staff will look at it: RPT-" in bongani.last
    assert await texts(market, vault) == [("listing", "fraud", "There are no goats at all")]
    assert "Tendai" in await bongani.says("Looking for goats")


async def test_the_same_report_is_kept_once(market: Market) -> None:
    _, bongani = await reported(market)
    first = (await reports(market))[0].reference
    await bongani.says("Looking for goats")
    await bongani.taps("Tendai")
    await bongani.taps("Report")
    await bongani.taps("Fraud")

    assert first in await bongani.says("skip")
    assert len(await reports(market)) == 1


async def test_somebody_one_met_is_reported_by_a_word(market: Market, vault: Vault) -> None:
    tendai, bongani = await met(market)

    assert "[Bongani]" in await tendai.says("I want to report a buyer")
    await tendai.taps("Bongani")
    await tendai.taps("Rude")
    await tendai.says("skip")

    assert await texts(market, vault) == [("person", "rude", "")]
    assert (await reports(market))[0].about_id == bongani.id


async def test_a_seller_is_reported_from_the_profile(market: Market, vault: Vault) -> None:
    tendai, bongani = await met(market)
    await bongani.says("Looking for goats")
    await bongani.taps("Tendai")
    await bongani.taps("About the seller")
    await bongani.taps("Report")
    await bongani.taps("Something else")
    await bongani.says("skip")

    assert await texts(market, vault) == [("person", "other", "")]
    assert (await reports(market))[0].about_id == tendai.id


async def test_who_met_nobody_is_told_how(market: Market) -> None:
    phone = await market.phone()

    assert "tap Report" in await phone.says("report")
    assert await reports(market) == []


async def test_a_listing_is_reported_by_its_reference(market: Market) -> None:
    await met(market)
    reference = await market.session.scalar(select(Listing.reference))
    phone = await market.phone()

    assert "What is wrong?" in await phone.says(f"report {reference}")
    assert "cannot be reported" in (await phone.plays("cancel", "report LST-0000000", "1", "skip"))


async def test_nobody_reports_themselves(market: Market) -> None:
    tendai, _ = await met(market)
    reference = await market.session.scalar(select(Listing.reference))

    await tendai.says(f"report {reference}")

    assert "cannot be reported" in await tendai.plays("1", "skip")
    assert await reports(market) == []


async def test_a_rejected_listing_is_found_no_more_until_the_appeal_is_granted(
    market: Market, vault: Vault, engine: AsyncEngine
) -> None:
    tendai, bongani = await reported(market)

    await decide(market, vault, engine, ReportState.REJECTED)

    assert "Nobody sells goats" in await bongani.says("Looking for goats")
    assert "nothing listed" in await tendai.says("my listings")
    await hears(market, tendai)
    assert "took down goats" in tendai.last
    await tendai.taps("Appeal")
    assert "with our staff" in await tendai.says("I have them, come and see")
    assert (await texts(market, vault))[-1] == ("appeal", "", "I have them, come and see")

    await decide(market, vault, engine, ReportState.APPROVED)

    assert "Tendai" in await bongani.says("Looking for goats")


async def hears(market: Market, phone: Phone) -> None:
    """Carry to a phone what the judge has to say, as the inbox would."""
    judge = ListingJudge()
    listing = (await market.session.scalars(select(Listing))).one()
    await judge.put_back(market.session, MARKET, listing.id.hex, market.clock())
    told = await judge.take_down(market.session, MARKET, listing.id.hex, market.clock())
    [mine] = [one for one in told if one.contact_id == phone.id]
    await market.take(phone, mine.tell)


async def test_an_approved_listing_stays(
    market: Market, vault: Vault, engine: AsyncEngine
) -> None:
    _, bongani = await reported(market)

    report = await decide(market, vault, engine, ReportState.APPROVED)

    assert (report.state, report.decided_by) == ("approved", "Nyasha")
    assert "Tendai" in await bongani.says("Looking for goats")
    with pytest.raises(ReportDecidedError):
        await decide(market, vault, engine, ReportState.APPROVED)


async def test_a_decision_may_be_changed(
    market: Market, vault: Vault, engine: AsyncEngine
) -> None:
    _, bongani = await reported(market)
    await decide(market, vault, engine, ReportState.REJECTED)
    assert "Nobody sells goats" in await bongani.says("Looking for goats")

    await decide(market, vault, engine, ReportState.APPROVED)
    assert "Tendai" in await bongani.says("Looking for goats")

    await decide(market, vault, engine, ReportState.REJECTED)
    assert "Nobody sells goats" in await bongani.says("Looking for goats")


async def test_who_was_shut_out_by_mistake_is_let_in(
    market: Market, vault: Vault, engine: AsyncEngine
) -> None:
    bongani = await reported_person(market)
    await decide(market, vault, engine, ReportState.REJECTED)

    await decide(market, vault, engine, ReportState.APPROVED)

    assert "Tendai" in await bongani.says("Looking for goats")


async def test_one_decision_holds_for_all_who_reported_the_same(
    market: Market, vault: Vault, engine: AsyncEngine
) -> None:
    await reported(market)
    other = await market.phone("Chipo")
    await other.says("Looking for goats")
    await other.taps("Tendai")
    await other.taps("Report")
    await other.taps("Not true")
    await other.says("skip")

    await decide(market, vault, engine, ReportState.REJECTED)

    assert [one.state for one in await reports(market)] == ["rejected", "rejected"]


async def test_who_is_shut_out_offers_nothing_any_more(
    market: Market, vault: Vault, engine: AsyncEngine
) -> None:
    bongani = await reported_person(market)

    await decide(market, vault, engine, ReportState.REJECTED)

    assert "Nobody sells goats" in await bongani.says("Looking for goats")
    reference = await market.session.scalar(select(Listing.reference))
    assert "not there any more" in await bongani.says(f"show listing {reference}")


@pytest.mark.parametrize(
    ("verdict", "shown"), [(ReportState.REJECTED, False), (ReportState.APPROVED, True)]
)
async def test_a_reported_review_is_hidden_when_staff_say_so(
    market: Market, vault: Vault, engine: AsyncEngine, verdict: Verdict, shown: bool
) -> None:
    tendai, bongani = await dealt(market)
    await bongani.plays("1", "He is a thief")
    await tendai.says("my profile")
    await tendai.taps("Reviews of me")
    await tendai.taps("Bongani")
    await tendai.taps("Not true")
    await tendai.says("skip")
    assert (await texts(market, vault)) == [("review", "wrong", "")]

    await decide(market, vault, engine, verdict)

    state = await market.session.scalar(select(Review.state))
    assert state == ("shown" if shown else "hidden")
    assert ("He is a thief" in await tendai.says("my profile")) is shown


async def test_nobody_reports_what_was_said_of_another(market: Market) -> None:
    _, bongani = await dealt(market)
    await bongani.plays("5", "Fine goats")

    assert "Nobody has said anything" in await bongani.says("reviews about me")


@pytest.mark.parametrize(
    "words",
    ["he did not show up", "he wants to sell me a cow instead", "he lied to me, ok?", "scam"],
)
async def test_reason_in_other_words_is_kept_as_told(
    market: Market, vault: Vault, words: str
) -> None:
    _, bongani = await met(market)
    await bongani.says("I want to report")
    await bongani.taps("Tendai")

    assert "Our staff will look at it: RPT-" in await bongani.says(words)
    assert await texts(market, vault) == [("person", "other", words)]


async def test_staff_hear_once_of_what_is_reported_and_no_word_of_the_reporter(
    market: Market, vault: Vault, engine: AsyncEngine
) -> None:
    await reported(market)
    chipo = await market.phone("Chipo")
    for _ in range(2):
        await chipo.plays("cancel", "Looking for goats")
        await chipo.taps("Tendai")
        await chipo.taps("Report")
        await chipo.taps("Rude")
        await chipo.says("He shouted at Chipo")
    first, second = await reports(market)

    [told] = market.for_staff

    assert told.params["reference"] == first.reference
    assert "no goats at all" not in str(told)
    assert "Bongani" not in str(told)
    await decide(market, vault, engine, ReportState.APPROVED)
    await market.session.refresh(second)
    assert second.state == "approved"
    await chipo.plays("Looking for goats")
    await chipo.taps("Tendai")
    await chipo.taps("Report")
    await chipo.taps("Fraud")
    await chipo.says("skip")
    assert len(market.for_staff) == 2


async def test_staff_hear_of_an_appeal(market: Market, vault: Vault, engine: AsyncEngine) -> None:
    tendai, _ = await reported(market)
    await decide(market, vault, engine, ReportState.REJECTED)
    await hears(market, tendai)
    await tendai.taps("Appeal")
    await tendai.says("I have them, come and see")

    said = [one.params["what"] for one in market.for_staff]
    assert [one.key for one in said if isinstance(one, Worded)] == [
        "staff.report.listing",
        "staff.report.appeal",
    ]


async def test_question_is_no_reason(market: Market) -> None:
    _, bongani = await met(market)
    await bongani.says("I want to report")
    await bongani.taps("Tendai")

    again = await bongani.says("who is the seller?")
    assert "That I cannot answer." in again
    assert "What is wrong?" in again
    assert await reports(market) == []


@pytest.mark.parametrize(
    "words",
    ["he cheated me", "I want my money back", "ungintshontshele imali", "scam", "akandibira mari"],
)
async def test_what_happened_may_begin_like_another_task(
    market: Market, vault: Vault, words: str
) -> None:
    _, bongani = await met(market)
    await bongani.says("I want to report")
    await bongani.taps("Tendai")
    await bongani.taps("Fraud")

    assert "RPT-" in await bongani.says(words)
    assert await texts(market, vault) == [("person", "fraud", words)]


@pytest.mark.parametrize("words", ["my listings", "menu", "cancel"])
async def test_a_task_by_its_name_is_no_report(market: Market, words: str) -> None:
    _, bongani = await met(market)
    await bongani.says("I want to report")
    await bongani.taps("Tendai")
    await bongani.taps("Fraud")

    assert "RPT-" not in await bongani.says(words)
    assert await reports(market) == []
