"""Locations are named by Nominatim: once, seldom enough for its rules, and never at any price."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.connectors.nominatim.client import Nominatim
from sokoni.connectors.nominatim.config import NominatimConfig
from sokoni.connectors.nominatim.errors import NominatimBlockedError, NominatimThrottledError
from sokoni.db.engine import open_engine
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.clock import Clock, utc_now
from sokoni.kit.http import HttpClient, ReqwestClient
from sokoni.places.distance import Point
from sokoni.places.geocoding import Geocoder, GeocoderBusyError, Named
from sokoni.places.models import GeocoderAnswer, GeocoderPace
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_nominatim import FakeNominatim, fake_nominatim
from sokoni.testing.loopback import Answered
from tests.conftest import THREE

SNAKE_PARK = Point(-17.76123, 30.88345)
IN_HARARE = Named("Snake Park", "Harare")
QUICK = 0.2


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    async with ReqwestClient() as client:
        yield client


@pytest.fixture
async def fake() -> AsyncIterator[FakeNominatim]:
    async with fake_nominatim(fewest_seconds=QUICK * 0.8) as fake:
        fake.put(*SNAKE_PARK, suburb="Snake Park", city="Harare")
        yield fake


def nominatim(
    http: HttpClient, fake: FakeNominatim, agent: str = "hustlr/1.0 (ops@example.com)"
) -> Nominatim:
    return Nominatim(http, NominatimConfig(url=fake.url, user_agent=agent, seconds=0.3))


def geocoder(
    engine: AsyncEngine,
    vault: Vault,
    http: HttpClient,
    fake: FakeNominatim,
    clock: Clock = utc_now,
) -> Geocoder:
    return Geocoder(engine, vault, clock, nominatim(http, fake), every_seconds=QUICK)


async def be_free(engine: AsyncEngine) -> None:
    """Have the pause be over that an answer asked for."""
    await asyncio.sleep(QUICK)
    async with writing(engine) as connection:
        await connection.execute(update(GeocoderPace).values(next_at=utc_now()))


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_point_is_asked_about_once(
    engine: AsyncEngine, vault: Vault, http: HttpClient, fake: FakeNominatim
) -> None:
    one = geocoder(engine, vault, http, fake)

    first = await one.named(SNAKE_PARK, "ZW", "en")
    again = await one.named(Point(SNAKE_PARK.latitude + 0.0001, 30.8833), "ZW", "en")

    assert first == again == IN_HARARE
    assert [(said["lat"], said["lon"]) for said in fake.asked] == [("-17.761", "30.883")]
    assert fake.asked[0]["format"] == "jsonv2"


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_all_processes_together_keep_the_pace(
    engine: AsyncEngine, database_url: str, vault: Vault, http: HttpClient, fake: FakeNominatim
) -> None:
    other = open_engine(database_url, pool_size=2)
    asking = [geocoder(one, vault, http, fake) for one in (engine, other)]
    points = [Point(-17.7 - number / 100, 31.0) for number in range(6)]

    try:
        named = await asyncio.gather(
            *(asking[place % 2].named(point, "ZW", "en") for place, point in enumerate(points))
        )
    finally:
        await other.dispose()

    assert named == [None] * len(points)
    assert len(fake.at) == len(points)
    assert all(then - before >= QUICK * 0.8 for before, then in pairwise(fake.at))


async def test_that_nothing_is_there_is_known_for_a_day(
    engine: AsyncEngine, vault: Vault, http: HttpClient, fake: FakeNominatim, clock: StoppedClock
) -> None:
    one, nowhere = geocoder(engine, vault, http, fake, clock), Point(-18.9, 26.3)

    assert await one.named(nowhere, "ZW", "en") is None
    assert await one.named(nowhere, "ZW", "en") is None
    assert len(fake.asked) == 1

    await asyncio.sleep(QUICK)
    clock.advance(timedelta(days=2))
    fake.put(*nowhere, village="Ngamo", county="Tsholotsho")
    assert await one.named(nowhere, "ZW", "en") == Named("Ngamo", "Tsholotsho")
    clock.advance(timedelta(days=80))
    assert await one.named(nowhere, "ZW", "en") == Named("Ngamo", "Tsholotsho")
    assert len(fake.asked) == 2


async def test_abroad_nobody_is_asked_and_no_answer_taken(
    engine: AsyncEngine, vault: Vault, http: HttpClient, fake: FakeNominatim
) -> None:
    one, at_the_border = geocoder(engine, vault, http, fake), Point(-22.2, 30.0)
    fake.put(*at_the_border, town="Musina", country_code="za")

    assert await one.named(Point(-26.2, 28.04), "ZW", "en") is None
    assert fake.asked == []
    assert await one.named(at_the_border, "ZW", "en") is None
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        (Answered(429, b"slow down", {"retry-after": "120"}), 120),
        (Answered(429, b"slow down"), 60),
        (Answered(403, b"<html>blocked</html>"), 3600),
        (Answered(503, b"<html>busy</html>"), 10),
        (Answered(200, b"<html>not what you think</html>"), 10),
        (Answered(200, b'{"licence": "neither address nor error"}'), 10),
        (Answered(silent=True), 10),
        (Answered(cut=True), 10),
    ],
)
async def test_a_server_that_does_not_answer_is_left_alone(
    engine: AsyncEngine,
    vault: Vault,
    http: HttpClient,
    fake: FakeNominatim,
    answer: Answered,
    pause: float,
) -> None:
    one = geocoder(engine, vault, http, fake)
    fake.script(answer)

    with pytest.raises(GeocoderBusyError) as refused:
        await one.named(SNAKE_PARK, "ZW", "en")
    assert refused.value.seconds == pause
    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(GeocoderAnswer)) == 0
        next_at = await connection.scalar(select(GeocoderPace.next_at))
    assert next_at is not None
    assert pause - 5 < (next_at - utc_now()).total_seconds() <= pause

    await be_free(engine)
    assert await one.named(SNAKE_PARK, "ZW", "en") == IN_HARARE
    assert len(fake.asked) == 2


async def test_while_it_is_left_alone_nobody_waits_for_long(
    engine: AsyncEngine, vault: Vault, http: HttpClient, fake: FakeNominatim
) -> None:
    fake.script(Answered(403))
    one = geocoder(engine, vault, http, fake)
    with pytest.raises(GeocoderBusyError):
        await one.named(SNAKE_PARK, "ZW", "en")

    async with asyncio.timeout(5):
        with pytest.raises(GeocoderBusyError) as refused:
            await one.named(SNAKE_PARK, "ZW", "en")

    assert refused.value.seconds > 3000
    assert len(fake.asked) == 1


async def test_who_asks_must_say_who_they_are(http: HttpClient, fake: FakeNominatim) -> None:
    with pytest.raises(NominatimBlockedError):
        await nominatim(http, fake, agent="python/3.11").reverse(*SNAKE_PARK, "en")
    await asyncio.sleep(QUICK)
    assert await nominatim(http, fake).reverse(*SNAKE_PARK, "en") is not None


async def test_who_asks_too_often_is_told(http: HttpClient, fake: FakeNominatim) -> None:
    one = nominatim(http, fake)
    await one.reverse(*SNAKE_PARK, "en")

    with pytest.raises(NominatimThrottledError) as refused:
        await one.reverse(*SNAKE_PARK, "en")
    assert refused.value.pause == 60


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ({"suburb": "Avondale", "city": "Harare"}, ("Avondale", "Harare")),
        ({"village": "Ngamo", "county": "Tsholotsho"}, ("Ngamo", "Tsholotsho")),
        ({"town": "Gokwe", "county": "Gokwe South"}, ("Gokwe", "Gokwe")),
        ({"hamlet": "Kwa Jena"}, ("Kwa Jena", "Kwa Jena")),
        ({"road": "R6", "state": "Midlands"}, None),
    ],
)
async def test_a_place_is_called_by_suburb_and_town(
    http: HttpClient,
    fake: FakeNominatim,
    address: dict[str, str],
    named: tuple[str, str] | None,
) -> None:
    fake.put(-19.0, 29.0, **address)

    found = await nominatim(http, fake).reverse(-19.0, 29.0, "en")

    assert (found and (found.name, found.town)) == named
