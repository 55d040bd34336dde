"""A stop is heeded everywhere at once, in whatever language it is said; START takes it back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from sokoni.db.writing import writing
from sokoni.dialogue.timing import TIMER
from sokoni.kit.ids import ContactId
from sokoni.messaging.events import OwnEvent, Tell, Timer
from sokoni.messaging.inbox import Own
from sokoni.messaging.models import Conversation, Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.testing.fake_graph import refused
from tests.capabilities.broadcast.hall import Hall

ANA = "+263771000001"
WORDS = [
    ("STOP", "START"),
    ("mira", "tanga"),
    ("mana", "qala"),
    ("बंद करो", "शुरू करो"),
    ("أوقف الرسائل", "ابدأ"),
    ("acha", "anza"),
]


async def comes_up(hall: Hall, who: ContactId, *events: OwnEvent) -> None:
    """Have these be due in the contact's conversation."""
    async with writing(hall.app.engine) as connection:
        talk = select(Conversation).where(Conversation.contact_id == who)
        row = (await connection.execute(talk)).mappings().one()
        now = hall.clock()
        owns = [
            Own(
                merchant_id=row["merchant_id"],
                account_id=row["account_id"],
                conversation_id=row["id"],
                key=f"due:{number}",
                event=event,
                received_at=now,
                due_at=now + timedelta(minutes=5),
            )
            for number, event in enumerate(events)
        ]
        await hall.app.inbox.store_own(connection, owns)


async def writes(hall: Hall, text: str) -> None:
    await hall.phones._post(hall.phones._webhooks.text(ANA, text))
    await hall.settle()


def said(hall: Hall) -> list[str]:
    return [str(one.payload) for one in hall.phones.graph.taken if one.to == ANA]


@pytest.mark.parametrize(("stop", "start"), WORDS)
async def test_in_the_middle_of_everything_only_the_confirmation_goes(
    hall: Hall, stop: str, start: str
) -> None:
    ana = await hall.contact(ANA)
    hall.phones.graph.always(refused(130429))
    row = await hall.sent()
    alert = Tell(
        prompt=Prompt("marketplace.alert.told", {"thing": "goats"}), purpose=Purpose.ALERT
    )
    await comes_up(hall, ana, alert, Timer(name="store.remind"), Timer(name=TIMER))
    await writes(hall, stop)
    hall.phones.graph.always(None)
    await hall.settle(hours=24)

    (only,) = said(hall)
    assert "START" in only, "how it is taken back is said"
    assert (await hall.recipients(row))[ana].verdict == "opted_out"

    await writes(hall, stop)
    assert len(said(hall)) == 1, "said twice it is confirmed once"

    await writes(hall, start)
    assert len(said(hall)) == 2
    await hall.sent(name="Another", texts={"en": "Hi again, another sale is on."})
    assert "another sale" in said(hall)[-1]


def preference(value: str, at: float) -> dict[str, Any]:
    told = {
        "wa_id": ANA.removeprefix("+"),
        "detail": "User requested it",
        "category": "marketing_messages",
        "value": value,
        "timestamp": str(int(at)),
    }
    return {"user_preferences": [told]}


async def test_marketing_that_waits_is_taken_back_where_it_is_stopped_in_whatsapp(
    hall: Hall,
) -> None:
    ana = await hall.contact(ANA)
    hall.phones.graph.always(refused(130429))
    row = await hall.sent()
    value = preference("stop", hall.clock().timestamp())
    await hall.phones._post(hall.phones._webhooks.value("user_preferences", **value))
    await hall.settle()
    hall.phones.graph.always(None)
    await hall.settle(minutes=30)

    assert said(hall) == []
    assert (await hall.recipients(row))[ana].verdict == "opted_out"

    await hall.settle(hours=1)
    value = preference("resume", hall.clock().timestamp())
    await hall.phones._post(hall.phones._webhooks.value("user_preferences", **value))
    await hall.settle()
    another = await hall.sent(name="Another", texts={"en": "Hi again, another sale is on."})
    assert (await hall.recipients(another))[ana].verdict == "in_window"
    assert "another sale" in said(hall)[-1]


async def test_what_is_no_marketing_still_comes_to_who_wants_no_offers(hall: Hall) -> None:
    await hall.contact(ANA)
    value = preference("stop", hall.clock().timestamp())
    await hall.phones._post(hall.phones._webhooks.value("user_preferences", **value))
    await hall.settle()
    await hall.sent(kind="utility", template="", texts={"en": "We are shut tomorrow."})

    assert "shut tomorrow" in said(hall)[-1]
