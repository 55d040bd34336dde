"""What every channel promises, whichever it is."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sokoni.channels.base import Channel, Limits
from sokoni.channels.errors import (
    NotRenderableError,
    RecipientUnreachableError,
    UnreadableBodyError,
)
from sokoni.channels.inbound import Address, Message, Pin, WebhookRequest
from sokoni.channels.ladder import lower
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
    Neutral,
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
from sokoni.channels.registry import ADAPTERS
from sokoni.channels.simulator.channel import SimulatorChannel
from sokoni.channels.simulator.config import SimulatorConfig
from sokoni.channels.twilio_whatsapp.channel import TwilioWhatsAppChannel
from sokoni.channels.whatsapp_cloud.channel import WhatsAppCloudChannel
from sokoni.channels.whatsapp_cloud.outbound import payload
from sokoni.kit.http import HttpClient, ReqwestClient
from sokoni.kit.ids import OutboxId, PhoneNumber, ProviderMessageId
from sokoni.testing.clock import NOON, StoppedClock
from sokoni.testing.fake_graph import fake_graph
from sokoni.testing.fake_twilio import FakeTwilio, fake_twilio
from sokoni.testing.graph_rules import first_fault
from sokoni.testing.graph_templates import ApprovedTemplate
from sokoni.testing.meta_webhooks import MetaWebhooks, Signed
from sokoni.testing.twilio_contents import StoredContent
from sokoni.testing.twilio_webhooks import Posted
from tests.channels.test_ladder import NEUTRALS
from tests.channels.twilio_whatsapp import captured as twilio
from tests.channels.whatsapp_cloud.captured import NUMBER, config

PHONE = PhoneNumber("+263771000001")
OUTBOX = OutboxId(UUID(int=7))
OPTIONS = (Option("yes", "Yes"), Option("no", "No"))
CONTENTS: list[Content] = [
    Text("Hello"),
    Buttons(body="Sure?", options=OPTIONS),
    Buttons(body="These?", options=OPTIONS, image_url="https://a.example/g.jpg"),
    Listing(body="Which?", label="Choose", options=(Option("a", "Goats", "$20"), *OPTIONS)),
    Image(url="https://a.example/g.jpg", caption="Goats"),
    Document(url="https://a.example/r.pdf", name="receipt.pdf"),
    Place(Pin(latitude=-18.2171, longitude=28.9369, name="Gokwe Centre", address="Main Road")),
    LocationRequest("Where?"),
    LinkButton(body="Pay", label="Pay now", url="https://pay.example/1"),
    ContactRequest("Your number?"),
    ProductShown(catalogue="8009", product="TEA-1", image_url="https://a.example/t.jpg"),
    ProductShown(catalogue="8009", product="TEA-1", body="Tea"),
    ProductsShown(
        catalogue="8009",
        heading="Corner Shop",
        body="1. Tea",
        label="Choose",
        options=(Option("a", "Tea", "$2", "TEA-1"),),
    ),
    CatalogueShown(catalogue="8009", body="What we sell"),
    Template(name="buyer_found", language="en", parameters=("goats",), rendered="A buyer"),
    Template(
        name="order_shipped",
        language="en_US",
        header=TemplateHeader(text="ORD-7K3M2Q", name="reference"),
        parameters=("Ana", "Harare"),
        parameter_names=("name", "place"),
        buttons=(
            TemplateButton("Thanks", payload="thanks"),
            TemplateButton("Track", url_suffix="7K3M2Q", url="https://a.example/t/7K3M2Q"),
            TemplateButton("Shop", url="https://a.example/"),
        ),
        rendered="ORD-7K3M2Q",
    ),
    Template(
        name="new_goods",
        language="en",
        header=TemplateHeader(image_url="https://a.example/g.jpg"),
        rendered="New",
    ),
    Template(
        name="receipt",
        language="en",
        header=TemplateHeader(document_url="https://a.example/r.pdf", document_name="r.pdf"),
        rendered="Your receipt",
    ),
]
APPROVED = [
    ApprovedTemplate(name="buyer_found", language="en", body="A buyer wants {{1}}."),
    ApprovedTemplate(
        name="order_shipped",
        language="en_US",
        header="TEXT",
        header_text="Order {{reference}}",
        body="Hello {{name}}, it is on its way to {{place}}.",
        buttons=("", "https://a.example/t/{{1}}", "https://a.example/"),
    ),
    ApprovedTemplate(name="new_goods", language="en", header="IMAGE", body="New"),
    ApprovedTemplate(name="receipt", language="en", header="DOCUMENT", body="Your receipt"),
]
TOO_MUCH: list[Content] = [
    Text("x" * 4097),
    Buttons(body="Sure?", options=(*OPTIONS, Option("a", "A"), Option("b", "B"))),
    Buttons(body="Sure?", options=(Option("a", "Same"), Option("b", "Same"))),
    Buttons(body="Sure?", options=(Option("a", "x" * 21),)),
    Listing(body="x" * 1025, label="Choose", options=OPTIONS),
    Listing(body="Which?", label="x" * 21, options=OPTIONS),
    Image(url="https://a.example/g.jpg", caption="x" * 1025),
]


@dataclass(frozen=True)
class Case:
    """A channel, and a message of each kind as its provider would bring it."""

    channel: Channel
    key: str
    text: WebhookRequest
    choice: WebhookRequest
    location: WebhookRequest


def simulated() -> Case:
    def said(what: str) -> WebhookRequest:
        body = f'{{"merchant":"gokwe-market","from":"{PHONE}",{what},"id":"in-1"}}'
        return WebhookRequest(url="", headers={}, body=body.encode())

    return Case(
        channel=SimulatorChannel(SimulatorConfig(merchant="gokwe-market"), StoppedClock()),
        key="gokwe-market",
        text=said('"text":"Hello"'),
        choice=said('"choice":"yes","label":"Yes"'),
        location=said('"location":{"latitude":-18.2,"longitude":28.9}'),
    )


def cloud(base_url: str, http: HttpClient) -> Case:
    def request(signed: Signed) -> WebhookRequest:
        return WebhookRequest(url="", headers=signed.headers, body=signed.body)

    webhooks = MetaWebhooks(NUMBER, "new", clock=StoppedClock())
    return Case(
        channel=WhatsAppCloudChannel(
            config(base_url=base_url, catalog_id="8009"), http, StoppedClock()
        ),
        key=NUMBER,
        text=request(webhooks.text(PHONE, "Hello", id="in-1")),
        choice=request(webhooks.button_reply(PHONE, "yes", "Yes", id="in-1")),
        location=request(webhooks.location(PHONE, -18.2, 28.9, id="in-1")),
    )


def twilio_whatsapp(fake: FakeTwilio, http: HttpClient) -> Case:
    def request(posted: Posted) -> WebhookRequest:
        return WebhookRequest(url=posted.url, headers=posted.headers, body=posted.body)

    webhooks = fake.webhooks(twilio.WEBHOOK)
    return Case(
        channel=TwilioWhatsAppChannel(twilio.config(fake.url), http, StoppedClock()),
        key=twilio.KEY,
        text=request(webhooks.text(PHONE, "Hello", id="in-1")),
        choice=request(webhooks.button_reply(PHONE, "yes", "Yes", id="in-1")),
        location=request(webhooks.location(PHONE, -18.2, 28.9, id="in-1")),
    )


@pytest.fixture(params=sorted(ADAPTERS))
async def case(request: pytest.FixtureRequest) -> AsyncIterator[Case]:
    if request.param == "simulator":
        yield simulated()
    elif request.param == "whatsapp_cloud":
        async with fake_graph() as graph, ReqwestClient() as http:
            graph.templates.add(*APPROVED)
            graph.catalogue.id, graph.catalogue.items = "8009", {"TEA-1": {}}
            yield cloud(graph.url, http)
    else:
        async with fake_twilio() as fake, ReqwestClient() as http:
            for name in (one.name for one in CONTENTS if isinstance(one, Template)):
                types = {"twilio/text": {"body": "Hello"}}
                fake.contents.add(
                    StoredContent(sid=name, friendly_name=name, types=types, approved=True)
                )
            yield twilio_whatsapp(fake, http)


def outbound(content: Content, to: Address | None = None) -> Outbound:
    return Outbound(outbox_id=OUTBOX, to=to or Address(phone=PHONE), content=content)


def shows(limits: Limits, content: Content) -> bool:
    """Tell whether the ladder would ever make this for the channel."""
    match content:
        case ProductShown() | ProductsShown() | CatalogueShown():
            return bool(limits.catalogue)
        case LocationRequest():
            return limits.location_request
        case ContactRequest():
            return limits.contact_request
        case Buttons():
            return limits.image_buttons or not content.image_url
        case _:
            return True


def only(case: Case, request: WebhookRequest) -> Message:
    case.channel.verify(request)
    (arrived,) = case.channel.parse(request.body)
    assert arrived.account_key == case.key
    assert isinstance(arrived.item, Message)
    return arrived.item


# --- in ---------------------------------------------------------------------------------------


def test_text_comes_in(case: Case) -> None:
    message = only(case, case.text)

    assert (message.provider_id, message.kind, message.text) == ("in-1", "text", "Hello")
    assert message.sender == Address(phone=PHONE)
    assert message.sent_at == NOON


def test_tapped_choice_comes_in_with_id_and_label(case: Case) -> None:
    message = only(case, case.choice)

    assert (message.kind, message.choice_id, message.text) == ("choice", "yes", "Yes")


def test_location_comes_in(case: Case) -> None:
    message = only(case, case.location)

    assert (message.kind, message.pin) == ("location", Pin(latitude=-18.2, longitude=28.9))


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"\xff"])
def test_body_that_is_none_is_unreadable(case: Case, body: bytes) -> None:
    with pytest.raises(UnreadableBodyError):
        case.channel.parse(body)


def test_stranger_is_not_answered(case: Case) -> None:
    assert case.channel.challenge({"hub.mode": "subscribe", "hub.challenge": "1"}) is None


# --- out --------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", CONTENTS, ids=lambda content: type(content).__name__)
async def test_content_is_taken(case: Case, content: Content) -> None:
    if shows(case.channel.limits, content):
        assert (await case.channel.send(outbound(content))).provider_id
        return
    with pytest.raises(NotRenderableError):
        await case.channel.send(outbound(content))


@pytest.mark.parametrize("content", TOO_MUCH, ids=lambda content: type(content).__name__)
async def test_content_beyond_the_limits_is_not_renderable(case: Case, content: Content) -> None:
    with pytest.raises(NotRenderableError):
        await case.channel.send(outbound(content))


async def test_who_hides_the_phone_is_reached_by_user_id(case: Case) -> None:
    sent = await case.channel.send(outbound(Text("Hello"), Address(user_id="ZW.4KX09QF2B7")))

    assert sent.provider_id


async def test_nobody_cannot_be_reached(case: Case) -> None:
    with pytest.raises(RecipientUnreachableError):
        await case.channel.send(outbound(Text("Hello"), Address()))


async def test_marking_as_read_never_fails(case: Case) -> None:
    await case.channel.mark_read(ProviderMessageId("in-1"), typing=True)


@given(NEUTRALS, st.integers(1, 3), st.sampled_from([3, 0]))
@settings(max_examples=40)
async def test_lowered_messages_are_always_taken(
    neutral: Neutral, page: int, buttons: int
) -> None:
    config = SimulatorConfig(merchant="m", buttons=buttons, rows=10 if buttons else 0)
    channel = SimulatorChannel(config, StoppedClock())

    for content in lower(neutral, channel.limits, page).contents:
        await channel.send(outbound(content))
        assert first_fault(payload(outbound(content))) is None
