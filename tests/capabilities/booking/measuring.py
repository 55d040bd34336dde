"""Measures a search among ten thousand providers of one town: `python -m` this module.

Not a test: figures depend on the machine. They stand in docs/benchmarks.md.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Table, insert, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.booking.models import (
    Booking,
    BookingSlot,
    Provider,
    ProviderHours,
    ProviderReach,
)
from sokoni.capabilities.booking.service.areas import Area, found_under
from sokoni.capabilities.booking.service.availability import quarters
from sokoni.capabilities.booking.service.providers import NAME_COLUMN
from sokoni.capabilities.booking.service.search import Search
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.engine import open_engine
from sokoni.db.writing import reading, writing
from sokoni.kit.ids import new_id
from sokoni.language.reading import KnownPlace
from sokoni.testing.databases import create_tables, own_database, unreachable
from tests.capabilities.booking.factories import (
    AVONDALE,
    HARARE,
    HUSTLR,
    MONDAY,
    VAULT,
    WEEK,
    ZONE,
    at,
)
from tests.conftest import THREE

PROVIDERS: Final = 10_000
SEARCHES: Final = 400
_PAGE: Final = 10


async def fill(engine: AsyncEngine) -> None:
    """Have ten thousand plumbers in Harare, half of them with a booking tomorrow."""
    drawn = random.Random(7)
    providers, hours, reach, bookings, slots = [], [], [], [], []
    for number in range(PROVIDERS):
        id_, scope = new_id(), {"merchant_id": HUSTLR}
        latitude, longitude = -17.83 + drawn.gauss(0, 0.06), 31.05 + drawn.gauss(0, 0.06)
        shortfall = drawn.randrange(0, 3000)
        providers.append(
            {
                "id": id_,
                "contact_id": new_id(),
                "reference": f"PRV-{number}",
                "name": VAULT.seal_text(NAME_COLUMN, id_, f"Plumber {number}"),
                "place_id": HARARE.id,
                "place_name": "Harare",
                "latitude": latitude,
                "longitude": longitude,
                "status": ProviderStatus.ACTIVE,
                "lead_minutes": 60,
                "buffer_minutes": 30,
                "stars_sum": 40,
                "stars_count": 10,
                "registered_at": MONDAY,
                **scope,
            }
        )
        its = {"provider_id": id_, **scope}
        hours += [
            {"weekday": one.weekday, "opens": one.opens, "closes": one.closes, **its}
            for one in WEEK
        ]
        for area in found_under([Area.of(HARARE)]):
            point = {"latitude": latitude, "longitude": longitude, "shortfall": shortfall}
            reach.append({"service": "plumber", "area": area, **point, **its})
        if number % 2:
            booking = new_id()
            bookings.append(
                {
                    "id": booking,
                    "reference": f"BKG-{number}",
                    "doer_id": new_id(),
                    "customer_id": new_id(),
                    "service": "plumber",
                    "place_id": AVONDALE.id,
                    "place_name": "Avondale",
                    "starts_at": at(9),
                    "ends_at": at(10),
                    "status": "confirmed",
                    "version": 2,
                    "created_at": MONDAY,
                    "updated_at": MONDAY,
                    **its,
                }
            )
            slots += [
                {"quarter": one, "booking_id": booking, **its} for one in quarters(at(9), at(10.5))
            ]
    async with writing(engine) as connection:
        for model, rows in (
            (Provider, providers),
            (ProviderHours, hours),
            (ProviderReach, reach),
            (Booking, bookings),
            (BookingSlot, slots),
        ):
            for start in range(0, len(rows), 1000):
                statement = insert(cast("Table", model.__table__))
                await connection.execute(statement, rows[start : start + 1000])
    async with engine.connect() as connection:
        if connection.dialect.name != "mariadb":
            await connection.execute(text("ANALYZE"))
            await connection.commit()


async def measure(engine: AsyncEngine, place: KnownPlace) -> tuple[float, float, float]:
    """Return median, 95th percentile and own processor time in milliseconds, pages mixed."""
    took, worked = [], time.process_time()
    for number in range(SEARCHES):
        begun = time.perf_counter()
        # As a turn has it: a session on a transaction that was begun already.
        async with reading(engine) as connection, AsyncSession(connection) as session:
            await session.connection()
            search = Search(session, VAULT, HUSTLR, MONDAY, ZONE)
            found = await search.near(
                "plumber", place, 60, limit=_PAGE, offset=_PAGE * (number % 3)
            )
        took.append((time.perf_counter() - begun) * 1000)
        assert len(found) == _PAGE
    worked = (time.process_time() - worked) * 1000 / SEARCHES
    return statistics.median(took), statistics.quantiles(took, n=20)[-1], worked


@asynccontextmanager
async def town(kind: str, folder: Path) -> AsyncIterator[AsyncEngine]:
    async with own_database(kind, folder) as url:
        await create_tables(url)
        engine = open_engine(url, pool_size=2)
        await fill(engine)
        yield engine
        await engine.dispose()


async def main() -> None:
    for kind in THREE:
        if await unreachable(kind):
            continue
        with tempfile.TemporaryDirectory() as folder:
            async with town(kind, Path(folder)) as engine:
                for place in (HARARE, AVONDALE):
                    p50, p95, own = await measure(engine, place)
                    told = f"p50 {p50:.1f} ms  p95 {p95:.1f} ms  own CPU {own:.1f} ms"
                    print(f"{kind:<12}{place.name:<12}{told}")  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main())
