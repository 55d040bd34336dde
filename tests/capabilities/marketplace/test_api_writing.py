"""What programs do for contacts: the same forms, checks and tells as in the chat."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.capabilities.marketplace.api.said import ListingSaid, WishSaid
from sokoni.capabilities.marketplace.flows.buy import BuyForm
from sokoni.capabilities.marketplace.flows.sell import SellForm
from sokoni.capabilities.marketplace.models import BuyRequest, Introduction, Listing, Seller
from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import MerchantId
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.models import Conversation, InboxEvent
from sokoni.testing.asgi import Answer, AsgiClient
from sokoni.testing.clock import NOON, StoppedClock
from sokoni.web.models import KeptAnswer
from sokoni.web.once import forget_answers
from tests.api.market import Market as Server
from tests.capabilities.marketplace.factories import (
    create_contact,
    create_listing,
    create_request,
    create_seller,
)
from tests.conftest import THREE

TENDAI, RUDO = "+263771000001", "+263771000002"
GOATS: Mapping[str, Any] = {
    "contact": TENDAI,
    "thing": "goats",
    "quantity": {"amount": 10},
    "price": {"amount": "20"},
    "place": "Gokwe",
}
OIL: Mapping[str, Any] = {"contact": RUDO, "thing": "engine oil", "place": "Kadoma"}


@pytest.fixture
async def client(server: Server, merchant: MerchantId) -> AsgiClient:
    return server.client(await server.key(merchant, "read", "write"))


async def count(session: AsyncSession, model: type[Any]) -> int:
    return await session.scalar(select(func.count()).select_from(model)) or 0


async def told(session: AsyncSession, vault: Vault) -> list[str]:
    """Return the keys of all prompts that wait to be said."""
    rows = (await session.scalars(select(InboxEvent).order_by(InboxEvent.id))).all()
    opened = [msgspec.json.decode(vault.open(PLACE, row.id, row.payload)) for row in rows]
    return [one["prompt"]["key"] for one in opened if one["type"] == "tell"]


def wrong(answer: Answer) -> tuple[int, str, list[tuple[str, str]]]:
    told = answer.json()
    mistakes = [(one["where"], one["problem"]) for one in told.get("mistakes", ())]
    return answer.status, told["code"], mistakes


# --- listings ---------------------------------------------------------------------------------


async def test_listing_is_put_up_for_a_contact_who_never_wrote(
    server: Server, client: AsgiClient, session: AsyncSession
) -> None:
    answer = await client.post("/api/v1/listings", GOATS)

    assert answer.status == 201
    listed = answer.json()
    assert (listed["total"], listed["basis"], listed["place"]) == ("200.00", "each", "Gokwe")
    assert (await client.get("/api/v1/search?q=mbudzi")).json() == [listed]
    assert [await count(session, one) for one in (Contact, Seller, Conversation)] == [1, 1, 1]
    assert server.woken


async def test_contact_may_be_named_by_id_and_lives_where_they_sell(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    contact = await create_contact(session, vault, "Farai", merchant_id=merchant)
    await create_seller(session, contact, merchant_id=merchant)
    await session.commit()

    said = {**GOATS, "contact": str(contact), "place": ""}
    listed = (await client.post("/api/v1/listings", said)).json()

    assert (listed["seller"], listed["place"]) == ("Farai", "Gokwe")


async def test_who_waits_for_it_is_told(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    buyer = await create_contact(session, vault, "Rudo", merchant_id=merchant)
    await create_request(session, buyer, "goats", merchant_id=merchant, now=NOON)
    await session.commit()

    assert (await client.post("/api/v1/listings", GOATS)).status == 201

    assert await told(session, vault) == ["marketplace.match.told"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (
            {"quantity": {"amount": "1.5"}},
            (422, "form_refused", [("quantity", "marketplace.sell.quantity.whole")]),
        ),
        ({"place": ""}, (422, "form_refused", [("place", "missing")])),
        ({"place": "Atlantis"}, (422, "place_unknown", [])),
        ({"contact": "12"}, (422, "phone_invalid", [])),
        (
            {"thing": "1234"},
            (422, "form_refused", [("thing", "marketplace.sell.thing.refused")]),
        ),
    ],
)
async def test_what_the_chat_refuses_is_refused_here(
    client: AsgiClient,
    session: AsyncSession,
    changed: Mapping[str, Any],
    expected: tuple[int, str, list[tuple[str, str]]],
) -> None:
    answer = await client.post("/api/v1/listings", {**GOATS, **changed})

    assert wrong(answer) == expected
    assert answer.headers["content-type"] == "application/problem+json"
    assert [await count(session, one) for one in (Listing, Contact, Conversation)] == [0, 0, 0]


async def test_blocked_contact_sells_nothing(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    contact = await create_contact(session, vault, merchant_id=merchant)
    (await session.get_one(Contact, contact)).blocked_at = NOON
    await session.commit()

    answer = await client.post("/api/v1/listings", {**GOATS, "contact": str(contact)})

    assert wrong(answer) == (409, "contact_blocked", [])
    assert await count(session, Listing) == 0


async def test_price_and_quantity_are_changed(client: AsgiClient) -> None:
    listed = (await client.post("/api/v1/listings", GOATS)).json()
    path = f"/api/v1/listings/{listed['reference']}"
    json = {"content-type": "application/json"}

    fewer = await client.request("PATCH", path, body=b'{"quantity": 8}', headers=json)
    assert (fewer.json()["quantity"], fewer.json()["total"]) == ("8.000", "160.00")
    cheaper = await client.request(
        "PATCH", path, body=b'{"price": {"amount": 120, "basis": "total"}}', headers=json
    )
    assert (cheaper.json()["price_each"], cheaper.json()["total"]) == ("15.00", "120.00")
    half = await client.request("PATCH", path, body=b'{"quantity": 7.5}', headers=json)
    assert wrong(half)[1] == "form_refused"
    assert (await client.get(path)).json() == cheaper.json()


async def test_listing_is_taken_down_and_who_asked_is_told(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    seller = await create_contact(session, vault, "Farai", merchant_id=merchant)
    buyer = await create_contact(session, vault, "Rudo", merchant_id=merchant)
    listed = await create_listing(session, seller, merchant_id=merchant)
    session.add(
        Introduction(
            merchant_id=merchant,
            listing_id=listed.id,
            buyer_id=buyer,
            seller_id=seller,
            created_at=NOON,
        )
    )
    await session.commit()

    path = f"/api/v1/listings/{listed.reference}"
    assert (await client.request("DELETE", path)).status == 204

    assert (await client.request("DELETE", path)).status == 404
    assert (await client.get("/api/v1/search?q=goats")).json() == []
    assert len(await told(session, vault)) == 1


# --- buy requests -----------------------------------------------------------------------------


async def test_wish_is_kept_once_and_closed(client: AsgiClient, session: AsyncSession) -> None:
    said = {**OIL, "quantity": {"amount": 5, "unit": "litre"}, "price": {"amount": 25}}
    kept = (await client.post("/api/v1/buy_requests", said)).json()

    assert (kept["quantity"], kept["unit"], kept["max_price"]) == ("5.000", "litre", "5.000")
    again = (await client.post("/api/v1/buy_requests", said)).json()
    assert again["reference"] == kept["reference"]
    path = f"/api/v1/buy_requests/{kept['reference']}"
    assert (await client.get(path)).json()["id"] == kept["id"]
    assert (await client.request("DELETE", path)).status == 204
    assert wrong(await client.request("DELETE", path)) == (404, "buy_request_unknown", [])
    assert await count(session, BuyRequest) == 1


@pytest.mark.parametrize(("asked", "expected"), [(True, 1), (False, 0)])
async def test_sellers_are_asked_where_it_is_wanted(
    client: AsgiClient,
    session: AsyncSession,
    vault: Vault,
    merchant: MerchantId,
    *,
    asked: bool,
    expected: int,
) -> None:
    seller = await create_contact(session, vault, "Farai", merchant_id=merchant)
    await create_listing(session, seller, merchant_id=merchant)
    await session.commit()

    wanted = {"contact": RUDO, "thing": "goats", "place": "Gokwe", "ask_sellers": asked}
    assert (await client.post("/api/v1/buy_requests", wanted)).status == 201

    assert (await told(session, vault)).count("marketplace.alert.told_place") == expected


# --- sellers ----------------------------------------------------------------------------------


async def test_seller_moves_and_the_listing_stays(
    client: AsgiClient, session: AsyncSession, vault: Vault, merchant: MerchantId
) -> None:
    contact = await create_contact(session, vault, "Farai", merchant_id=merchant)
    listed = await create_listing(session, contact, merchant_id=merchant)
    await session.commit()
    (seller,) = (await client.get("/api/v1/sellers")).json()["items"]

    path = f"/api/v1/sellers/{seller['id']}"
    moved = await client.request(
        "PATCH", path, body=b'{"place": "kadoma"}', headers={"content-type": "application/json"}
    )

    assert moved.json() == {**seller, "place": "Kadoma"}
    assert (await client.get(path)).json() == moved.json()
    offer = (await client.get(f"/api/v1/listings/{listed.reference}")).json()
    assert offer["place"] == "Gokwe"


# --- once -------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_same_key_at_the_same_time_lists_once(
    client: AsgiClient, session: AsyncSession
) -> None:
    once = {"idempotency-key": "order-7"}

    answers = await asyncio.gather(
        *(client.post("/api/v1/listings", GOATS, headers=once) for _ in range(4))
    )

    assert {one.status for one in answers} == {201}
    assert len({one.json()["reference"] for one in answers}) == 1
    assert await count(session, Listing) == 1


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_answers_are_kept_for_a_day(
    client: AsgiClient, engine: AsyncEngine, clock: StoppedClock, session: AsyncSession
) -> None:
    await client.post("/api/v1/listings", GOATS, headers={"idempotency-key": "order-7"})

    for hours, kept in ((23, 1), (2, 0)):
        clock.advance(timedelta(hours=hours))
        async with writing(engine) as connection:
            assert await forget_answers(connection, clock()) is False
        assert await count(session, KeptAnswer) == kept
        await session.rollback()


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_same_key_lists_once_and_answers_alike(
    client: AsgiClient, session: AsyncSession
) -> None:
    once = {"idempotency-key": "order-7"}
    first = await client.post("/api/v1/listings", GOATS, headers=once)
    again = await client.post("/api/v1/listings", GOATS, headers=once)

    assert (again.status, again.json()) == (201, first.json())
    assert await count(session, Listing) == 1


async def test_same_key_with_something_else_is_a_mistake(
    client: AsgiClient, session: AsyncSession
) -> None:
    once = {"idempotency-key": "order-7"}
    await client.post("/api/v1/listings", GOATS, headers=once)

    other = await client.post("/api/v1/listings", {**GOATS, "thing": "maize"}, headers=once)

    assert wrong(other) == (409, "idempotency_key_used", [])
    assert await count(session, Listing) == 1


async def test_key_of_a_request_that_was_refused_may_be_used_again(client: AsgiClient) -> None:
    once = {"idempotency-key": "order-7"}
    refused = await client.post("/api/v1/listings", {**GOATS, "place": ""}, headers=once)
    assert refused.status == 422

    assert (await client.post("/api/v1/listings", GOATS, headers=once)).status == 201


async def test_key_of_another_merchant_is_another_key(server: Server, client: AsgiClient) -> None:
    other = await server.merchant("other", "marketplace")
    elsewhere = server.client(await server.key(other, "write"))
    once = {"idempotency-key": "order-7"}

    listed = [
        (await one.post("/api/v1/listings", GOATS, headers=once)).json()["reference"]
        for one in (client, elsewhere)
    ]

    assert len(set(listed)) == 2


# --- who may ----------------------------------------------------------------------------------

GUARDED = (
    ("POST", "/api/v1/listings", b"{}"),
    ("PATCH", "/api/v1/listings/{reference}", b'{"quantity": 1}'),
    ("DELETE", "/api/v1/listings/{reference}", b""),
    ("POST", "/api/v1/buy_requests", b"{}"),
    ("DELETE", "/api/v1/buy_requests/{request}", b""),
    ("PATCH", "/api/v1/sellers/{seller}", b'{"place": "Kadoma"}'),
)


@pytest.fixture
async def theirs(session: AsyncSession, vault: Vault, server: Server) -> Mapping[str, object]:
    """Another merchant's listing, request and seller."""
    owner = await server.merchant("other", "marketplace")
    contact = await create_contact(session, vault, "Stranger", merchant_id=owner)
    listed = await create_listing(session, contact, merchant_id=owner)
    wish = await create_request(session, contact, "maize", merchant_id=owner)
    seller = await session.scalar(select(Seller.id))
    await session.commit()
    return {"reference": listed.reference, "request": wish.reference, "seller": seller}


