"""What Twilio is sent, how it may fail, and who sees our credentials."""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from pydantic import ValidationError

from sokoni.channels import base, errors, inbound
from sokoni.channels.inbound import Address
from sokoni.channels.outbound import (
    Buttons,
    ContactRequest,
    Content,
    Document,
    Image,
    LocationRequest,
    Option,
    Outbound,
    Place,
    Template,
    TemplateButton,
    TemplateHeader,
    Text,
)
from sokoni.channels.twilio_whatsapp.channel import TwilioWhatsAppChannel
from sokoni.kit.download import Downloader, Errand, RefusedAddressError
from sokoni.kit.http import ReqwestClient, Response
from sokoni.kit.ids import OutboxId, PhoneNumber, ProviderMessageId
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import Scripted, cut, garbage, http_error, silence, slow
from sokoni.testing.fake_twilio import FakeTwilio, fake_twilio, refused
from sokoni.testing.twilio_contents import StoredContent
from sokoni.testing.twilio_webhooks import TwilioWebhooks
from tests.channels.twilio_whatsapp.captured import ACCOUNT, KEY, NUMBER, WEBHOOK, channel, config

PHONE = PhoneNumber("+263771000001")
OUTBOX = OutboxId(UUID(int=7))
SK = "SK00000000000000000000000000000001"
PICTURE = "https://cdn.example.com/goats.jpg"
YES, NO = Option("yes", "Yes"), Option("no", "No")
GOATS = Option("listing:7", "10 goats", "$20.00 each")


def outbound(content: Content, to: Address | None = None) -> Outbound:
    return Outbound(outbox_id=OUTBOX, to=to or Address(phone=PHONE), content=content)


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    async with fake_twilio() as twilio:
        yield twilio


@pytest.fixture
async def connected(twilio: FakeTwilio) -> AsyncIterator[TwilioWhatsAppChannel]:
    async with ReqwestClient(connect=0.5, total=0.5) as http:
        yield channel(http, twilio.url)


# --- settings ---------------------------------------------------------------------------------


def test_addresses_come_from_base_urls_and_account() -> None:
    ours, fake = config(), config("http://127.0.0.1:9/")

    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert ours.messages_url == f"https://api.twilio.com{path}"
    assert ours.contents_url == "https://content.twilio.com/v1/Content"
    assert ours.typing_url == "https://messaging.twilio.com/v3/Indicators/Typing.json"
    assert fake.messages_url == f"http://127.0.0.1:9{path}"
    assert fake.contents_url == "http://127.0.0.1:9/v1/Content"
    assert fake.typing_url == "http://127.0.0.1:9/v3/Indicators/Typing.json"


@pytest.mark.parametrize("number", [NUMBER, f"whatsapp:{NUMBER}", f" {NUMBER} "])
def test_number_may_be_written_as_twilio_does(number: str) -> None:
    assert config(number=number).key() == KEY


def test_accounts_that_share_the_sandbox_are_told_apart() -> None:
    other = config(account_sid="AC00000000000000000000000000000002")

    assert other.key() != KEY


@pytest.mark.parametrize(
    ("settings", "rate"),
    [({}, 1 / 3), ({"number": "+263242000000"}, 80), ({"per_second": 5}, 5)],
)
def test_sandbox_is_slow(settings: dict[str, Any], rate: float) -> None:
    assert channel(**settings).limits.per_second == rate


@pytest.mark.parametrize(
    "wrong",
    [
        {"account_sid": "AC1"},
        {"account_sid": "SK00000000000000000000000000000001"},
        {"auth_tokens": []},
        {"auth_tokens": [""]},
        {"number": "0771000001"},
        {"number": "whatsapp:"},
        {"messaging_service_sid": "MG1"},
        {"api_key_sid": "SK1", "api_key_secret": "x"},
        {"api_key_sid": SK},
        {"api_key_secret": "x"},
        {"base_url": "ftp://example.com"},
        {"per_second": -1},
        {"nickname": "x"},
    ],
)
def test_wrong_configuration_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        config(**wrong)


