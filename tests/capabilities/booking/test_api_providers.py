"""Providers as programs find, register and change them."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Provider
from sokoni.capabilities.booking.standing import ProviderStatus
from sokoni.db.vault import Vault
from sokoni.kit.ids import MerchantId
from sokoni.reviews.models import Report
from sokoni.testing.asgi import AsgiClient
from tests.api.answers import wrong
from tests.capabilities.booking.asking import SEAGATE, count, put, seagate
from tests.capabilities.booking.factories import AVONDALE, MBARE, create_provider
from tests.conftest import THREE

APPLICANT: Mapping[str, object] = {
    "phone_number": "+263719999999",
    "name": "John Smith",
    "service_type": "plumbing",
    "location": "6 Weale Road, Milton Park, Harare",
}


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_nearest_comes_first_with_distance_and_free_time(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await create_provider(session, name="Far", base=MBARE, merchant_id=merchant)
    await create_provider(session, name="Near", base=AVONDALE, merchant_id=merchant)
    await create_provider(session, name="Lights", services=("electrician",), merchant_id=merchant)
    await create_provider(session, name="Away", status=ProviderStatus.PAUSED, merchant_id=merchant)
    await session.commit()

    path = "/api/v1/providers/service"
    near = (await client.get(f"{path}/muplumber?location=avondale")).json()
    anywhere = (await client.get(f"{path}/plumber")).json()
    second = (await client.get(f"{path}/plumber?location=avondale&limit=1&offset=1")).json()
    everybody = (await client.get("/api/v1/providers")).json()["items"]

    assert [one["name"] for one in near] == ["Near", "Far"]
    assert near[0]["distance_km"] == 0
    assert near[0]["next_free"] == "2026-03-02T07:00:00Z"
    assert near[0]["areas"] == ["Harare"]
    assert second == near[1:]
    assert [one["name"] for one in anywhere] == ["Far", "Near"]
    assert [one["name"] for one in everybody] == ["Far", "Near", "Lights"]
    assert not any("phone" in name or "number" in name for name in near[0])


async def test_what_nobody_knows_is_refused(client: AsgiClient) -> None:
    path = "/api/v1/providers"

    assert wrong(await client.get(f"{path}/service/astronaut"))[:2] == (422, "service_unknown")
    unknown = await client.get(f"{path}/service/plumber?location=Atlantis")
    assert wrong(unknown)[:2] == (422, "place_unknown")
    assert wrong(await client.get(f"{path}/{SEAGATE}"))[:2] == (404, "provider_unknown")


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_applicant_waits_for_staff(client: AsgiClient, session: AsyncSession) -> None:
    answer = await client.post("/api/v1/providers", APPLICANT)

    made = answer.json()
    assert (answer.status, made["status"], made["services"]) == (201, "pending", ["plumber"])
    assert (made["location"], made["areas"]) == ("Milton Park", ["Milton Park"])
    report = (await session.scalars(select(Report))).one()
    assert report.what == f"{made['reference']} John Smith"
    await session.commit()
    assert (await client.get("/api/v1/providers/service/plumber")).json() == []
    for named in ("+263719999999", made["reference"]):
        assert (await client.get(f"/api/v1/providers/{named}")).json() == made
    let_in = await put(client, "/api/v1/providers/+263719999999", {"status": "active"})
    assert wrong(let_in) == (409, "provider_stands", [("status", "pending")])


async def test_who_is_a_provider_registers_no_second_time(
    client: AsgiClient, session: AsyncSession
) -> None:
    once = {"idempotency-key": "provider-7"}
    first = await client.post("/api/v1/providers", APPLICANT, headers=once)
    again = await client.post("/api/v1/providers", APPLICANT, headers=once)
    other = await client.post("/api/v1/providers", {**APPLICANT, "name": "Another"})

    assert first.json() == again.json()
    assert wrong(other) == (409, "provider_known", [])
    assert [await count(session, one) for one in (Provider, Report)] == [1, 1]


async def test_services_and_areas_may_be_several(client: AsgiClient) -> None:
    said = {**APPLICANT, "service_type": ["muplumber", "welding"], "areas": ["Harare", "Ruwa"]}

    made = (await client.post("/api/v1/providers", said)).json()

    assert made["services"] == ["plumber", "welder"]
    assert made["areas"] == ["Harare", "Ruwa"]
    assert made["location"] == "Milton Park"


async def test_change_is_found_at_once(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    path = f"/api/v1/providers/{SEAGATE}"

    changed = await put(
        client,
        path,
        {
            "name": "Seagate",
            "service_type": "electrician",
            "location": "Borrowdale",
            "areas": ["Bulawayo"],
        },
    )

    shown = changed.json()
    assert (shown["name"], shown["location"]) == ("Seagate", "Borrowdale")
    at = "/api/v1/providers/service/electrician?location=Bulawayo"
    assert (await client.get(at)).json() == [shown]
    assert (await client.get("/api/v1/providers/service/plumber")).json() == []


async def test_paused_provider_is_not_found_until_they_are_back(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    await seagate(session, vault, merchant)
    path, at = f"/api/v1/providers/{SEAGATE}", "/api/v1/providers/service/plumber?location=Harare"

    paused = await put(client, path, {"status": "paused"})
    assert (paused.json()["status"], (await client.get(at)).json()) == ("paused", [])
    back = await put(client, path, {"status": "active"})
    assert (await client.get(at)).json() == [back.json()]
