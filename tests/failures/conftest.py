"""Databases that processes of their own work on: empty, without tables, dropped afterwards."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sokoni.testing.databases import own_database, unreachable


async def _own(kind: str, folder: Path) -> AsyncIterator[str]:
    reason = await unreachable(kind)
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    async with own_database(kind, folder) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def own_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    async for url in _own(request.param, tmp_path):
        yield url


@pytest.fixture
async def postgresql_url(tmp_path: Path) -> AsyncIterator[str]:
    async for url in _own("postgresql", tmp_path):
        yield url
