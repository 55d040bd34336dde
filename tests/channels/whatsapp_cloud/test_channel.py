"""WhatsApp Cloud API: signatures, what is sent, and every way in which sending can fail."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from sokoni.channels import base, errors, inbound
from sokoni.channels.inbound import Address, WebhookRequest
from sokoni.channels.outbound import (
    Buttons,
    CatalogueShown,
    ContactRequest,
    Content,
    Document,
    Image,
    LinkButton,
    Listing,
    LocationRequest,
    Option,
    Outbound,
    Place,
    ProductShown,
    ProductsShown,
    Template,
    TemplateButton,
    TemplateHeader,
    Text,
)
from sokoni.channels.whatsapp_cloud.channel import WhatsAppCloudChannel
from sokoni.channels.whatsapp_cloud.outbound import payload
from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import OutboxId, PhoneNumber, ProviderMessageId
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_graph import (
    FakeGraph,
    Scripted,
    cut,
    fake_graph,
    garbage,
    http_error,
    refused,
    silence,
)
from tests.channels.whatsapp_cloud.captured import NUMBER, channel, config

PHONE = PhoneNumber("+263771000001")
OUTBOX = OutboxId(UUID(int=7))
BODY = (
    rb'{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages",'
    rb'"value":{"t":"caf\u00e9 \/ 50\u0025"}}]}]}'
)
SIGNATURE = "sha256=721b92ba6ed772e1a7ab2316a9bffeee7557e7537db69215257c8888b420782e"


def request(headers: dict[str, str], body: bytes = BODY) -> WebhookRequest:
    return WebhookRequest(url="https://example.com/webhook/whatsapp", headers=headers, body=body)


def outbound(
    content: Content, *, to: Address | None = None, reply_to: ProviderMessageId | None = None
) -> Outbound:
    address = to or Address(phone=PHONE)
    return Outbound(outbox_id=OUTBOX, to=address, content=content, reply_to=reply_to)


# --- signatures and the verification request --------------------------------------------------


def test_signature_of_any_of_our_secrets_is_accepted() -> None:
    channel().verify(request({"x-hub-signature-256": SIGNATURE}))


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, BODY),
        ({"x-hub-signature-256": ""}, BODY),
        ({"x-hub-signature-256": "sha256=00"}, BODY),
        ({"x-hub-signature-256": SIGNATURE[7:]}, BODY),
        ({"x-hub-signature-256": "sha256=é"}, BODY),
        ({"x-hub-signature-256": SIGNATURE}, BODY.replace(rb"\/", b"/")),
        ({"x-hub-signature": SIGNATURE}, BODY),
    ],
)
def test_any_other_signature_is_refused(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(errors.InvalidSignatureError):
        channel().verify(request(headers, body))


QUERY = {"hub.mode": "subscribe", "hub.verify_token": "hush", "hub.challenge": "1158201444"}


def test_challenge_is_echoed_to_who_knows_the_token() -> None:
    assert channel().challenge(QUERY) == "1158201444"


@pytest.mark.parametrize(
    "wrong",
    [{"hub.mode": "unsubscribe"}, {"hub.verify_token": "Hush"}, {"hub.verify_token": "é"}],
)
def test_challenge_is_kept_from_others(wrong: dict[str, str]) -> None:
    assert channel().challenge({**QUERY, **wrong}) is None
    assert channel().challenge({}) is None


# --- configuration ----------------------------------------------------------------------------


def test_address_comes_from_base_url_version_and_number() -> None:
    settings = config(base_url="http://127.0.0.1:9/", api_version="v26.0")

    assert settings.messages_url == f"http://127.0.0.1:9/v26.0/{NUMBER}/messages"
    assert config().messages_url == f"https://graph.facebook.com/v25.0/{NUMBER}/messages"
    assert settings.key() == NUMBER


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone_number_id": ""},
        {"phone_number_id": "../me"},
        {"access_token": ""},
        {"app_secrets": []},
        {"app_secrets": [""]},
        {"verify_token": ""},
        {"base_url": "ftp://example.com"},
        {"api_version": "latest"},
        {"catalog_id": "my shop"},
        {"catalog_link": "shop.example.com"},
        {"nickname": "x"},
    ],
)
def test_wrong_configuration_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        config(**wrong)


def test_secrets_are_not_shown() -> None:
    shown = repr(config())

    assert "token'" not in shown
    assert "app-secret-123" not in shown


# --- what goes out ----------------------------------------------------------------------------

YES = Option("yes", "Yes")
GOATS = Option("listing:7", "10 goats", "$20.00 each")
PICTURE = "https://cdn.example.com/goats.jpg"


def interactive(**parts: object) -> dict[str, Any]:
    return {"type": "interactive", "interactive": parts}


def template(name: str, *components: object) -> dict[str, Any]:
    language = {"code": "en_US", "policy": "deterministic"}
    return {
        "type": "template",
        "template": {"name": name, "language": language, "components": list(components)},
    }


@pytest.mark.parametrize(
    ("content", "made"),
    [
        (Text("Hi"), {"type": "text", "text": {"body": "Hi", "preview_url": False}}),
        (
            Buttons(body="Sure?", options=(YES,)),
            interactive(
                type="button",
                body={"text": "Sure?"},
                action={"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
            ),
        ),
        (
            Buttons(body="Sure?", options=(YES,), image_url=PICTURE),
            interactive(
                type="button",
                body={"text": "Sure?"},
                action={"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
                header={"type": "image", "image": {"link": PICTURE}},
            ),
        ),
        (
            Listing(body="Which?", label="Choose", options=(GOATS, YES)),
            interactive(
                type="list",
                body={"text": "Which?"},
                action={
                    "button": "Choose",
                    "sections": [
                        {
                            "rows": [
                                {
                                    "id": "listing:7",
                                    "title": "10 goats",
                                    "description": "$20.00 each",
                                },
                                {"id": "yes", "title": "Yes"},
                            ]
                        }
                    ],
                },
            ),
        ),
        (
            ProductShown(catalogue="8009", product="TEA-1", image_url=PICTURE),
            interactive(
                type="product",
                action={"catalog_id": "8009", "product_retailer_id": "TEA-1"},
            ),
        ),
        (
            ProductShown(catalogue="8009", product="TEA-1", body="Still here"),
            interactive(
                type="product",
                body={"text": "Still here"},
                action={"catalog_id": "8009", "product_retailer_id": "TEA-1"},
            ),
        ),
        (
            ProductsShown(
                catalogue="8009",
                heading="The Corner Shop of Mbare Musika",
                body="1. Tea",
                label="Choose",
                options=(Option("a", "Tea", "$2", "TEA-1"), Option("b", "Milk", "", "MILK")),
            ),
            interactive(
                type="product_list",
                header={"type": "text", "text": "The Corner Shop of Mbare Musika"},
                body={"text": "1. Tea"},
                action={
                    "catalog_id": "8009",
                    "sections": [
                        {
                            "title": "The Corner Shop of…",
                            "product_items": [
                                {"product_retailer_id": "TEA-1"},
                                {"product_retailer_id": "MILK"},
                            ],
                        }
                    ],
                },
            ),
        ),
        (
            CatalogueShown(catalogue="8009", body="What we sell"),
            interactive(
                type="catalog_message",
                body={"text": "What we sell"},
                action={"name": "catalog_message"},
            ),
        ),
        (Image(url=PICTURE), {"type": "image", "image": {"link": PICTURE}}),
        (
            Document(url="https://a.example/r.pdf", name="r.pdf", caption="Receipt"),
            {
                "type": "document",
                "document": {
                    "link": "https://a.example/r.pdf",
                    "filename": "r.pdf",
                    "caption": "Receipt",
                },
            },
        ),
        (
            Place(inbound.Pin(latitude=-18.2, longitude=28.9, name="Gokwe")),
            {
                "type": "location",
                "location": {"latitude": -18.2, "longitude": 28.9, "name": "Gokwe"},
            },
        ),
        (
            LocationRequest("Where?"),
            interactive(
                type="location_request_message",
                body={"text": "Where?"},
                action={"name": "send_location"},
            ),
        ),
        (
            ContactRequest("Which number?"),
            interactive(
                type="request_contact_info",
                body={"text": "Which number?"},
                action={"name": "request_contact_info"},
            ),
        ),
        (
            LinkButton(body="Pay", label="Pay now", url="https://pay.example/1"),
            interactive(
                type="cta_url",
                body={"text": "Pay"},
                action={
                    "name": "cta_url",
                    "parameters": {"display_text": "Pay now", "url": "https://pay.example/1"},
                },
            ),
        ),
        (
            Template(
                name="order_shipped",
                language="en_US",
                header=TemplateHeader(text="ORD\n7", name="reference"),
                parameters=("Ana", "Gokwe"),
                parameter_names=("name", "place"),
            ),
            template(
                "order_shipped",
                {
                    "type": "header",
                    "parameters": [
                        {"type": "text", "parameter_name": "reference", "text": "ORD 7"}
                    ],
                },
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "parameter_name": "name", "text": "Ana"},
                        {"type": "text", "parameter_name": "place", "text": "Gokwe"},
                    ],
                },
            ),
        ),
        (
            Template(
                name="new_goods",
                language="en_US",
                header=TemplateHeader(image_url=PICTURE),
            ),
            template(
                "new_goods",
                {
                    "type": "header",
                    "parameters": [{"type": "image", "image": {"link": PICTURE}}],
                },
            ),
        ),
        (
            Template(
                name="receipt",
                language="en_US",
                header=TemplateHeader(
                    document_url="https://a.example/r.pdf", document_name="r.pdf"
                ),
            ),
            template(
                "receipt",
                {
                    "type": "header",
                    "parameters": [
                        {
                            "type": "document",
                            "document": {"link": "https://a.example/r.pdf", "filename": "r.pdf"},
                        }
                    ],
                },
            ),
        ),
        (
            Template(name="hello", language="en"),
            {
                "type": "template",
                "template": {
                    "name": "hello",
                    "language": {"code": "en", "policy": "deterministic"},
                },
            },
        ),
        (
            Template(
                name="buyer_found",
                language="en",
                parameters=("10\tgoats\n\nand      more", ""),
                buttons=(
                    TemplateButton("Show", payload="buyer:7"),
                    TemplateButton("Stop"),
                    TemplateButton("Open", url_suffix="b/7"),
                ),
            ),
            {
                "type": "template",
                "template": {
                    "name": "buyer_found",
                    "language": {"code": "en", "policy": "deterministic"},
                    "components": [
                        {
                            "type": "body",
                            "parameters": [
                                {"type": "text", "text": "10 goats and more"},
                                {"type": "text", "text": "-"},
                            ],
                        },
                        {
                            "type": "button",
                            "index": "0",
                            "sub_type": "quick_reply",
                            "parameters": [{"type": "payload", "payload": "buyer:7"}],
                        },
                        {
                            "type": "button",
                            "index": "2",
                            "sub_type": "url",
                            "parameters": [{"type": "text", "text": "b/7"}],
                        },
                    ],
                },
            },
        ),
    ],
)
def test_content_is_written_as_meta_wants_it(content: Content, made: dict[str, Any]) -> None:
    assert payload(outbound(content)) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": PHONE,
        "biz_opaque_callback_data": str(OUTBOX),
        **made,
    }


@pytest.mark.parametrize(
    ("to", "named"),
    [
        (Address(phone=PHONE), {"to": PHONE}),
        (Address(user_id="ZW.9"), {"recipient": "ZW.9"}),
        (Address(user_id="ZW.9", phone=PHONE), {"to": PHONE}),
    ],
)
def test_phone_is_named_where_it_is_known_else_the_user_id(
    to: Address, named: dict[str, str]
) -> None:
    made = payload(outbound(Text("Hi"), to=to))

    assert {key: made[key] for key in ("to", "recipient") if key in made} == named


def test_answer_quotes_what_it_answers() -> None:
    made = payload(outbound(Text("Hi"), reply_to=ProviderMessageId("wamid.IN")))

    assert made["context"] == {"message_id": "wamid.IN"}


# --- sending ----------------------------------------------------------------------------------


@pytest.fixture
async def graph() -> AsyncIterator[FakeGraph]:
    async with fake_graph(FakeGraph(tokens=frozenset({"token"}))) as graph:
        yield graph


@pytest.fixture
async def connected(graph: FakeGraph) -> AsyncIterator[WhatsAppCloudChannel]:
    async with ReqwestClient(connect=0.5, total=0.5) as http:
        yield WhatsAppCloudChannel(config(base_url=graph.url), http, StoppedClock())


async def test_send_returns_the_id_and_the_address_that_meta_used(
    connected: WhatsAppCloudChannel, graph: FakeGraph
) -> None:
    sent = await connected.send(outbound(Text("Hi")))

    (taken,) = graph.taken
    assert sent == base.Sent(ProviderMessageId(taken.id), Address(phone=PHONE))
    assert (taken.phone_number_id, taken.to, taken.outbox_id) == (NUMBER, PHONE, str(OUTBOX))


@pytest.mark.parametrize(
    ("step", "error", "went_out"),
    [
        (refused(130429, retry_after="7"), errors.ThrottledError, False),
        (refused(131056), errors.ContactThrottledError, False),
        (refused(131047), errors.ReplyWindowClosedError, False),
        (refused(190, 401), errors.ChannelDownError, False),
        (http_error(429), errors.ThrottledError, False),
        (http_error(500), errors.UnknownOutcomeError, False),
        (refused(131016, 503), errors.TemporarySendError, False),
        (http_error(200, b"<html>welcome"), errors.UnknownOutcomeError, False),
        (http_error(200, b'{"messages":[]}'), errors.UnknownOutcomeError, False),
        (silence(), errors.UnknownOutcomeError, True),
        (garbage(), errors.UnknownOutcomeError, True),
        (cut(), errors.UnknownOutcomeError, True),
        (cut(taken=False), errors.UnknownOutcomeError, False),
    ],
)
async def test_failure_is_named(
    connected: WhatsAppCloudChannel,
    graph: FakeGraph,
    step: Scripted,
    error: type[errors.SendError],
    went_out: bool,
) -> None:
    graph.script(step)

    with pytest.raises(errors.SendError) as raised:
        await connected.send(outbound(Text("Hi")))

    assert type(raised.value) is error
    assert bool(graph.taken) is went_out


async def test_unreachable_provider_was_never_sent_anything() -> None:
    async with ReqwestClient() as http:
        lost = channel(http, "http://127.0.0.1:1")
        with pytest.raises(errors.TemporarySendError):
            await lost.send(outbound(Text("Hi")))
        await lost.mark_read(ProviderMessageId("wamid.IN"), typing=False)


async def test_read_mark_with_and_without_typing(
    connected: WhatsAppCloudChannel, graph: FakeGraph
) -> None:
    for typing in (True, False):
        await connected.mark_read(ProviderMessageId("wamid.IN"), typing=typing)

    plain = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN"}
    assert graph.marked_read == [{**plain, "typing_indicator": {"type": "text"}}, plain]
