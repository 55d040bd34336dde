"""Keeps a loop going until it is told to stop, also while the database is away."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog
from prometheus_client import Gauge

from sokoni.db.faults import is_passing
from sokoni.workers.figures import LOOP_FAULTS, LOOP_STEPS

_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 5.0
_log = structlog.get_logger(__name__)


async def keep_running(
    name: str, step: Callable[[], Awaitable[None]], stop: asyncio.Event
) -> None:
    """Take steps; after a fault wait, longer each time, and say so once."""
    taken = LOOP_STEPS.labels(name)
    try:
        await _step_until(stop, name, step, taken)
    finally:
        LOOP_STEPS.remove(name)


async def _step_until(
    stop: asyncio.Event, name: str, step: Callable[[], Awaitable[None]], taken: Gauge
) -> None:
    pause = 0.0
    while not stop.is_set():
        taken.set_to_current_time()
        try:
            await step()
        except Exception as error:  # noqa: BLE001 -- a loop outlives whatever a step meets
            LOOP_FAULTS.labels(name, type(error).__name__).inc()
            if not pause:
                _tell(name, error)
            pause = min(pause * 2 or _FIRST_PAUSE, _LONGEST_PAUSE)
            await wait_for(stop, pause)
            continue
        if pause:
            _log.info("loop_resumed", loop=name)
            pause = 0.0


def silences() -> Mapping[str, float]:
    """Return for how many seconds each loop of this process has not taken a step."""
    now = time.time()
    return {
        sample.labels["loop"]: max(now - sample.value, 0.0)
        for metric in LOOP_STEPS.collect()
        for sample in metric.samples
    }


async def patiently(work: Callable[[], Awaitable[None]], seconds: float) -> None:
    """Do it, again and again for so long while the database is away."""
    pause, over = _FIRST_PAUSE, asyncio.get_running_loop().time() + seconds
    while True:
        try:
            await work()
        except Exception as error:
            if not is_passing(error) or asyncio.get_running_loop().time() > over:
                raise
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        else:
            return


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    """Wait until the event is set, at most so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


def _tell(name: str, error: Exception) -> None:
    if is_passing(error):
        _log.warning("loop_paused", loop=name, error=type(error).__name__)
    else:
        _log.error("loop_failed", loop=name, exc_info=error)
