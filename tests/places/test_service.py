"""Places that contacts and staff register, kept apart by merchant."""

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.places.distance import Point
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.service import (
    MOST_UNCHECKED,
    PlaceKnownError,
    PlaceMissingError,
    PlacesService,
    PlaceUnusableError,
    TooManyPlacesError,
    merge_contacts,
)
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE

SHIPPED = Gazetteer()
NEAR_GWERU = Point(-19.5049, 29.9051)
FARM = "Chikwingwizha Farm"
every_database = pytest.mark.parametrize("database_url", THREE, indirect=True)


@pytest.fixture
def places(session: AsyncSession, clock: StoppedClock) -> PlacesService:
    return of(session, clock)


def of(
    session: AsyncSession, clock: StoppedClock, merchant: MerchantId | None = None
) -> PlacesService:
    merchant_id = merchant or MerchantId(new_id())
    return PlacesService(session, merchant_id, "ZW", shipped=SHIPPED, clock=clock)


@every_database
async def test_a_registered_place_is_known_from_then_on(places: PlacesService) -> None:
    registered = await places.register(FARM, NEAR_GWERU)

    known = (await places.known()).named("chikwingwizha farm", "ZW")

    assert known == registered
    assert known is not None
    assert (known.town, known.latitude, known.longitude) == ("Gweru", -19.5, 29.91)
    assert known.kind == "locality"


async def test_another_name_means_the_shipped_place(places: PlacesService) -> None:
    gokwe = SHIPPED.named("Gokwe", "ZW")
    assert gokwe is not None

    await places.add_alias("Kwa Njelele", gokwe)

    everything = await places.known()
    assert everything.named("kwa njelele", "ZW") == gokwe
    assert everything.named("gokwe", "ZW") == gokwe


async def test_merchants_do_not_see_each_others_places(
    places: PlacesService, session: AsyncSession, clock: StoppedClock
) -> None:
    await places.register(FARM, NEAR_GWERU)
    other = of(session, clock)

    assert (await other.known()).named(FARM, "ZW") is None
    assert await other.page(limit=9) == []
    with pytest.raises(PlaceMissingError):
        await other.get_named(FARM)


async def test_a_name_that_means_a_place_is_refused(places: PlacesService) -> None:
    await places.register(FARM, NEAR_GWERU)

    for name in ("Harare", "chikwingwizha FARM"):
        with pytest.raises(PlaceKnownError):
            await places.register(name, NEAR_GWERU)

    assert len((await places.known()).rows) == len(SHIPPED) + 1


@pytest.mark.parametrize(
    ("name", "point"),
    [
        ("", NEAR_GWERU),
        ("7", NEAR_GWERU),
        ("x" * 61, NEAR_GWERU),
        ("Call 0771000001", NEAR_GWERU),
        ("Cheap.example", NEAR_GWERU),
        ("https://a.example", NEAR_GWERU),
        ("Farm\nYou won", NEAR_GWERU),
        ("Soweto", Point(-26.2, 28)),
    ],
)
async def test_what_is_no_place_of_the_country_is_refused(
    places: PlacesService, name: str, point: Point
) -> None:
    with pytest.raises(PlaceUnusableError):
        await places.register(name, point)

    assert len((await places.known()).rows) == len(SHIPPED)


@pytest.mark.parametrize("name", ["St. Anne's", "Plot 12", "Kwa-Njelele (East)", "Ngĩnya"])
async def test_names_may_be_written_as_names_are(places: PlacesService, name: str) -> None:
    assert (await places.register(f" {name} ", NEAR_GWERU)).name == name


async def test_a_contact_registers_no_more_than_staff_can_look_at(places: PlacesService) -> None:
    contact = ContactId(new_id())
    for letter in "ABCDEFGHIJ"[:MOST_UNCHECKED]:
        await places.register(f"Kraal {letter}", NEAR_GWERU, contact)

    with pytest.raises(TooManyPlacesError):
        await places.register("Kraal Z", NEAR_GWERU, contact)
    await places.register("Kraal Z", NEAR_GWERU, ContactId(new_id()))
    await places.verify(await places.get_named("Kraal A"))
    await places.register("Kraal Y", NEAR_GWERU, contact)

    assert len(await places.page(limit=99)) == MOST_UNCHECKED + 2


@every_database
async def test_two_who_register_the_same_place_at_once_mean_one(
    engine: AsyncEngine, clock: StoppedClock
) -> None:
    merchant = MerchantId(new_id())

    async def register() -> str:
        async with writing(engine) as connection, AsyncSession(connection) as session:
            try:
                place = await of(session, clock, merchant).register(FARM, NEAR_GWERU)
            except PlaceKnownError as known:
                return known.place.id
            await asyncio.sleep(0.2)
            return place.id

    one, other = await asyncio.gather(register(), register())

    assert one == other


async def test_staff_see_the_newest_first_and_only_what_is_not_checked(
    places: PlacesService,
) -> None:
    for name in ("Kraal A", "Kraal B"):
        await places.register(name, NEAR_GWERU)
    await places.register("Kraal C", NEAR_GWERU, verified=True)

    newest = await places.page(limit=2)
    rest = await places.page(limit=2, after=newest[-1].id)
    unchecked = await places.page(unverified=True, limit=9)

    assert [one.name for one in (*newest, *rest)] == ["Kraal C", "Kraal B", "Kraal A"]
    assert [one.name for one in unchecked] == ["Kraal B", "Kraal A"]


async def test_a_place_that_is_removed_is_known_no_more(places: PlacesService) -> None:
    await places.register(FARM, NEAR_GWERU)

    await places.remove(await places.get_named(FARM))

    assert (await places.known()).named(FARM, "ZW") is None


async def test_who_becomes_one_person_keeps_their_places(
    places: PlacesService, session: AsyncSession
) -> None:
    old, new = ContactId(new_id()), ContactId(new_id())
    await places.register(FARM, NEAR_GWERU, old)

    await merge_contacts(await session.connection(), old, new)

    session.expire_all()
    assert (await places.get_named(FARM)).contact_id == new
