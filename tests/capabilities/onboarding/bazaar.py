"""A server with shipped merchants that register people, who write to them by the simulator."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.bootstrap import App, kinds, running
from sokoni.capabilities.onboarding.models import Entry, EntryFact
from sokoni.capabilities.onboarding.service.book import ANSWERS
from sokoni.config import Settings
from sokoni.db.vault import new_key
from sokoni.edge import Side, edge
from sokoni.merchants.api_keys import ApiKeys
from sokoni.merchants.file import read_merchant_file
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from sokoni.workers.crew import Crew
from tests.demo.shipped import text_of
from tests.verification.gate import Gate, code_in

PRIYA: Final = "+919812300001"
RAHUL: Final = "+919812300002"
_AT_ONCE: Final = "\nquiet_ms: 0\n"
NUMBER: Final = "9876543210"
ANSWERS_OF_PRIYA: Final = ("Hi", "Priya Sharma", "Textile", "400001", NUMBER, "yes")
MEMBER: Final = ("mhoro", "Tendai Moyo", "muriwo", "Gokwe", "hongu", "hongu")


@dataclass(repr=False)
class Desk(Gate):
    """One merchant of the server."""

    @override
    def __repr__(self) -> str:
        return self.slug

    @override
    async def say(self, text: str, who: str = PRIYA) -> str:
        return await super().say(text, who)

    async def tell(self, *said: str, who: str = PRIYA) -> str:
        """Say one thing after the other; return what is answered to the last."""
        answer = ""
        for one in said:
            answer = await self.say(one, who)
        return answer

    async def register(self, who: str = PRIYA) -> str:
        """Register with the answers of Priya and the code that comes."""
        asked = await self.tell(*ANSWERS_OF_PRIYA, who=who)
        return await self.say(code_in(asked), who)

    async def entries(self) -> list[Entry]:
        async with AsyncSession(self.app.engine) as session:
            mine = select(Entry).where(Entry.merchant_id == self.merchant_id)
            return list(await session.scalars(mine.order_by(Entry.id)))

    async def facts(self) -> dict[str, str]:
        async with AsyncSession(self.app.engine) as session:
            mine = select(EntryFact).where(EntryFact.merchant_id == self.merchant_id)
            return {one.slot: one.value for one in await session.scalars(mine)}

    def answers(self, entry: Entry) -> str:
        return self.app.vault.open_text(ANSWERS, entry.id, entry.answers)

    async def rewrite(self, entry: Entry, slot: str, value: str) -> None:
        """Have an answer be something that no question takes."""
        said = {**json.loads(self.answers(entry)), slot: value}
        sealed = self.app.vault.seal_text(ANSWERS, entry.id, json.dumps(said))
        async with AsyncSession(self.app.engine) as session, session.begin():
            row = update(Entry).where(Entry.id == entry.id)
            await session.execute(row.values(answers=sealed))

    async def api(self, *scopes: str) -> AsgiClient:
        """Return a client with a key of the merchant's."""
        async with AsyncSession(self.app.engine) as session, session.begin():
            key = await ApiKeys(session, self.clock).issue(self.merchant_id, "office", scopes)
        return self.web.sending({"authorization": f"Bearer {key}"})


@asynccontextmanager
async def desks(database_url: str, *slugs: str, ending: str = "") -> AsyncIterator[list[Desk]]:
    """Open a server with these shipped merchants; their files end with `ending`."""
    texts = {slug: text_of(slug) + _AT_ONCE + ending for slug in slugs}
    async with desks_of(database_url, texts) as opened:
        yield opened


@asynccontextmanager
async def desks_of(database_url: str, texts: Mapping[str, str]) -> AsyncIterator[list[Desk]]:
    """Open a server with merchants of these files, by their ids."""
    clock = StoppedClock()
    settings = Settings(
        database_url=database_url,
        secret_keys=SecretStr(new_key()),
        public_url="http://127.0.0.1:8000",
        redis_url="",
    )
    async with running(settings, clock) as app:
        web = AsgiClient(edge(app, frozenset({Side.GATEWAY, Side.API}), CollectorRegistry()))
        yield [await _desk(app, web, clock, slug, text) for slug, text in texts.items()]


async def _desk(app: App, web: AsgiClient, clock: StoppedClock, slug: str, text: str) -> Desk:
    file = read_merchant_file(text, kinds(production=False), {})
    async with AsyncSession(app.engine) as session, session.begin():
        await apply_merchant_file(session, app.vault, clock, file)
    await app.refresh()
    profile = await app.merchants.find(slug)
    assert profile is not None
    return Desk(app, Crew.of(app), web, clock, profile.id, slug)
