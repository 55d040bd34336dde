"""Reads and writes the facts of this installation (table `server_facts`)."""

from typing import Final, cast

from sqlalchemy import Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.db.models import ServerFact
from sokoni.db.session import insert_once

INDEX_KEY: Final = "index_key"
"""Id of the key that look-up hashes are under."""
NEXT_INDEX_KEY: Final = "next_index_key"
"""Id of the key that a reindexing that has begun moves them to."""
REINDEXED: Final = "reindexed"
"""How far that reindexing got: table and row id."""
SEALING_KEY: Final = "sealing_key:"
"""With a key's id behind it: this key has sealed values here, or made hashes that stay."""

FACTS: Final = cast("Table", ServerFact.__table__)


async def all_facts(connection: AsyncConnection) -> dict[str, str]:
    rows = await connection.execute(select(ServerFact.name, ServerFact.value))
    return dict(rows.all())


async def state_once(connection: AsyncConnection, name: str, value: str) -> None:
    """Write the fact unless it stands already."""
    await insert_once(connection, FACTS, [{"name": name, "value": value}])


async def restate(connection: AsyncConnection, name: str, value: str) -> None:
    await state_once(connection, name, value)
    await connection.execute(update(ServerFact).where(ServerFact.name == name).values(value=value))


async def forget(connection: AsyncConnection, *names: str) -> None:
    await connection.execute(delete(ServerFact).where(ServerFact.name.in_(names)))
