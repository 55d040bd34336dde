"""It is said to whom the rule allows, when it does, and what came of it is known."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.broadcast.results import Results, progress
from sokoni.capabilities.broadcast.service import ProofMissingError, ProofOutdatedError
from sokoni.contacts.models import Contact
from sokoni.contacts.tags import tag
from sokoni.db.writing import writing
from sokoni.testing.fake_graph import fails_later, refused
from tests.capabilities.broadcast.hall import Hall
from tests.conftest import THREE

REJECTED = {
    "event": "REJECTED",
    "message_template_id": 1,
    "message_template_name": "hall_sale",
    "message_template_language": "en",
    "reason": "PROMOTIONAL",
}
ANA, BEN, CHIDO, DIPA = "+263771000001", "+263771000002", "+263771000003", "+919876543210"


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_it_is_said_to_whom_the_proof_says_and_to_nobody_else(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    ben = await hall.contact(BEN, wrote_hours_ago=48)
    chido = await hall.contact(CHIDO, agreed=False)
    never = await hall.contact("+263771000004", wrote_hours_ago=None)

    row = await hall.sent()

    found = await hall.recipients(row)
    assert {who: found[who].verdict for who in (ana, ben, chido, never)} == {
        ana: "in_window",
        ben: "template",
        chido: "no_consent",
        never: "template",
    }
    assert sorted(hall.told()) == [ANA, BEN, "+263771000004"]
    kinds = {one.to: one.payload["type"] for one in hall.phones.graph.taken}
    assert (kinds[ANA], kinds[BEN]) == ("interactive", "template")
    assert (await hall.state(row)).state == "done"
    assert found[ana].delivered_at
    assert found[ana].read_at
    assert found[chido].said_at is None


async def test_who_says_stop_after_the_proof_gets_nothing(hall: Hall) -> None:
    await hall.contact(ANA)
    ben = await hall.contact(BEN)
    row, proof = await hall.proved()
    await hall.phones._post(hall.phones._webhooks.text(BEN, "stop"))

    await hall.desk.send(row.reference, proof)
    await hall.settle()

    assert hall.told().count(BEN) == 1, "only that the stop was heard"
    assert hall.told().count(ANA) == 1
    assert (await hall.recipients(row))[ben].verdict == "opted_out"


async def test_a_changed_draft_or_audience_wants_another_proof(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    row, proof = await hall.proved(audience={"none": [{"fact": "tag", "values": ["staff"]}]})

    with pytest.raises(ProofMissingError):
        await hall.desk.send(row.reference, "something else")
    async with writing(hall.app.engine) as connection:
        await tag(connection, hall.profile.id, ana, "staff")
    with pytest.raises(ProofOutdatedError):
        await hall.desk.send(row.reference, proof)
    await hall.contact(BEN)
    again = await hall.desk.prove(row.reference)
    await hall.desk.send(row.reference, again.hash)
    await hall.settle()

    assert hall.told() == [BEN]


async def test_a_local_time_comes_in_everybodys_own_zone_and_never_at_night(hall: Hall) -> None:
    await hall.contact(ANA, wrote_hours_ago=48)
    await hall.contact(DIPA, wrote_hours_ago=48)
    row = await hall.sent(schedule={"local": "2026-03-03T09:00:00"})
    assert hall.told() == []

    await hall.settle(hours=24)

    found = {one.contact_id: one for one in (await hall.recipients(row)).values()}
    times = sorted(one.said_at for one in found.values() if one.said_at)
    dawn = datetime(2026, 3, 3, tzinfo=UTC)
    assert [round((at - dawn).total_seconds() / 1800) for at in times] == [7, 14]
    assert hall.told() == [DIPA, ANA]


async def test_who_is_in_the_middle_of_a_task_is_left_alone_until_it_is_over(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    await hall.phones._post(hall.phones._webhooks.text(ANA, "checkout"))
    await hall.settle()
    before = len(hall.told())
    async with writing(hall.app.engine) as connection:
        await connection.execute(update(Contact).values(language="en"))
    row = await hall.sent()
    found = (await hall.recipients(row))[ana]

    assert found.verdict in {"in_a_task", "in_window"}
    await hall.settle(hours=1)
    assert len(hall.told()) == before + 1


async def test_answers_and_taps_are_noted_and_words_begin_the_task(hall: Hall) -> None:
    ana, ben = await hall.contact(ANA), await hall.contact(BEN)
    row = await hall.sent()
    tapped = next(one for one in hall.phones.graph.taken if one.to == BEN)
    button = tapped.payload["interactive"]["action"]["buttons"][0]["reply"]["id"]

    webhooks = hall.phones._webhooks
    await hall.phones._post(webhooks.text(ANA, "hmm tell me more of it"))
    content = {"type": "button_reply", "button_reply": {"id": button, "title": "Look around"}}
    await hall.phones._post(webhooks.message(BEN, "interactive", content))
    await hall.settle()

    found = await hall.recipients(row)
    assert found[ana].replied_at
    assert not found[ana].clicked_at
    assert (found[ben].clicked, bool(found[ben].clicked_at)) == ("look", True)
    async with AsyncSession(hall.app.engine) as session:
        counts = await progress(session, await hall.state(row))
    assert (counts.said, counts.read, counts.replied, counts.clicked) == (2, 2, 2, 1)


async def test_paused_it_waits_and_goes_on_with_whom_it_had_not_reached(hall: Hall) -> None:
    await hall.contact(ANA)
    row, proof = await hall.proved()
    await hall.desk.send(row.reference, proof)
    await hall.desk.pause(row.reference)
    await hall.settle(minutes=10)
    assert hall.told() == []

    await hall.desk.resume(row.reference)
    await hall.settle()

    assert hall.told() == [ANA]


async def test_what_waits_is_taken_back_by_a_pause_and_said_once_when_it_goes_on(
    hall: Hall,
) -> None:
    phones = [f"+2637710000{number:02}" for number in range(6)]
    for phone in phones:
        await hall.contact(phone)
    hall.phones.graph.always(refused(130429))
    row = await hall.sent()

    await hall.desk.pause(row.reference)
    hall.phones.graph.always(None)
    await hall.settle(minutes=10)

    found = (await hall.recipients(row)).values()
    assert [(one.step, one.said_at) for one in found] == [("planned", None)] * len(phones)
    assert hall.told() == []

    await hall.desk.resume(row.reference)
    await hall.settle(minutes=1)

    assert sorted(hall.told()) == phones
    assert (await hall.state(row)).state == "done"


async def test_what_waits_is_taken_out_by_who_says_stop_and_by_who_stops_it(hall: Hall) -> None:
    ana, ben, chido = [await hall.contact(phone) for phone in (ANA, BEN, CHIDO)]
    hall.phones.graph.always(refused(130429))
    row = await hall.sent()

    await hall.phones._post(hall.phones._webhooks.text(ANA, "stop"))
    await hall.settle()
    found = await hall.recipients(row)
    assert (found[ana].step, found[ana].verdict) == ("left_out", "opted_out")
    await hall.desk.stop(row.reference)
    hall.phones.graph.always(None)
    await hall.settle(minutes=10)

    found = await hall.recipients(row)
    assert [found[who].verdict for who in (ana, ben, chido)] == ["opted_out", "stopped", "stopped"]
    assert [found[who].said_at for who in (ana, ben, chido)] == [None] * 3
    assert hall.told() == [ANA], "only that the stop was heard"
    async with AsyncSession(hall.app.engine) as session:
        counts = await progress(session, await hall.state(row))
    assert (counts.said, counts.left_out) == (0, 3)


async def test_a_template_that_is_refused_in_the_middle_pauses_it_and_staff_are_told(
    hall: Hall,
) -> None:
    await hall.staff()
    ana = await hall.contact(ANA, wrote_hours_ago=48)
    await hall.contact(DIPA, wrote_hours_ago=48)
    row = await hall.sent(schedule={"local": "2026-03-03T09:00:00"})
    await hall.settle(hours=18)
    assert hall.told() == [DIPA]

    await hall.news("message_template_status_update", REJECTED)
    await hall.settle(hours=4)

    stopped = await hall.state(row)
    assert (stopped.state, stopped.why) == ("paused", "template_not_approved")
    assert (await hall.recipients(row))[ana].step == "planned"
    assert hall.told().count(ANA) == 0
    assert [stopped.reference in one for one in hall.staff_told()].count(True) == 1


@pytest.mark.parametrize("code", [131049, 131050])
async def test_too_many_refusals_of_marketing_pause_it(hall: Hall, code: int) -> None:
    await hall.staff()
    phones = [f"+2637710000{number:02}" for number in range(6)]
    people = [await hall.contact(phone) for phone in phones]
    for phone in phones:
        hall.phones.graph.script(refused(code), to=phone)

    row = await hall.sent()

    paused, found = await hall.state(row), await hall.recipients(row)
    assert paused.state == "paused"
    assert str(code) in paused.why
    steps = [found[who].step for who in people]
    assert sorted(steps) == ["planned"] * 2 + ["said"] * 4
    assert all(str(code) in found[who].error for who in people if found[who].step == "said")
    (told,) = hall.staff_told()
    assert row.reference in told
    assert str(code) in told
    if code == 131050:
        async with AsyncSession(hall.app.engine) as session:
            stops = [await session.get_one(Contact, who) for who in people]
        assert sum(one.marketing_stopped_at is not None for one in stops) == 4


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("code", "slowest"), [(130429, 1 / 16), (131056, 1 / 2)])
async def test_it_goes_slower_while_it_is_too_fast_and_faster_again(
    hall: Hall, code: int, slowest: float
) -> None:
    early = [f"+9198765432{number:02}" for number in range(6)]
    for phone in (*early, ANA):
        await hall.contact(phone, wrote_hours_ago=48)
    for phone in early:
        hall.phones.graph.script(refused(code), refused(code), to=phone)
    row = await hall.sent(schedule={"local": "2026-03-03T09:00:00"})

    # Until a few seconds after nine in India: some were refused, and wait to be tried again.
    await hall.settle(hours=17, minutes=29, seconds=55)
    slow = (await hall.state(row)).pace
    await hall.settle(hours=4)
    again = await hall.state(row)

    assert slowest <= slow <= 1 / 2
    assert again.pace > slow
    assert sorted(hall.told()) == sorted([*early, ANA])


async def test_failures_that_are_reported_later_are_noted_with_their_code(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    hall.phones.graph.script(fails_later(131049), to=ANA)

    row = await hall.sent()

    found = (await hall.recipients(row))[ana]
    assert found.failed_at
    assert "131049" in found.error


async def test_nobody_is_told_the_same_twice_and_enough_is_enough(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    await hall.sent()
    again, _ = await hall.proved(name="Again")
    await hall.sent(texts={"en": "Another."}, template="")
    third, _ = await hall.proved(texts={"en": "A third."}, template="")

    assert (await hall.recipients(again))[ana].verdict == "duplicate"
    assert (await hall.recipients(third))[ana].verdict == "capped"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "@SUM(1)", "-1+1", "\t=1", "\r=1", " =1"])
async def test_results_are_lines_and_no_formulas(hall: Hall, name: str) -> None:
    ana = await hall.contact(ANA)
    sealed = hall.app.vault.seal_text("contacts.name", ana, name)
    async with writing(hall.app.engine) as connection:
        await connection.execute(update(Contact).values(name=sealed))
    row = await hall.sent()

    async with AsyncSession(hall.app.engine) as session:
        lines = Results(session, hall.app.vault, hall.profile, hall.clock())
        (line,) = [one async for one in lines.rows(await hall.state(row))]

    assert (line["name"], line["phone"]) == (f"'{name}", f"'{ANA}")
    assert line["delivered"].startswith("2026-03-02T12:00")


async def test_what_cannot_be_said_in_time_is_left_out(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    row, proof = await hall.proved(hours=1)
    await hall.desk.send(row.reference, proof)
    await hall.desk.pause(row.reference)
    hall.clock.advance(timedelta(hours=2))
    await hall.desk.resume(row.reference)

    await hall.settle(hours=2)

    assert (await hall.recipients(row))[ana].verdict == "expired"
    assert (await hall.state(row)).state == "done"
    assert hall.told() == []
