"""Two servers on one database: what one finds out about a contact, the other acts upon."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest

from sokoni.bootstrap import App, running
from sokoni.channels.base import Address, AddressChange, Inbound, Message
from sokoni.config import Settings
from sokoni.kit.ids import PhoneNumber, new_id
from sokoni.messaging.inbox import Arrival
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.matching import Shown
from sokoni.workers.crew import Crew

OLD, NEW = PhoneNumber("+263771000001"), PhoneNumber("+263772000002")
SERVERS = pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)


class Pair:
    """One takes and answers what people write; the other only sends."""

    def __init__(self, first: Server, second: App) -> None:
        self._first = first
        self._second = second
        self._sender = Crew.of(second)

    async def writes(self, phone: PhoneNumber) -> None:
        await self.happens(
            Message(
                provider_id=str(new_id()),
                sender=Address(phone=phone),
                sent_at=self._first.clock(),
                text="menu",
            )
        )

    async def moves(self) -> None:
        """Have the contact tell WhatsApp that they have another number."""
        await self.happens(
            AddressChange(
                provider_id=str(new_id()),
                old=Address(phone=OLD),
                new=Address(phone=NEW),
                sent_at=self._first.clock(),
            )
        )

    async def happens(self, item: Inbound) -> None:
        app, now = self._first.app, self._first.clock()
        (account,) = [one for one in await app.accounts.all() if one.channel.name != "simulator"]
        arrival = Arrival(account=account, item=item, received_at=now, due_at=now)
        await app.inbox.store([arrival])
        self._first.clock.advance(timedelta(seconds=5))
        while await self._first.crew.turns.run_once():
            pass
        await self._sender.delivery.run_once()

    async def sent_to(self, phone: PhoneNumber) -> list[Shown]:
        return await self._first.sent_to(phone)


@asynccontextmanager
async def two_servers(database_url: str) -> AsyncIterator[Pair]:
    settings = Settings(database_url=database_url)
    async with AsyncExitStack() as stack:
        opened = server(settings, ChannelName.WHATSAPP_CLOUD, "gokwe-market", None)
        first = await stack.enter_async_context(opened)
        second = await stack.enter_async_context(running(first.app.settings, first.clock))
        yield Pair(first, second)


@SERVERS
async def test_the_other_server_sends_to_the_new_number_at_once(database_url: str) -> None:
    async with two_servers(database_url) as pair:
        await pair.writes(OLD)
        assert len(await pair.sent_to(OLD)) == 1

        await pair.moves()
        await pair.writes(NEW)

        assert len(await pair.sent_to(OLD)) == 1
        assert len(await pair.sent_to(NEW)) == 1
