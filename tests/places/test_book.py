"""Every process knows what was registered, for the merchant that it was registered with."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.writing import writing
from sokoni.kit.ids import MerchantId, new_id
from sokoni.merchants.models import Merchant
from sokoni.places.book import PlaceBook
from sokoni.places.distance import Point
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.service import PlacesService
from sokoni.testing.clock import StoppedClock

SHIPPED = Gazetteer()
FARM = "Chikwingwizha Farm"


@pytest.fixture
def book(engine: AsyncEngine) -> PlaceBook:
    return PlaceBook(engine, SHIPPED)


@pytest.fixture
async def merchant(engine: AsyncEngine, clock: StoppedClock) -> MerchantId:
    merchant_id = MerchantId(new_id())
    async with writing(engine) as connection, AsyncSession(connection) as session:
        session.add(
            Merchant(
                id=merchant_id,
                slug="one",
                name="One",
                country="ZW",
                currency="USD",
                timezone="Africa/Harare",
                languages=["en"],
                capabilities={},
                created_at=clock(),
            )
        )
        await session.flush()
    return merchant_id


class Desk:
    """Another process of the same merchant."""

    def __init__(self, engine: AsyncEngine, clock: StoppedClock, merchant: MerchantId) -> None:
        self._engine = engine
        self._clock = clock
        self._merchant = merchant

    async def register(self, name: str) -> None:
        async with writing(self._engine) as connection, AsyncSession(connection) as session:
            await self._places(session).register(name, Point(-19.5, 29.9))

    async def remove(self, name: str) -> None:
        async with writing(self._engine) as connection, AsyncSession(connection) as session:
            places = self._places(session)
            await places.remove(await places.get_named(name))

    def _places(self, session: AsyncSession) -> PlacesService:
        return PlacesService(session, self._merchant, "ZW", shipped=SHIPPED, clock=self._clock)


@pytest.fixture
def desk(engine: AsyncEngine, clock: StoppedClock, merchant: MerchantId) -> Desk:
    return Desk(engine, clock, merchant)


async def test_what_another_process_registered_is_known_after_a_refresh(
    book: PlaceBook, desk: Desk, merchant: MerchantId
) -> None:
    await book.refresh()
    await desk.register(FARM)
    before = book.of(merchant).named(FARM, "ZW")

    await book.refresh()

    assert before is None
    assert book.of(merchant).named(FARM, "ZW") is not None
    assert book.of(MerchantId(new_id())) is SHIPPED


async def test_what_was_removed_is_forgotten(
    book: PlaceBook, desk: Desk, merchant: MerchantId
) -> None:
    await desk.register(FARM)
    await book.refresh()
    await desk.remove(FARM)

    await book.refresh()

    assert book.of(merchant) is SHIPPED


async def test_one_place_in_for_another_is_noticed(
    book: PlaceBook, desk: Desk, merchant: MerchantId, clock: StoppedClock
) -> None:
    await desk.register(FARM)
    await book.refresh()
    clock.advance(timedelta(seconds=1))
    await desk.remove(FARM)
    await desk.register("Kraal B")

    await book.refresh()

    assert book.of(merchant).named(FARM, "ZW") is None
    assert book.of(merchant).named("Kraal B", "ZW") is not None


async def test_what_is_known_stays_the_same_object_while_nothing_changes(
    book: PlaceBook, desk: Desk, merchant: MerchantId, engine: AsyncEngine
) -> None:
    await desk.register(FARM)
    await book.refresh()
    known, asked = book.of(merchant), list[str]()

    def count(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", count)
    await book.refresh()
    event.remove(engine.sync_engine, "before_cursor_execute", count)

    assert book.of(merchant) is known
    assert len([one for one in asked if one.startswith("SELECT")]) == 1


async def test_what_this_process_stored_is_known_at_once_and_stays(
    book: PlaceBook, desk: Desk, merchant: MerchantId
) -> None:
    await desk.register(FARM)
    other = PlaceBook(book._engine, SHIPPED)
    await other.refresh()
    place = other.of(merchant).named(FARM, "ZW")
    assert place is not None

    book.learn(merchant, [place])
    learnt = book.of(merchant)
    await book.refresh()

    assert learnt.named(FARM, "ZW") == place
    assert book.of(merchant) is learnt
