"""Contents: made once for each shape, found again, and never in the way of an answer."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokoni.channels import errors
from sokoni.channels.inbound import Address
from sokoni.channels.ladder import lower
from sokoni.channels.outbound import (
    Buttons,
    Content,
    LinkButton,
    Listing,
    Neutral,
    Option,
    Outbound,
)
from sokoni.channels.twilio_whatsapp import outbound
from sokoni.channels.twilio_whatsapp.channel import TwilioWhatsAppChannel
from sokoni.channels.twilio_whatsapp.content import Shaped
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import OutboxId, PhoneNumber
from sokoni.testing.fake_graph import Scripted, http_error, silence
from sokoni.testing.fake_twilio import FakeTwilio, fake_twilio, refused
from sokoni.testing.twilio_contents import Drawn, StoredContent, StoredContents
from tests.channels.test_ladder import NEUTRALS
from tests.channels.twilio_whatsapp.captured import channel

YES, NO = Option("yes", "Yes"), Option("no", "No")
GOATS = Option("listing:7", "10 goats", "$20.00 each")


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as twilio:
        yield twilio


@pytest.fixture
async def http() -> AsyncIterator[ReqwestClient]:
    async with ReqwestClient(connect=0.5, total=0.5) as http:
        yield http


@pytest.fixture
def connected(twilio: FakeTwilio, http: ReqwestClient) -> TwilioWhatsAppChannel:
    return channel(http, twilio.url)


async def send(connected: TwilioWhatsAppChannel, content: Content) -> None:
    to = Address(phone=PhoneNumber("+263771000001"))
    await connected.send(Outbound(outbox_id=OutboxId(UUID(int=7)), to=to, content=content))


def buttons(body: str, *options: Option) -> Buttons:
    return Buttons(body=body, options=options or (YES, NO))


def drawn(twilio: FakeTwilio) -> Sequence[Any]:
    """Return what reached WhatsApp."""
    return [(one.drawn.kind, one.drawn.body) for one in twilio.taken if one.drawn is not None]


def requests(twilio: FakeTwilio, method: str) -> int:
    return twilio.asked.count((method, "/v1/Content"))


async def test_buttons_are_drawn_as_they_were_meant(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    await send(connected, buttons("10 goats\n$20   each\t(Gokwe)\n\nSure?"))

    assert drawn(twilio) == [
        (
            "twilio/quick-reply",
            {
                "body": "10 goats\n$20 each (Gokwe)\n\nSure?",
                "actions": [
                    {"type": "QUICK_REPLY", "title": "Yes", "id": "yes"},
                    {"type": "QUICK_REPLY", "title": "No", "id": "no"},
                ],
            },
        )
    ]


WHICH = Listing(body="Which?", label="Choose", options=(GOATS, NO))
DESCRIBED = {"item": "10 goats", "id": "listing:7", "description": "$20.00 each"}


@pytest.mark.parametrize(
    ("insisting", "second"),
    [
        (False, {"item": "No", "id": "no"}),
        (True, {"item": "No", "id": "no", "description": "·"}),
    ],
)
async def test_rows_without_a_description_get_one_only_where_twilio_insists(
    connected: TwilioWhatsAppChannel,
    twilio: FakeTwilio,
    *,
    insisting: bool,
    second: dict[str, str],
) -> None:
    twilio.contents.described = insisting

    await send(connected, WHICH)
    await send(connected, WHICH)

    body = {"body": "Which?", "button": "Choose", "items": [DESCRIBED, second]}
    assert drawn(twilio) == [("twilio/list-picker", body)] * 2
    assert requests(twilio, "POST") == 1 + insisting


@pytest.mark.parametrize(
    "url", ["https://pay.example/1?x={a}&y=2", "https://pay.example", "https://pay.example/"]
)
async def test_link_is_drawn_with_its_address(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio, url: str
) -> None:
    await send(connected, LinkButton(body="Pay", label="Pay now", url=url))

    ((kind, body),) = drawn(twilio)
    whole = url if url.count("/") > 2 else f"{url}/"
    assert kind == "twilio/call-to-action"
    assert body["actions"] == [{"type": "URL", "title": "Pay now", "url": whole}]


async def test_a_shape_is_made_once_whatever_it_says(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    await send(connected, buttons("Sure?"))
    await send(connected, buttons("Really?", GOATS, YES))
    await send(connected, buttons("One of these:\nquick"))

    assert len(twilio.contents.kept) == 2
    assert requests(twilio, "POST") == 2
    (name, _) = (one.friendly_name for one in twilio.contents.kept.values())
    assert name.startswith("sokoni_")


async def test_many_at_once_make_a_shape_once(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    await asyncio.gather(*(send(connected, buttons(f"Sure {n}?")) for n in range(20)))

    assert len(twilio.taken) == 20
    assert len(twilio.contents.kept) == 1


async def test_another_process_finds_what_was_made(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio, http: ReqwestClient
) -> None:
    for number in range(1200):
        template = StoredContent(friendly_name=f"other_{number}", types={"twilio/text": {}})
        twilio.contents.add(template)
    await send(connected, buttons("Sure?"))
    kept = len(twilio.contents.kept)

    await send(channel(http, twilio.url), buttons("Sure?"))

    assert len(twilio.contents.kept) == kept
    assert requests(twilio, "POST") == 1
    assert requests(twilio, "GET") == 6


async def test_what_another_process_made_meanwhile_is_not_made_again(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio, http: ReqwestClient
) -> None:
    other = channel(http, twilio.url)
    await send(connected, buttons("Sure?"))
    await send(other, buttons("Sure?"))
    await send(connected, buttons("Two\nlines"))

    await send(other, buttons("Two\nlines"))
    await send(other, buttons("Two\nothers"))

    assert len(twilio.contents.kept) == 2
    assert (requests(twilio, "GET"), requests(twilio, "POST")) == (4, 2)


async def test_content_that_is_listed_and_cannot_be_sent_is_made_anew(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    await send(connected, buttons("Sure?"))
    (spoilt,) = twilio.contents.kept
    twilio.script(refused(21655))

    with pytest.raises(errors.NotRenderableError):
        await send(connected, buttons("Sure?"))
    await send(connected, buttons("Sure?"))

    assert len(twilio.contents.kept) == 2
    assert twilio.taken[-1].form["ContentSid"] != spoilt


async def test_pages_that_lead_elsewhere_are_not_followed(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    page = b'{"contents":[],"meta":{"next_page_url":"http://127.0.0.1:1/v1/Content?Page=1"}}'
    twilio.script_contents(http_error(200, page))

    await send(connected, buttons("Sure?"))

    assert requests(twilio, "GET") == 1


async def test_content_that_was_deleted_is_made_anew(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    await send(connected, buttons("Sure?"))
    twilio.contents.kept.clear()

    with pytest.raises(errors.NotRenderableError):
        await send(connected, buttons("Sure?"))
    await send(connected, buttons("Sure?"))

    assert len(twilio.taken) == 2
    assert len(twilio.contents.kept) == 1


@pytest.mark.parametrize(
    "step", [http_error(503), http_error(200, b"<html>"), refused(20429, 429), silence()]
)
async def test_where_no_content_can_be_had_a_simpler_form_is_asked_for_at_once(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio, step: Scripted
) -> None:
    twilio.script_contents(step)

    for _ in range(3):
        with pytest.raises(errors.NotRenderableError):
            await send(connected, buttons("Sure?"))

    # The others did not wait for what had just failed.
    assert requests(twilio, "GET") == 1
    assert twilio.taken == []


async def test_known_shapes_are_sent_while_new_ones_cannot_be_made(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    await send(connected, buttons("Sure?"))
    twilio.script_contents(http_error(503))

    with pytest.raises(errors.NotRenderableError):
        await send(connected, buttons("Two\nlines"))
    await send(connected, buttons("Really?"))

    assert len(twilio.taken) == 2


async def test_shape_that_twilio_refuses_is_not_offered_again(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    await send(connected, buttons("Sure?"))
    twilio.script_contents(http_error(200, b"{}"), refused(20001))

    for _ in range(2):
        with pytest.raises(errors.NotRenderableError):
            await send(connected, buttons("Two\nlines"))
    await send(connected, buttons("Three\nwhole\nlines"))

    assert requests(twilio, "POST") == 3


async def test_more_lines_than_variables_are_not_renderable(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    with pytest.raises(errors.NotRenderableError):
        await send(connected, buttons("\n".join("abcdefghij" * 10)))

    assert twilio.asked == []


@given(NEUTRALS, st.integers(1, 3))
@settings(max_examples=60)
def test_whatever_is_lowered_fits(neutral: Neutral, page: int) -> None:
    for content in lower(neutral, channel().limits, page).contents:
        said = outbound.content(content)
        if isinstance(said, Shaped):
            assert isinstance(kept_and_drawn(said), Drawn)
        else:
            assert len(said.get("Body", "")) <= 1600


def kept_and_drawn(shaped: Shaped) -> object:
    contents = StoredContents()
    body = {"friendly_name": shaped.name, "language": "en", "types": shaped.types}
    made = contents.create(body)
    assert made is not None
    return contents.drawn(made.sid, json.dumps(shaped.variables))
