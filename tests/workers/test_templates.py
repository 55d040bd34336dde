"""Templates in every form, as turns send them: the window shut, or found shut afterwards."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Final

import msgspec
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels.outbound import Content, Template, TemplateButton, TemplateHeader
from sokoni.db.vault import Vault
from sokoni.messaging.events import Tell, Undelivered
from sokoni.messaging.models import Template as Row
from sokoni.messaging.prompts import Choice, Prompt
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE
from tests.workers.town import Town, town

OFFER: Final = Tell(
    prompt=Prompt(
        "offer",
        {"thing": "goats", "place": "Gokwe", "ref": "LST-7", "photo": "https://a.example/7.jpg"},
        choices=(Choice("accept"), Choice("decline")),
    ),
    purpose="notice",
)
PLAIN: Final[dict[str, Any]] = {"body": "Somebody has {{1}} in {{2}}.", "variables": "thing,place"}
READS: Final = "Somebody has goats in Gokwe."
FORMS: Final = [
    pytest.param(
        {"header": {"text": "About {{1}}", "variable": "ref"}},
        Template(
            name="offer",
            language="en_US",
            header=TemplateHeader(text="LST-7"),
            parameters=("goats", "Gokwe"),
            rendered=f"About LST-7\n\n{READS}",
        ),
        id="a head of text",
    ),
    pytest.param(
        {"header": {"kind": "image", "variable": "photo"}, "footer": "Reply STOP to get no more."},
        Template(
            name="offer",
            language="en_US",
            header=TemplateHeader(image_url="https://a.example/7.jpg"),
            parameters=("goats", "Gokwe"),
            rendered=f"{READS}\n\nReply STOP to get no more.",
        ),
        id="a picture and a foot",
    ),
    pytest.param(
        {"body": "Somebody has {{thing}} in {{place}}."},
        Template(
            name="offer",
            language="en_US",
            parameters=("goats", "Gokwe"),
            parameter_names=("thing", "place"),
            rendered=READS,
        ),
        id="variables by name",
    ),
    pytest.param(
        {
            "buttons": [
                {"title": "Accept", "choice": "accept"},
                {"title": "See it", "url": "https://a.example/{{1}}", "variable": "ref"},
            ]
        },
        Template(
            name="offer",
            language="en_US",
            parameters=("goats", "Gokwe"),
            buttons=(
                TemplateButton("Accept", payload="accept"),
                TemplateButton("See it", url_suffix="LST-7", url="https://a.example/LST-7"),
            ),
            rendered=READS,
        ),
        id="buttons",
    ),
]


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as made:
        yield made


async def declare(place: Town, form: dict[str, Any]) -> None:
    usual = {"channel": "simulator", "purpose": "offer", "name": "offer", "category": "UTILITY"}
    row = {**usual, "language": "en", "code": "en_US", **PLAIN, **form}
    async with AsyncSession(place.engine) as session, session.begin():
        session.add(Row(merchant_id=place.account.merchant_id, **row))
    await place.parts.templates.refresh()


def sent(place: Town) -> Content:
    content: Content = msgspec.json.decode(place.fed[-1].content, type=Content)
    return content


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize(("form", "template"), FORMS)
async def test_outside_the_window_a_template_goes_out_in_its_form(
    place: Town, form: dict[str, Any], template: Template
) -> None:
    await declare(place, form)
    await place.hear("hi")
    await place.turn()
    place.clock.advance(timedelta(hours=25))

    await place.happen_to(OFFER)
    await place.turn()

    assert sent(place) == template


@pytest.mark.parametrize(("form", "template"), FORMS)
async def test_what_the_provider_found_too_late_goes_out_as_a_template_in_its_form(
    place: Town, form: dict[str, Any], template: Template
) -> None:
    await declare(place, form)
    await place.hear("hi")
    await place.turn()
    place.clock.advance(timedelta(minutes=1))
    now = place.clock()

    late = Undelivered(reason="reply_window_closed", made_at=now, tell=OFFER, told_at=now)
    await place.happen_to(late)
    await place.turn()

    assert sent(place) == template


async def test_a_template_without_the_picture_that_it_needs_is_not_sent(place: Town) -> None:
    await declare(place, {"header": {"kind": "image", "variable": "no_such_photo"}})
    await place.hear("hi")
    await place.turn()
    place.clock.advance(timedelta(hours=25))

    await place.happen_to(OFFER)
    await place.turn()

    assert place.said() == ["hi"]
