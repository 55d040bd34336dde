import asyncio
from datetime import date
from typing import Any, cast

import pytest
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.contacts.models import Contact
from sokoni.db.bulk import add_up, insert_many_once
from sokoni.db.engine import READING
from sokoni.db.writing import writing
from sokoni.kit.ids import new_id
from sokoni.messaging.models import PricedCount
from sokoni.testing.clock import NOON
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)
CONTACTS = cast("Table", Contact.__table__)
COUNTS = cast("Table", PricedCount.__table__)


def contact() -> dict[str, Any]:
    return {
        "id": new_id(),
        "merchant_id": new_id(),
        "name": b"\x00\xff",
        "name_given": False,
        "language": "sn",
        "created_at": NOON,
    }


async def test_rows_of_every_type_come_back_as_they_went_in(engine: AsyncEngine) -> None:
    rows = [contact() for _ in range(3)]

    async with writing(engine) as connection:
        new = await insert_many_once(connection, CONTACTS, rows)

    async with engine.connect() as connection:
        kept = (await connection.execute(CONTACTS.select())).mappings().all()
    assert new == 3
    assert sorted(({name: row[name] for name in rows[0]} for row in kept), key=_id) == rows


def _id(row: dict[str, Any]) -> Any:  # noqa: ANN401 -- an id
    return row["id"]


async def test_a_row_that_is_there_already_is_left_alone(engine: AsyncEngine) -> None:
    first = contact()
    changed = {**first, "language": "nd"}

    async with writing(engine) as connection:
        await insert_many_once(connection, CONTACTS, [first])
        await insert_many_once(connection, CONTACTS, [changed, contact(), changed])
        assert await insert_many_once(connection, CONTACTS, []) == 0

    async with engine.connect() as connection:
        languages = (await connection.execute(text("SELECT language FROM contacts"))).scalars()
        assert sorted(languages) == ["sn", "sn"]


async def test_an_error_undoes_the_transaction_and_lets_the_next_in(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with writing(engine) as connection:
            await insert_many_once(connection, CONTACTS, [contact()])
            raise LookupError

    with pytest.raises(LookupError):
        await fail()

    async with writing(engine) as connection:
        assert (await connection.execute(text("SELECT count(*) FROM contacts"))).scalar() == 0


async def test_many_writers_of_one_process_take_turns(engine: AsyncEngine) -> None:
    async def write() -> None:
        async with writing(engine) as connection:
            await insert_many_once(connection, CONTACTS, [contact()])
            await asyncio.sleep(0.001)

    async with asyncio.timeout(10):
        await asyncio.gather(*(write() for _ in range(30)))

    async with engine.execution_options(**{READING: True}).connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM contacts"))).scalar() == 30


async def test_columns_are_added_to_what_is_there(engine: AsyncEngine) -> None:
    key = {"account_id": new_id(), "month": date(2026, 3, 1), "category": "service"}
    first = {**key, "billable": 1, "free": 2, "metered": 3, "told": 80}
    other = {**first, "category": "utility"}

    for rows in ([first], [other, {**first, "billable": 10, "told": 0}], []):
        async with writing(engine) as connection:
            await add_up(connection, COUNTS, rows, ("billable", "free"))

    async with engine.connect() as connection:
        kept = (await connection.execute(COUNTS.select())).mappings().all()
    assert sorted((dict(row) for row in kept), key=lambda row: str(row["category"])) == [
        {**first, "billable": 11, "free": 4},
        other,
    ]
