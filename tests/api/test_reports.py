"""Reports of one merchant: listed, and decided once."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.models import Contact
from sokoni.kit.ids import ContactId, ConversationId, MerchantId
from sokoni.messaging.models import Conversation
from sokoni.reviews.models import ReportKind
from sokoni.reviews.reports import NewReport, Reports
from tests.api.market import Market

URL = "/api/v1/reports"


async def person(market: Market, merchant: MerchantId, phone: str = "+263771000001") -> ContactId:
    return await contact_in(market, await market.conversation(merchant, phone, "Tendai"))


async def contact_in(market: Market, conversation: ConversationId) -> ContactId:
    async with AsyncSession(market.engine) as session:
        return (await session.get_one(Conversation, conversation)).contact_id


async def report(market: Market, merchant: MerchantId, about: ContactId) -> str:
    async with AsyncSession(market.engine) as session, session.begin():
        reports = Reports(session, market.vault, merchant, market.clock())
        new = NewReport(
            kind=ReportKind.PERSON, about_id=about, what="goats", reason="fraud", text="A thief"
        )
        return (await reports.file(new)).reference


async def blocked(market: Market, contact: ContactId) -> bool:
    async with AsyncSession(market.engine) as session:
        found = select(Contact.blocked_at).where(Contact.id == contact)
        return await session.scalar(found) is not None


async def test_reports_are_listed_and_decided(market: Market) -> None:
    merchant = await market.merchant("one")
    about = await person(market, merchant)
    reference = await report(market, merchant, about)
    client = market.client(await market.key(merchant, "reviews"))

    [listed] = (await client.get(URL)).json()["items"]
    decided = await client.post(f"{URL}/{reference}/reject")

    assert (listed["reference"], listed["kind"], listed["text"]) == (
        reference,
        "person",
        "A thief",
    )
    assert (decided.status, decided.json()["state"]) == (200, "rejected")
    assert decided.json()["decided_by"] == "desk"
    assert await blocked(market, about)
    assert (await client.get(URL)).json()["items"] == []
    assert len((await client.get(f"{URL}?decided=true")).json()["items"]) == 1


async def test_approving_lets_the_person_stay(market: Market) -> None:
    merchant = await market.merchant("one")
    about = await person(market, merchant)
    reference = await report(market, merchant, about)
    client = market.client(await market.key(merchant, "reviews"))

    assert (await client.post(f"{URL}/{reference}/approve")).status == 200
    again = await client.post(f"{URL}/{reference}/approve")

    assert (again.status, again.json()["code"]) == (409, "report_decided")
    assert not await blocked(market, about)


@pytest.mark.parametrize("reference", ["RPT-0000000", "nonsense"])
async def test_what_nobody_reported_is_not_there(market: Market, reference: str) -> None:
    client = market.client(await market.key(await market.merchant("one"), "reviews"))

    answer = await client.post(f"{URL}/{reference}/reject")

    assert (answer.status, answer.json()["code"]) == (404, "report_unknown")


async def test_the_list_goes_on_where_a_page_ends(market: Market) -> None:
    merchant = await market.merchant("one")
    for number in range(3):
        about = await person(market, merchant, f"+26377100000{number}")
        await report(market, merchant, about)
    client = market.client(await market.key(merchant, "reviews"))

    first = (await client.get(f"{URL}?limit=2")).json()
    second = (await client.get(f"{URL}?limit=2&after={first['next']}")).json()

    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert second["next"] is None


async def test_report_of_another_merchant_is_not_there(market: Market) -> None:
    mine, theirs = await market.merchant("mine"), await market.merchant("theirs")
    about = await person(market, theirs)
    reference = await report(market, theirs, about)
    client = market.client(await market.key(mine, "reviews"))

    assert (await client.get(URL)).json()["items"] == []
    assert (await client.post(f"{URL}/{reference}/reject")).status == 404
    assert not await blocked(market, about)


async def test_staff_report_a_person_themselves(market: Market) -> None:
    merchant = await market.merchant("one")
    about = await person(market, merchant)
    client = market.client(await market.key(merchant, "reviews"))

    added = await client.post(URL, {"what": "0771 000 001", "note": "Asked for money"})
    again = await client.post(URL, {"what": "+263771000001"})
    await client.post(f"{URL}/{added.json()['reference']}/reject")

    shown = added.json()
    assert (added.status, shown["kind"], shown["reason"]) == (201, "person", "staff")
    assert (shown["about"], shown["text"]) == (str(about), "Asked for money")
    assert again.json()["reference"] == shown["reference"]
    assert await blocked(market, about)


@pytest.mark.parametrize("what", ["LST-0000000", "+263771999999", "nonsense"])
async def test_nothing_that_is_there_is_said_so(market: Market, what: str) -> None:
    client = market.client(await market.key(await market.merchant("one"), "reviews"))

    answer = await client.post(URL, {"what": what})

    assert (answer.status, answer.json()["code"]) == (404, "report_subject_unknown")


async def test_who_is_let_in_again_hears_it_where_they_last_wrote(market: Market) -> None:
    merchant = await market.merchant("one")
    written = await market.conversation(merchant, "+263771000001", "Tendai")
    await market.stands(written, b"{}")
    about = await contact_in(market, written)
    silent = await market.unwritten(merchant, about)
    reference = await report(market, merchant, about)
    client = market.client(await market.key(merchant, "reviews"))

    await client.post(f"{URL}/{reference}/reject")
    await client.post(f"{URL}/{reference}/approve")

    assert len(await market.events(written)) == 1
    assert await market.events(silent) == []
