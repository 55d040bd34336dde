"""All that is known of several providers' time, in one statement: a round trip costs more."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy import (
    cast as as_type,
)
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import (
    BookingSlot,
    Provider,
    ProviderAbsence,
    ProviderHours,
    ProviderId,
)
from sokoni.capabilities.booking.service.hours import Span, Stretch
from sokoni.db.base import UtcDateTime
from sokoni.db.prepared import Prepared
from sokoni.kit.ids import MerchantId

_PROVIDERS: Final = cast("Table", Provider.__table__)
_HOURS: Final = cast("Table", ProviderHours.__table__)
_ABSENCES: Final = cast("Table", ProviderAbsence.__table__)
_SLOTS: Final = cast("Table", BookingSlot.__table__)

_PAUSES, _STRETCH, _ABSENCE, _BUSY = range(4)
_SIZES: Final = (1, 10, 30, 90)
"""Statements are prepared for so many providers; places that are left over name the last again."""


@dataclass(slots=True)
class Kept:
    """One provider's rows."""

    lead_minutes: int = 0
    buffer_minutes: int = 0
    stretches: list[Stretch] = field(default_factory=list)
    absences: list[Span] = field(default_factory=list)
    busy: set[int] = field(default_factory=set)


async def kept_of(
    session: AsyncSession,
    merchant_id: MerchantId,
    ids: Sequence[ProviderId],
    after: datetime,
    touched: range,
) -> dict[ProviderId, Kept]:
    """Return the rows of providers who are there: absences that go on, quarters that are taken."""
    bound = {
        "merchant": merchant_id,
        "after": after,
        "first": touched.start,
        "last": touched.stop,
    }
    found: dict[ProviderId, Kept] = defaultdict(Kept)
    there: set[ProviderId] = set()
    for some in _parted(ids):
        for row in await _statement(len(some)).rows(session, bound | _named(some)):
            if row[0] == _PAUSES:
                there.add(row[1])
            _put(found[row[1]], row)
    return {one: found[one] for one in ids if one in there}


def _put(kept: Kept, row: Sequence[Any]) -> None:
    kind, _, one, two, three, starts_at, ends_at = row
    if kind == _STRETCH:
        kept.stretches.append(Stretch(one, two, three))
    elif kind == _BUSY:
        kept.busy.add(one)
    elif kind == _ABSENCE:
        kept.absences.append(Span(starts_at, ends_at))
    else:
        kept.lead_minutes, kept.buffer_minutes = one, two


def _parted(ids: Sequence[ProviderId]) -> Iterator[Sequence[ProviderId]]:
    """Yield the providers in parts, each as long as a statement wants it."""
    most = _SIZES[-1]
    for start in range(0, len(ids), most):
        some = ids[start : start + most]
        size = next(size for size in _SIZES if size >= len(some))
        yield [*some, *[some[-1]] * (size - len(some))]


def _named(ids: Sequence[ProviderId]) -> dict[str, UUID]:
    return {f"p{place}": one for place, one in enumerate(ids)}


@cache
def _statement(size: int) -> Prepared:
    """Build once what brings rows of four kinds together."""
    wanted = [bindparam(f"p{place}", type_=Uuid()) for place in range(size)]
    merchant = bindparam("merchant", type_=Uuid())
    first, last = bindparam("first", type_=Integer()), bindparam("last", type_=Integer())
    after = bindparam("after", type_=UtcDateTime())
    pauses = _row(_PAUSES, _PROVIDERS.c.id, _PROVIDERS.c.lead_minutes, _PROVIDERS.c.buffer_minutes)
    hours = _row(_STRETCH, _HOURS.c.provider_id, _HOURS.c.weekday, _HOURS.c.opens, _HOURS.c.closes)
    absences = _row(
        _ABSENCE,
        _ABSENCES.c.provider_id,
        during=(_ABSENCES.c.starts_at, _ABSENCES.c.ends_at),
    )
    busy = _row(_BUSY, _SLOTS.c.provider_id, _SLOTS.c.quarter)
    return Prepared(
        union_all(
            pauses.where(_PROVIDERS.c.merchant_id == merchant, _PROVIDERS.c.id.in_(wanted)),
            hours.where(_HOURS.c.provider_id.in_(wanted)),
            absences.where(
                _ABSENCES.c.merchant_id == merchant,
                _ABSENCES.c.provider_id.in_(wanted),
                _ABSENCES.c.ends_at > after,
            ),
            busy.where(_SLOTS.c.provider_id.in_(wanted), _SLOTS.c.quarter.between(first, last)),
        )
    )


def _row(
    kind: int,
    provider: ColumnElement[Any],
    *numbers: ColumnElement[int],
    during: tuple[ColumnElement[Any], ColumnElement[Any]] | None = None,
) -> Select[*tuple[Any, ...]]:
    """Return rows of one kind, in the shape of all."""
    never = as_type(null(), UtcDateTime())
    nothing = literal_column("0", Integer)
    figures = (*numbers, nothing, nothing, nothing)[:3]
    return select(
        literal_column(str(kind), Integer), provider, *figures, *(during or (never, never))
    )