def test_secrets_are_not_shown() -> None:
    shown = repr(config(api_key_sid=SK, api_key_secret="key-456"))

    assert "token-123" not in shown
    assert "key-456" not in shown
    assert config().secrets == {"auth_tokens", "api_key_secret"}


async def test_api_key_sends_and_fetches_and_the_token_signs(twilio: FakeTwilio) -> None:
    twilio.api_keys[SK] = "key-456"
    more = {"auth_tokens": ["twilio-token-123"], "api_key_sid": SK, "api_key_secret": "key-456"}
    url, _ = twilio.keep_file(b"bytes", "image/jpeg")

    async with ReqwestClient(connect=0.5, total=0.5) as http:
        connected = channel(http, twilio.url, **more)
        await connected.send(outbound(Text("Hello")))
        await connected.send(outbound(Buttons(body="Sure?", options=(YES, NO))))
        located = await connected.locate(inbound.Medium(kind="image", id=url))
    downloaded = await Downloader(private_hosts=frozenset({"127.0.0.1", "localhost"})).download(
        Errand(url=located.url, most=10, headers=located.headers, hosts=located.hosts)
    )

    assert [one.form.get("Body") for one in twilio.taken] == ["Hello", None]
    assert downloaded == b"bytes"
    posted = TwilioWebhooks(ACCOUNT, "twilio-token-123", NUMBER, WEBHOOK).text(PHONE, "Hi")
    connected.verify(
        inbound.WebhookRequest(url=posted.url, headers=posted.headers, body=posted.body)
    )


# --- what goes out ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (Text("2 x café + tea & more"), {"Body": "2 x café + tea & more"}),
        (Image(url=PICTURE), {"MediaUrl": PICTURE}),
        (Image(url=PICTURE, caption="Goats"), {"MediaUrl": PICTURE, "Body": "Goats"}),
        (
            Document(url="https://a.example/r.pdf", name="r.pdf"),
            {"MediaUrl": "https://a.example/r.pdf"},
        ),
        (
            Place(inbound.Pin(latitude=-18.2, longitude=28.9, name="Gokwe", address="Main Road")),
            {"Body": "Gokwe\nMain Road\n-18.2, 28.9", "PersistentAction": "geo:-18.2,28.9|Gokwe"},
        ),
        (
            Place(inbound.Pin(latitude=-18.2, longitude=28.9)),
            {"Body": "-18.2, 28.9", "PersistentAction": "geo:-18.2,28.9"},
        ),
    ],
)
async def test_plain_content_is_written_as_twilio_wants_it(
    connected: TwilioWhatsAppChannel,
    twilio: FakeTwilio,
    content: Content,
    fields: Mapping[str, str],
) -> None:
    sent = await connected.send(outbound(content))

    (taken,) = twilio.taken
    assert sent == base.Sent(ProviderMessageId(taken.sid))
    assert taken.form == {
        "To": f"whatsapp:{PHONE}",
        "From": f"whatsapp:{NUMBER}",
        "StatusCallback": f"{WEBHOOK}?outbox={OUTBOX}",
        **fields,
    }
    assert twilio.contents.kept == {}


@pytest.mark.parametrize(
    ("to", "named"),
    [
        (Address(phone=PHONE, user_id="ZW.4KX09QF2B7"), f"whatsapp:{PHONE}"),
        (Address(user_id="ZW.4KX09QF2B7"), "whatsapp:ZW.4KX09QF2B7"),
    ],
)
async def test_phone_is_preferred_and_a_hidden_one_not_needed(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio, to: Address, named: str
) -> None:
    await connected.send(outbound(Text("Hi"), to))

    assert twilio.taken[0].form["To"] == named


