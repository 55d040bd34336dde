"""Bookings that programs ask for and move on: the same rules as in the chat, and both are told."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.api.said import FIELDS, BookingSaid
from sokoni.capabilities.booking.flows.book import BookForm
from sokoni.capabilities.booking.models import Booking, BookingSlot
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import StoppedClock
from tests.api.answers import wrong
from tests.api.market import Market as Server
from tests.capabilities.booking.asking import (
    SEAGATE,
    SINK,
    VINCENT,
    count,
    put,
    seagate,
    told,
)
from tests.capabilities.booking.factories import MBARE, create_provider
from tests.conftest import THREE


async def booked(client: AsgiClient) -> dict[str, Any]:
    answer = await client.post("/api/v1/bookings", SINK)
    assert answer.status == 201
    found: dict[str, Any] = answer.json()
    return found


# --- asking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_booking_is_asked_for_and_both_are_told(
    server: Server,
    client: AsgiClient,
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
) -> None:
    provider = await seagate(session, vault, merchant)

    made = await booked(client)

    assert (made["status"], made["date_time"]) == ("pending", "2026-03-03T15:00:00+02:00")
    assert (made["user_number"], made["provider_number"]) == (VINCENT, SEAGATE)
    assert (made["issue"], made["location"]) == (SINK["issue"], "Avondale, Harare")
    assert await count(session, BookingSlot) == 4, "the time is held"
    booking = (await session.scalars(select(Booking))).one()
    sides = {booking.customer_id, provider.contact_id}
    assert set(await told(session, vault)) == {(one, "1") for one in sides}
    for named in (made["id"], made["reference"].lower()):
        assert (await client.get(f"/api/v1/bookings/{named}")).json() == made
    assert server.woken


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"date_time": "2026-03-03T20:00"}, [("date_time", "booking.when.taken")]),
        ({"date_time": "2026-02-03T15:00"}, [("date_time", "booking.when.past")]),
        ({"service_type": "electrician"}, [("provider_number", "booking.book.nobody")]),
        ({"location": ""}, [("location", "missing")]),
        ({"location": "Bulawayo"}, [("location", "booking.book.nobody")]),
    ],
)
async def test_what_the_chat_refuses_is_refused_here(
    client: AsgiClient,
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
    changed: Mapping[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    await seagate(session, vault, merchant)

    answer = await client.post("/api/v1/bookings", {**SINK, **changed})

    assert wrong(answer)[:2] == (422, "form_refused")
    assert {problem for _, problem in wrong(answer)[2]} == {problem for _, problem in expected}
    assert [await count(session, one) for one in (Booking, BookingSlot)] == [0, 0]
    assert await told(session, vault) == []
    assert await count(session, Contact) == 1, "nobody but the provider"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"provider_number": "PRV-NOBODY"}, (404, "provider_unknown", [])),
        ({"service_type": "astronaut"}, (422, "service_unknown", [])),
        ({"location": "Atlantis"}, (422, "place_unknown", [])),
        ({"user_number": "12"}, (422, "phone_invalid", [])),
        ({"user_number": SEAGATE}, (422, "form_refused", [("location", "booking.book.nobody")])),
    ],
)
async def test_what_is_not_known_is_refused(
    client: AsgiClient,
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
    changed: Mapping[str, Any],
    expected: tuple[int, str, list[tuple[str, str]]],
) -> None:
    await seagate(session, vault, merchant)

    answer = await client.post("/api/v1/bookings", {**SINK, **changed})

    assert wrong(answer) == expected
    assert await count(session, Booking) == 0


@pytest.mark.parametrize(
    "said", ["2026-03-03T15:00", "2026-03-03T15:00:00+02:00", "2026-03-03T13:00:00Z"]
)
async def test_time_without_an_offset_is_the_merchants(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId, said: str
) -> None:
    await seagate(session, vault, merchant)

    made = await client.post("/api/v1/bookings", {**SINK, "date_time": said})

    assert made.json()["date_time"] == "2026-03-03T15:00:00+02:00"


@pytest.mark.parametrize("said", ["tomorrow", "2026-13-03T15:00", "1926-03-03T15:00", 1772542800])
async def test_what_is_no_time_is_refused(client: AsgiClient, said: object) -> None:
    answer = await client.post("/api/v1/bookings", {**SINK, "date_time": said})

    assert wrong(answer)[:2] == (422, "invalid_request")


async def test_provider_beyond_those_who_are_shown_can_be_booked(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    for number in range(31):
        await create_provider(session, name=f"Better {number}", merchant_id=merchant)
    far = await seagate(session, vault, merchant, base=MBARE)

    made = await booked(client)

    assert made["provider_id"] == str(far.id)


async def test_second_request_for_a_time_is_offered_no_booking(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    await booked(client)

    other = await client.post("/api/v1/bookings", {**SINK, "user_number": "+263777000001"})

    assert wrong(other) == (422, "form_refused", [("date_time", "booking.when.taken")])
    assert await count(session, Booking) == 1


async def test_same_key_books_once(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    once = {"idempotency-key": "job-7"}

    answers = [await client.post("/api/v1/bookings", SINK, headers=once) for _ in range(2)]

    assert answers[0].json() == answers[1].json()
    assert await count(session, Booking) == 1


# --- moving -----------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_sides_move_it_on_and_both_are_told_each_time(
    client: AsgiClient,
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
    clock: StoppedClock,
) -> None:
    await seagate(session, vault, merchant)
    made = await booked(client)
    path = f"/api/v1/bookings/{made['reference']}/status"

    confirmed = await put(client, path, {"status": "confirmed"})
    clock.advance(timedelta(days=1, hours=8))
    done = await put(client, path, {"status": "completed"})

    assert [one.json()["status"] for one in (confirmed, done)] == ["confirmed", "completed"]
    assert done.json()["ended_by"] == "provider"
    versions = [version for _, version in await told(session, vault)]
    assert sorted(versions) == ["1", "1", "2", "2", "3", "3"]
    assert await count(session, BookingSlot) == 0


@pytest.mark.parametrize(
    ("said", "by"),
    [
        ({"status": "declined"}, "provider"),
        ({"status": "cancelled"}, "customer"),
        ({"status": "cancelled", "by": "user", "reason": "Fixed it"}, "customer"),
    ],
)
async def test_side_need_not_be_said_where_only_one_may(
    client: AsgiClient,
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
    said: Mapping[str, str],
    by: str,
) -> None:
    await seagate(session, vault, merchant)
    made = await booked(client)

    moved = (await put(client, f"/api/v1/bookings/{made['id']}/status", said)).json()

    assert (moved["status"], moved["ended_by"]) == (said["status"], by)
    assert moved["note"] == said.get("reason", "")
    assert await count(session, BookingSlot) == 0


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"status": "completed"},
            (409, "booking_moved", [("status", "confirmed"), ("date_time", "begun")]),
        ),
        (
            {"status": "no_show", "by": "user"},
            (409, "booking_moved", [("status", "confirmed"), ("date_time", "begun")]),
        ),
        ({"status": "declined"}, (409, "booking_moved", [("status", "confirmed")])),
        ({"status": "confirmed"}, (409, "booking_moved", [("status", "confirmed")])),
        ({"status": "cancelled"}, (422, "side_missing", [("by", "missing")])),
    ],
)
async def test_move_that_it_cannot_make_changes_nothing(
    client: AsgiClient,
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
    said: Mapping[str, str],
    expected: tuple[int, str, list[tuple[str, str]]],
) -> None:
    await seagate(session, vault, merchant)
    path = f"/api/v1/bookings/{(await booked(client))['id']}"
    before = (await put(client, f"{path}/status", {"status": "confirmed"})).json()
    heard = await told(session, vault)

    answer = await put(client, f"{path}/status", said)

    assert wrong(answer) == expected
    assert (await client.get(path)).json() == before
    assert await told(session, vault) == heard


async def test_customer_cannot_accept_for_the_provider(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    made = await booked(client)

    path = f"/api/v1/bookings/{made['id']}/status"
    answer = await put(client, path, {"status": "confirmed", "by": "user"})

    assert wrong(answer) == (409, "booking_moved", [("status", "pending")])


async def test_move_whose_answer_was_lost_is_answered_again(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    path = f"/api/v1/bookings/{(await booked(client))['id']}/status"
    headers = {"content-type": "application/json", "idempotency-key": "move-7"}

    answers = [
        await client.request("PUT", path, body=b'{"status": "confirmed"}', headers=headers)
        for _ in range(2)
    ]

    assert [one.status for one in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()


# --- reading ----------------------------------------------------------------------------------


async def test_pages_of_both_sides_leave_nothing_out(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    made = [
        (await client.post("/api/v1/bookings", {**SINK, "date_time": f"2026-03-03T{hour}:00"}))
        for hour in (10, 12, 14)
    ]
    references = [one.json()["reference"] for one in made]

    for path in ("", f"/user/{VINCENT}", f"/provider/{SEAGATE}"):
        read, after = [], ""
        while True:
            page = (await client.get(f"/api/v1/bookings{path}?limit=2{after}")).json()
            read += [one["reference"] for one in page["items"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert read == references


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["read", "write", "conversations"])
async def test_each_key_does_what_it_is_for(
    server: Server, session: AsyncSession, vault: Vault, merchant: MerchantId, scope: str
) -> None:
    await seagate(session, vault, merchant)
    client = server.client(await server.key(merchant, scope))

    answers = {
        "read": [
            await client.get("/api/v1/providers"),
            await client.get(f"/api/v1/providers/{SEAGATE}"),
        ],
        "conversations": [
            await client.get("/api/v1/users"),
            await client.get("/api/v1/bookings"),
            await client.get(f"/api/v1/bookings/provider/{SEAGATE}"),
        ],
        "write": [await client.post("/api/v1/bookings", SINK)],
    }

    for needed, given in answers.items():
        for answer in given:
            assert (answer.status == 403) is (needed != scope)


async def test_what_is_another_merchants_does_not_exist(
    server: Server, client: AsgiClient, session: AsyncSession, vault: Vault
) -> None:
    other = await server.merchant("other", "booking")
    theirs = await seagate(session, vault, other)
    elsewhere = server.client(await server.key(other, "write"))
    made = await booked(elsewhere)

    path = f"/api/v1/bookings/{made['id']}"
    answers = [
        await client.get(path),
        await client.get(f"/api/v1/bookings/{made['reference']}"),
        await put(client, f"{path}/status", {"status": "confirmed"}),
        await client.get(f"/api/v1/bookings/user/{VINCENT}"),
        await client.get(f"/api/v1/users/{VINCENT}"),
        await client.get(f"/api/v1/providers/{theirs.reference}"),
        await put(client, f"/api/v1/providers/{SEAGATE}", {"status": "paused"}),
        await client.post("/api/v1/bookings", SINK),
    ]

    assert {one.status for one in answers} == {404}
    assert (await client.get("/api/v1/bookings")).json()["items"] == []
    assert (await client.get("/api/v1/providers")).json()["items"] == []
    await session.refresh(theirs)
    assert theirs.status == ProviderStatus.ACTIVE
    booking = (await session.scalars(select(Booking))).one()
    assert booking.status == "pending"


def test_body_says_what_the_form_asks_for() -> None:
    asked = {FIELDS.get(slot, slot) for slot in BookForm.slots()} - {"not_by", "wait"}

    assert asked <= set(BookingSaid.model_fields)
