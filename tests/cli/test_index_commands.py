"""A merchant sees what was looked for in vain."""

import asyncio
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.cli.parts import opened
from sokoni.merchants.models import Merchant
from sokoni.search.misses import Misses
from tests.cli.conftest import Run


async def look_in_vain() -> None:
    async with opened() as parts, AsyncSession(parts.engine) as session, session.begin():
        merchant = await session.scalar(select(Merchant.id))
        assert merchant is not None
        misses = Misses(session, merchant)
        for words in ("oat milk", "tofu +263 77 100 0001", "oat milk"):
            await misses.note("store.products", words, parts.clock())
        long_ago = parts.clock() - timedelta(days=20)
        await misses.note("store.products", "durian", long_ago, language="sn")


def test_what_was_looked_for_in_vain_is_listed_with_how_often(run: Run, home: Path) -> None:
    assert home.is_dir()
    run("db", "upgrade")
    run("demo", "load", "corner-shop")
    nothing = run("index", "missed", "corner-shop").out
    asyncio.run(look_in_vain())

    listed = run("index", "missed", "corner-shop").out.splitlines()
    lately = run("index", "missed", "corner-shop", "--days", "7").out

    assert "was found" in nothing
    assert [line.partition(",")[0] for line in listed] == [
        "2 x oat milk",
        "1 x tofu",
        "1 x durian (sn)",
    ]
    assert "durian" not in lately
    spoken = run("index", "missed", "corner-shop", "--language", "sn").out
    assert [line.partition(",")[0] for line in spoken.splitlines()] == ["1 x durian (sn)"]
