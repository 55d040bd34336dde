"""Databases of one's own, made beside the configured one and gone afterwards."""

from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from sokoni.db.engine import open_engine
from sokoni.testing.databases import NoDatabaseError, database_beside
from tests.conftest import THREE


async def answers(url: str) -> bool:
    engine = open_engine(url)
    try:
        async with engine.connect() as connection:
            return bool(await connection.scalar(text("SELECT 1")))
    finally:
        await engine.dispose()


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_database_of_the_same_kind_is_made_beside(database_url: str) -> None:
    async with database_beside(database_url) as url:
        assert await answers(url)

        kinds = [make_url(one).get_backend_name() for one in (url, database_url)]
        assert kinds[0] == kinds[1]
        assert url != database_url

    assert await answers(database_url)


async def test_a_server_that_is_not_there_is_named_without_its_password() -> None:
    opening = database_beside("postgresql://someone:secret@127.0.0.1:1/sokoni")

    with pytest.raises(NoDatabaseError, match=r"someone:\*\*\*@127\.0\.0\.1:1/sokoni"):
        await opening.__aenter__()


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def use(folder: Path, *, fail: bool = False) -> None:
    async with database_beside(f"sqlite:///{folder}/sokoni.db") as url:
        await answers(url)
        if fail:
            raise ZeroDivisionError


async def test_no_file_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "sokoni.db").write_text("somebody's")

    await use(tmp_path)

    assert left_in(tmp_path) == ["sokoni.db"]
    assert (tmp_path / "sokoni.db").read_text() == "somebody's"


async def test_it_is_gone_even_when_something_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        await use(tmp_path, fail=True)

    assert left_in(tmp_path) == []
