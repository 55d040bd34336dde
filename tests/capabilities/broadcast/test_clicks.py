"""Who opens the link of a broadcast is noted once, and led to that link and nowhere else."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.api.app import PREFIX
from sokoni.capabilities.broadcast.clicks import token_of
from sokoni.capabilities.broadcast.models import Broadcast
from sokoni.capabilities.broadcast.results import progress
from sokoni.db.vault import Vault
from sokoni.testing.clock import StoppedClock
from tests.capabilities.broadcast import hall as halls
from tests.capabilities.broadcast.hall import Hall

ANA, BEN = "+263771000001", "+263771000002"
SHOP = "https://shop.example/sale?from=chat"
LINK = {"url": SHOP, "labels": {"en": "Open the shop"}}
HERE = "https://hall.example"
BROWSER = {"user-agent": "Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36"}


@pytest.fixture
async def hall(database_url: str, clock: StoppedClock, tmp_path: Path) -> AsyncIterator[Hall]:
    async with halls.hall(database_url, clock, tmp_path, public_url=HERE) as opened:
        yield opened


async def sent(hall: Hall) -> Broadcast:
    return await hall.sent(buttons=[], link=LINK)


def address(hall: Hall, to: str) -> str:
    """Return the address that somebody got."""
    (taken,) = [one for one in hall.phones.graph.taken if one.to == to]
    url: str = taken.payload["interactive"]["action"]["parameters"]["url"]
    return url


async def opens(hall: Hall, url: str, method: str = "GET", **headers: str) -> tuple[int, str]:
    assert url.startswith(f"{HERE}/r/")
    named = {name.replace("_", "-"): value for name, value in {**BROWSER, **headers}.items()}
    answer = await hall.web.request(method, url.removeprefix(HERE), headers=named)
    return answer.status, answer.headers.get("location", "")


async def clicks(hall: Hall, row: Broadcast) -> int:
    async with AsyncSession(hall.app.engine) as session:
        return (await progress(session, await hall.state(row))).clicked


async def test_who_opens_the_link_is_noted_the_first_time(hall: Hall) -> None:
    ana, ben = await hall.contact(ANA), await hall.contact(BEN)
    row = await sent(hall)
    first = hall.clock()

    assert address(hall, ANA) != address(hall, BEN)
    assert await opens(hall, address(hall, ANA)) == (302, SHOP)
    await hall.settle(hours=1)
    assert await opens(hall, address(hall, ANA)) == (302, SHOP)

    found = await hall.recipients(row)
    assert (found[ana].clicked_at, found[ana].clicked) == (first, "link")
    assert (found[ben].clicked_at, found[ben].clicked) == (None, "")
    assert await clicks(hall, row) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"user_agent": "WhatsApp/2.24.6 A"}),
        ("GET", {"user_agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit)"}),
        ("GET", {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}),
        ("GET", {"user_agent": ""}),
        ("GET", {"sec_purpose": "prefetch;prerender"}),
    ],
)
async def test_a_machine_that_looks_is_led_there_and_does_not_count(
    hall: Hall, method: str, headers: dict[str, str]
) -> None:
    await hall.contact(ANA)
    row = await sent(hall)

    assert await opens(hall, address(hall, ANA), method, **headers) == (302, SHOP)

    assert await clicks(hall, row) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_address_that_we_did_not_sign_notes_nobody(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    row = await sent(hall)
    found = (await hall.recipients(row))[ana]
    stranger = Vault([os.urandom(32)])

    forged = f"{HERE}/r/{token_of(stranger, row.id, found.id)}"
    assert await opens(hall, forged) == (302, SHOP)

    assert await clicks(hall, row) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("token", ["", "x", "AAAA", "A" * 56, "%2e%2e%2fhealth", "é" * 56])
async def test_addresses_that_are_nobodys_lead_nowhere(hall: Hall, token: str) -> None:
    assert (await opens(hall, f"{HERE}/r/{token}")) == (404, "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_is_erased_is_led_there_and_nothing_is_noted(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    row = await sent(hall)
    web = await hall.client("conversations")
    erased = await web.request("DELETE", f"{PREFIX}/contacts/{ana}")
    assert erased.status < 300
    await hall.settle(days=1)
    assert await hall.recipients(row) == {}

    assert await opens(hall, address(hall, ANA)) == (302, SHOP)

    assert await clicks(hall, row) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_test_is_led_there_and_counts_for_nobody(hall: Hall) -> None:
    ana = await hall.contact(ANA)
    row, _ = await hall.proved(buttons=[], link=LINK)
    await hall.desk.try_out(row.reference, [ana])
    await hall.settle()

    assert await opens(hall, address(hall, ANA)) == (302, SHOP)

    assert await clicks(hall, row) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_link_goes_out_as_it_is_where_nobody_reaches_the_server(
    clock: StoppedClock, tmp_path: Path, database_url: str
) -> None:
    async with halls.hall(database_url, clock, tmp_path) as private:
        await private.contact(ANA)
        await sent(private)

        assert address(private, ANA) == SHOP


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_template_that_takes_the_end_of_our_address_is_counted(hall: Hall) -> None:
    ana = await hall.contact(ANA, wrote_hours_ago=48)
    row = await hall.sent(buttons=[], link=LINK, template="hall.link")
    (taken,) = hall.phones.graph.taken
    (button,) = [
        one
        for one in taken.payload["template"]["components"]
        if one["type"] == "button" and one["sub_type"] == "url"
    ]
    end = button["parameters"][0]["text"]

    assert await opens(hall, f"{HERE}/r/{end}") == (302, SHOP)

    assert (await hall.recipients(row))[ana].clicked_at
