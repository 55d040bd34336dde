"""Measures a broadcast: proof and sending, in one process, towards the fake provider."""

import asyncio
import os
import resource
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

from pydantic import SecretStr
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.bootstrap import App, kinds, running
from sokoni.capabilities.broadcast.desk import BroadcastDesk
from sokoni.capabilities.broadcast.lines import lines_of
from sokoni.capabilities.broadcast.models import Broadcast, State
from sokoni.capabilities.broadcast.said import BroadcastSaid
from sokoni.config import Settings
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.register import address_row
from sokoni.db.bulk import insert_many_once
from sokoni.db.migrate import upgrade
from sokoni.db.tables import load_models
from sokoni.db.vault import new_key
from sokoni.db.writing import reading, writing
from sokoni.dialogue.manifest import facts_of
from sokoni.kit.clock import utc_now
from sokoni.kit.ids import ContactId, new_id
from sokoni.merchants.file import read_merchant_file
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.testing.bench.asking import Asking
from sokoni.testing.bench.figures import quantile
from sokoni.testing.databases import database_beside
from sokoni.testing.fake_graph import FakeGraph, fake_graph
from sokoni.testing.loopback import Answered, Asked
from sokoni.workers.crew import Crew

_AT_ONCE: Final = 1000
_BACKLOG: Final = 3000
_NUMBER: Final = "1"
_SECRET: Final = "secret"  # noqa: S105 -- of a fake
_FILE: Final = """
merchant: hall
name: Hall
country: ZW
currency: USD
timezone: Africa/Harare
languages: [en]
capabilities:
  broadcast: {{backlog: {backlog}}}
channels:
  - channel: whatsapp_cloud
    phone_number_id: "{number}"
    access_token: good
    app_secrets: [{secret}]
    verify_token: good
    base_url: {url}
    api_version: v25.0
templates:
  - {{channel: whatsapp_cloud, purpose: news, language: en, name: news, body: "Hello {{{{1}}}}",
     variables: [name]}}
"""
_SAID: Final[dict[str, Any]] = {
    "name": "News",
    "kind": "utility",
    "urgent": True,
    "template": "news",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BroadcastFigures:
    """What one broadcast cost."""

    contacts: int
    taken: int
    """Different people to whom the provider was handed it."""
    twice: int
    proved_per_second: float
    sent_per_second: float
    cpu_per_message: float
    """Microseconds of the process, the provider in it."""
    resident: float
    """Megabytes at most, the provider in it."""
    replies: int
    """To others who wrote meanwhile, on the same number."""
    p50: float
    p95: float
    """Milliseconds from their webhook to the provider call."""


class _Provider(FakeGraph):
    """Counts whom it was handed something for."""

    def __init__(self) -> None:
        super().__init__(keep=False)
        self.asking = Asking(_NUMBER, _SECRET)
        self.to: set[str] = set()
        self.twice = 0

    @override
    def answer(self, asked: Asked) -> Answered:
        answered = super().answer(asked)
        start = asked.body.find(b'"to":"')
        if answered.status == 200 and start >= 0:
            to = asked.body[start + 6 : start + 22].partition(b'"')[0].decode()
            if not self.asking.took(to):
                self.twice += to in self.to
                self.to.add(to)
        return answered


async def measure_broadcast(database_url: str, contacts: int) -> BroadcastFigures:
    """Prove and send one, with a database of its own beside the configured one."""
    async with database_beside(database_url) as url, fake_graph(_Provider()) as graph:
        with TemporaryDirectory() as folder:
            async with _opened(url, graph.url, Path(folder)) as (app, merchant):
                await _people(app, merchant, contacts)
                return await _measured(app, merchant, cast("_Provider", graph), contacts)


@asynccontextmanager
async def _opened(
    url: str, provider: str, folder: Path
) -> AsyncIterator[tuple[App, MerchantProfile]]:
    await upgrade(url, load_models())
    settings = Settings.model_validate(
        {
            "database_url": url,
            "secret_keys": SecretStr(new_key()),
            "redis_url": "",
            "media_dir": folder,
            "pairwise_pacing": False,
            "number_per_second": 100_000,
        }
    )
    async with running(settings) as app:
        text = _FILE.format(url=provider, backlog=_BACKLOG, number=_NUMBER, secret=_SECRET)
        file = read_merchant_file(text, kinds(production=False), {}, source="bench")
        async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
            await apply_merchant_file(session, app.vault, app.clock, file)
        await app.refresh()
        (merchant,) = await app.merchants.all()
        yield app, merchant


async def _people(app: App, merchant: MerchantProfile, contacts: int) -> None:
    now = utc_now()
    person = {"merchant_id": merchant.id, "name_given": False, "language": "en"}
    for start in range(0, contacts, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, contacts))
        ids = {number: ContactId(new_id()) for number in numbers}
        people = [{"id": one, "created_at": now, **person} for one in ids.values()]
        addresses = [
            address_row(app.vault, merchant.id, one, "phone", f"+26377{number:07d}", now)
            for number, one in ids.items()
        ]
        async with writing(app.engine) as connection:
            await _insert(connection, Contact, people)
            await _insert(connection, ContactAddress, addresses)


async def _insert(connection: Any, model: Any, rows: Sequence[dict[str, Any]]) -> None:  # noqa: ANN401
    await insert_many_once(connection, cast("Table", model.__table__), rows)


async def _measured(
    app: App, merchant: MerchantProfile, provider: _Provider, contacts: int
) -> BroadcastFigures:
    desk = BroadcastDesk(
        engine=app.engine,
        vault=app.vault,
        clock=app.clock,
        inbox=app.inbox,
        merchant=merchant,
        facts=facts_of(app.capabilities, merchant),
        lines=lines_of(app.accounts.known(), merchant.id),
        tasks=frozenset(),
        by="bench",
    )
    row = await desk.draft(BroadcastSaid.model_validate(_SAID))
    began = time.monotonic()
    proof = await desk.prove(row.reference)
    proved = time.monotonic() - began
    await desk.send(row.reference, proof.hash)
    began, cpu = time.monotonic(), sum(os.times()[:2])
    async with provider.asking.meanwhile(app):
        await _work(app)
    seconds, spent = time.monotonic() - began, sum(os.times()[:2]) - cpu
    waits = sorted(1000 * one for one in provider.asking.waits)
    return BroadcastFigures(
        contacts=contacts,
        taken=len(provider.to),
        twice=provider.twice,
        proved_per_second=contacts / proved,
        sent_per_second=contacts / seconds,
        cpu_per_message=spent * 1e6 / contacts,
        resident=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        replies=len(waits),
        p50=quantile(waits, 0.50),
        p95=quantile(waits, 0.95),
    )


async def _work(app: App) -> None:
    """Run the workers until the broadcast is done, and nothing more is to be sent."""
    stop = asyncio.Event()
    crew = Crew.of(app)
    working = asyncio.create_task(crew.run(stop))
    try:
        while not await _done(app):  # noqa: ASYNC110
            await asyncio.sleep(1)
    finally:
        stop.set()
        await working


async def _done(app: App) -> bool:
    async with reading(app.engine) as connection:
        return await connection.scalar(select(Broadcast.state)) == State.DONE
