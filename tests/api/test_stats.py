"""Figures of one merchant."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.channels.outbound import Text
from sokoni.db.days import Days
from sokoni.dialogue.journeys import Happened, Mark
from sokoni.dialogue.state import DialogueState, Draft
from sokoni.dialogue.tally import Tally
from sokoni.kit.ids import MerchantId
from sokoni.merchants.models import ChannelAccount
from sokoni.messaging.models import EventState, MessageState, PricedCount
from tests.api.market import Market
from tests.conftest import THREE

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
        "by_day": {
            "conversations_begun": {"2026-03-02": 2},
            "conversations_busy": {"2026-03-02": 1},
        },
        "numbers": [],
    }


async def test_what_became_of_tasks_is_told_by_step(market: Market) -> None:
    merchant, other = await market.merchant("one"), await market.merchant("other")
    tally = Tally(market.engine)
    tally.count(
        merchant,
        market.clock().date(),
        [Mark("sell", Happened.STARTED), Mark("sell", Happened.ASKED, "price")],
    )
    await tally.flush()
    market.clock.advance(timedelta(days=2))
    for _ in range(3):
        tally.count(merchant, market.clock().date(), [Mark("sell", Happened.STARTED)])
    tally.count(
        merchant,
        market.clock().date(),
        [Mark("sell", Happened.FINISHED), Mark("sell", Happened.FINISHED)],
    )
    tally.count(merchant, market.clock().date(), [Mark("sell", Happened.LEFT, "price")])
    tally.count(other, market.clock().date(), [Mark("sell", Happened.STARTED)])
    await tally.flush()
    client = market.client(await market.key(merchant, "read"))

    month, day = [(await client.get(f"{URL}?days={days}")).json()["tasks"] for days in (30, 2)]

    assert month == {
        "sell": {
            "started": 4,
            "finished": 2,
            "left": 1,
            "completion": 0.6667,
            "error_rate": 0.0,
            "steps": {
                "price": {"asked": 1, "left": 1, "missed": 0, "answered": 0, "seconds": None}
            },
        }
    }
    assert (day["sell"]["started"], day["sell"]["steps"]["price"]["asked"]) == (3, 0)
    assert (await client.get(f"{URL}?days=0")).status == 422


async def test_days_are_told_apart_and_limited(market: Market) -> None:
    merchant = await market.merchant("one")
    client = market.client(await market.key(merchant, "read"))
    asked = await market.conversation(merchant, "+263771000001")
    await market.heard(asked, "Hi")
    market.clock.advance(timedelta(days=1))
    await market.heard(asked, "Hi again")
    await market.heard(asked, "and again")
    await market.conversation(merchant, "+263771000002")

    month, day = [(await client.get(f"{URL}?days={days}")).json()["by_day"] for days in (30, 1)]

    assert month == {
        "conversations_begun": {"2026-03-02": 1, "2026-03-03": 1},
        "conversations_busy": {"2026-03-02": 1, "2026-03-03": 1},
    }
    assert day["conversations_begun"] == {"2026-03-03": 1}


async def test_capabilities_that_are_switched_on_count_by_day_too(market: Market) -> None:
    merchant = await market.merchant("one", "bakery")

    async def count(
        _session: AsyncSession, merchant_id: MerchantId, days: Days
    ) -> Mapping[str, Mapping[date, int]]:
        assert (merchant_id, days.first, days.count) == (merchant, date(2026, 3, 1), 2)
        return {"loaves": {date(2026, 3, 2): 3}}

    market.by_day = {"bakery": count, "brewery": count}
    client = market.client(await market.key(merchant, "read"))

    counted = (await client.get(f"{URL}?days=2")).json()["by_day"]

    assert counted["bakery.loaves"] == {"2026-03-02": 3}
    assert "brewery.loaves" not in counted


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_a_number_used_up_this_month_is_told(market: Market) -> None:
    merchant = await market.merchant("one")
    await market.merchant("other")
    client = market.client(await market.key(merchant, "read"))
    async with AsyncSession(market.engine) as session, session.begin():
        for account_id in (await session.scalars(select(ChannelAccount.id))).all():
            for month, category, used in (
                (date(2026, 2, 1), "service", 999),
                (date(2026, 3, 1), "service", 850),
                (date(2026, 3, 1), "utility", 0),
            ):
                session.add(
                    PricedCount(
                        account_id=account_id,
                        month=month,
                        category=category,
                        billable=7,
                        free=850,
                        metered=used,
                        told=0,
                    )
                )

    numbers = (await client.get(URL)).json()["numbers"]

    assert numbers == [
        {
            "channel": "simulator",
            "number": "one",
            "month": "2026-03-01",
            "free_messages": 1000,
            "free_messages_used": 850,
            "percent_used": 85,
            "categories": {
                "service": {"billable": 7, "free": 850},
                "utility": {"billable": 7, "free": 850},
            },
        }
    ]


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


async def test_a_known_history_is_told_as_somebody_else_counts_it(market: Market) -> None:
    merchant = await market.merchant("one")
    client = market.client(await market.key(merchant, "read"))
    tally, random = Tally(market.engine), Random(6)
    history: list[tuple[date, Mark]] = []
    for _ in range(400):
        task, step = random.choice(("register", "order")), random.choice(("name", "place"))
        happened = random.choice(list(Happened))
        whole = happened in {Happened.STARTED, Happened.FINISHED}
        day = date(2026, 3, 2) - timedelta(days=random.randrange(4))
        count = random.randrange(1, 90) if happened is Happened.SECONDS else 1
        history.append((day, Mark(task, happened, "" if whole else step, count)))
    for day, mark in history:
        tally.count(merchant, day, [mark])
    await tally.flush()

    stats = (await client.get(f"{URL}?days=3")).json()

    seen = [(day, mark) for day, mark in history if day > date(2026, 2, 27)]

    def times(task: str, happened: Happened, step: str | None = None) -> int:
        return sum(
            mark.times
            for _, mark in seen
            if mark.task == task and mark.happened == happened and step in {None, mark.step}
        )

    for task, told in stats["tasks"].items():
        finished, left = times(task, Happened.FINISHED), times(task, Happened.LEFT)
        asked, missed = times(task, Happened.ASKED), times(task, Happened.MISSED)
        assert (told["started"], told["finished"], told["left"]) == (
            times(task, Happened.STARTED),
            finished,
            left,
        )
        assert told["completion"] == round(finished / (finished + left), 4)
        assert told["error_rate"] == round(missed / (asked + missed), 4)
        for step, each in told["steps"].items():
            answered = times(task, Happened.ANSWERED, step)
            assert each == {
                "answered": answered,
                "seconds": round(times(task, Happened.SECONDS, step) / answered, 1),
                "asked": times(task, Happened.ASKED, step),
                "left": times(task, Happened.LEFT, step),
                "missed": times(task, Happened.MISSED, step),
            }
    assert set(stats["tasks"]) == {"register", "order"}
    for happened in (Happened.STARTED, Happened.FINISHED, Happened.LEFT):
        days = Counter(str(day) for day, mark in seen if mark.happened == happened)
        assert stats["by_day"][f"tasks_{happened}"] == dict(days)
