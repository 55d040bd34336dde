"""A whole server behind a fake Twilio: what goes wrong there doubles nothing and loses nothing."""

import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from sokoni.config import Settings
from sokoni.db.writing import reading
from sokoni.messaging.models import Message, MessageState
from sokoni.testing.databases import Spares
from sokoni.testing.fake_graph import Scripted, cut, fails_later, garbage, http_error
from sokoni.testing.fake_twilio import FakeTwilio, Reporting, refused
from sokoni.testing.stage import ChannelName, Server, server
from sokoni.testing.transcripts.matching import Shown
from sokoni.testing.transcripts.steps import Words
from sokoni.testing.transcripts.twilio import TwilioPhones

RUDO = "+263771000901"
NOON = datetime(2026, 3, 2, 12)  # noqa: DTZ001 - the merchant's local time


@pytest.fixture
async def market(spares: Spares) -> AsyncIterator[Server]:
    settings = Settings(database_url=spares.beside)
    async with server(
        settings, ChannelName.TWILIO_WHATSAPP, "gokwe-market", NOON, spares=spares
    ) as market:
        yield market


@pytest.fixture
def twilio(market: Server) -> FakeTwilio:
    assert isinstance(market.phones, TwilioPhones)
    return market.phones.twilio


async def say(market: Server, *lines: str) -> Sequence[Shown]:
    for line in lines:
        await market.write(RUDO, Words(line))
        await market.settle()
    return await market.sent_to(RUDO)


async def states(market: Server) -> set[MessageState]:
    """Return how far the messages to contacts got."""
    ours = select(Message.state).where(Message.outbound)
    async with reading(market.app.engine) as connection:
        return {MessageState(state) for state in await connection.scalars(ours)}


async def test_statuses_in_any_order_lead_nowhere_but_on(
    market: Server, twilio: FakeTwilio
) -> None:
    twilio.reporting = Reporting(times=2, shuffled=random.Random(1))

    await say(market, "menu", "help")

    assert await states(market) == {MessageState.READ}


@pytest.mark.parametrize("step", [cut(), garbage(), http_error(201, b"<html>")])
async def test_lost_answer_is_made_up_for_by_a_status(
    market: Server, twilio: FakeTwilio, step: Scripted
) -> None:
    twilio.reporting = Reporting(names=("queued",))
    twilio.script(Scripted(step.answered, taken=True))

    said = await say(market, "menu")

    assert len(said) == 1
    assert await states(market) == {MessageState.TAKEN}


@pytest.mark.parametrize(
    "step", [refused(20429, 429, retry_after="1"), refused(63012), cut(taken=False)]
)
async def test_what_was_not_taken_is_sent_again(
    market: Server, twilio: FakeTwilio, step: Scripted
) -> None:
    twilio.script(step)

    await say(market, "menu")
    await market.wait(timedelta(minutes=2))

    assert len(await market.sent_to(RUDO)) == 1
    assert await states(market) == {MessageState.READ}


async def test_choices_go_as_numbers_while_no_content_can_be_made(
    market: Server, twilio: FakeTwilio
) -> None:
    twilio.script_contents(http_error(503))

    (said,) = await say(market, "menu")

    assert said.kind == "text"
    assert "1. " in said.body
    assert len(await say(market, "1")) == 2


async def test_what_whatsapp_cannot_show_goes_as_text(market: Server, twilio: FakeTwilio) -> None:
    twilio.script(fails_later(63005))

    rich, plain = await say(market, "menu")

    assert (rich.kind == "text", plain.kind) == (False, "text")
    assert "1. " in plain.body
    assert await states(market) == {MessageState.READ}


async def test_who_stops_at_twilio_is_left_alone(market: Server, twilio: FakeTwilio) -> None:
    twilio.script(fails_later(21610))

    await say(market, "menu")

    assert await states(market) == {MessageState.FAILED}
