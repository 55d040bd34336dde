"""The whole server in the test's own process: real HTTP, real database, all loops running."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.bootstrap import App, kinds, running
from sokoni.edge import Side, edge
from sokoni.gateway.server import server
from sokoni.kit.http import HttpClient, ReqwestClient, Response
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.testing.fake_graph import FakeGraph, deliver
from sokoni.testing.meta_webhooks import Signed
from sokoni.workers.crew import Crew
from tests.failures.accounts import idle
from tests.failures.fleet import free_port, ready
from tests.failures.place import SLUG, door, environment, merchant, settings_of


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server and a client."""

    app: App
    http: HttpClient
    port: int

    async def post(self, webhook: Signed, number: int = 0) -> Response:
        return await deliver(self.http, door(self.port, number), webhook)

    async def simulate(self, body: bytes) -> Response:
        url = f"http://127.0.0.1:{self.port}/webhook/simulator"
        return await self.http.request(
            "POST", url, headers={"content-type": "application/json"}, body=body
        )

    async def idle(self) -> None:
        await idle(self.app.engine, 30)


@asynccontextmanager
async def served(url: str, graph: FakeGraph, **settings: object) -> AsyncIterator[Served]:
    """Serve a database that has its tables, with one merchant."""
    port, stop = free_port(), asyncio.Event()
    async with running(settings_of(environment(url, **settings))) as app, ReqwestClient() as http:
        await _apply(app, graph.url)
        web = server(
            edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()), "127.0.0.1", port
        )
        tasks = [asyncio.create_task(web.serve()), asyncio.create_task(Crew.of(app).run(stop))]
        try:
            await ready(port)
            yield Served(app=app, http=http, port=port)
        finally:
            web.should_exit = True
            stop.set()
            await asyncio.gather(*tasks)


async def _apply(app: App, provider: str) -> None:
    text = merchant(provider, ("marketplace",))
    said = read_merchant_file(text, kinds(production=False), {}, source=SLUG)
    async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
        await apply_merchant_file(session, app.vault, app.clock, said)
    await app.refresh()
