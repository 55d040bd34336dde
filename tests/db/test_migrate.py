"""Revisions lead to exactly the tables that the models describe, on every database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Date, String, Uuid, column, insert, select, table, text
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.base import UtcDateTime
from sokoni.db.engine import open_engine
from sokoni.db.migrate import is_of_models, upgrade
from sokoni.db.revision import current, newest
from sokoni.db.tables import load_models
from sokoni.kit.ids import new_id
from sokoni.messaging.models import EventState, InboxEvent, Template
from sokoni.search.models import SearchMiss
from sokoni.testing.clock import NOON
from sokoni.testing.databases import create_tables, own_database
from tests.conftest import THREE, Databases

CATALOGUE: Final = {
    "sqlite": "SELECT type, tbl_name, name, lower(sql) FROM sqlite_master "
    "WHERE tbl_name <> 'alembic_version' ORDER BY name",
    "postgresql": "SELECT tablename, indexname, indexdef FROM pg_indexes "
    "WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY indexname",
    "mariadb": "SELECT table_name, column_name, column_type, is_nullable, character_set_name, "
    "collation_name FROM information_schema.columns WHERE table_schema = database() "
    "AND table_name <> 'alembic_version' ORDER BY table_name, column_name",
}


@pytest.fixture(params=THREE)
def kind(request: pytest.FixtureRequest, databases: Databases) -> str:
    databases.url(request.param)  # skips, or fails in CI, where there is no such server
    return str(request.param)


@pytest.fixture
async def empty_url(kind: str, tmp_path: Path) -> AsyncIterator[str]:
    async with own_database(kind, tmp_path) as url:
        yield url


async def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    engine = open_engine(url, pool_size=1)
    async with engine.connect() as connection:
        found = [tuple(row) for row in await connection.execute(text(sql))]
    await engine.dispose()
    return found


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"include_name": is_of_models})
    return list(compare_metadata(context, load_models()))


async def test_the_schema_migrated_to_is_that_of_the_models(empty_url: str) -> None:
    await upgrade(empty_url, load_models())

    engine = open_engine(empty_url, pool_size=1)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


async def test_indexes_and_collations_are_those_of_the_models_too(
    kind: str, empty_url: str, tmp_path: Path
) -> None:
    await upgrade(empty_url, load_models())

    async with own_database(kind, tmp_path) as url:
        await create_tables(url)
        made = await rows(url, CATALOGUE[kind])
    migrated = await rows(empty_url, CATALOGUE[kind])
    if kind == "sqlite":
        made, migrated = only_indexes(made), only_indexes(migrated)
    assert migrated == made


def only_indexes(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Leave out CREATE TABLE, where the order of constraints may differ."""
    return [row for row in rows if row[0] == "index"]


async def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    await upgrade(empty_url, load_models())

    await upgrade(empty_url, load_models())

    engine = open_engine(empty_url, pool_size=1)
    assert await current(engine) == newest()
    await engine.dispose()


async def test_servers_that_start_together_migrate_one_after_the_other(empty_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_url, load_models()) for _ in range(3)))

    assert await rows(empty_url, "SELECT version_num FROM alembic_version") == [(newest(),)]


async def test_notices_of_earlier_versions_end_so_that_they_are_deleted(empty_url: str) -> None:
    await upgrade(empty_url, load_models(), "0005")
    engine = open_engine(empty_url, pool_size=1)
    notice = {"kind": "notice", "payload": b"", "received_at": NOON, "due_at": NOON}
    ids = {name: new_id() for name in ("id", "merchant_id", "account_id")}
    async with engine.begin() as connection:
        ignored = {"key": "k", "state": int(EventState.IGNORED), **notice, **ids}
        await connection.execute(insert(InboxEvent).values(ignored))

    await upgrade(empty_url, load_models())

    async with engine.connect() as connection:
        assert await connection.scalar(select(InboxEvent.handled_at)) == NOON
    await engine.dispose()


async def test_quick_replies_of_earlier_versions_stay(empty_url: str) -> None:
    await upgrade(empty_url, load_models(), "0003")
    template = {
        "id": new_id(),
        "merchant_id": new_id(),
        "channel": "whatsapp_cloud",
        "purpose": "stall.sold",
        "language": "sn",
        "name": "sold",
        "category": "UTILITY",
        "body": "{{1}}",
        "variables": "thing",
        "buttons": "yes:I have it,no:Not mine: no",
        "approval": "APPROVED",
    }
    columns = [column(name, Uuid() if name.endswith("id") else String()) for name in template]
    engine = open_engine(empty_url, pool_size=1)
    async with engine.begin() as connection:
        await connection.execute(insert(table("templates", *columns)).values(template))

    await upgrade(empty_url, load_models())

    async with AsyncSession(engine) as session:
        (row,) = (await session.scalars(select(Template))).all()
    await engine.dispose()
    assert row.buttons == [
        {"title": "I have it", "choice": "yes"},
        {"title": "Not mine: no", "choice": "no"},
    ]
    assert (row.code, row.header, row.footer, row.judged_at) == ("sn", None, "", None)


async def test_searches_missed_before_are_of_no_language(empty_url: str) -> None:
    await upgrade(empty_url, load_models(), "0034")
    miss = {"shelf": "s", "words": "tofu", "day": NOON.date(), "count": 2, "last_at": NOON}
    kinds: dict[str, Any] = {"merchant_id": Uuid(), "day": Date(), "last_at": UtcDateTime()}
    columns = [column(name, kinds.get(name)) for name in ("merchant_id", *miss)]
    engine = open_engine(empty_url, pool_size=1)
    async with engine.begin() as connection:
        row = {"merchant_id": new_id(), **miss}
        await connection.execute(insert(table("search_misses", *columns)).values(row))

    await upgrade(empty_url, load_models())

    async with AsyncSession(engine) as session:
        (found,) = (await session.scalars(select(SearchMiss))).all()
    await engine.dispose()
    assert (found.words, found.language, found.count, found.last_at) == ("tofu", "", 2, NOON)


async def test_a_database_never_migrated_has_no_revision(empty_url: str) -> None:
    engine = open_engine(empty_url, pool_size=1)

    assert not await current(engine)

    await engine.dispose()


async def test_columns_are_wide_enough_on_mariadb(tmp_path: Path, databases: Databases) -> None:
    databases.url("mariadb")

    async with own_database("mariadb", tmp_path) as url:
        await upgrade(url, load_models())
        found = dict(
            await rows(
                url,
                "SELECT column_name, column_type FROM information_schema.columns "
                "WHERE table_schema = database() AND table_name = 'inbox'",
            )
        )

    assert (found["payload"], found["due_at"]) == ("mediumblob", "datetime(6)")
