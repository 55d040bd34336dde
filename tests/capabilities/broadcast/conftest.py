"""The hall of a test, at noon in Harare."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sokoni.testing.clock import StoppedClock
from tests.capabilities.broadcast import hall as halls


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(datetime(2026, 3, 2, 10, 0, tzinfo=UTC))


@pytest.fixture
async def hall(
    database_url: str, clock: StoppedClock, tmp_path: Path
) -> AsyncIterator[halls.Hall]:
    async with halls.hall(database_url, clock, tmp_path) as opened:
        yield opened
