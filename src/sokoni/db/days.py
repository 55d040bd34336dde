"""Counting by day of a time zone, on every database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Label, Row, case, literal_column
from sqlalchemy.orm import InstrumentedAttribute

_NAME: Final = "counted_day"


@dataclass(frozen=True, slots=True)
class Days:
    """So many days of a zone, the last of which is today."""

    first: date
    count: int
    zone: ZoneInfo

    @classmethod
    def until(cls, now: datetime, zone: ZoneInfo, count: int) -> "Days":
        return cls(now.astimezone(zone).date() - timedelta(days=count - 1), count, zone)

    @property
    def since(self) -> datetime:
        """When the first of them begins."""
        return self._begins(0)

    def day_of(self, column: InstrumentedAttribute[datetime]) -> Label[int]:
        """Return the number of the day on which it was, counted from the first.

        A comparison with the midnights: no database must know the zone, or when its clocks change.
        """
        return self._between(column, 0, self.count).label(_NAME)

    def counted(self, rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[date, int]:
        """Return rows of a day's number and a count as what they say, the first day first."""
        found = sorted((row[0], row[1]) for row in rows)
        return {self.first + timedelta(days=int(number)): int(count) for number, count in found}

    def _between(
        self, column: InstrumentedAttribute[datetime], start: int, end: int
    ) -> ColumnElement[int]:
        if end - start == 1:
            return literal_column(str(start))
        middle = (start + end) // 2
        earlier, later = self._between(column, start, middle), self._between(column, middle, end)
        return case((column < self._begins(middle), earlier), else_=later)

    def _begins(self, number: int) -> datetime:
        midnight = datetime.combine(self.first + timedelta(days=number), time(), self.zone)
        return midnight.astimezone(UTC)


def month_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the month of the zone as its first day."""
    return at.astimezone(zone).date().replace(day=1)


def months_around(at: datetime) -> Sequence[date]:
    """Return every month that it may be, somewhere on earth."""
    day = timedelta(days=1)
    found = (at.astimezone(UTC).date() + shift for shift in (-day, 0 * day, day))
    return sorted({one.replace(day=1) for one in found})
