"""A person takes a conversation by API, talks, and gives it back: all of it over the real path."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.config import Settings
from sokoni.merchants.api_keys import ApiKeys
from sokoni.testing.asgi import Answer
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.steps import Words
from sokoni.web.principal import Scope

PHONE = "+263771000001"
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
async def market(database_url: str, spares: Spares) -> AsyncIterator[Server]:
    settings = Settings(database_url=database_url)
    opening = server(settings, ChannelName.SIMULATOR, "gokwe-market", MORNING, spares=spares)
    async with opening as market:
        yield market


class Desk:
    """A member of staff with a key, and the contact whose conversation it is about."""

    def __init__(self, market: Server, key: str) -> None:
        self._market = market
        self._bearer = {"authorization": f"Bearer {key}"}

    @classmethod
    async def of(cls, market: Server) -> "Desk":
        app = market.app
        async with AsyncSession(app.engine) as session, session.begin():
            keys = ApiKeys(session, app.clock)
            key = await keys.issue(market.profile.id, "Nyasha", [Scope.CONVERSATIONS])
        return cls(market, key)

    async def hears(self, text: str) -> list[str]:
        """Have the contact write; return what they are sent upon it."""
        before = len(await self._market.sent_to(PHONE))
        await self._market.write(PHONE, Words(text))
        await self._market.settle()
        return await self.sent(before)

    async def does(self, act: str, body: object = None) -> list[str]:
        """Do something by API; return what the contact is sent upon it."""
        before = len(await self._market.sent_to(PHONE))
        url = f"/api/v1/conversations/{await self._conversation()}/{act}"
        answer = await self._market.web.post(url, body, headers=self._bearer)
        assert answer.status == 202
        await self._market.settle()
        return await self.sent(before)

    async def sent(self, before: int) -> list[str]:
        return [message.text for message in (await self._market.sent_to(PHONE))[before:]]

    async def get(self, url: str) -> Answer:
        return await self._market.web.get(url, headers=self._bearer)

    async def holder(self) -> str:
        conversation = await self._conversation()
        answer = await self.get(f"/api/v1/conversations/{conversation}")
        return str(answer.json()["holder"])

    async def log(self) -> list[tuple[str, str]]:
        conversation = await self._conversation()
        answer = await self.get(f"/api/v1/conversations/{conversation}/messages")
        return [(one["author"], one["look"]["text"]) for one in answer.json()["items"]]

    async def _conversation(self) -> str:
        answer = await self.get(f"/api/v1/contacts/{PHONE}")
        return str(answer.json()["conversations"][0]["id"])


async def test_a_person_takes_over_talks_and_gives_back(market: Server) -> None:
    desk = await Desk.of(market)
    assert await desk.hears("selling 10 goats")

    assert await desk.does("take") == []
    assert await desk.hears("hello?") == []
    assert await desk.does("say", {"text": "We come at 3"}) == ["We come at 3"]
    assert await desk.hears("thank you") == []
    assert await desk.holder() == "person"
    assert await desk.does("back") == []

    assert await desk.holder() == "bot"
    assert len(await desk.hears("$20")) == 1
    said = await desk.log()
    assert ("Nyasha", "We come at 3") in said
    assert ("contact", "thank you") in said


async def test_saying_something_takes_over_and_time_gives_back(market: Server) -> None:
    desk = await Desk.of(market)
    await desk.hears("menu")

    await desk.does("say", {"text": "Nyasha here"})
    assert await desk.hears("menu") == []
    await market.wait(timedelta(minutes=market.profile.handover_minutes + 1))

    assert len(await desk.hears("menu")) == 1
    assert await desk.holder() == "bot"


async def test_the_same_act_twice_is_one_message(market: Server) -> None:
    desk = await Desk.of(market)
    await desk.hears("menu")
    conversation = (await desk.get(f"/api/v1/contacts/{PHONE}")).json()["conversations"][0]["id"]

    for _ in range(2):
        answer = await market.web.post(
            f"/api/v1/conversations/{conversation}/say",
            {"text": "Once"},
            headers={**desk._bearer, "idempotency-key": "1"},
        )
        assert answer.status == 202
        await market.settle()

    assert [text for _, text in await desk.log()].count("Once") == 1
