"""What channels say of templates and accounts: kept, acted upon, told to staff."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.accounts import Accounts
from sokoni.channels.inbound import AccountNews, Inbound, NumberNews, TemplateNews
from sokoni.channels.registry import Registry
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, new_id
from sokoni.merchants.models import ChannelAccount
from sokoni.merchants.service import TAKEN_OUT
from sokoni.messaging.inbox import Arrival
from sokoni.messaging.models import EventState, InboxEvent, Template
from sokoni.messaging.standing import NumberStanding, standing_of
from sokoni.testing.clock import StoppedClock
from sokoni.workers.news import NewsWorker
from tests.conftest import THREE
from tests.workers.outgoing import Number, Street, street


class Office:
    """A merchant with a WhatsApp number and a template in two languages."""

    def __init__(self, place: Street, number: Number, accounts: Accounts) -> None:
        self.place = place
        self.number = number
        self.paused: dict[AccountId, str] = {}
        self.refreshed = 0
        self.worker = NewsWorker(
            engine=place.engine,
            vault=place.vault,
            clock=place.clock,
            inbox=place.inbox,
            hints=place.hints,
            accounts=accounts,
            paused=self.paused.update,
            templates_changed=self._refresh,
        )

    async def _refresh(self) -> None:
        self.refreshed += 1

    async def comes(self, item: Inbound) -> None:
        now = self.place.clock()
        arrival = Arrival(account=self.number, item=item, received_at=now, due_at=now)
        await self.place.inbox.store([arrival])
        await self.worker.run_once()

    async def template(self, language: str = "en") -> Template:
        async with AsyncSession(self.place.engine) as session:
            found = select(Template).where(Template.language == language)
            return (await session.scalars(found)).one()

    async def reason(self) -> str | None:
        return await self.place.column(ChannelAccount.paused_reason, self.number.id)

    async def standing(self) -> NumberStanding:
        async with AsyncSession(self.place.engine) as session:
            return standing_of(await session.get_one(ChannelAccount, self.number.id))

    async def events(self) -> list[InboxEvent]:
        return await self.place.events()


def news(at: datetime, **said: Any) -> TemplateNews:  # noqa: ANN401 - any of its fields
    values = {"provider_id": new_id().hex, "name": "sold", "language": "en_US", **said}
    return TemplateNews(at=at, **values)


@pytest.fixture
async def office(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Office]:
    async with street(engine, vault, clock) as place:
        number = await place.add_number("1")
        async with AsyncSession(engine) as session, session.begin():
            for language, code in (("en", "en_US"), ("sn", "sn")):
                session.add(
                    Template(
                        merchant_id=number.merchant_id,
                        channel="whatsapp_cloud",
                        purpose="stall.sold",
                        language=language,
                        code=code,
                        name="sold",
                        category="UTILITY",
                        body="Sold.",
                    )
                )
            session.add(place.owner_of(number))
        accounts = Accounts(engine, vault, Registry(), place.http, clock)
        await accounts.refresh()
        yield Office(place, number, accounts)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("approval", ["PAUSED", "REJECTED", "DISABLED", "PENDING", "FLAGGED"])
async def test_a_template_that_is_stopped_is_kept_so_and_staff_are_told(
    office: Office, approval: str
) -> None:
    now = office.place.clock()

    await office.comes(news(now, approval=approval, reason="low ratings"))

    row = await office.template()
    assert (row.approval, row.reason, row.judged_at) == (approval, "low ratings", now)
    assert (await office.template("sn")).approval == "APPROVED"
    kinds = {event.kind: event.state for event in await office.events()}
    assert kinds == {"template": EventState.DONE, "tell": EventState.WAITING}
    assert office.refreshed == 1


async def test_what_is_approved_again_is_told_to_nobody(office: Office) -> None:
    now = office.place.clock()
    await office.comes(news(now, approval="PAUSED"))

    await office.comes(news(now + timedelta(hours=3), approval="APPROVED", reason="NONE"))

    row = await office.template()
    assert (row.approval, row.reason) == ("APPROVED", "")
    assert [event.kind for event in await office.events()].count("tell") == 1


async def test_older_news_changes_nothing(office: Office) -> None:
    now = office.place.clock()
    await office.comes(news(now, approval="APPROVED"))

    await office.comes(news(now - timedelta(minutes=1), approval="PAUSED"))

    assert (await office.template()).approval == "APPROVED"
    assert [event.kind for event in await office.events()] == ["template", "template"]


async def test_quality_and_category_leave_the_approval_alone(office: Office) -> None:
    now = office.place.clock()

    await office.comes(news(now, quality="RED"))
    await office.comes(news(now, category="MARKETING"))

    row = await office.template()
    assert (row.quality, row.category, row.approval) == ("RED", "MARKETING", "APPROVED")
    assert row.judged_at is None


async def test_news_of_a_template_that_nobody_declared_is_over_at_once(office: Office) -> None:
    await office.comes(news(office.place.clock(), name="other", approval="PAUSED"))

    (event,) = await office.events()
    assert (event.state, event.handled_at) == (EventState.DONE, office.place.clock())


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_an_account_that_was_disabled_sends_nothing(office: Office) -> None:
    now = office.place.clock()

    await office.comes(AccountNews(provider_id="1", at=now, stopped="account_disabled"))

    assert await office.reason() == "reported account_disabled"
    assert office.paused == {office.number.id: "reported account_disabled"}


async def test_an_account_that_is_reinstated_sends_again(office: Office) -> None:
    now = office.place.clock()
    await office.comes(AccountNews(provider_id="1", at=now, stopped="account_disabled"))

    await office.comes(AccountNews(provider_id="2", at=now))

    assert await office.reason() == ""


@pytest.mark.parametrize("reason", ["channel_down 190", TAKEN_OUT])
async def test_reinstating_mends_nothing_else(office: Office, reason: str) -> None:
    async with AsyncSession(office.place.engine) as session, session.begin():
        account = await session.get_one(ChannelAccount, office.number.id)
        account.paused_reason = reason

    await office.comes(AccountNews(provider_id="2", at=office.place.clock()))

    assert await office.reason() == reason


async def test_news_that_cannot_be_read_is_parked(office: Office) -> None:
    await office.comes(news(office.place.clock(), approval="PAUSED"))
    async with AsyncSession(office.place.engine) as session, session.begin():
        for event in await session.scalars(select(InboxEvent)):
            event.payload, event.state = b"nonsense", EventState.WAITING

    await office.worker.run_once()

    states = {event.kind: event.state for event in await office.events()}
    assert states["template"] == EventState.PARKED


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_is_thought_of_a_number_is_kept_and_it_goes_on_sending(office: Office) -> None:
    now = office.place.clock()

    await office.comes(NumberNews(provider_id="1", at=now, quality="RED", daily_limit=2_000))
    await office.comes(NumberNews(provider_id="2", at=now, daily_limit=250))
    until = now + timedelta(days=7)
    await office.comes(NumberNews(provider_id="3", at=now, restricted="of_late", until=until))

    standing = await office.standing()
    assert (standing.quality, standing.daily_limit, standing.is_poor) == ("RED", 250, True)
    assert standing.is_restricted(now)
    assert not standing.is_restricted(until)
    assert (await office.reason(), office.paused) == ("", {})


async def test_older_news_of_a_number_changes_nothing_of_what_it_tells(office: Office) -> None:
    now = office.place.clock()
    await office.comes(NumberNews(provider_id="1", at=now, quality="RED"))

    before = now - timedelta(minutes=1)
    late = NumberNews(provider_id="2", at=before, quality="GREEN", daily_limit=250)
    await office.comes(late)

    standing = await office.standing()
    assert (standing.quality, standing.daily_limit) == ("RED", 250)


async def test_reinstating_ends_a_restriction(office: Office) -> None:
    now = office.place.clock()
    await office.comes(NumberNews(provider_id="1", at=now, restricted="of_late"))

    await office.comes(AccountNews(provider_id="2", at=now))

    assert not (await office.standing()).is_restricted(now)
