"""Two servers on one database: what one finds out about a contact, the other acts upon."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from sokoni.bootstrap import App, running
from sokoni.channels.inbound import Address, AddressChange, Inbound, Message
from sokoni.config import Settings
from sokoni.kit.ids import PhoneNumber, new_id
from sokoni.messaging.inbox import Arrival
from sokoni.messaging.models import Conversation
from sokoni.testing.databases import Spares
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.matching import Shown
from sokoni.workers.crew import Crew

OLD, NEW = PhoneNumber("+263771000001"), PhoneNumber("+263772000002")
SERVERS = pytest.mark.parametrize("database_url", ["postgresql", "mariadb"], indirect=True)


class Pair:
    """The first server answers what people write to either; the second one sends it."""

    def __init__(self, first: Server, second: App) -> None:
        self._first = first
        self._sender = Crew.of(second)
        self.second = second
        self.clock = first.clock

    async def writes(self, phone: PhoneNumber, *, through: App | None = None) -> None:
        said = Message(
            provider_id=str(new_id()),
            sender=Address(phone=phone),
            sent_at=self.clock(),
            text="menu",
        )
        await self.happens(said, through or self._first.app)

    async def moves(self) -> None:
        """Have the contact tell WhatsApp that they have another number."""
        await self.happens(
            AddressChange(
                provider_id=str(new_id()),
                old=Address(phone=OLD),
                new=Address(phone=NEW),
                sent_at=self.clock(),
            ),
            self._first.app,
        )

    async def happens(self, item: Inbound, app: App) -> None:
        now = self.clock()
        (account,) = [one for one in await app.accounts.all() if one.channel.name != "simulator"]
        arrival = Arrival(account=account, item=item, received_at=now, due_at=now)
        await app.inbox.store([arrival])
        self.clock.advance(timedelta(seconds=5))
        while await self._first.crew.turns.run_once():
            pass
        await self._sender.delivery.run_once()

    async def sent_to(self, phone: PhoneNumber) -> list[Shown]:
        return await self._first.sent_to(phone)


@asynccontextmanager
async def two_servers(spares: Spares) -> AsyncIterator[Pair]:
    settings = Settings(database_url=spares.beside)
    async with AsyncExitStack() as stack:
        opened = server(settings, ChannelName.WHATSAPP_CLOUD, "gokwe-market", None, spares=spares)
        first = await stack.enter_async_context(opened)
        second = await stack.enter_async_context(running(first.app.settings, first.clock))
        yield Pair(first, second)


@SERVERS
async def test_the_other_server_sends_to_the_new_number_at_once(spares: Spares) -> None:
    async with two_servers(spares) as pair:
        await pair.writes(OLD)
        assert len(await pair.sent_to(OLD)) == 1

        await pair.moves()
        await pair.writes(NEW)

        assert len(await pair.sent_to(OLD)) == 1
        assert len(await pair.sent_to(NEW)) == 1


@SERVERS
async def test_whoever_has_the_old_number_one_day_is_a_stranger_to_both(spares: Spares) -> None:
    async with two_servers(spares) as pair:
        await pair.writes(OLD, through=pair.second)
        await pair.moves()
        pair.clock.advance(timedelta(days=90))

        await pair.writes(OLD, through=pair.second)

        async with pair.second.engine.connect() as connection:
            writers = select(Conversation.contact_id).where(
                Conversation.last_inbound_at.is_not(None)
            )
            assert len(set(await connection.scalars(writers))) == 2
