"""Values as drivers take and return them, for statements that go past SQLAlchemy's types.

What is written here reads back the same through SQLAlchemy, and the other way round.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import Date, Uuid
from sqlalchemy.types import TypeEngine

from sokoni.db.base import UtcDateTime
from sokoni.db.decimals import Thousandths

Change: TypeAlias = Callable[[Any], Any]


def naive(at: datetime | None) -> datetime | None:
    """Return a moment as a column without a zone keeps it: in UTC."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)


def aware(at: datetime | None) -> datetime | None:
    return None if at is None else at.replace(tzinfo=UTC)


def hexed(value: UUID | None) -> str | None:
    return None if value is None else value.hex


def unhexed(value: str | None) -> UUID | None:
    # By its number: the constructor would look for braces and dashes first.
    return None if value is None else UUID(int=int(value, 16))


def written(at: datetime | None) -> str | None:
    """Return a moment as SQLite keeps it: text that sorts by time."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return utc.isoformat(" ", "microseconds")[:26]


def unwritten(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(f"{text}+00:00")


def _thousandths(value: Decimal | None) -> int | None:
    return None if value is None else int(value.quantize(Decimal("0.001")).scaleb(3))


def _of_thousandths(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value).scaleb(-3)


_WRITE: Final[Mapping[str, Mapping[type, Change]]] = {
    "sqlite": {
        Uuid: hexed,
        UtcDateTime: written,
        Date: date.isoformat,
        Thousandths: _thousandths,
    },
    "postgresql": {UtcDateTime: naive, Thousandths: _thousandths},
}
_READ: Final[Mapping[str, Mapping[type, Change]]] = {
    "sqlite": {Uuid: unhexed, UtcDateTime: unwritten, Thousandths: _of_thousandths},
    "postgresql": {UtcDateTime: aware, Thousandths: _of_thousandths},
}


def writer(dialect: str, type_: TypeEngine[Any]) -> Change | None:
    """Return what makes a value of the column one that the driver takes; None: it does so."""
    return _WRITE[dialect].get(type(type_))


def reader(dialect: str, type_: TypeEngine[Any]) -> Change | None:
    """Return what makes the column's value of what the driver returns; None: it is one."""
    return _READ[dialect].get(type(type_))
