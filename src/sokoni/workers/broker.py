"""Tells workers "run request X now". It may forget, repeat or vanish: the rows are the queue.

Redis streams as taskiq-redis uses them have traps (reference/pipeline.md §5), hence: the group
reads from the beginning, the stream has an end, locks and claims have timeouts, and messages are
acknowledged as they are received, since a run that is lost is found by its row.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final
from uuid import UUID

from redis.exceptions import RedisError
from taskiq import AsyncBroker, InMemoryBroker
from taskiq.acks import AcknowledgeType
from taskiq.exceptions import TaskiqError
from taskiq.receiver import Receiver
from taskiq_redis import RedisStreamBroker

from sokoni.errors import AppError
from sokoni.kit.ids import RequestId
from sokoni.messaging.requests import Kick
from sokoni.workers.looping import wait_for

QUEUE: Final = "sokoni:requests"
_TASK: Final = "sokoni.request"
_LONGEST_STREAM: Final = 10_000
_AT_ONCE: Final = 32
_AGAIN_SECONDS: Final = 1.0

Run = Callable[[Kick], Awaitable[None]]


class BrokerAwayError(AppError):
    """Nobody can be told to run anything just now."""

    code = "broker_away"
    http_status = 503


class Kicks:
    """Kicks runs through the broker, and receives those that are kicked."""

    def __init__(self, run: Run, redis_url: str = "", queue: str = QUEUE) -> None:
        self._broker = _broker(redis_url, queue)
        self._remote = bool(redis_url)

        async def run_request(request_id: str, attempts: int) -> None:
            await run(Kick(RequestId(UUID(request_id)), attempts))

        self._task = self._broker.register_task(run_request, task_name=_TASK)

    async def kick(self, kick: Kick) -> None:
        """Have some worker run the request. Raises `BrokerAwayError`."""
        try:
            await self._task.kiq(str(kick.request_id), kick.attempts)
        except TaskiqError as error:
            raise BrokerAwayError(type(error.__cause__).__name__) from error

    async def receive(self, stop: asyncio.Event) -> None:
        """Run what is kicked until told to stop; a broker that is away or wiped is waited for."""
        if not self._remote:
            await stop.wait()
            return
        self._broker.is_worker_process = True
        with ThreadPoolExecutor(max_workers=1) as executor:
            while not stop.is_set():
                await self._listen(executor, stop)

    async def close(self) -> None:
        """Wait for the runs that this process kicked to itself, and hang up."""
        if isinstance(self._broker, InMemoryBroker):
            await self._broker.wait_all()
        await self._broker.shutdown()

    async def _listen(self, executor: ThreadPoolExecutor, stop: asyncio.Event) -> None:
        receiver = Receiver(
            self._broker,
            executor=executor,
            max_async_tasks=_AT_ONCE,
            ack_type=AcknowledgeType.WHEN_RECEIVED,
        )
        try:
            await receiver.listen(stop)
        except* (RedisError, OSError):
            # Starting over also makes the group anew, where somebody emptied Redis.
            await wait_for(stop, _AGAIN_SECONDS)


def _broker(redis_url: str, queue: str) -> AsyncBroker:
    if not redis_url:
        return InMemoryBroker(max_async_tasks=_AT_ONCE)
    return RedisStreamBroker(
        redis_url,
        queue_name=queue,
        consumer_group_name="sokoni",
        consumer_id="0",
        maxlen=_LONGEST_STREAM,
        xread_block=1000,
        idle_timeout=60_000,
        unacknowledged_lock_timeout=10,
    )
