"""The turn worker: once, in order, together where it can, alone where it must."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from typing_extensions import override

from sokoni.channels.base import Limits
from sokoni.channels.inbound import Address, AddressChange, Echo, Message
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import PhoneNumber
from sokoni.messaging.dialects import turn_sql
from sokoni.messaging.events import Answer, StaffAct, Tell, Timer
from sokoni.messaging.models import (
    Conversation,
    DeliveryLease,
    EventState,
    MessageState,
    Request,
)
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.wakeups import LocalHints
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.town import ANA, BEN, Died, Town, add_template, town

NOTICE = Tell(prompt=Prompt("offer", {"thing": "goats"}), purpose="notice")


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as made:
        yield made


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_waited_is_answered_once_and_in_order(place: Town) -> None:
    await place.hear("one", "two", "three")
    await place.hear("other", sender=BEN)

    await place.turn()
    await place.turn()

    assert sorted(place.said()) == ["one / two / three", "other"]
    assert {event.state for event in await place.events()} == {EventState.DONE}
    assert len(await place.log()) == 6


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_who_has_waited_longest_is_claimed_first(place: Town) -> None:
    everybody = [PhoneNumber(f"+2637710000{number:02}") for number in range(12)]
    for sender in everybody:
        await place.hear("hello", sender=sender)
    await place.turn()
    # The last to come the first time, so with the highest ids, are the first to write again.
    for sender in reversed(everybody):
        await place.hear("again", sender=sender)
    waiting = [event.conversation_id for event in await place.events() if event.state == 0]

    async with writing(place.engine) as connection:
        claimed = await turn_sql(place.engine).lock(connection, place.clock(), 4)

    assert {one.id for one in claimed} == set(waiting[:4])


async def test_state_language_and_window_are_kept(place: Town) -> None:
    await place.hear("mhoro")
    await place.turn()
    await place.hear("again")
    await place.turn()

    conversation = await place.conversation()

    assert conversation.state is not None
    assert conversation.last_inbound_at == place.clock() - timedelta(milliseconds=1)
    assert conversation.window_until == conversation.last_inbound_at + timedelta(hours=24)
    async with place.engine.connect() as connection:
        assert await connection.scalar(select(Contact.language)) == "sn"


@pytest.mark.parametrize("word", ["boom", "bad sql"])
async def test_a_turn_that_fails_spoils_no_other_and_is_parked(place: Town, word: str) -> None:
    await place.hear("fine", sender=BEN)
    await place.hear(word)

    await place.turn()
    for _ in range(6):
        await place.later(30)

    assert "fine" in place.said()
    assert "dialogue.apology" in place.said()
    (parked,) = [one for one in await place.events() if one.state == EventState.PARKED]
    assert (parked.attempts, bool(parked.error)) == (5, True)


async def test_what_follows_a_parked_message_is_answered(place: Town) -> None:
    await place.hear("boom", "hello")

    await place.turn()
    for _ in range(6):
        await place.later(30)

    assert "hello" in place.said()


async def test_a_message_that_ends_the_process_is_parked_and_its_neighbours_answered(
    place: Town,
) -> None:
    await place.hear("die")
    await place.hear("fine", sender=BEN)
    died = 0

    for _ in range(12):
        try:
            await place.worker.beware()
            await place.turn()
        except Died:
            died += 1
            await _leave_a_lease(place)
        place.clock.advance(timedelta(seconds=30))

    assert died == 6
    assert "fine" in place.said()
    assert "dialogue.apology" in place.said()


async def _leave_a_lease(place: Town) -> None:
    """Do as a worker that dies does: leave its delivery leases behind."""
    table = DeliveryLease.__table__
    assert isinstance(table, Table)
    async with writing(place.engine) as connection:
        await connection.execute(table.delete())
        until = place.clock() + timedelta(seconds=10)
        await connection.execute(insert(table).values(shard=1, owner="dead", until=until))


async def test_a_burst_waits_for_its_last_line(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with town(engine, vault, clock, quiet_ms=1200) as place:
        await place.hear("one")
        await place.turn()
        clock.advance(timedelta(seconds=1))
        await place.hear("two")
        await place.turn()
        assert place.said() == []

        await place.later(1.3)

        assert place.said() == ["one / two"]


async def test_the_end_of_a_burst_is_not_left_to_the_next_poll(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with town(engine, vault, clock, quiet_ms=1200) as place:
        slept = place.worker._hints = Sleeps(clock)
        await place.hear("one")

        while not place.said():
            await place.worker._step()

        assert slept.seconds == pytest.approx(1.2, abs=0.01)


class Sleeps(LocalHints):
    """Nobody hints at anything: the clock goes on by as long as is waited."""

    def __init__(self, clock: StoppedClock) -> None:
        super().__init__()
        self.seconds = 0.0
        self._clock = clock

    @override
    async def wait(self, topic: str, timeout: float) -> bool:
        self.seconds += timeout
        self._clock.advance(timedelta(seconds=timeout))
        return False


async def test_a_tap_does_not_wait(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> None:
    async with town(engine, vault, clock, quiet_ms=1200) as place:
        place.parrot.settles = True
        await place.hear("yes")

        await place.turn()

        assert place.said() == ["yes"]


async def test_while_a_person_has_the_conversation_the_bot_is_silent(place: Town) -> None:
    await place.hear("a person please")
    await place.turn()
    await place.hear("hello?")
    await place.turn()
    assert place.said() == ["a person please"]
    assert (await place.conversation()).holder == "person"

    await place.hear("bot")
    await place.turn()

    assert place.said()[-1] == "bot"
    assert (await place.conversation()).holder == "bot"


async def test_the_bot_comes_back_after_the_set_time(place: Town) -> None:
    await place.hear("a person please")
    await place.turn()
    place.clock.advance(timedelta(hours=13))

    await place.hear("anybody?")
    await place.turn()

    assert place.said()[-1] == "anybody?"


async def test_staff_take_speak_and_give_back(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    await place.happen_to(StaffAct(act="say", staff="Farai", text="Hello, Farai here"), "1")
    await place.turn()
    assert place.said()[-1] == "Hello, Farai here"
    assert (await place.conversation()).holder == "person"

    await place.happen_to(StaffAct(act="back", staff="Farai"), "2")
    await place.turn()

    assert (await place.conversation()).holder == "bot"


async def test_what_staff_say_goes_in_parts_where_the_channel_takes_less(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    words = " ".join(f"word{number}" for number in range(900))

    await place.happen_to(StaffAct(act="say", staff="Farai", text=words), "1")
    await place.turn()

    *_, first, second = place.said()
    assert f"{first} {second}" == words
    assert max(len(first), len(second)) <= Limits().text
    assert {row.author for row in (await place.log())[-2:]} == {"Farai"}


async def test_the_bot_knows_when_a_person_last_had_the_conversation(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    place.clock.advance(timedelta(minutes=1))
    await place.happen_to(StaffAct(act="say", staff="Farai", text="Hello, Farai here"), "1")
    await place.turn()
    spoke_at = place.clock()
    place.clock.advance(timedelta(minutes=1))
    await place.happen_to(StaffAct(act="back", staff="Farai"), "2")
    await place.turn()

    await place.hear("yes")
    await place.turn()

    assert [state.person_at for state in place.parrot.remembered] == [None, spoke_at]


async def test_a_reply_from_the_owners_phone_takes_over_and_is_logged(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    echo = Echo(
        provider_id="e1", recipient=Address(phone=ANA), sent_at=place.clock(), text="I am here"
    )
    await place.happen(echo)
    await place.turn()

    assert (await place.conversation()).holder == "person"
    last = (await place.log())[-1]
    assert (last.author, last.state, last.provider_id) == ("owner", MessageState.SENT, "e1")


async def test_a_tell_is_said_inside_the_window(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    await place.happen_to(NOTICE)

    await place.turn()

    assert place.said() == ["hi", "offer"]


async def test_a_tell_outside_the_window_goes_as_a_template(place: Town) -> None:
    await add_template(place, "offer", "Somebody offers {{thing}} to you.", "thing")
    await place.hear("hi")
    await place.turn()
    place.clock.advance(timedelta(hours=25))
    await place.happen_to(NOTICE)

    await place.turn()

    assert place.said() == ["hi", "Somebody offers goats to you."]


async def test_a_tell_that_no_template_fits_is_kept_for_staff_and_not_sent(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    place.clock.advance(timedelta(hours=25))
    await place.happen_to(NOTICE)

    await place.turn()

    assert place.said() == ["hi"]
    last = (await place.log())[-1]
    assert (last.state, last.error) == (MessageState.CANCELLED, "window shut, no template")


async def test_who_said_stop_is_told_nothing_until_start(place: Town) -> None:
    await place.hear("stop")
    await place.turn()
    await place.happen_to(NOTICE, "1")
    await place.turn()
    assert place.said() == ["stop"]

    await place.hear("start")
    await place.turn()
    await place.happen_to(NOTICE, "2")
    await place.turn()

    assert place.said() == ["stop", "start", "offer"]


async def test_too_many_messages_are_answered_once_then_with_silence(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    async with town(engine, vault, clock, rate=2) as place:
        for number in range(5):
            await place.hear(str(number))
            await place.turn()
        assert place.said() == ["0", "1", "dialogue.slow_down"]

        clock.advance(timedelta(seconds=61))
        await place.hear("later")
        await place.turn()

        assert place.said()[-1] == "later"


async def test_timers_reach_the_dialogue(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    await place.happen_to(Timer(name="dialogue"))

    await place.turn()

    assert place.said() == ["hi", "Timer"]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_two_addresses_of_one_person_become_one_conversation(place: Town) -> None:
    hidden = Address(user_id="NG.7H3K9ZQ2M4")
    await place.hear("from the phone")
    await place.turn()
    await place.happen(
        Message(provider_id="m2", sender=hidden, sent_at=place.clock(), text="hidden")
    )
    await place.turn()
    await place.hear("still waiting")

    await place.happen(
        AddressChange(provider_id="c1", old=Address(phone=ANA), new=hidden, sent_at=place.clock())
    )
    await place.turn()
    await place.hear("from the phone again")
    await place.turn()

    assert place.said()[-1] == "from the phone again"
    async with place.engine.connect() as connection:
        open_ones = select(func.count()).where(Conversation.merged_into.is_(None))
        assert await connection.scalar(open_ones) == 1
    assert "still waiting" in " ".join(place.said())
    assert len({row.conversation_id for row in await place.log()}) == 1


async def test_a_timer_that_a_flow_set_falls_due_once(place: Town) -> None:
    await place.hear("remind me", "remind me again")
    await place.turn()
    assert place.said() == ["remind me / remind me again"]

    await place.later(61)
    await place.later(61)

    assert place.said() == ["remind me / remind me again", "Timer"]


async def test_what_a_flow_asks_of_the_outside_leaves_with_the_turn_once(place: Town) -> None:
    await place.hear("look it up")
    await place.turn()
    await place.hear("look it up again")
    await place.turn()

    async with place.engine.connect() as connection:
        rows = (await connection.execute(select(Request.__table__))).mappings().all()
    (row,) = rows
    conversation = await place.conversation()
    assert (row["kind"], row["conversation_id"]) == ("test.look_up", conversation.id)
    opened = place.vault.open("requests.payload", row["id"], row["payload"])
    assert opened == b'{"what":"look it up"}'


async def test_what_the_outside_answered_reaches_the_dialogue(place: Town) -> None:
    await place.hear("hi")
    await place.turn()
    await place.happen_to(Answer(kind="test.look_up", request_id="r", outcome="done"))

    await place.turn()

    assert place.said() == ["hi", "Answer"]
