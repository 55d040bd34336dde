"""Meta finds fault in the middle of a broadcast: it stops or slows down, and nobody is lost."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.broadcast.models import Broadcast, Recipient
from sokoni.capabilities.broadcast.numbers import Numbers
from sokoni.capabilities.broadcast.results import progress
from sokoni.capabilities.broadcast.service import TroubleLastsError, settings_of
from sokoni.contacts.models import Contact
from sokoni.merchants.models import Merchant
from sokoni.testing.fake_graph import Scripted, fails_later, refused
from tests.capabilities.broadcast.hall import Hall

ANA, BEN, CHIDO, DIPA = "+263771000001", "+263771000002", "+263771000003", "+919876543210"
TOMORROW = {"local": "2026-03-03T09:00:00"}
Saying: TypeAlias = Callable[[int], Scripted]
SAYINGS: tuple[Saying, ...] = (refused, fails_later)
ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIMITS = "business_capability_update"
NUMBERS = "phone_number_quality_update"
ACCOUNT = "account_update"
TEMPLATE = {
    "message_template_id": 1,
    "message_template_name": "hall_sale",
    "message_template_language": "en",
}
RESTRICTED = {
    "event": "ACCOUNT_RESTRICTION",
    "restriction_info": [
        {
            "restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING",
            "expiration": "2026-03-04T10:00:00+0000",
        }
    ],
}


async def one_in_the_middle(hall: Hall, step: Scripted) -> tuple[Broadcast, Recipient]:
    """Send it to three, of whom one is answered with that; return what became of that one."""
    await hall.staff()
    ana = await hall.contact(ANA, wrote_hours_ago=48)
    await hall.contact(BEN, wrote_hours_ago=48)
    await hall.contact(CHIDO)
    hall.phones.graph.script(step, to=ANA)
    row = await hall.sent()
    await hall.settle(minutes=3)
    return await hall.state(row), (await hall.recipients(row))[ana]


# --- one recipient ------------------------------------------------------------------------------


@ON_SQLITE
@pytest.mark.parametrize("saying", SAYINGS)
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (131049, "send_refused 131049"),
        (131050, "contact_opted_out 131050"),
        (130472, "send_refused 130472"),
        (131026, "recipient_unreachable 131026"),
    ],
)
async def test_what_fails_for_one_is_noted_with_its_code_and_the_others_get_it(
    hall: Hall, saying: Saying, code: int, error: str
) -> None:
    row, ana = await one_in_the_middle(hall, saying(code))

    assert (row.state, row.why) == ("done", "")
    assert (ana.step, ana.verdict, ana.error) == ("said", "template", error)
    assert ana.failed_at
    assert not ana.delivered_at
    assert hall.staff_told() == []
    async with AsyncSession(hall.app.engine) as session:
        counts = await progress(session, row)
        person = await session.get_one(Contact, ana.contact_id)
    assert (counts.said, counts.delivered, counts.failed, counts.left_out) == (3, 2, 1, 1)
    assert counts.errors == {error: 1}
    assert bool(person.marketing_stopped_at) is (code == 131050)


@ON_SQLITE
@pytest.mark.parametrize("saying", SAYINGS)
async def test_who_opted_out_at_meta_is_left_out_of_the_next_one(
    hall: Hall, saying: Saying
) -> None:
    _, ana = await one_in_the_middle(hall, saying(131050))

    again, _ = await hall.proved(name="Again", texts={"en": "Another."})

    assert (await hall.recipients(again))[ana.contact_id].verdict == "opted_out"


@ON_SQLITE
@pytest.mark.parametrize("saying", SAYINGS)
@pytest.mark.parametrize("code", [130429, 131056, 131047])
async def test_what_passes_is_sent_once_more_and_has_not_failed(
    hall: Hall, saying: Saying, code: int
) -> None:
    row, ana = await one_in_the_middle(hall, saying(code))

    assert (row.state, row.why) == ("done", "")
    assert (ana.step, ana.error, ana.failed_at) == ("said", "", None)
    assert ana.delivered_at
    taken = 1 if saying is refused else 2
    assert hall.told().count(ANA) == taken
    async with AsyncSession(hall.app.engine) as session:
        counts = await progress(session, row)
    assert (counts.said, counts.delivered, counts.failed) == (3, 3, 0)


async def test_what_failed_and_arrived_after_all_has_not_failed(hall: Hall) -> None:
    row, ana = await one_in_the_middle(hall, fails_later(131049))
    (taken,) = [one for one in hall.phones.graph.taken if one.to == ANA]

    webhooks = hall.phones.graph.webhooks(taken.phone_number_id)
    arrived = webhooks.status("delivered", taken.id, outbox_id=taken.outbox_id, recipient=ANA)
    await hall.phones._post(arrived)
    await hall.settle()

    ana = (await hall.recipients(row))[ana.contact_id]
    assert (ana.failed_at, ana.error) == (None, "")
    assert ana.delivered_at


# --- the template -------------------------------------------------------------------------------


@pytest.mark.parametrize("saying", SAYINGS)
@pytest.mark.parametrize("code", [132001, 132015, 132016])
async def test_a_template_that_is_found_unusable_pauses_it_and_is_waited_for(
    hall: Hall, saying: Saying, code: int
) -> None:
    row, ana = await one_in_the_middle(hall, saying(code))

    assert (row.state, row.why) == ("paused", "template_not_approved")
    assert (ana.step, ana.said_at, ana.failed_at, ana.error) == ("planned", None, None, "")
    assert any(row.reference in one for one in hall.staff_told())
    before = hall.told().count(ANA)
    with pytest.raises(TroubleLastsError, match="template_not_approved"):
        await hall.desk.resume(row.reference)
    assert (await hall.state(row)).state == "paused"

    await hall.news("message_template_status_update", {**TEMPLATE, "event": "APPROVED"})
    await hall.settle()
    await hall.desk.resume(row.reference)
    await hall.settle(minutes=1)

    again = (await hall.recipients(row))[ana.contact_id]
    assert again.delivered_at
    assert hall.told().count(ANA) == before + 1
    assert hall.told().count(BEN) == 1
    assert (await hall.state(row)).state == "done"


@ON_SQLITE
@pytest.mark.parametrize("event", ["PAUSED", "DISABLED", "REJECTED", "FLAGGED"])
async def test_who_was_in_line_when_a_template_was_stopped_is_not_lost(
    hall: Hall, event: str
) -> None:
    await hall.staff()
    ana = await hall.contact(ANA, wrote_hours_ago=48)
    row, proof = await hall.proved(texts={})
    await hall.desk.send(row.reference, proof)
    await hall.crew.sweep.run_once()
    assert (await hall.recipients(row))[ana].step == "queued"
    await hall.news("message_template_status_update", {**TEMPLATE, "event": event})
    await hall.crew.news.run_once()

    await hall.settle(minutes=1)

    paused, found = await hall.state(row), (await hall.recipients(row))[ana]
    assert (paused.state, paused.why) == ("paused", "template_not_approved")
    assert found.step == "planned"
    assert hall.told().count(ANA) == 0


# --- the number ---------------------------------------------------------------------------------


async def tomorrow(hall: Hall) -> Broadcast:
    """Send it for the morning, when one has got it already: for another it is not nine yet."""
    await hall.staff()
    await hall.contact(ANA, wrote_hours_ago=48)
    await hall.contact(DIPA, wrote_hours_ago=48)
    row = await hall.sent(schedule=TOMORROW)
    await hall.settle(hours=18)
    assert hall.told() == [DIPA]
    return row


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        (NUMBERS, {"event": "FLAGGED"}, "number_quality RED"),
        (ACCOUNT, RESTRICTED, "number_restricted restricted_biz_initiated_messaging"),
        (
            ACCOUNT,
            {"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}},
            "number_paused reported account_disabled",
        ),
    ],
)
async def test_a_number_that_falls_from_grace_pauses_it(
    hall: Hall, field: str, value: dict[str, Any], why: str
) -> None:
    row = await tomorrow(hall)

    await hall.news(field, value)
    await hall.settle(hours=4)

    paused = await hall.state(row)
    assert (paused.state, paused.why) == ("paused", why)
    assert hall.told().count(ANA) == 0
    found = (await hall.recipients(row)).values()
    assert sorted(one.step for one in found) == ["left_out", "planned", "said"]


@ON_SQLITE
async def test_it_goes_on_when_the_number_is_liked_again_and_not_before(hall: Hall) -> None:
    row = await tomorrow(hall)
    await hall.news(NUMBERS, {"event": "FLAGGED"})
    await hall.settle(hours=4)
    assert any(row.reference in one for one in hall.staff_told())

    with pytest.raises(TroubleLastsError, match="number_quality"):
        await hall.desk.resume(row.reference)
    await hall.news(NUMBERS, {"event": "UNFLAGGED"})
    await hall.settle()
    await hall.desk.resume(row.reference)
    await hall.settle(minutes=1)

    assert hall.told().count(ANA) == 1


@ON_SQLITE
async def test_a_restriction_ends_by_itself(hall: Hall) -> None:
    row = await tomorrow(hall)
    await hall.news(ACCOUNT, RESTRICTED)
    await hall.settle(hours=4)
    with pytest.raises(TroubleLastsError):
        await hall.desk.resume(row.reference)

    await hall.settle(hours=27)
    await hall.desk.resume(row.reference)

    assert (await hall.state(row)).state == "sending"


@ON_SQLITE
@pytest.mark.parametrize(("setting", "pace"), [("slow", 1 / 4), ("go_on", 1.0)])
async def test_a_merchant_may_have_it_go_on_though_the_number_is_not_liked(
    hall: Hall, setting: str, pace: float
) -> None:
    await hall.configure(low_quality=setting)
    row = await tomorrow(hall)

    await hall.news(NUMBERS, {"event": "FLAGGED"})
    await hall.settle(hours=4)

    done = await hall.state(row)
    assert (done.state, done.pace) == ("done", pace)
    assert hall.told().count(ANA) == 1


@ON_SQLITE
@pytest.mark.parametrize("saying", SAYINGS)
@pytest.mark.parametrize("code", [131031, 368, 190])
async def test_a_number_that_is_shut_down_pauses_it_and_one_message_asks_again(
    hall: Hall, saying: Saying, code: int
) -> None:
    phones = [f"+2637710000{number:02}" for number in range(6)]
    for phone in phones:
        await hall.contact(phone, wrote_hours_ago=48)
    hall.phones.graph.always(saying(code))
    row = await hall.sent()
    await hall.settle(minutes=5)
    paused = await hall.state(row)
    assert (paused.state, str(code) in paused.why) == ("paused", True)
    assert paused.why.startswith("number_paused")
    asked = hall.phones.graph.asked
    found = (await hall.recipients(row)).values()
    assert {(one.step, one.said_at, one.failed_at) for one in found} == {("planned", None, None)}

    await hall.desk.resume(row.reference)
    await hall.settle(minutes=10)
    assert (await hall.state(row)).state == "paused", "it is still shut down"
    assert 1 <= hall.phones.graph.asked - asked <= 3, "one a minute asks"

    hall.phones.graph.always(None)
    before = len(hall.told())
    await hall.desk.resume(row.reference)
    await hall.settle(minutes=10)

    assert (await hall.state(row)).state == "done"
    assert sorted(set(hall.told()[before:])) == phones
    assert len(hall.told()[before:]) == len(phones)


@ON_SQLITE
@pytest.mark.parametrize("saying", SAYINGS)
async def test_a_number_that_is_reported_as_spam_pauses_it_at_once(
    hall: Hall, saying: Saying
) -> None:
    for number in range(6):
        await hall.contact(f"+2637710000{number:02}", wrote_hours_ago=48)
    hall.phones.graph.always(saying(131048))

    row = await hall.sent()
    await hall.settle(minutes=5)

    paused = await hall.state(row)
    assert (paused.state, paused.why) == ("paused", "send_throttled 131048")
    steps = [one.step for one in (await hall.recipients(row)).values()]
    assert steps == ["planned"] * 6


# --- how many may be written to first -----------------------------------------------------------


async def test_no_more_are_written_to_first_than_meta_lets_and_the_rest_a_day_later(
    hall: Hall,
) -> None:
    await hall.configure(daily_percent=100, lifetime_hours=72)
    for number in range(7):
        await hall.contact(f"+2637710000{number:02}", wrote_hours_ago=48)
    wrote = await hall.contact(CHIDO.replace("100", "200"))
    await hall.news(LIMITS, {"max_daily_conversations_per_business": 3})
    await hall.settle()

    row = await hall.sent()
    await hall.settle(hours=8)
    first = hall.told()
    await hall.settle(hours=25)
    second = hall.told()
    await hall.settle(hours=25)

    assert (len(first), len(second), len(hall.told())) == (4, 7, 8)
    assert (await hall.recipients(row))[wrote].delivered_at, "who wrote of late does not count"
    assert len(set(hall.told())) == 8
    assert (await hall.state(row)).state == "done"


@ON_SQLITE
async def test_part_of_the_limit_is_left_for_news_of_orders(hall: Hall) -> None:
    await hall.configure(daily_percent=50)
    for number in range(7):
        await hall.contact(f"+2637710000{number:02}", wrote_hours_ago=48)
    await hall.news(LIMITS, {"max_daily_conversations_per_business": 6})
    await hall.settle()

    row = await hall.sent()
    await hall.settle(hours=2)

    assert len(hall.told()) == 3
    now = hall.clock()
    async with AsyncSession(hall.app.engine) as session:
        merchant = await session.scalar(select(Merchant.id).where(Merchant.id == row.merchant_id))
        assert merchant is not None
        numbers = await Numbers.of(session, merchant, settings_of(hall.profile), now)
        assert await numbers.written_first(session, merchant) == 3
