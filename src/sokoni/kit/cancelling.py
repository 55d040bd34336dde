"""Cancellations that get through to whoever was cancelled."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def cancellable(asked: Awaitable[T]) -> T:
    """Await something of a library's, and end when the task is cancelled.

    Where what is awaited comes in the same moment, pyreqwest keeps the cancellation to itself, and
    so does `asyncio.wait_for` before Python 3.12, which redis waits with: a task would go on that
    was told to end, and a timeout would pass unnoticed.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        return await asked
    finally:
        if task and task.cancelling() > before:
            raise asyncio.CancelledError
