"""What is at a point that our own gazetteer cannot name: asked of Nominatim, rarely.

Its public server allows one question a second, one at a time, from all who run one installation
together: a row of the database says who may ask next, whatever else is shared or away. Answers
are kept, under a hash of the point to about a hundred metres.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.connectors.nominatim.client import Nominatim
from sokoni.connectors.nominatim.errors import NominatimError
from sokoni.connectors.nominatim.payloads import Address
from sokoni.db.session import insert_once, rows_changed
from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.places.borders import inside
from sokoni.places.distance import Point
from sokoni.places.models import GeocoderAnswer, GeocoderPace

SECONDS: Final = 60.0
"""How long one look-up may take, waiting for its turn included."""

_ANSWERS: Final = cast("Table", GeocoderAnswer.__table__)
_PACE: Final = cast("Table", GeocoderPace.__table__)
_WHO: Final = "nominatim"
_DECIMALS: Final = 3
_KEPT: Final = timedelta(days=90)
_NOTHING_KEPT: Final = timedelta(days=1)
_LONGEST_WAIT: Final = timedelta(seconds=30)
_HELD: Final = timedelta(seconds=20)
"""Who asks and is never heard of again keeps others waiting for so long."""
_SOONEST, _LATEST = timedelta(milliseconds=50), timedelta(seconds=1)
"""Who waits looks again after this: whoever asks now may be done long before they must."""


class GeocoderBusyError(AppError):
    """It cannot be asked now; perhaps after `seconds`."""

    code: ClassVar[str] = "geocoder_busy"

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Named:
    """What is at a point, as OpenStreetMap calls it."""

    name: str
    town: str


class Geocoder:
    """Asks about points, from the cache where it can."""

    def __init__(
        self,
        engine: AsyncEngine,
        vault: Vault,
        clock: Clock,
        nominatim: Nominatim,
        *,
        every_seconds: float,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._nominatim = nominatim
        self._every = timedelta(seconds=every_seconds)

    async def named(self, point: Point, country: str, language: str) -> Named | None:
        """Return what is there, None where that has no name or is abroad.

        `GeocoderBusyError`: nobody can be asked now.
        """
        if not inside(point, country):
            return None
        rough = Point(*(round(one, _DECIMALS) for one in point))
        key = self._vault.hash("geocoder", f"{rough.latitude} {rough.longitude} {language}")
        kept = select(_ANSWERS.c.name, _ANSWERS.c.town).where(
            _ANSWERS.c.key == key, _ANSWERS.c.expires_at > self._clock()
        )
        async with reading(self._engine) as connection:
            row = (await connection.execute(kept)).one_or_none()
        if row is None:
            address = await self._asked(rough, language)
            if address is not None and address.country != country:
                address = None
            await self._keep(key, address)
            return None if address is None else Named(address.name, address.town)
        return Named(row.name, row.town) if row.name else None

    async def _asked(self, point: Point, language: str) -> Address | None:
        begun = await self._turn()
        pause = self._every
        try:
            return await self._nominatim.reverse(*point, language)
        except NominatimError as error:
            pause = max(pause, timedelta(seconds=error.pause))
            raise GeocoderBusyError(f"{error.code} {error}", error.pause) from error
        finally:
            await self._set_pace(begun + pause)

    # --- whose turn it is ---------------------------------------------------------------------

    async def _turn(self) -> datetime:
        """Wait until this process may ask, and keep all others from it; return when that was."""
        until = self._clock() + _LONGEST_WAIT
        while True:
            now = self._clock()
            next_at = await self._taken(now)
            if next_at is None:
                return now
            if max(next_at, now) > until:
                raise GeocoderBusyError("others ask", (next_at - now).total_seconds())
            await asyncio.sleep(min(max(next_at - now, _SOONEST), _LATEST).total_seconds())

    async def _taken(self, now: datetime) -> datetime | None:
        """Take the turn, or return when it may be free."""
        free = update(_PACE).where(_PACE.c.name == _WHO, _PACE.c.next_at <= now)
        async with writing(self._engine) as connection:
            if await rows_changed(connection, free.values(next_at=now + _HELD)):
                return None
            held = select(_PACE.c.next_at).where(_PACE.c.name == _WHO)
            next_at: datetime | None = await connection.scalar(held)
            if next_at is None:
                await insert_once(connection, _PACE, [{"name": _WHO, "next_at": now}])
        return next_at or now

    async def _set_pace(self, next_at: datetime) -> None:
        setting = update(_PACE).where(_PACE.c.name == _WHO)
        async with writing(self._engine) as connection:
            await connection.execute(setting.values(next_at=next_at))

    # --- answers ------------------------------------------------------------------------------

    async def _keep(self, key: str, address: Address | None) -> None:
        """Keep an answer, and forget those that are too old."""
        now = self._clock()
        row = {
            "key": key,
            "name": address.name if address else "",
            "town": address.town if address else "",
            "expires_at": now + (_KEPT if address else _NOTHING_KEPT),
        }
        async with writing(self._engine) as connection:
            await connection.execute(delete(_ANSWERS).where(_ANSWERS.c.expires_at <= now))
            await insert_once(connection, _ANSWERS, [row])
