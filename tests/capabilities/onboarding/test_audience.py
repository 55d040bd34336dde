"""Broadcasts at the shipped merchant find people by how far they registered, and as what."""

from collections.abc import Mapping
from typing import Any

import pytest

from sokoni.testing.asgi import AsgiClient
from tests.capabilities.onboarding.bazaar import PRIYA, RAHUL, Desk
from tests.conftest import THREE


async def _reached(client: AsgiClient, fact: str, *values: str) -> Mapping[str, Any]:
    condition = {"fact": fact, "values": list(values)}
    said = {
        "name": "News",
        "kind": "utility",
        "audience": {"all": [condition]},
        "texts": {"en": "News"},
        "template": "broadcast.message",
    }
    drafted = (await client.post("/api/v1/broadcasts", said)).json()
    proof = await client.post(f"/api/v1/broadcasts/{drafted['reference']}/proof")
    counts: Mapping[str, Any] = proof.json()["counts"]
    return counts


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_a_proof_finds_who_is_at_a_step_or_in_a_sector(bazaar: Desk) -> None:
    await bazaar.register()
    await bazaar.tell("Hi", "Rahul Verma", "IT", who=RAHUL)
    office = await bazaar.api("broadcasts")

    assert sum((await _reached(office, "onboarding.step", "pincode")).values()) == 1
    assert sum((await _reached(office, "onboarding.target_step", "completed")).values()) == 1
    assert sum((await _reached(office, "onboarding.sector", "textile")).values()) == 1
    both = await _reached(office, "onboarding.sector", "textile", "technology")
    assert sum(both.values()) == 2
    assert await _reached(office, "onboarding.sector", "education") == {}


async def test_the_seeds_message_goes_to_who_is_at_the_step_and_to_nobody_else(
    bazaar: Desk,
) -> None:
    await bazaar.register()
    await bazaar.tell("Hi", "Rahul Verma", "IT", who=RAHUL)
    office = await bazaar.api("broadcasts")

    said = {"message": "Welcome among us.", "target_step": "completed"}
    answer = await office.post("/api/v1/send-broadcast", said)

    assert (answer.status, answer.json()["status"]) == (202, "accepted")
    assert "Welcome among us." in await bazaar.run(PRIYA)
    assert "Welcome among us." not in await bazaar.run(RAHUL)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_answer_may_lead_to_a_registration_of_the_merchants_file(bazaar: Desk) -> None:
    office = await bazaar.api("broadcasts")
    said = {"name": "Come", "kind": "utility", "texts": {"en": "Come and register."}}

    drafted = await office.post("/api/v1/broadcasts", {**said, "reply": "onboarding.msme"})
    unknown = await office.post("/api/v1/broadcasts", {**said, "reply": "onboarding.other"})

    assert drafted.status == 201
    assert (unknown.status, unknown.json()["code"]) == (422, "broadcast_refused")
