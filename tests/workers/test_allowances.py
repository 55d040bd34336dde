"""What providers price is counted once for each message, and staff are told in time."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.inbound import Status
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.merchants.models import ChannelAccount, Merchant
from sokoni.messaging.models import MessageState
from sokoni.messaging.pricing import Category, Usage, usage
from sokoni.messaging.turn_rows import NewMessage
from sokoni.testing.clock import StoppedClock
from sokoni.workers.allowances import Allowances
from tests.conftest import THREE
from tests.workers.outgoing import Number, Street, Talk, street

ANA = "+263771000001"
MARCH = datetime(2026, 3, 15, tzinfo=UTC)


class Till:
    """A number whose provider says what messages cost."""

    def __init__(self, place: Street, number: Number, ana: Talk) -> None:
        self.place = place
        self.number = number
        self.ana = ana
        self.allowances = Allowances(place.vault, place.inbox)

    async def sent(self, count: int = 1) -> list[NewMessage]:
        messages = [self.place.message(self.ana, str(n)) for n in range(count)]
        for one in messages:
            one.state = MessageState.TAKEN
        return await self.place.store(*messages)

    def priced(self, message: NewMessage, name: str, **said: object) -> Status:
        values: dict[str, object] = {"category": "service", "billable": False, "metered": True}
        return Status(
            provider_id=f"wamid.{message.id.hex}",
            status=name,
            at=self.place.clock(),
            outbox_id=str(message.id),
            **{**values, **said},  # type: ignore[arg-type]  # any field
        )

    async def comes(self, *statuses: Status) -> None:
        await self.place.report(self.number, *statuses)
        await self.place.status_worker().run_once()

    async def month(self, month: datetime = MARCH) -> Usage | None:
        async with self.place.engine.connect() as connection:
            found = await usage(connection, month, self.number.merchant_id)
        return found[0] if found else None

    async def used(self) -> tuple[int, dict[str, Category]]:
        month = await self.month()
        return (0, {}) if month is None else (month.metered, dict(month.categories))

    async def watch(self) -> list[str]:
        """Have the sweep look; return the keys of what staff are told."""
        async with writing(self.place.engine) as connection:
            await self.allowances.watch(connection, self.place.clock())
        return [event.key for event in await self.place.events() if event.kind == "tell"]


@pytest.fixture
async def till(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Till]:
    async with street(engine, vault, clock) as place:
        number = await place.add_number("1")
        async with AsyncSession(engine) as session, session.begin():
            await session.execute(update(Merchant).values(settings={"free_messages": 5}))
            session.add(place.owner_of(number))
        yield Till(place, number, await place.add_talk(number, ANA))


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_message_that_arrived_is_counted_once(till: Till) -> None:
    one, two, three = await till.sent(3)

    await till.comes(till.priced(one, "sent"), till.priced(two, "sent"))
    assert await till.used() == (0, {}), "only what arrives is paid for"
    await till.comes(till.priced(one, "delivered"), till.priced(one, "read"))
    await till.comes(till.priced(one, "delivered"), till.priced(one, "read"))
    await till.comes(till.priced(two, "delivered"))
    await till.comes(till.priced(two, "read"))
    await till.comes(till.priced(three, "read", category="utility", billable=True, metered=False))

    assert await till.used() == (2, {"service": Category(0, 2), "utility": Category(1, 0)})


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_price_that_comes_after_the_reading_is_counted_all_the_same(till: Till) -> None:
    (message,) = await till.sent()
    await till.comes(till.priced(message, "read", category=""))
    before = await till.place.row(message)
    till.place.clock.advance(timedelta(seconds=5))

    await till.comes(till.priced(message, "delivered"))

    assert await till.used() == (1, {"service": Category(0, 1)})
    after = await till.place.row(message)
    assert (after.state, after.state_at) == (MessageState.READ, before.state_at)


async def test_what_failed_or_has_no_price_is_not_counted(till: Till) -> None:
    one, two = await till.sent(2)

    await till.comes(till.priced(one, "failed"), till.priced(two, "delivered", category=""))

    assert await till.used() == (0, {})


async def test_each_month_is_counted_by_itself(till: Till) -> None:
    one, two = await till.sent(2)
    await till.comes(till.priced(one, "delivered"))
    till.place.clock.advance(timedelta(days=31))
    await till.comes(till.priced(two, "delivered"))

    april = await till.month(datetime(2026, 4, 15, tzinfo=UTC))
    assert april is not None
    assert (april.metered, await till.used()) == (1, (1, {"service": Category(0, 1)}))


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_month_is_the_merchants(till: Till) -> None:
    one, two = await till.sent(2)
    till.place.clock.advance(datetime(2026, 3, 31, 21, 30, tzinfo=UTC) - till.place.clock())
    await till.comes(till.priced(one, "delivered"))
    till.place.clock.advance(timedelta(hours=1))
    await till.comes(till.priced(two, "delivered"))

    march, april = await till.month(), await till.month(till.place.clock())
    assert march is not None
    assert april is not None
    assert (march.metered, april.metered) == (1, 1), "22:30 in UTC is April in Harare"
    assert april.month == date(2026, 4, 1)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_each_number_has_an_allowance_of_its_own(till: Till) -> None:
    other = await till.place.add_number("2")
    beside = Till(till.place, other, await till.place.add_talk(other, "+263771000002"))
    async with till.place.engine.begin() as connection:
        account = update(ChannelAccount).where(ChannelAccount.id == other.id)
        await connection.execute(account.values(merchant_id=till.number.merchant_id))
    for message in await till.sent(4):
        await till.comes(till.priced(message, "delivered"))
    for message in await beside.sent(3):
        await beside.comes(beside.priced(message, "delivered"))

    [told] = await till.watch()
    assert f":free:{till.number.id.hex}:" in told
    async with till.place.engine.connect() as connection:
        found = {one.account_id: one.percent for one in await usage(connection, MARCH)}
    assert found == {till.number.id: 80, other.id: 60}


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_staff_are_told_once_at_eighty_percent_and_once_at_the_end(till: Till) -> None:
    messages = await till.sent(6)
    told = []
    for message in messages:
        await till.comes(till.priced(message, "delivered"))
        told.append(await till.watch())

    assert [len(keys) for keys in told] == [0, 0, 0, 1, 2, 2]
    assert told[3][0].endswith(f":free:{till.number.id.hex}:2026-03:80")
    assert any(key.endswith(":100") for key in told[4])
    month = await till.month()
    assert month is not None
    assert (month.percent, month.told) == (120, 100)


async def test_nobody_is_told_where_nothing_is_free(till: Till) -> None:
    async with till.place.engine.begin() as connection:
        await connection.execute(update(Merchant).values(settings={"free_messages": 0}))
    for message in await till.sent(3):
        await till.comes(till.priced(message, "delivered"))

    assert await till.watch() == []


async def test_what_is_told_outlasts_the_events(till: Till) -> None:
    for message in await till.sent(4):
        await till.comes(till.priced(message, "delivered"))
    await till.watch()
    async with till.place.engine.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM inbox")

    assert await till.watch() == []
