"""Moves all look-up hashes to the newest secret key, in batches that may be interrupted."""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID

from sqlalchemy import Column, MetaData, RowMapping, Table, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.db.facts import (
    INDEX_KEY,
    NEXT_INDEX_KEY,
    REINDEXED,
    SEALING_KEY,
    all_facts,
    forget,
    restate,
    state_once,
)
from sokoni.db.vault import Vault, key_id

Rehash: TypeAlias = Callable[[Vault, RowMapping], str | None]
"""Computes a hash anew from its row, whose sealed columns the vault opens."""

_REHASH: Final = "rehash"
_START: Final = UUID(int=0)


def rehashed(how: Rehash | None) -> dict[str, Rehash | None]:
    """Return the `info` of a hash column.

    None: it is under no key of ours, or what it was made of is gone. The latter is found by
    `Vault.hashes`, since a key that hashes were made under has to stay at hand.
    """
    return {_REHASH: how}


def hash_columns(table: Table) -> dict[str, Rehash]:
    """Return the columns of the table that hold look-up hashes, and how each is made."""
    return {column.name: how for column in table.c if (how := column.info.get(_REHASH))}


def undeclared_hashes(metadata: MetaData) -> list[str]:
    """Return the columns called `…_hash` that nobody said how to make anew."""
    columns = (column for table in metadata.sorted_tables for column in table.c)
    return [str(column) for column in columns if _is_undeclared(column)]


def _is_undeclared(column: Column[Any]) -> bool:
    return column.name.endswith("_hash") and _REHASH not in column.info


async def reindex(
    engine: AsyncEngine, metadata: MetaData, keys: Sequence[bytes], *, batch: int = 500
) -> int:
    """Rehash everything under the first key and return how many rows were rehashed.

    No server may run meanwhile. Interrupted, it goes on where it was: until it has finished,
    servers refuse to start.
    """
    vault = Vault(keys)
    target = key_id(keys[0]).hex()
    done_table, done_id = await _begin(engine, target)
    count = 0
    tables = sorted(metadata.sorted_tables, key=lambda table: table.name)
    for table in tables:
        if hash_columns(table) and table.name >= done_table:
            after = done_id if table.name == done_table else _START
            count += await _table(engine, table, vault, after, batch)
    async with engine.begin() as connection:
        await restate(connection, INDEX_KEY, target)
        await forget(connection, NEXT_INDEX_KEY, REINDEXED)
    return count


async def _begin(engine: AsyncEngine, target: str) -> tuple[str, UUID]:
    """Note that it has begun; return the table and row that an earlier run got to."""
    async with engine.begin() as connection:
        facts = await all_facts(connection)
        if left := facts.get(INDEX_KEY):
            # Hashes that cannot be made anew stay under it.
            await state_once(connection, SEALING_KEY + left, left)
        if facts.get(NEXT_INDEX_KEY) != target:
            await forget(connection, REINDEXED)
            await restate(connection, NEXT_INDEX_KEY, target)
            return "", _START
    table, _, row_id = facts.get(REINDEXED, "").partition(":")
    return table, UUID(row_id) if row_id else _START


async def _table(engine: AsyncEngine, table: Table, vault: Vault, after: UUID, batch: int) -> int:
    count = 0
    while True:
        async with engine.begin() as connection:
            rows = await _batch(connection, table, after, batch)
            if not rows:
                return count
            await _rehash(connection, table, vault, rows)
            after = rows[-1]["id"]
            await restate(connection, REINDEXED, f"{table.name}:{after}")
        count += len(rows)


async def _batch(
    connection: AsyncConnection, table: Table, after: UUID, batch: int
) -> Sequence[RowMapping]:
    page = select(table).where(table.c.id > after).order_by(table.c.id).limit(batch)
    return (await connection.execute(page)).mappings().all()


async def _rehash(
    connection: AsyncConnection, table: Table, vault: Vault, rows: Sequence[RowMapping]
) -> None:
    hashes = hash_columns(table)
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values({name: bindparam(f"new_{name}") for name in hashes})
    )
    values = [
        {"row_id": row["id"]} | {f"new_{name}": how(vault, row) for name, how in hashes.items()}
        for row in rows
    ]
    await connection.execute(statement, values)
