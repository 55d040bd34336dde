"""The registration of the documentation, in the chat: every kind of step, to the end."""

import json

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.capabilities.onboarding.bazaar import NUMBER, PRIYA, desks_of
from tests.repository.registrations_page import example
from tests.verification.gate import code_in

SAID = (
    *("Hi", "Asha Rao", "3", "clay lamps", "G0042", "skip", "411001", "about 20"),
    *("12 March 2010", NUMBER, "asha@example.com", "27AAPFU0939F1ZV", "AAPFU0939F"),
    *("UDYAM-MH-26-0123456", "skip", "skip", "yes", "no"),
)


async def test_the_documented_registration_is_registered_with(
    engine: AsyncEngine, database_url: str
) -> None:
    async with desks_of(database_url, {"my-guild": f"{example()}quiet_ms: 0\n"}) as (desk,):
        summary = await desk.tell(*SAID)
        asked = await desk.say("yes")
        done = await desk.say(code_in(asked))
        (entry,) = await desk.entries()

        assert "Is all of it right?" in summary
        assert f"Thank you, Asha Rao! You are {entry.reference}." in done
        assert json.loads(desk.answers(entry)) == {
            "name": "Asha Rao",
            "trade": "other",
            "craft": "clay lamps",
            "code": "G0042",
            "pincode": "411001",
            "workers": "20",
            "since": "2010-03-12",
            "phone": f"+91{NUMBER}",
            "email": "asha@example.com",
            "gstin": "27AAPFU0939F1ZV",
            "pan": "AAPFU0939F",
            "udyam": "UDYAM-MH-26-0123456",
            "privacy": True,
            "news": False,
        }
        assert await desk.facts() == {"trade": "other"}


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("G42", "a G and four digits"),
        ("skip", "In which town"),
    ],
)
async def test_a_text_that_does_not_look_right_is_refused_in_the_merchants_words(
    engine: AsyncEngine, database_url: str, said: str, refused: str
) -> None:
    async with desks_of(database_url, {"my-guild": f"{example()}quiet_ms: 0\n"}) as (desk,):
        await desk.tell(*SAID[:4], who=PRIYA)

        assert refused in await desk.say(said)
        (entry,) = await desk.entries()
        assert "workers" not in desk.answers(entry)


async def test_skip_at_a_question_that_needs_an_answer_says_so_though_another_offered_it(
    engine: AsyncEngine, database_url: str
) -> None:
    async with desks_of(database_url, {"my-guild": f"{example()}quiet_ms: 0\n"}) as (desk,):
        await desk.tell(*SAID[:6])

        assert "I need this one to go on" in await desk.say("skip")
