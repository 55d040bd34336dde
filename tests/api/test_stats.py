"""Figures of one merchant."""

from datetime import timedelta

import msgspec

from sokoni.channels.base import Text
from sokoni.dialogue.journeys import Happened, Mark
from sokoni.dialogue.state import DialogueState, Draft
from sokoni.dialogue.tally import Tally
from sokoni.messaging.models import EventState, MessageState
from tests.api.market import Market

URL = "/api/v1/stats"


async def test_conversations_messages_events_and_steps_are_counted(market: Market) -> None:
    merchant = await market.merchant("one")
    client = market.client(await market.key(merchant, "read"))
    asked = await market.conversation(merchant, "+263771000001")
    await market.conversation(merchant, "+263771000002")
    draft = Draft(task="marketplace.sell", awaiting="price")
    await market.stands(asked, msgspec.json.encode(DialogueState(drafts=(draft,))))
    await market.heard(asked, "Hi")
    for state in (MessageState.READ, MessageState.READ, MessageState.DELIVERED):
        await market.said(asked, Text("Hello"), state)
    await market.said(asked, Text("Hello"), MessageState.FAILED)
    await market.aside(asked)
    await market.aside(asked, EventState.DONE)

    stats = (await client.get(URL)).json()

    assert stats == {
        "conversations": 2,
        "active_in_a_day": 1,
        "held_by_people": 0,
        "heard_in_a_day": 1,
        "sent_in_a_day": {"delivered": 1, "read": 2, "failed": 1},
        "failed_share": 0.25,
        "events": {"waiting": 0, "parked": 1, "unreadable": 0},
        "steps": {"marketplace.sell.price": 1},
        "tasks": {},
    }


async def test_what_became_of_tasks_is_told_by_step(market: Market) -> None:
    merchant, other = await market.merchant("one"), await market.merchant("other")
    tally = Tally(market.engine, market.clock)
    tally.count(merchant, [Mark("sell", Happened.STARTED), Mark("sell", Happened.ASKED, "price")])
    await tally.flush()
    market.clock.advance(timedelta(days=2))
    for _ in range(3):
        tally.count(merchant, [Mark("sell", Happened.STARTED)])
    tally.count(merchant, [Mark("sell", Happened.FINISHED), Mark("sell", Happened.FINISHED)])
    tally.count(merchant, [Mark("sell", Happened.LEFT, "price")])
    tally.count(other, [Mark("sell", Happened.STARTED)])
    await tally.flush()
    client = market.client(await market.key(merchant, "read"))

    month, day = [(await client.get(f"{URL}?days={days}")).json()["tasks"] for days in (30, 2)]

    assert month == {
        "sell": {
            "started": 4,
            "finished": 2,
            "left": 1,
            "completion": 0.6667,
            "steps": {"price": {"asked": 1, "left": 1}},
        }
    }
    assert (day["sell"]["started"], day["sell"]["steps"]["price"]["asked"]) == (3, 0)
    assert (await client.get(f"{URL}?days=0")).status == 422


async def test_a_quiet_merchant_has_zeros(market: Market) -> None:
    merchant, other = await market.merchant("one"), await market.merchant("other")
    theirs = await market.conversation(other, "+263771000001")
    await market.said(theirs, Text("Hello"))
    await market.stands(theirs, b"not a state")
    client = market.client(await market.key(merchant, "read"))
    market.clock.advance(timedelta(days=2))

    stats = (await client.get(URL)).json()

    assert (stats["conversations"], stats["sent_in_a_day"], stats["steps"]) == (0, {}, {})


async def test_a_state_that_nobody_can_read_is_left_out(market: Market) -> None:
    merchant = await market.merchant("one")
    await market.stands(await market.conversation(merchant, "+263771000001"), b"not a state")
    client = market.client(await market.key(merchant, "read"))

    stats = (await client.get(URL)).json()

    assert (stats["conversations"], stats["steps"]) == (1, {})
