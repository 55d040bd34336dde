"""Registering to the end: the code, another one, another number, and coming back."""

import pytest

from tests.capabilities.onboarding.bazaar import ANSWERS_OF_PRIYA, MEMBER, PRIYA, Desk
from tests.conftest import THREE
from tests.verification.gate import code_in


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_the_right_code_ends_the_registration(bazaar: Desk) -> None:
    asked = await bazaar.tell(*ANSWERS_OF_PRIYA)
    (open_one,) = await bazaar.entries()
    said = await bazaar.say(code_in(asked))
    (entry,) = await bazaar.entries()

    assert (open_one.state, open_one.step, open_one.verified) == (
        *("confirmed", "verification"),
        False,
    )
    assert f"registered as {entry.reference}" in said
    assert said.startswith("[link]")
    assert (entry.state, entry.step, entry.verified) == ("completed", "completed", True)
    assert await bazaar.facts() == {"sector": "textile", "pincode": "400001"}


async def test_another_number_gets_a_code_of_its_own_and_is_registered(bazaar: Desk) -> None:
    first = code_in(await bazaar.tell(*ANSWERS_OF_PRIYA))
    await bazaar.say("another number")
    second = code_in(await bazaar.say("9876543219"))

    assert "registered as" not in await bazaar.say(first)
    assert "registered as" in await bazaar.say(second)
    (entry,) = await bazaar.entries()
    assert '"+919876543219"' in bazaar.answers(entry)


async def test_another_code_is_asked_for_in_words(bazaar: Desk) -> None:
    await bazaar.tell(*ANSWERS_OF_PRIYA)

    for said in ("resend", "I didn't get it", "dobara bhejo"):
        assert "moment ago" in await bazaar.say(said)


async def test_who_is_registered_and_says_hello_reads_no_welcome(bazaar: Desk) -> None:
    welcome = await bazaar.say("Hi", "+919812300009")
    await bazaar.register()
    said = await bazaar.say("Hi")

    assert "a few short questions" in welcome
    assert "a few short questions" not in said
    assert "registered with this" in said
    assert "Priya Sharma" in said


async def test_who_is_in_the_middle_goes_on_where_they_were(bazaar: Desk) -> None:
    await bazaar.tell("Hi", "Priya Sharma", "Textile")
    said = await bazaar.say("Hi")

    assert "a few short questions" not in said
    assert "Priya Sharma" in said
    assert "PIN code" in said


async def test_what_staff_decide_the_contact_is_told(coop: Desk) -> None:
    asked = await coop.tell(*MEMBER, who=PRIYA)
    (entry,) = await coop.entries()
    office = await coop.api("reviews")
    (report,) = (await office.get("/api/v1/reports")).json()["items"]
    await office.post(f"/api/v1/reports/{report['reference']}/approve", {})
    approved = await coop.run(PRIYA)
    (after,) = await coop.entries()

    assert (entry.state, entry.step) == ("pending", "approval")
    assert entry.reference in asked
    assert report["what"] == f"{entry.reference} Tendai Moyo"
    assert f"{entry.reference} kwabvumirwa" in approved
    assert (after.state, after.step) == ("completed", "completed")


@pytest.mark.parametrize("said", ["sahi nahi hai", "सही नहीं है", "theek nahi hai"])
async def test_who_finds_something_wrong_in_hindi_is_asked_what(bazaar: Desk, said: str) -> None:
    await bazaar.tell("नमस्ते", *ANSWERS_OF_PRIYA[1:-1])

    assert "क्या बदलना" in await bazaar.say(said)
