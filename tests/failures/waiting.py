"""Waiting for something that tells nobody when it happens."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def until(happened: Callable[[], Awaitable[bool]], seconds: float) -> bool:
    """Return whether it happened within so many seconds."""
    end = time.monotonic() + seconds
    while True:
        if await happened():
            return True
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.05)
