"""Providers out of a file are found as those are who registered."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.booking.importing import ProviderImporter
from sokoni.capabilities.booking.models import Provider, ProviderReach
from sokoni.capabilities.booking.service.availability import Availability
from sokoni.capabilities.booking.service.hours import Stretch
from sokoni.capabilities.booking.service.providers import Providers
from sokoni.capabilities.booking.service.search import Search
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.contacts.models import ContactAddress
from sokoni.dialogue.import_runs import ImportRun
from sokoni.dialogue.importing import Imported, Made
from sokoni.dialogue.tables import TableRow
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.models import Conversation
from sokoni.places.gazetteer import Gazetteer
from tests.capabilities.booking.factories import BULAWAYO, HARARE, HUSTLR, MONDAY, VAULT, ZONE
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
MERCHANT = MerchantProfile(
    id=HUSTLR,
    slug="hustlr",
    name="Hustlr",
    country="ZW",
    currency="USD",
    zone=ZoneInfo("Africa/Harare"),
    languages=("en", "sn", "nd"),
    capabilities={"booking": {}},
)
PLACES = Gazetteer()
MOYO = {
    "phone": "0772 000 111",
    "name": "Moyo & Sons",
    "services": "plumbing, wemagetsi",
    "areas": "Harare; Mkoba, Gweru",
    "base": "6 Weale Road, Milton Park, Harare",
    "hours": "mon-fri 08:00-17:00; sat 08:00-13:00",
    "lead_minutes": "2 hours",
    "buffer_minutes": "30",
}


async def bring(engine: AsyncEngine, *rows: dict[str, str]) -> Imported:
    run = ImportRun(
        engine=engine,
        vault=VAULT,
        clock=lambda: MONDAY,
        merchant=MERCHANT,
        shipped=PLACES,
        importer=ProviderImporter(),
    )
    lines = [TableRow(number, row) for number, row in enumerate(rows, 2)]
    return await run.take(lines, lambda _: None)


async def only(session: AsyncSession) -> Provider:
    return (await session.scalars(select(Provider))).one()


async def found(session: AsyncSession, service: str) -> Sequence[str]:
    search = Search(session, VAULT, HUSTLR, MONDAY, ZONE)
    return [one.name for one in await search.near(service, HARARE, 60, limit=9)]


async def test_all_that_a_row_tells_is_kept(engine: AsyncEngine, session: AsyncSession) -> None:
    imported = await bring(engine, MOYO)

    assert imported.made[Made.NEW] == 1
    provider, providers = await only(session), Providers(session, VAULT, HUSTLR, MONDAY)
    assert providers.name_of(provider) == "Moyo & Sons"
    assert providers.address_of(provider) == "6 Weale Road"
    assert (provider.place_name, provider.status) == ("Milton Park", ProviderStatus.ACTIVE)
    assert (provider.lead_minutes, provider.buffer_minutes) == (120, 30)
    assert await providers.services_of(provider.id) == ("electrician", "plumber")
    areas = await providers.areas_of(provider.id)
    assert [(one.place_name, one.whole_town) for one in areas] == [
        ("Harare", True),
        ("Mkoba", False),
    ]
    hours = await Availability(session, HUSTLR, MONDAY, ZONE).hours_of(provider.id)
    assert hours == [
        *(Stretch(day, 8 * 60, 17 * 60) for day in range(5)),
        Stretch(5, 8 * 60, 13 * 60),
    ]
    assert await found(session, "plumber") == ["Moyo & Sons"]


async def test_nobody_is_told(engine: AsyncEngine, session: AsyncSession) -> None:
    await bring(engine, MOYO)

    assert await session.scalar(select(func.count()).select_from(ContactAddress)) == 1
    assert await session.scalar(select(func.count()).select_from(Conversation)) == 0


async def test_a_second_time_changes_nothing(engine: AsyncEngine, session: AsyncSession) -> None:
    await bring(engine, MOYO)
    before = (await only(session)).id
    await session.commit()

    imported = await bring(engine, MOYO)

    assert imported.made == {Made.NEW: 0, Made.CHANGED: 0, Made.SAME: 1}
    assert (await only(session)).id == before


async def test_what_changed_is_changed_and_found_so(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    await bring(engine, MOYO)

    imported = await bring(
        engine,
        {"phone": "+263772000111", "services": "painter", "name": "Moyo", "base": "Bulawayo"},
    )

    assert imported.made[Made.CHANGED] == 1
    assert await found(session, "plumber") == []
    assert await found(session, "painter") == ["Moyo"]
    reach = (await session.scalars(select(ProviderReach))).all()
    assert {round(one.latitude) for one in reach} == {round(BULAWAYO.latitude)}


async def test_who_pauses_goes_on_so(engine: AsyncEngine, session: AsyncSession) -> None:
    await bring(engine, MOYO)
    provider = await only(session)
    await Providers(session, VAULT, HUSTLR, MONDAY).set_status(
        provider, ProviderStatus.PAUSED, sources=[ProviderStatus.ACTIVE]
    )
    await session.commit()

    kept = await bring(engine, MOYO | {"status": "active"})
    rejected = await bring(engine, MOYO | {"status": "rejected"})
    back = await bring(engine, MOYO | {"status": "active"})

    assert kept.made[Made.SAME] == 1
    assert rejected.made[Made.CHANGED] == 1
    assert back.made[Made.CHANGED] == 1
    assert await found(session, "plumber") == ["Moyo & Sons"]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"hours": "sometimes"}, "no hours"),
        ({"hours": "mon-fri 8 to 5 by appointment"}, "no hours"),
        ({"areas": "Harare; Atlantis"}, "Atlantis is no place"),
        ({"services": "plumber and astronaut"}, "astronaut is no service"),
        ({"lead_minutes": "long"}, "no number of minutes"),
        ({"buffer_minutes": "3 days"}, "no number of minutes"),
        ({"name": "12"}, "no name"),
        ({"phone": "2.63772E+11"}, "no phone number"),
    ],
)
async def test_a_row_that_tells_what_cannot_be_leaves_nothing(
    engine: AsyncEngine, session: AsyncSession, cells: dict[str, str], reason: str
) -> None:
    imported = await bring(engine, MOYO | cells, MOYO | {"phone": "0772000112"})

    assert [line for line, _ in imported.refused] == [2]
    assert reason in imported.refused[0][1]
    assert imported.made[Made.NEW] == 1
    assert await session.scalar(select(func.count()).select_from(ContactAddress)) == 1
    assert await session.scalar(select(func.count()).select_from(Provider)) == 1


async def test_what_was_taken_before_it_was_killed_is_not_taken_twice(
    engine: AsyncEngine, session: AsyncSession
) -> None:
    rows = [MOYO | {"phone": f"07720{number:05}"} for number in range(250)]
    await bring(engine, *rows[:120])

    imported = await bring(engine, *rows)

    assert imported.made == {Made.NEW: 130, Made.CHANGED: 0, Made.SAME: 120}
    assert await session.scalar(select(func.count()).select_from(Provider)) == 250
