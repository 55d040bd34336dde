"""What the fake Graph server's payloads look like on a phone: drawn from what we really send."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.channels import inbound, outbound
from sokoni.channels.whatsapp_cloud.outbound import payload
from sokoni.kit.ids import MerchantId, OutboxId, PhoneNumber, new_id
from sokoni.messaging.models import Template
from sokoni.testing.fake_graph import Taken
from sokoni.testing.transcripts.graph_screen import GraphScreen
from sokoni.testing.transcripts.matching import Offered, Shown

MERCHANT = MerchantId(new_id())
YES, GOATS = outbound.Option("yes", "Yes"), outbound.Option("1", "Tendai", "10 goats")


def taken(content: outbound.Content) -> Taken:
    """Return the message as the fake took it."""
    to = inbound.Address(phone=PhoneNumber("+263771000001"))
    sent = payload(outbound.Outbound(outbox_id=OutboxId(new_id()), to=to, content=content))
    return Taken("wamid.1", "1", "+263771000001", "", sent)


@pytest.mark.parametrize(
    ("content", "text", "offers", "kind"),
    [
        (outbound.Text("Hello"), "Hello", (), "text"),
        (
            outbound.Buttons(body="Sure?", options=(YES,)),
            "Sure?",
            (Offered("Yes", "yes"),),
            "buttons",
        ),
        (
            outbound.Listing(body="Pick", label="Show", options=(GOATS,)),
            "Pick",
            (Offered("Tendai", "1", "10 goats"),),
            "list",
        ),
        (
            outbound.LinkButton(body="Pay", label="Pay now", url="https://x.example/1"),
            "Pay",
            (Offered("Pay now", url="https://x.example/1"),),
            "link",
        ),
        (outbound.LocationRequest("Where?"), "Where?", (), "location_request_message"),
        (outbound.Image(url="https://x.example/g.png", caption="A goat"), "A goat", (), "image"),
        (outbound.Document(url="https://x.example/g.pdf", name="g.pdf"), "", (), "document"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_payload_is_drawn_as_the_phone_shows_it(
    engine: AsyncEngine,
    content: outbound.Content,
    text: str,
    offers: tuple[Offered, ...],
    kind: str,
) -> None:
    screen = GraphScreen(engine, MERCHANT, "whatsapp_cloud")

    assert await screen.shown(taken(content)) == Shown(text, offers, kind=kind, id="wamid.1")


@pytest.mark.parametrize("body", ["A buyer in {{2}} wants {{1}}.", "{{place}}: {{ thing }}"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_template_is_drawn_from_what_was_approved(engine: AsyncEngine, body: str) -> None:
    await approve(engine, body)
    buttons = (
        outbound.TemplateButton("(not sent)", "have"),
        outbound.TemplateButton("(nor this)", "not"),
        outbound.TemplateButton("(nor that)", url_suffix="7"),
    )
    content = outbound.Template(
        name="looks",
        language="en",
        header=outbound.TemplateHeader(text="Gokwe"),
        parameters=("oil", "Gokwe"),
        parameter_names=("thing", "place") if "place" in body else (),
        buttons=buttons,
        rendered="x",
    )

    shown = await GraphScreen(engine, MERCHANT, "whatsapp_cloud").shown(taken(content))

    said = "A buyer in Gokwe wants oil." if "2" in body else "Gokwe: oil"
    assert shown.body == f"In Gokwe\n\n{said}\n\nReply STOP."
    assert shown.offers == (
        Offered("I have it", "have"),
        Offered("Not me", "not"),
        Offered("Look", url="https://a.example/7"),
    )
    assert shown.kind == "template"


async def approve(engine: AsyncEngine, body: str) -> None:
    async with AsyncSession(engine) as session, session.begin():
        session.add(
            Template(
                merchant_id=MERCHANT,
                channel="whatsapp_cloud",
                purpose="looks",
                language="en",
                name="looks",
                category="UTILITY",
                body=body,
                variables="thing, place",
                header={"text": "In {{1}}", "variable": "place"},
                footer="Reply STOP.",
                buttons=[
                    {"title": "I have it", "choice": "a"},
                    {"title": "Not me", "choice": "b"},
                    {"title": "Look", "url": "https://a.example/{{1}}", "variable": "ref"},
                ],
            )
        )
