"""Statements that go past SQLAlchemy find what SQLAlchemy would find."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final, cast
from uuid import uuid4

import pytest
from sqlalchemy import Column, MetaData, Select, Table, Uuid, bindparam, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest
from sokoni.db.plain import unwritten, written
from sokoni.db.prepared import Prepared

_TABLE: Final = cast("Table", BuyRequest.__table__)
_AT: Final = datetime(2026, 3, 2, 7, 0, 0, 120, tzinfo=UTC)
_MINE: Final[Select[*tuple[Any, ...]]] = select(*_TABLE.c).where(
    _TABLE.c.contact_id == bindparam("contact", type_=Uuid()),
    _TABLE.c.expires_at > bindparam("now", type_=_TABLE.c.expires_at.type),
    _TABLE.c.state == "open",
)


def _row(**other: object) -> dict[str, object]:
    row = {
        "id": uuid4(),
        "merchant_id": uuid4(),
        "contact_id": uuid4(),
        "reference": "REQ-1",
        "thing": "goats",
        "meaning": "=goat",
        "needed": 1,
        "unit": "",
        "currency": "USD",
        "place_name": "",
        "max_price": Decimal("12.5"),
        "latitude": -17.25,
        "created_at": _AT,
        "expires_at": _AT + timedelta(days=1),
    }
    return row | other


async def test_rows_are_those_that_sqlalchemy_returns(engine: AsyncEngine) -> None:
    row = _row()
    bound = {"contact": row["contact_id"], "now": _AT}
    async with engine.begin() as connection:
        await connection.execute(insert(_TABLE), [row, _row(reference="REQ-2")])
        async with AsyncSession(connection) as session:
            past = await Prepared(_MINE).rows(session, bound)
            usual = (await session.execute(_MINE, bound)).all()
    assert [tuple(one) for one in past] == [tuple(one) for one in usual]
    assert len(past) == 1


async def test_what_a_session_has_yet_to_write_is_found(engine: AsyncEngine) -> None:
    row = _row()
    async with engine.begin() as connection, AsyncSession(connection) as session:
        await session.execute(select(1))
        session.add(BuyRequest(**row))
        found = await Prepared(_MINE).rows(session, {"contact": row["contact_id"], "now": _AT})
    assert len(found) == 1


async def test_a_session_with_an_engine_finds_the_same(session: AsyncSession) -> None:
    row = _row()
    await session.execute(insert(_TABLE), [row])
    found = await Prepared(_MINE).rows(session, {"contact": row["contact_id"], "now": _AT})
    assert [one[0] for one in found] == [row["id"]]


async def test_a_failure_is_one_of_sqlalchemys(engine: AsyncEngine) -> None:
    nowhere = Table("nowhere", MetaData(), Column("id", Uuid()))
    async with engine.begin() as connection, AsyncSession(connection) as session:
        await session.execute(select(1))
        with pytest.raises(DBAPIError):
            await Prepared(select(nowhere.c.id)).rows(session, {})


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))])
def test_a_moment_reads_back_as_it_was_written(zone: timezone) -> None:
    at = _AT.astimezone(zone)
    assert written(at) == "2026-03-02 07:00:00.000120"
    assert unwritten(written(at)) == at


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        written(_AT.replace(tzinfo=None))
