"""Counting by day, on every database."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, func
from sqlalchemy.orm import InstrumentedAttribute


def day_of(column: InstrumentedAttribute[datetime]) -> ColumnElement[date]:
    """Return the day (UTC) on which it was."""
    return func.date(column, type_=Date())


def counted(rows: list[Row[*tuple[Any, ...]]]) -> dict[date, int]:
    """Return rows of a day and a count as what they say, the first day first."""
    return {day: int(count) for day, count in sorted((row[0], row[1]) for row in rows)}
