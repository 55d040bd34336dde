"""Every merchant's places in memory, read anew when somebody registered or removed one."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.writing import reading
from sokoni.kit.ids import MerchantId
from sokoni.language.reading import KnownPlace
from sokoni.merchants.models import Merchant
from sokoni.places.gazetteer import Gazetteer
from sokoni.places.models import RegisteredPlace
from sokoni.places.registered import row_of, rows_of
from sokoni.places.rows import Row
from sokoni.places.together import Together

Places: TypeAlias = Gazetteer | Together


class _Edition(NamedTuple):
    """What tells one state of the table from another."""

    size: int
    newest: datetime | None


class PlaceBook:
    """Known places by merchant: those we ship, and beside them what the merchant registered."""

    def __init__(self, engine: AsyncEngine, shipped: Gazetteer) -> None:
        self.shipped = shipped
        self._engine = engine
        self._own: Mapping[MerchantId, Sequence[Row]] = {}
        self._places: dict[MerchantId, Places] = {}
        self._edition = _Edition(0, None)

    def of(self, merchant_id: MerchantId) -> Places:
        """Return what the merchant's contacts may name: another object once that has changed."""
        return self._places.get(merchant_id, self.shipped)

    def learn(self, merchant_id: MerchantId, places: Sequence[KnownPlace]) -> None:
        """Know places that this process has just stored, before the next refresh."""
        if not places:
            return
        rows = (*self._own.get(merchant_id, ()), *map(row_of, places))
        self._own = {**self._own, merchant_id: rows}
        self._places[merchant_id] = Together(self.shipped, Gazetteer(rows))

    async def refresh(self) -> None:
        """See what any process registered or removed; one statement while nothing changed."""
        edition = select(func.count(), func.max(RegisteredPlace.created_at))
        async with reading(self._engine) as connection, AsyncSession(connection) as session:
            now = _Edition(*(await session.execute(edition)).one())
            if now == self._edition:
                return
            own = await self._read(session)
        changed = {one for one in {*own, *self._own} if own.get(one) != self._own.get(one)}
        self._own, self._edition = own, now
        for merchant_id in changed:
            self._places.pop(merchant_id, None)
            if rows := own.get(merchant_id):
                self._places[merchant_id] = Together(self.shipped, Gazetteer(rows))

    async def _read(self, session: AsyncSession) -> dict[MerchantId, Sequence[Row]]:
        statement = (
            select(RegisteredPlace, Merchant.country)
            .join(Merchant, Merchant.id == RegisteredPlace.merchant_id)
            .order_by(RegisteredPlace.id)
        )
        by_merchant: dict[tuple[MerchantId, str], list[RegisteredPlace]] = defaultdict(list)
        for registered, country in await session.execute(statement):
            by_merchant[registered.merchant_id, country].append(registered)
        return {
            merchant_id: tuple(rows_of(every, country, self.shipped.by_id))
            for (merchant_id, country), every in by_merchant.items()
        }
