"""A contact with several conversations is reached where they last wrote."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.db.writing import reading, writing
from sokoni.kit.ids import ContactId, new_id
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Conversation
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.seats import last_written_in, seats_of
from sokoni.messaging.tells import Tells, Whisper
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.outgoing import Number, Street, Talk, street

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Street]:
    async with street(engine, vault, clock) as opened:
        yield opened


async def talks(place: Street, *written: datetime | None) -> list[Talk]:
    """Open conversations of one contact, on numbers of their own, written in at these times."""
    made = []
    for number, at in enumerate(written, 1):
        talk = await place.add_talk(await place.add_number(f"{number}"), f"+26377100000{number}")
        made.append(talk)
        theirs = update(Conversation).where(Conversation.id == talk.id)
        same = {"contact_id": made[0].contact_id, "last_inbound_at": at}
        async with writing(place.engine) as connection:
            await connection.execute(theirs.values(same))
    return made


async def tell(place: Street, teller: Number, whom: Talk) -> None:
    said = Tell(prompt=Prompt("sold"), purpose="notice")
    told = TellTo(contact_id=whom.contact_id, tell=said, once="1")
    whisper = Whisper(teller.merchant_id, teller.id, told)
    async with writing(place.engine) as connection:
        await Tells(place.inbox).carry(connection, [whisper], place.clock())


async def test_where_they_last_wrote_comes_first_and_where_they_never_did_last(
    place: Street,
) -> None:
    now = place.clock()
    never, early, late = await talks(place, None, now - timedelta(hours=2), now)
    who = never.contact_id

    async with reading(place.engine) as connection:
        seats = await seats_of(connection, [who, ContactId(new_id())])
        last = await last_written_in(connection, who)

    assert {one: [seat.id for seat in its] for one, its in seats.items()} == {
        who: [late.id, early.id, never.id]
    }
    assert last is not None
    assert (last.id, last.account_id) == (late.id, late.number.id)


async def test_of_two_written_in_at_once_it_is_always_the_same(place: Street) -> None:
    first, second = await talks(place, place.clock(), place.clock())

    async with reading(place.engine) as connection:
        last = await last_written_in(connection, first.contact_id)

    assert last is not None
    assert last.id == max(first.id, second.id)


async def test_a_tell_from_a_number_they_do_not_know_goes_where_they_last_wrote(
    place: Street,
) -> None:
    written, _never = await talks(place, place.clock(), None)
    teller = await place.add_number("9")

    await tell(place, teller, written)

    assert [one.conversation_id for one in await place.events()] == [written.id]


async def test_a_tell_goes_on_the_number_that_it_comes_from(place: Street) -> None:
    written, never = await talks(place, place.clock(), None)

    await tell(place, never.number, written)

    assert [one.conversation_id for one in await place.events()] == [never.id]
