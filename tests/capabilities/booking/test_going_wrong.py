"""A booking when things go wrong, played through the real server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final

import pytest

from sokoni.config import Settings
from sokoni.testing.databases import Spares
from sokoni.testing.fake_graph import FakeGraph, Scripted, fails_later, refused
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.steps import Words
from sokoni.testing.transcripts.whatsapp import WhatsAppPhones
from tests.conftest import THREE

CUSTOMER: Final = "+263777530322"
OTHER: Final = "+263777000300"
PROVIDER: Final = "+263718275163"
MONDAY: Final = datetime(2026, 3, 2, 9, 0)  # noqa: DTZ001 -- the merchant's own time
ASKS: Final = ("I need a plumber in Harare tomorrow at 3pm, my sink is blocked", "Seagate")
NO_RECEIVER: Final = 131026


class Desk:
    """A merchant's server and what its contacts read."""

    def __init__(self, played: Server) -> None:
        self.server = played
        self._read: dict[str, int] = {}

    async def says(self, who: str, *lines: str) -> list[str]:
        """Write line by line, and return what they read since they last looked."""
        for line in lines:
            await self.server.write(who, Words(line))
            await self.server.settle()
        return await self.reads(who)

    async def reads(self, who: str) -> list[str]:
        shown = [one.text for one in await self.server.sent_to(who)]
        new = shown[self._read.get(who, 0) :]
        self._read[who] = len(shown)
        return new


@asynccontextmanager
async def desk(spares: Spares, channel: ChannelName) -> AsyncIterator[Desk]:
    settings = Settings(database_url=spares.beside)
    async with server(settings, channel, "hustlr", MONDAY, spares=spares) as played:
        yield Desk(played)


def graph_of(desk: Desk) -> FakeGraph:
    phones = desk.server.phones
    assert isinstance(phones, WhatsAppPhones)
    return phones.graph


# --- the request does not arrive -------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize("step", [fails_later(NO_RECEIVER), refused(NO_RECEIVER)])
async def test_number_that_cannot_be_reached_is_told_to_the_customer(
    spares: Spares, step: Scripted
) -> None:
    async with desk(spares, ChannelName.WHATSAPP_CLOUD) as town:
        graph_of(town).script(step, to=PROVIDER)
        said = await town.says(CUSTOMER, *ASKS, "yes")

        assert "I could not reach Seagate Plumbers" in said[-1]
        found = await town.says(CUSTOMER, "yes")
        assert "Unity Plumbers" in found[-1]
        assert "Seagate" not in found[-1]

        # Who writes again is told nothing of it twice, and can be asked again.
        await town.says(PROVIDER, "hi")
        await town.says(OTHER, *ASKS, "yes")
        assert "sink is blocked" in (await town.reads(PROVIDER))[-1]


async def test_provider_who_stopped_messages_is_not_waited_for(spares: Spares) -> None:
    async with desk(spares, ChannelName.SIMULATOR) as town:
        await town.says(PROVIDER, "stop")
        said = await town.says(CUSTOMER, *ASKS, "yes")

        assert "I could not reach Seagate Plumbers" in said[-1]
        assert "sink" not in "".join(await town.reads(PROVIDER))


# --- two at once -----------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_of_two_who_say_yes_at_once_the_other_is_offered_the_next_times(
    spares: Spares,
) -> None:
    async with desk(spares, ChannelName.SIMULATOR) as town:
        for who in (CUSTOMER, OTHER):
            await town.says(who, *ASKS)
        for who in (CUSTOMER, OTHER):
            await town.server.write(who, Words("yes"))
        await town.server.settle()

        answers = sorted([(await town.reads(who))[-1] for who in (CUSTOMER, OTHER)])
        assert "I asked Seagate Plumbers" in answers[0]
        assert "Seagate Plumbers is not free on Tue 3 Mar, 15:00" in answers[1]
        assert "Tue 3 Mar, 14:00" in answers[1]
        assert len(await town.reads(PROVIDER)) == 1


# --- reminders -------------------------------------------------------------------------------


async def test_reminder_is_said_late_where_the_server_was_down(spares: Spares) -> None:
    async with desk(spares, ChannelName.SIMULATOR) as town:
        await town.says(CUSTOMER, *ASKS, "yes")
        await town.says(PROVIDER, "accept")
        await town.reads(CUSTOMER)

        # Down over both reminders: an hour before the job one of them is of use.
        town.server.clock.advance(timedelta(hours=29))
        await town.server.settle()

        (late,) = await town.reads(CUSTOMER)
        assert late.count("Reminder: Seagate Plumbers comes on Tue 3 Mar, 15:00") == 1
        await town.server.wait(timedelta(minutes=50))
        assert await town.reads(CUSTOMER) == []


async def test_no_reminder_is_said_once_the_job_has_begun(spares: Spares) -> None:
    async with desk(spares, ChannelName.SIMULATOR) as town:
        await town.says(CUSTOMER, *ASKS, "yes")
        await town.says(PROVIDER, "accept")
        await town.reads(CUSTOMER)

        town.server.clock.advance(timedelta(hours=30, minutes=20))
        await town.server.settle()

        assert await town.reads(CUSTOMER) == []


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_reminder_is_a_template_where_the_window_is_shut(spares: Spares) -> None:
    async with desk(spares, ChannelName.WHATSAPP_CLOUD) as town:
        asks = "I need a plumber in Harare on thursday at 3pm, my sink is blocked"
        await town.says(CUSTOMER, asks, "Seagate", "yes")
        await town.says(PROVIDER, "accept")
        await town.reads(CUSTOMER)

        await town.server.wait(timedelta(hours=54, minutes=5))

        (reminder,) = await town.reads(CUSTOMER)
        assert reminder.startswith("Hustlr: Reminder")
        sent = [one.payload for one in graph_of(town).taken if one.to == CUSTOMER]
        assert sent[-1]["type"] == "template"
