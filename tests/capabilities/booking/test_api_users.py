"""Users that programs make known and change: name, place, and what they agree to."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import BookingCustomer
from sokoni.contacts.models import Consent, Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.testing.asgi import AsgiClient
from tests.api.answers import wrong
from tests.api.market import Market as Server
from tests.capabilities.booking.asking import SINK, USER, VINCENT, count, put, seagate
from tests.conftest import THREE


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_user_is_made_known_and_has_what_they_booked(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    made = await client.post("/api/v1/users", USER)
    job = {name: said for name, said in SINK.items() if name != "location"}
    booked = (await client.post("/api/v1/bookings", job)).json()

    assert made.status == 201
    found = (await client.get("/api/v1/users/0777530322")).json()
    assert (found["phone_number"], found["name"]) == (VINCENT, "Vincent Mugondora")
    assert found["location"] == booked["location"] == "Mufakose, Harare"
    assert (found["agreed_privacy_policy"], found["onboarding_completed"]) == (False, False)
    assert found["bookings"] == [booked]
    given = (await session.scalars(select(Contact.id).where(Contact.name_given))).all()
    assert [str(one) for one in given] == [made.json()["id"]]


async def test_user_is_made_known_once(client: AsgiClient, session: AsyncSession) -> None:
    once = {"idempotency-key": "user-7"}
    first = await client.post("/api/v1/users", USER, headers=once)
    again = await client.post("/api/v1/users", USER, headers=once)
    other = await client.post("/api/v1/users", {**USER, "name": "Somebody Else"})

    assert first.json() == again.json()
    assert wrong(other) == (409, "user_known", [])
    found = (await client.get(f"/api/v1/users/{VINCENT}")).json()
    assert found["name"] == "Vincent Mugondora"
    assert await count(session, BookingCustomer) == 1


async def test_what_is_left_out_stays(client: AsgiClient) -> None:
    await client.post("/api/v1/users", USER)
    path = f"/api/v1/users/{VINCENT}"

    moved = (await put(client, path, {"location": "12 Main Street, Borrowdale"})).json()
    named = (await put(client, path, {"name": "Vincent M"})).json()

    assert (moved["location"], moved["name"]) == ("Borrowdale, Harare", "Vincent Mugondora")
    assert (named["location"], named["name"]) == ("Borrowdale, Harare", "Vincent M")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_consent_is_written_down_and_taken_back(
    client: AsgiClient, session: AsyncSession
) -> None:
    path = f"/api/v1/users/{VINCENT}"
    agreed = await client.post("/api/v1/users", {**USER, "agreed_privacy_policy": True})
    again = await put(client, path, {"agreed_privacy_policy": True})
    taken_back = await put(client, path, {"agreed_privacy_policy": False})

    shown = [one.json() for one in (agreed, again, taken_back)]
    assert [one["agreed_privacy_policy"] for one in shown] == [True, True, False]
    assert [one["onboarding_completed"] for one in shown] == [True, True, False]
    rows = (await session.scalars(select(Consent).order_by(Consent.id))).all()
    assert [(one.purpose, one.given, one.source) for one in rows] == [
        ("privacy", True, "api"),
        ("privacy", False, "api"),
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"location": "Atlantis"}, (422, "place_unknown")),
        ({"phone_number": "12"}, (422, "phone_invalid")),
        ({"name": "1"}, (422, "invalid_request")),
        ({"onboarding_completed": True}, (422, "invalid_request")),
    ],
)
async def test_what_is_wrong_is_refused(
    client: AsgiClient,
    session: AsyncSession,
    changed: Mapping[str, object],
    expected: tuple[int, str],
) -> None:
    answer = await client.post("/api/v1/users", {**USER, **changed})

    assert wrong(answer)[:2] == expected
    assert [await count(session, one) for one in (BookingCustomer, Contact)] == [0, 0]


async def test_contact_who_never_booked_is_no_user(
    server: Server, client: AsgiClient, merchant: MerchantId
) -> None:
    await server.conversation(merchant, VINCENT, "Vincent")

    assert wrong(await client.get(f"/api/v1/users/{VINCENT}")) == (404, "user_unknown", [])
    changed = await put(client, f"/api/v1/users/{VINCENT}", {"name": "Vincent M"})
    assert wrong(changed) == (404, "user_unknown", [])


async def test_pages_leave_nobody_out(client: AsgiClient) -> None:
    phones = [f"+26377100000{number}" for number in range(5)]
    for phone in phones:
        await client.post("/api/v1/users", {**USER, "phone_number": phone})

    read, after = [], ""
    while True:
        page = (await client.get(f"/api/v1/users?limit=2{after}")).json()
        read += [one["phone_number"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert read == phones