async def test_service_sends_in_place_of_the_number(twilio: FakeTwilio) -> None:
    service = "MG00000000000000000000000000000001"
    async with ReqwestClient() as http:
        await channel(http, twilio.url, messaging_service_sid=service).send(outbound(Text("Hi")))

    form = twilio.taken[0].form
    assert form["MessagingServiceSid"] == service
    assert "From" not in form


async def test_without_an_address_of_ours_no_statuses_are_asked_for(twilio: FakeTwilio) -> None:
    async with ReqwestClient() as http:
        unknown = TwilioWhatsAppChannel(config(twilio.url), http, StoppedClock())
        await unknown.send(outbound(Text("Hi")))

    assert "StatusCallback" not in twilio.taken[0].form


async def test_approved_content_is_sent_with_its_variables(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    twilio.shut_windows.add(PHONE)
    approved = StoredContent(
        friendly_name="order_shipped",
        types={
            "twilio/card": {
                "body": "Order {{3}}: {{1}}, it goes to {{2}}.",
                "actions": [{"type": "URL", "title": "Track", "url": "https://a.example/{{4}}"}],
            }
        },
        approved=True,
    )
    twilio.contents.add(approved)

    await connected.send(
        outbound(
            Template(
                name=approved.sid,
                language="en",
                header=TemplateHeader(text="ORD-7"),
                parameters=("Ana", "Gokwe"),
                buttons=(
                    TemplateButton("Thanks", payload="thanks"),
                    TemplateButton("Track", url_suffix="t/7", url="https://a.example/t/7"),
                ),
            )
        )
    )

    (taken,) = twilio.taken
    assert taken.form["ContentSid"] == approved.sid
    variables = json.loads(taken.form["ContentVariables"])
    assert variables == {"1": "Ana", "2": "Gokwe", "3": "ORD-7", "4": "t/7"}
    assert taken.drawn is not None
    assert taken.drawn.body["body"] == "Order ORD-7: Ana, it goes to Gokwe."


async def test_names_of_variables_are_kept(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    named = StoredContent(
        friendly_name="shipped",
        types={"twilio/text": {"body": "{{reference}} goes to {{place}}"}},
        approved=True,
    )
    twilio.contents.add(named)

    await connected.send(
        outbound(
            Template(
                name=named.sid,
                language="en",
                header=TemplateHeader(text="ORD-7", name="reference"),
                parameters=("Gokwe",),
                parameter_names=("place",),
            )
        )
    )

    drawn = twilio.taken[0].drawn
    assert drawn is not None
    assert drawn.body == {"body": "ORD-7 goes to Gokwe"}


async def test_template_without_variables_names_none(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    hello = StoredContent(friendly_name="hello", types={"twilio/text": {"body": "Hello"}})
    twilio.contents.add(hello)

    await connected.send(outbound(Template(name=hello.sid, language="en")))

    assert "ContentVariables" not in twilio.taken[0].form


async def test_template_that_twilio_does_not_know_is_unusable(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    with pytest.raises(errors.TemplateUnusableError) as raised:
        await connected.send(outbound(Template(name="buyer_found", language="en")))

    assert raised.value.provider_code == "21655"
    assert twilio.taken == []


@pytest.mark.parametrize(
    "content",
    [
        LocationRequest("Where?"),
        ContactRequest("Which number?"),
        Buttons(body="Sure?", options=(YES,), image_url=PICTURE),
        Document(url="https://a.example/r.pdf", name="r.pdf", caption="Receipt"),
    ],
)
async def test_what_twilio_has_no_form_for_is_not_sent(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio, content: Content
) -> None:
    with pytest.raises(errors.NotRenderableError):
        await connected.send(outbound(content))

    assert twilio.asked == []


# --- how a send may fail ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "error", "went_out"),
    [
        (refused(20429, 429, retry_after="7"), errors.ThrottledError, False),
        (refused(63016), errors.ReplyWindowClosedError, False),
        (refused(21610), errors.OptedOutError, False),
        (refused(20003, 401), errors.ChannelDownError, False),
        (refused(63012), errors.TemporarySendError, False),
        (http_error(429), errors.ThrottledError, False),
        (http_error(500), errors.UnknownOutcomeError, False),
        (http_error(503), errors.UnknownOutcomeError, False),
        (http_error(201, b"<html>welcome"), errors.UnknownOutcomeError, False),
        (http_error(201, b'{"status":"queued"}'), errors.UnknownOutcomeError, False),
        (silence(), errors.UnknownOutcomeError, True),
        (garbage(), errors.UnknownOutcomeError, True),
        (cut(), errors.UnknownOutcomeError, True),
        (cut(taken=False), errors.UnknownOutcomeError, False),
        (slow(2), errors.UnknownOutcomeError, True),
    ],
)
async def test_failure_is_named(
    connected: TwilioWhatsAppChannel,
    twilio: FakeTwilio,
    step: Scripted,
    error: type[errors.SendError],
    went_out: bool,
) -> None:
    twilio.script(step)

    with pytest.raises(errors.SendError) as raised:
        await connected.send(outbound(Text("Hi")))

    assert type(raised.value) is error
    assert bool(twilio.taken) is went_out


async def test_wrong_token_closes_the_number(twilio: FakeTwilio) -> None:
    async with ReqwestClient() as http:
        stranger = channel(http, twilio.url, auth_tokens=["wrong"])
        for content in (Text("Hi"), Buttons(body="Sure?", options=(YES,))):
            with pytest.raises(errors.ChannelDownError):
                await stranger.send(outbound(content))


async def test_unreachable_provider_was_never_sent_anything() -> None:
    async with ReqwestClient() as http:
        lost = channel(http, "http://127.0.0.1:1")
        with pytest.raises(errors.TemporarySendError):
            await lost.send(outbound(Text("Hi")))
        await lost.mark_read(ProviderMessageId("SM1"), typing=True)


# --- besides ----------------------------------------------------------------------------------


async def test_typing_marks_as_read_and_nothing_else_does(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    for typing in (True, False):
        await connected.mark_read(ProviderMessageId("SM1"), typing=typing)

    assert twilio.typing == [{"channel": "WHATSAPP", "messageId": "SM1"}]


async def test_credentials_stay_with_twilio_where_a_file_leads_on(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    url, mime_type = twilio.keep_file(b"goats", "image/jpeg")
    medium = inbound.Medium(kind="image", id=url, mime_type=mime_type)

    located = await connected.locate(medium)

    assert located.url == url
    async with ReqwestClient() as http:

        async def ask(url: str) -> Response:
            known = urlsplit(url).hostname in located.hosts
            return await http.request("GET", url, headers=located.headers if known else {})

        first = await ask(located.url)
        second = await ask(first.headers["location"])
        curious = await http.request("GET", first.headers["location"], headers=located.headers)
    assert (first.status, second.status, second.body) == (307, 200, b"goats")
    assert curious.status == 400


async def test_file_is_downloaded_from_where_it_leads_to(
    connected: TwilioWhatsAppChannel, twilio: FakeTwilio
) -> None:
    url, _ = twilio.keep_file(b"goats", "image/jpeg")
    located = await connected.locate(inbound.Medium(kind="image", id=url))
    errand = Errand(url=located.url, most=100, headers=located.headers, hosts=located.hosts)

    # The fake's other host refuses whoever shows it credentials.
    both = Downloader(private_hosts=frozenset({"127.0.0.1", "localhost"}))
    assert await both.download(errand) == b"goats"
    with pytest.raises(RefusedAddressError):
        await Downloader(private_hosts=frozenset({"127.0.0.1"})).download(errand)


async def test_file_from_elsewhere_sees_no_credentials() -> None:
    medium = inbound.Medium(kind="image", id="https://evil.example/x.jpg")

    located = await channel().locate(medium)

    assert located.hosts == {"api.twilio.com"}
