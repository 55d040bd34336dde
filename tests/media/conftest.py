"""Fixtures of the files' room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from tests.media.studio import Studio, studio


@pytest.fixture
async def place(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock, tmp_path: Path
) -> AsyncIterator[Studio]:
    async with studio(engine, vault, clock, tmp_path / "media") as place:
        yield place
