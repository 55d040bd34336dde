"""What a look at a phone's conversation finds, and that it finds it once."""

import msgspec
from sqlalchemy import event, update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Address, Message
from sokoni.channels.outbound import Text
from sokoni.dashboard.simulator.reading import News, PhoneReading, Tick, looking
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ConversationId
from sokoni.messaging.models import Conversation, EventState, InboxEvent, MessageState
from sokoni.messaging.models import Message as Logged
from sokoni.testing.clock import StoppedClock
from tests.api.market import Market

PHONE = "+263771000001"


async def seen(engine: AsyncEngine, reading: PhoneReading) -> News:
    async with looking(engine) as connection:
        return await reading.look(connection)


def words(news: News) -> list[str]:
    return [
        one.shown.text if isinstance(one.shown, Message) else getattr(one.shown, "body", "")
        for one in news.changed
    ]


async def talking(market: Market, vault: Vault) -> tuple[ConversationId, PhoneReading]:
    merchant = await market.merchant("one")
    conversation = await market.conversation(merchant, PHONE)
    return conversation, PhoneReading(vault, merchant, PHONE)


async def test_a_phone_that_never_wrote_shows_nothing(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    merchant = await market.merchant("one")

    assert await seen(engine, PhoneReading(vault, merchant, PHONE)) == News()


async def test_each_message_is_news_once(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    conversation, reading = await talking(market, vault)
    await market.heard(conversation, "Hi")
    await market.said(conversation, Text("Hello"))

    first, again = await seen(engine, reading), await seen(engine, reading)
    await market.said(conversation, Text("Still there?"))
    later = await seen(engine, reading)

    assert (words(first), words(again), words(later)) == (["Hi", "Hello"], [], ["Still there?"])
    assert (first.anew, again.anew) == (True, False)


async def test_what_is_not_sent_is_not_shown_and_what_was_refused_says_why(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    conversation, reading = await talking(market, vault)
    for state in (MessageState.CANCELLED, MessageState.UNKNOWN, MessageState.WAITING):
        await market.said(conversation, Text(state.name), state)
    await market.said(conversation, Text("too long"), MessageState.FAILED)

    news = await seen(engine, reading)

    assert words(news) == ["too long"]
    assert news.changed[0].refused
    assert news.answer_due


async def test_a_message_is_shown_from_when_it_is_stored_and_gets_its_ticks(
    market: Market, engine: AsyncEngine, vault: Vault, clock: StoppedClock
) -> None:
    conversation, reading = await talking(market, vault)
    said = Message(provider_id="p", sender=Address(), sent_at=clock(), text="Hi")
    payload = msgspec.json.encode(said)
    event_id = await market.aside(conversation, EventState.WAITING, payload)
    stored = await seen(engine, reading)
    await _handled(engine, market, conversation, event_id)
    taken = await seen(engine, reading)

    assert [(one.id, one.tick) for one in stored.changed] == [(event_id, Tick.STORED)]
    assert stored.answer_due
    assert [(one.id, one.tick) for one in taken.changed] == [(event_id, Tick.READ)]
    assert not taken.answer_due


async def test_what_a_person_has_not_answered_is_taken_and_not_read(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    conversation, reading = await talking(market, vault)
    await _held(engine, conversation)
    await market.heard(conversation, "Hi")
    before = await seen(engine, reading)
    await market.said(conversation, Text("Hello"))
    after = await seen(engine, reading)

    assert [one.tick for one in before.changed] == [Tick.TAKEN]
    assert [one.tick for one in after.changed] == [Tick.READ, None]


async def test_a_merchant_without_read_marks_never_shows_any(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    merchant = await market.merchant("one")
    conversation = await market.conversation(merchant, PHONE)
    await market.heard(conversation, "Hi")
    await market.said(conversation, Text("Hello"))

    news = await seen(engine, PhoneReading(vault, merchant, PHONE, read_marks=False))

    assert [one.tick for one in news.changed] == [Tick.TAKEN, None]


async def test_only_what_nobody_read_yet_is_to_be_reported(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    conversation, reading = await talking(market, vault)
    for state in (MessageState.TAKEN, MessageState.DELIVERED, MessageState.READ):
        await market.said(conversation, Text(state.name), state)

    news = await seen(engine, reading)

    assert [bool(one.unread) for one in news.changed] == [True, True, False]


async def test_many_messages_at_once_are_all_shown_in_order(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    conversation, reading = await talking(market, vault)
    await market.said(conversation, Text("first"))
    await seen(engine, reading)
    for number in range(40):
        await market.said(conversation, Text(str(number)))

    assert words(await seen(engine, reading)) == [str(number) for number in range(40)]


async def test_a_look_without_news_opens_no_body_and_asks_twice(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    conversation, reading = await talking(market, vault)
    await market.said(conversation, Text("Hello"))
    await seen(engine, reading)
    asked: list[str] = []

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def note(*about: object) -> None:
        asked.append(str(about[2]))

    await seen(engine, reading)

    assert len([one for one in asked if one.startswith("SELECT")]) == 2
    assert not [one for one in asked if "body" in one]


async def test_another_merchants_conversation_is_not_shown(
    market: Market, engine: AsyncEngine, vault: Vault
) -> None:
    other = await market.merchant("two")
    conversation, _ = await talking(market, vault)
    await market.said(conversation, Text("Hello"))

    assert await seen(engine, PhoneReading(vault, other, PHONE)) == News()


async def _held(engine: AsyncEngine, conversation: ConversationId) -> None:
    async with writing(engine) as connection:
        own = Conversation.id == conversation
        await connection.execute(update(Conversation).where(own).values(holder="person"))


async def _handled(
    engine: AsyncEngine, market: Market, conversation: ConversationId, event_id: object
) -> None:
    """Do what a turn does: the event is done, and the log has the message."""
    await market.heard(conversation, "Hi")
    async with writing(engine) as connection:
        done = update(InboxEvent).where(InboxEvent.id == event_id)
        await connection.execute(done.values(state=int(EventState.DONE)))
        await connection.execute(update(Logged).values(event_id=event_id))
