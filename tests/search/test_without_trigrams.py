"""Where PostgreSQL has no pg_trgm, search goes on, and the doctor says what is missing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.cli.findings import Finding, Weight
from sokoni.cli.search_checks import search_findings
from sokoni.db.engine import open_engine
from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models
from sokoni.search.index import index_for
from sokoni.testing.databases import own_database
from tests.conftest import Databases
from tests.search.factories import Shop, a_document

_NOBODY = "sokoni_test_nobody"


@pytest.fixture
def reachable(databases: Databases) -> None:
    databases.url("postgresql")  # skips, or fails in CI, where there is no such server


@pytest.fixture
async def url(reachable: None, tmp_path: Path) -> AsyncIterator[str]:
    async with own_database("postgresql", tmp_path) as url:
        yield url


@pytest.fixture
async def bare(url: str) -> AsyncIterator[AsyncEngine]:
    """Migrate, and take the extension away as if it had never been there."""
    await upgrade(url, load_models())
    engine = open_engine(url, pool_size=1)
    async with engine.begin() as connection:
        await connection.execute(text("DROP EXTENSION IF EXISTS pg_trgm CASCADE"))
    yield engine
    await engine.dispose()


async def finding(engine: AsyncEngine) -> Finding:
    (found,) = await search_findings(engine)
    return found


async def test_misspelt_words_are_still_found_by_their_beginning(bare: AsyncEngine) -> None:
    async with AsyncSession(bare) as session:
        shop = Shop(session, index_for(session))
        await shop.put(a_document("Ground Coffee"), a_document("Toothpaste"))

        assert await shop.names("cofee") == ["Ground Coffee"]
        assert await shop.names("tothpaste") == ["Toothpaste"]


async def test_the_doctor_says_what_is_missing_until_it_is_there(bare: AsyncEngine) -> None:
    missing = await finding(bare)
    async with bare.begin() as connection:
        await connection.execute(text("CREATE EXTENSION pg_trgm"))
    slow = await finding(bare)
    async with bare.begin() as connection:
        await connection.execute(text(slow.text.partition("run: ")[2]))
    there = await finding(bare)

    assert (missing.weight, slow.weight, there.weight) == (
        Weight.ADVICE,
        Weight.ADVICE,
        Weight.GOOD,
    )
    assert "CREATE EXTENSION pg_trgm" in missing.text


async def test_who_may_not_create_the_extension_migrates_all_the_same(url: str) -> None:
    admin = open_engine(url, pool_size=1)
    async with admin.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(f"CREATE ROLE {_NOBODY} LOGIN"))
        await autocommit.execute(text(f"GRANT ALL ON SCHEMA public TO {_NOBODY}"))
    theirs = admin.url.set(username=_NOBODY).render_as_string(hide_password=False)
    engine = open_engine(theirs, pool_size=1)
    try:
        await upgrade(theirs, load_models())

        assert (await finding(engine)).weight is Weight.ADVICE
        async with AsyncSession(engine) as session:
            shop = Shop(session, index_for(session))
            await shop.put(a_document("Ground Coffee"))
            assert await shop.names("cofee") == ["Ground Coffee"]
    finally:
        await engine.dispose()
        async with admin.begin() as connection:
            await connection.execute(text(f"DROP OWNED BY {_NOBODY} CASCADE"))
            await connection.execute(text(f"DROP ROLE {_NOBODY}"))
        await admin.dispose()


async def test_other_databases_want_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/empty.db")

    assert await search_findings(engine) == []
    await engine.dispose()