@pytest.mark.parametrize(("method", "path", "body"), GUARDED)
async def test_only_a_key_that_may_write_does(
    server: Server,
    merchant: MerchantId,
    theirs: Mapping[str, object],
    method: str,
    path: str,
    body: bytes,
) -> None:
    reading = server.client(await server.key(merchant, "read", "conversations", "events"))
    json = {"content-type": "application/json"}

    answer = await reading.request(method, path.format(**theirs), body=body, headers=json)

    assert wrong(answer) == (403, "scope_missing", [("write", "missing")])


@pytest.mark.parametrize(("method", "path", "body"), [one for one in GUARDED if "{" in one[1]])
async def test_what_is_another_merchants_does_not_exist(
    client: AsgiClient,
    session: AsyncSession,
    theirs: Mapping[str, object],
    method: str,
    path: str,
    body: bytes,
) -> None:
    json = {"content-type": "application/json"}

    answer = await client.request(method, path.format(**theirs), body=body, headers=json)

    assert answer.status == 404
    listing = (await session.scalars(select(Listing))).one()
    wish = (await session.scalars(select(BuyRequest))).one()
    seller = (await session.scalars(select(Seller))).one()
    assert (listing.state, str(listing.quantity), wish.state) == ("open", "10.000", "open")
    assert seller.place_name == "Gokwe"


# --- one form, three doors --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "form", "inner"),
    [
        (ListingSaid, SellForm, {"basis", "photo", "request"}),
        (WishSaid, BuyForm, {"search", "without"}),
    ],
)
def test_body_says_what_the_form_asks_for(
    body: type[ListingSaid | WishSaid], form: type[SellForm | BuyForm], inner: set[str]
) -> None:
    assert set(form.slots()) - inner <= set(body.model_fields)


async def test_contact_of_another_merchant_is_unknown(
    client: AsgiClient, session: AsyncSession, vault: Vault
) -> None:
    stranger = await create_contact(session, vault, "Stranger")
    await session.commit()

    answer = await client.post("/api/v1/listings", {**GOATS, "contact": str(stranger)})

    assert wrong(answer) == (404, "contact_unknown", [])
