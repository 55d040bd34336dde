"""A whole run: the database settled, the fake serving, the server's processes up, a crowd."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.engine import open_engine
from sokoni.db.writing import reading
from sokoni.kit.http import ReqwestClient
from sokoni.messaging.leases import living_until
from sokoni.testing.fake_graph import FakeGraph, Reporting, fake_graph
from tests.failures.accounts import faults, idle, story
from tests.failures.crowd import Crowd
from tests.failures.fleet import Fleet, fleet, free_port
from tests.failures.place import NUMBERS, SECRET, door, environment, number_id, settle


@dataclass(frozen=True, kw_only=True)
class Town:
    """Everything of a run."""

    engine: AsyncEngine
    graph: FakeGraph
    processes: Fleet
    crowd: Crowd
    port: int
    variables: dict[str, str]

    async def faults(self) -> list[str]:
        """Wait until all is done, and return what went wrong."""
        await self.graph.reported()
        await idle(self.engine)
        wrong = await faults(self.engine, self.graph, self.crowd)
        unanswered = [one.rpartition(" ")[2] for one in wrong if one.startswith("no reply")]
        return [
            *wrong,
            *[line for key in unanswered for line in await story(self.engine, self.graph, key)],
            *(f"{name} ended by itself" for name in self.processes.ended()),
        ]


@asynccontextmanager
async def town(
    url: str,
    folder: Path,
    seed: int,
    *,
    through: Callable[[str], str] = str,
    capabilities: Sequence[str] = ("marketplace",),
    besides: str = "",
    **settings: object,
) -> AsyncIterator[Town]:
    """Run the server on an empty database; `through` says by which URL it reaches that.

    `besides` stands at the end of the merchant's file.
    """
    port = free_port()
    urls = {number_id(number): door(port, number) for number in range(NUMBERS)}
    # Reports that lag behind by more than a send of unknown outcome waits would be a double send.
    reporting = Reporting(
        urls=urls, names=("sent", "delivered"), shuffled=random.Random(seed), at_once=256
    )
    variables = environment(through(url), media_dir=folder / "media", **settings)
    async with AsyncExitStack() as stack:
        engine = open_engine(url, pool_size=2)
        stack.push_async_callback(engine.dispose)
        graph = FakeGraph(app_secret=SECRET, reporting=reporting)
        await stack.enter_async_context(fake_graph(graph))
        await settle(variables, graph.url, capabilities, besides)
        http = await stack.enter_async_context(ReqwestClient())
        processes = await stack.enter_async_context(fleet(variables, port, folder))
        await _all_at_work(engine, len(processes.workers))
        yield Town(
            engine=engine,
            graph=graph,
            processes=processes,
            crowd=Crowd(graph, http, port, random.Random(seed)),
            port=port,
            variables=variables,
        )


async def _all_at_work(engine: AsyncEngine, workers: int) -> None:
    """Wait until every worker has begun: one that begins later handles what waits with care."""
    async with asyncio.timeout(40):
        while True:
            async with reading(engine) as connection:
                if len(await living_until(connection)) >= workers:
                    return
            await asyncio.sleep(0.05)
