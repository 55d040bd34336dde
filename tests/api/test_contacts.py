"""What programs learn of contacts, export of them, and have them sent no more."""

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.exporting import export
from sokoni.channels.outbound import Text
from sokoni.contacts.models import Consent, Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.media.models import MediaId, StoredFile
from sokoni.reviews.ratings import Ratings
from sokoni.testing.asgi import AsgiClient
from sokoni.testing.clock import NOON, StoppedClock
from tests.api.market import Market
from tests.capabilities.marketplace.factories import create_listing, create_request
from tests.conftest import THREE
from tests.reviews.factories import create_deal

TENDAI = "+263771000001"


@pytest.fixture
def market(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> Market:
    return Market(engine, vault, clock, exports={"marketplace": export})


async def test_contact_is_found_by_number_and_by_id(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    await market.conversation(merchant, TENDAI, "Tendai")

    by_number = (await client.get("/api/v1/contacts/0771000001")).json()
    by_id = (await client.get(f"/api/v1/contacts/{by_number['id']}")).json()

    assert by_number == by_id
    assert (by_id["name"], by_id["opted_out"], len(by_id["conversations"])) == ("Tendai", False, 1)


async def test_contacts_are_listed_page_by_page(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    await market.conversation(await market.merchant("elsewhere", "marketplace"), TENDAI, "Nobody")
    names = ["Tendai", "Rudo", "Bongani"]
    for number, name in enumerate(names):
        await market.conversation(merchant, f"+26377100000{number}", name)

    first = (await client.get("/api/v1/contacts?limit=2")).json()
    second = (await client.get(f"/api/v1/contacts?limit=2&after={first['next']}")).json()

    assert [one["name"] for one in first["items"] + second["items"]] == names
    assert second["next"] is None


async def test_all_that_is_kept_of_a_contact_is_exported_and_nothing_of_others(
    market: Market, client: AsgiClient, merchant: MerchantId, session: AsyncSession
) -> None:
    conversation = await market.conversation(merchant, TENDAI, "Tendai")
    other = await market.conversation(merchant, "+263771000002", "Rudo")
    await market.heard(conversation, "Selling 10 goats")
    await market.said(conversation, Text(body="Where?"))
    await market.heard(other, "a secret")
    contact = await session.scalar(select(Contact.id).order_by(Contact.id).limit(1))
    assert contact is not None
    await create_listing(session, contact, merchant_id=merchant)
    await create_request(session, contact, "maize", merchant_id=merchant)
    file = StoredFile(
        id=MediaId(new_id()),
        merchant_id=merchant,
        contact_id=contact,
        mime_type="image/jpeg",
        size=7,
        stored_at=NOON,
        created_at=NOON,
    )
    session.add(file)
    deal = await create_deal(session, merchant, contact, ContactId(new_id()), thing="sheep")
    ratings = Ratings(session, market.vault, merchant, NOON)
    await ratings.give(deal.id, contact, 4, "Paid at once", days=14)
    await session.commit()

    kept = (await client.get(f"/api/v1/contacts/{TENDAI}/export")).json()

    assert (kept["name"], [one["value"] for one in kept["addresses"]]) == ("Tendai", [TENDAI])
    (talk,) = kept["conversations"]
    said = [(one["by"], one["look"]["text"]) for one in talk["messages"]]
    assert said == [("contact", "Selling 10 goats"), ("bot", "Where?")]
    assert [one["id"] for one in kept["files"]] == [str(file.id)]
    assert kept["files"][0]["url"].startswith(f"https://files.example/media/{file.id.hex}.jpg?")
    market_of = kept["capabilities"]["marketplace"]
    assert [one["thing"] for one in market_of["listings"]] == ["goats"]
    assert [one["thing"] for one in market_of["buy_requests"]] == ["maize"]
    assert [one["place_name"] for one in market_of["seller"]] == ["Gokwe"]
    assert [(one["thing"], one["provided"]) for one in kept["deals"]] == [("sheep", True)]
    assert [(one["text"], one["by_contact"]) for one in kept["reviews"]] == [
        ("Paid at once", True)
    ]
    assert "secret" not in str(kept)


@pytest.mark.parametrize("database_url", THREE, indirect=True)
@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        (["opt_out"], {"opted_out": True, "consents": [False]}),
        (["opt_out", "opt_out"], {"opted_out": True, "consents": [False]}),
        (["opt_out", "opt_in"], {"opted_out": False, "consents": [False, True]}),
        (["opt_in"], {"opted_out": False, "consents": [True]}),
        (["opt_in", "opt_in"], {"opted_out": False, "consents": [True]}),
    ],
)
async def test_contact_is_opted_out_and_in_again(
    market: Market,
    client: AsgiClient,
    merchant: MerchantId,
    session: AsyncSession,
    acts: list[str],
    expected: Mapping[str, object],
) -> None:
    await market.conversation(merchant, TENDAI, "Tendai")

    answers = [await client.post(f"/api/v1/contacts/{TENDAI}/{act}") for act in acts]

    assert answers[-1].json()["opted_out"] is expected["opted_out"]
    contact = (await session.scalars(select(Contact))).one()
    consents = (await session.scalars(select(Consent).order_by(Consent.id))).all()
    assert (contact.opted_out_at is not None) is expected["opted_out"]
    assert [one.given for one in consents] == expected["consents"]
    assert {one.source for one in consents} <= {"staff"}


async def test_tags_are_given_shown_and_taken(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    await market.conversation(merchant, TENDAI, "Tendai")
    at = f"/api/v1/contacts/{TENDAI}"

    given = await client.request("PUT", f"{at}/tags/VIP")
    refused = await client.request("PUT", f"{at}/tags/%3Cb%3E")
    shown = (await client.get(at)).json()["tags"]
    await client.request("DELETE", f"{at}/tags/vip")

    assert (given.status, refused.status, shown) == (204, 422, ["vip"])
    assert (await client.get(at)).json()["tags"] == []


async def test_consent_from_elsewhere_is_kept_with_its_source_wording_and_time(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    signed = {
        "purpose": "marketing",
        "source": "paper form",
        "wording": "I want offers of One on WhatsApp.",
        "at": "2026-02-01T09:00:00Z",
    }
    url = f"/api/v1/contacts/{TENDAI}/consents"

    first = await client.post(url, json=signed)
    again = await client.post(url, json=signed)
    taken_back = await client.post(url, json={"purpose": "marketing", "given": False})

    assert first.status == 201
    assert again.json()["consents"] == first.json()["consents"]
    read = (await client.get(url)).json()["consents"]
    assert read == taken_back.json()["consents"]
    assert [(one["given"], one["source"], one["wording"], one["at"]) for one in read] == [
        (True, "paper form", signed["wording"], signed["at"]),
        (False, "api", "", "2026-03-02T12:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"purpose": "marketing"}, "wording"),
        ({"purpose": "messages", "wording": "Yes", "at": "2031-01-01T00:00:00Z"}, "at"),
        ({"purpose": "everything", "wording": "Yes"}, "body.purpose"),
    ],
)
async def test_consent_that_cannot_be_is_refused_and_nobody_is_made(
    client: AsgiClient, session: AsyncSession, said: Mapping[str, object], where: str
) -> None:
    refused = await client.post(f"/api/v1/contacts/{TENDAI}/consents", json=said)

    assert refused.status == 422
    assert [one["where"] for one in refused.json()["mistakes"]] == [where]
    assert (await session.scalars(select(Contact))).all() == []
    assert (await session.scalars(select(Consent))).all() == []


async def test_contacts_are_blocked_listed_and_let_in_again(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    await market.conversation(merchant, TENDAI, "Tendai")
    await market.conversation(merchant, "+263771000002", "Rudo")
    other = market.client(await market.key(await market.merchant("other"), "conversations"))

    foreign = await other.post(f"/api/v1/contacts/{TENDAI}/block")
    shut = await client.post(f"/api/v1/contacts/{TENDAI}/block")
    blocked = (await client.get("/api/v1/contacts?blocked=true")).json()["items"]
    others = (await client.get("/api/v1/contacts?blocked=false")).json()["items"]
    again = await client.post(f"/api/v1/contacts/{TENDAI}/unblock")

    assert (foreign.status, shut.json()["blocked"], again.json()["blocked"]) == (404, True, False)
    assert [[one["name"] for one in found] for found in (blocked, others)] == [
        ["Tendai"],
        ["Rudo"],
    ]
    assert (await client.get("/api/v1/contacts?blocked=true")).json()["items"] == []


async def test_a_paper_of_all_that_is_kept_is_had_for_its_contact_alone(
    market: Market, client: AsgiClient, merchant: MerchantId
) -> None:
    await market.conversation(merchant, TENDAI, "Tendai")

    paper = await client.get(f"/api/v1/contacts/{TENDAI}/export.pdf")
    nobodys = await client.get("/api/v1/contacts/+263771000009/export.pdf")

    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.body.startswith(b"%PDF-")
    assert (nobodys.status, nobodys.json()["code"]) == (404, "contact_unknown")
