"""Places that contacts register, kept apart by merchant."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId, new_id
from sokoni.places.distance import Point
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.service import PlaceKnownError, PlacesService, PlaceUnusableError
from sokoni.testing.clock import StoppedClock

SHIPPED = Gazetteer()
_NEAR_GWERU = Point(-19.5049, 29.9051)


@pytest.fixture
def places(session: AsyncSession, clock: StoppedClock) -> PlacesService:
    return _places(session, clock)


def _places(session: AsyncSession, clock: StoppedClock) -> PlacesService:
    return PlacesService(session, MerchantId(new_id()), "ZW", shipped=SHIPPED, clock=clock)


async def test_a_registered_place_is_known_from_then_on(places: PlacesService) -> None:
    registered = await places.register("Chikwingwizha Farm", _NEAR_GWERU, None)

    known = (await places.gazetteer()).named("chikwingwizha farm", "ZW")

    assert known == registered
    assert known is not None
    assert (known.town, known.latitude, known.longitude) == ("Gweru", -19.5, 29.91)


async def test_another_name_means_the_shipped_place(places: PlacesService) -> None:
    gokwe = SHIPPED.named("Gokwe", "ZW")
    assert gokwe is not None

    await places.add_alias("Kwa Njelele", gokwe, None)

    everything = await places.gazetteer()
    assert everything.named("kwa njelele", "ZW") == gokwe
    assert everything.named("gokwe", "ZW") == gokwe


async def test_merchants_do_not_see_each_others_places(
    places: PlacesService, session: AsyncSession, clock: StoppedClock
) -> None:
    await places.register("Chikwingwizha Farm", _NEAR_GWERU, None)

    other = await _places(session, clock).gazetteer()

    assert other.named("Chikwingwizha Farm", "ZW") is None


async def test_a_name_that_means_a_place_is_refused(places: PlacesService) -> None:
    await places.register("Chikwingwizha Farm", _NEAR_GWERU, None)

    for name in ("Harare", "chikwingwizha FARM"):
        with pytest.raises(PlaceKnownError):
            await places.register(name, _NEAR_GWERU, None)

    assert len(await places.gazetteer()) == len(SHIPPED) + 1


@pytest.mark.parametrize(
    ("name", "point"),
    [("", _NEAR_GWERU), ("7", _NEAR_GWERU), ("x" * 81, _NEAR_GWERU), ("Soweto", Point(-26.2, 28))],
)
async def test_what_is_no_place_of_the_country_is_refused(
    places: PlacesService, name: str, point: Point
) -> None:
    with pytest.raises(PlaceUnusableError):
        await places.register(name, point, None)

    assert len(await places.gazetteer()) == len(SHIPPED)
