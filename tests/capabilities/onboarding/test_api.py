"""Registrations by the API: read, filtered, approved and rejected, taken as a file."""

import csv
import io
from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.testing.asgi import AsgiClient
from tests.api.answers import wrong
from tests.capabilities.onboarding.bazaar import MEMBER, PRIYA, RAHUL, Desk, desks
from tests.conftest import THREE

PATH = "/api/v1/registrations"


@pytest.fixture
async def both(engine: AsyncEngine, database_url: str) -> AsyncIterator[list[Desk]]:
    async with desks(database_url, "msme-bazaar", "mushandirapamwe") as opened:
        yield opened


async def _references(client: AsgiClient, query: str = "") -> list[str]:
    return [one["reference"] for one in (await client.get(PATH + query)).json()["items"]]


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_registrations_are_listed_page_by_page_and_filtered(bazaar: Desk) -> None:
    await bazaar.register()
    await bazaar.tell("Hi", "Rahul Verma", who=RAHUL)
    office = await bazaar.api("conversations")
    done, begun = await bazaar.entries()

    first = (await office.get(f"{PATH}?limit=1")).json()
    second = (await office.get(f"{PATH}?limit=1&after={first['next']}")).json()

    assert [one["reference"] for one in first["items"]] == [done.reference]
    assert [one["reference"] for one in second["items"]] == [begun.reference]
    assert second["next"] is None
    assert first["items"][0]["phone_number"] == PRIYA
    assert first["items"][0]["name"] == "Priya Sharma"
    assert await _references(office, "?state=completed") == [done.reference]
    assert await _references(office, "?step=sector") == [begun.reference]
    assert await _references(office, "?registration=msme&state=started") == [begun.reference]
    assert await _references(office, "?registration=other") == []


async def test_one_registration_shows_its_answers_by_reference_and_id(bazaar: Desk) -> None:
    await bazaar.register()
    (entry,) = await bazaar.entries()
    office = await bazaar.api("conversations")

    shown = (await office.get(f"{PATH}/{entry.reference.lower()}")).json()

    assert shown == (await office.get(f"{PATH}/{entry.id}")).json()
    assert shown["verified"] is True
    assert shown["answers"] == {
        "name": "Priya Sharma",
        "sector": "textile",
        "pincode": "400001",
        "phone": "+919876543210",
    }


async def test_another_merchants_registration_is_invisible(both: list[Desk]) -> None:
    bazaar, coop = both
    await bazaar.register()
    (entry,) = await bazaar.entries()
    stranger = await coop.api("admin")

    assert await _references(stranger) == []
    for named in (entry.reference, entry.id):
        shown = await stranger.get(f"{PATH}/{named}")
        refused = await stranger.post(f"{PATH}/{named}/reject", {})
        assert wrong(shown) == wrong(refused) == (404, "registration_unknown", [])
    assert "Priya" not in (await stranger.get(f"{PATH}/export")).body.decode()
    assert (await bazaar.entries())[0].state == "completed"


async def test_staff_approve_and_reject_and_the_contact_is_told(coop: Desk) -> None:
    await coop.tell(*MEMBER, who=PRIYA)
    (entry,) = await coop.entries()
    office = await coop.api("reviews")

    approved = (await office.post(f"{PATH}/{entry.reference}/approve", {})).json()
    told = await coop.run(PRIYA)
    again = await office.post(f"{PATH}/{entry.reference}/approve", {})
    rejected = (await office.post(f"{PATH}/{entry.reference}/reject", {})).json()
    told_so = await coop.run(PRIYA)

    assert (approved["state"], approved["step"]) == ("completed", "completed")
    assert "kwabvumirwa" in told
    assert again.status == 409
    assert again.json()["code"] == "registration_moved"
    assert (rejected["state"], rejected["completed_at"]) == ("rejected", None)
    assert "hakuna kubvumirwa" in told_so
    assert (await office.get("/api/v1/reports")).json()["items"] == []


async def test_what_is_not_finished_cannot_be_approved(coop: Desk) -> None:
    await coop.tell("mhoro", "Tendai Moyo", who=PRIYA)
    (entry,) = await coop.entries()
    office = await coop.api("reviews")

    refused = await office.post(f"{PATH}/{entry.reference}/approve", {})

    assert (refused.status, refused.json()["code"]) == (409, "registration_moved")
    assert (await coop.entries())[0].state == "started"
    assert (await office.get("/api/v1/reports?decided=true")).json()["items"] == []


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("reviews", "GET", ""),
        ("reviews", "GET", "/export"),
        ("read", "GET", "/MSME-1234567"),
        ("conversations", "POST", "/MSME-1234567/approve"),
        ("conversations", "POST", "/MSME-1234567/reject"),
    ],
)
async def test_a_key_for_something_else_is_refused(
    bazaar: Desk, scope: str, method: str, path: str
) -> None:
    client = await bazaar.api(scope)

    answer = await client.request(method, PATH + path)

    assert (answer.status, answer.json()["code"]) == (403, "scope_missing")


async def test_the_file_has_a_line_for_each_and_no_formula(coop: Desk) -> None:
    await coop.tell(*MEMBER, who=PRIYA)
    await coop.tell("mhoro", "Tendai Moyo", "=HYPERLINK muriwo", who=RAHUL)
    (entry, _) = await coop.entries()
    evil = '=HYPERLINK("http://example.org")'
    await coop.rewrite(entry, "name", evil)
    office = await coop.api("conversations")

    answer = await office.get(f"{PATH}/export")
    text = answer.body.decode()
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert text.startswith("\ufeff"), "spreadsheets know by it that it is UTF-8"
    assert [one["reference"] for one in lines] == [one.reference for one in await coop.entries()]
    assert lines[0]["name"] == f"'{evil}"
    assert lines[0]["murimo"] == "vegetables"
    assert not any(
        str(cell).startswith(("=", "+", "-", "@")) for line in lines for cell in line.values()
    )
    started = await office.get(f"{PATH}/export?state=started")
    assert started.body.decode().splitlines()[1:] == [",".join(lines[1].values())]
