"""Finding providers: by service and place, nearest or best first, each once."""

from dataclasses import replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.service.bookings import ProviderNotTakingError
from sokoni.capabilities.booking.service.providers import Providers
from sokoni.capabilities.booking.service.search import Candidate, Search
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.kit.ids import MerchantId
from sokoni.language.reading import KnownPlace
from tests.capabilities.booking.factories import (
    AVONDALE,
    BULAWAYO,
    HARARE,
    HUSTLR,
    MBARE,
    MONDAY,
    RIVAL,
    VAULT,
    ZONE,
    at,
    bookings,
    create_provider,
    job,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def found(
    session: AsyncSession,
    place: KnownPlace,
    service: str = "plumber",
    *,
    limit: int = 10,
    offset: int = 0,
    merchant_id: MerchantId = HUSTLR,
) -> list[Candidate]:
    search = Search(session, VAULT, merchant_id, MONDAY, ZONE)
    return await search.near(service, place, 60, limit=limit, offset=offset)


async def names(session: AsyncSession, place: KnownPlace, service: str = "plumber") -> list[str]:
    return [one.name for one in await found(session, place, service)]


def providers(session: AsyncSession) -> Providers:
    return Providers(session, VAULT, HUSTLR, MONDAY)


async def rated(session: AsyncSession, name: str, *stars: int) -> Provider:
    provider = await create_provider(session, name=name)
    for one in stars:
        await providers(session).is_rated(provider, one)
    return provider


async def test_only_who_does_it_there_is_found(session: AsyncSession) -> None:
    await create_provider(session, name="Seagate")
    await create_provider(session, name="Spark", services=("electrician",))
    await create_provider(session, name="Byo", areas=(BULAWAYO,))
    await create_provider(session, name="Both", services=("electrician", "plumber"))
    await create_provider(session, name="Rival", merchant_id=RIVAL)

    assert await names(session, HARARE) == ["Seagate", "Both"]
    assert await names(session, BULAWAYO) == ["Byo"]
    assert await names(session, HARARE, "electrician") == ["Spark", "Both"]
    assert await names(session, HARARE, "carpenter") == []


async def test_suburbs_belong_to_towns(session: AsyncSession) -> None:
    await create_provider(session, name="Everywhere", areas=(HARARE, AVONDALE))
    await create_provider(session, name="Avondale", areas=(AVONDALE,))
    await create_provider(session, name="Mbare", areas=(MBARE, BULAWAYO))

    assert await names(session, HARARE) == ["Everywhere", "Avondale", "Mbare"]
    assert set(await names(session, AVONDALE)) == {"Everywhere", "Avondale"}
    assert set(await names(session, MBARE)) == {"Everywhere", "Mbare"}


async def test_the_nearest_comes_first_where_the_job_is_known(session: AsyncSession) -> None:
    await create_provider(session, name="Far", base=MBARE)
    await create_provider(session, name="Near", base=AVONDALE)

    near, far = await found(session, AVONDALE)

    assert (near.name, near.km, far.name) == ("Near", 0.0, "Far")
    assert far.km == pytest.approx(6.8, abs=0.2)
    assert [one.km for one in await found(session, HARARE)] == [None, None]


async def test_the_best_rated_comes_first_in_a_town(session: AsyncSession) -> None:
    await rated(session, "New")
    await rated(session, "Once", 5)
    await rated(session, "Good", 5, 5, 4)
    await rated(session, "Bad", 1, 2)

    shown = await found(session, HARARE)

    assert [one.name for one in shown] == ["Good", "Once", "New", "Bad"]
    assert [one.stars for one in shown] == [pytest.approx(14 / 3), 5.0, None, 1.5]


async def test_changed_rating_replaces_the_one_before(session: AsyncSession) -> None:
    provider = await rated(session, "Seagate", 1)

    await providers(session).is_rated(provider, 5, before=1)

    (shown,) = await found(session, HARARE)
    assert (shown.stars, shown.ratings) == (5.0, 1)


async def test_pages_follow_one_another(session: AsyncSession) -> None:
    for number in range(5):
        await create_provider(session, name=f"P{number}")

    pages = [await found(session, HARARE, limit=2, offset=offset) for offset in (0, 2, 4)]

    assert [[one.name for one in page] for page in pages] == [["P0", "P1"], ["P2", "P3"], ["P4"]]


async def test_when_they_are_free_next_is_told(session: AsyncSession) -> None:
    provider = await create_provider(session)
    await bookings(session).ask(provider, job(MONDAY.replace(hour=8), minutes=60))

    (shown,) = await found(session, HARARE)

    assert shown.next_free == MONDAY


@pytest.mark.parametrize(
    "status", [ProviderStatus.PENDING, ProviderStatus.PAUSED, ProviderStatus.REJECTED]
)
async def test_who_takes_no_jobs_is_neither_found_nor_booked(
    session: AsyncSession, status: ProviderStatus
) -> None:
    provider = await create_provider(session)

    assert await providers(session).set_status(provider, status, sources=[ProviderStatus.ACTIVE])

    assert await names(session, HARARE) == []
    with pytest.raises(ProviderNotTakingError):
        await bookings(session).ask(provider, job(at(15)))
    assert not await providers(session).set_status(
        provider, status, sources=[ProviderStatus.ACTIVE]
    )


async def test_who_is_back_is_found_again_under_new_areas(session: AsyncSession) -> None:
    provider = await create_provider(session, status=ProviderStatus.PENDING)
    await providers(session).set_status(
        provider, ProviderStatus.ACTIVE, sources=[ProviderStatus.PENDING]
    )
    assert await names(session, HARARE) == ["Seagate Plumbers"]

    await providers(session).does(provider, ["cleaner"])

    assert await names(session, HARARE) == []
    assert await names(session, AVONDALE, "cleaner") == ["Seagate Plumbers"]


async def test_one_provider_is_found_where_they_come_to(session: AsyncSession) -> None:
    provider = await create_provider(session)
    search = Search(session, VAULT, HUSTLR, MONDAY, ZONE)

    here = await search.named("plumber", AVONDALE, 60, provider.id)

    assert here is not None
    assert here.reference == provider.reference
    assert await search.named("plumber", BULAWAYO, 60, provider.id) is None


async def test_with_a_pin_the_nearest_to_it_comes_first(session: AsyncSession) -> None:
    await create_provider(session, name="In town", base=HARARE)
    await create_provider(session, name="Mbare", base=MBARE)
    await create_provider(session, name="Avondale", base=AVONDALE)
    in_mbare = (MBARE.latitude + 0.001, MBARE.longitude)

    in_the_suburb = await found(session, replace(MBARE, pin=in_mbare))
    in_the_town = await found(session, replace(HARARE, pin=in_mbare))

    assert [one.name for one in in_the_suburb] == ["Mbare", "In town", "Avondale"]
    assert [one.name for one in in_the_town] == ["Mbare", "In town", "Avondale"]
    assert in_the_town[0].km == pytest.approx(0.111, abs=0.01)
    assert [one.km for one in await found(session, HARARE)] == [None, None, None]
