"""The database of a run: a merchant with fifty numbers, and contacts who are sellers already."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.bootstrap import App, kinds
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.register import PHONE, address_row
from sokoni.db.tables import load_models
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.language.reading import KnownPlace
from sokoni.merchants.file import read_merchant_file
from sokoni.merchants.service import Merchants
from sokoni.messaging.declared_templates import apply_merchant_file
from sokoni.testing.bench.plan import EVERYBODY, NUMBERS, SECRET, Plan, number_id, phone

_SLUG: Final = "bench"


async def settle(app: App, plan: Plan, provider: str) -> None:
    """Put the merchant, its numbers and its contacts into an empty database."""
    said = read_merchant_file(_merchant(plan, provider), kinds(production=False), {}, source=_SLUG)
    async with AsyncSession(app.engine, expire_on_commit=False) as session, session.begin():
        await apply_merchant_file(session, app.vault, app.clock, said)
        merchant = await Merchants(session, app.vault, app.clock).get(_SLUG)
    async with writing(app.engine) as connection:
        await _people(app, connection, merchant.id)


async def _people(app: App, connection: AsyncConnection, merchant_id: MerchantId) -> None:
    """Make every contact a seller with a name: nobody is asked for one in the middle."""
    now = app.clock()
    people, addresses, sellers = [], [], []
    gokwe = app.places.shipped.named("gokwe", "ZW")
    assert gokwe is not None
    for number in range(EVERYBODY):
        contact_id = ContactId(new_id())
        name = app.vault.seal_text("contacts.name", contact_id, f"Seller {number}")
        people.append(_contact(contact_id, merchant_id, name, now))
        value = f"+{phone(number)}"
        addresses.append(address_row(app.vault, merchant_id, contact_id, PHONE, value, now))
        sellers.append(_seller(contact_id, merchant_id, gokwe, now))
    await connection.execute(insert(cast("Table", Contact.__table__)), people)
    await connection.execute(insert(cast("Table", ContactAddress.__table__)), addresses)
    table = load_models().tables["sellers"]
    await connection.execute(insert(table), sellers)


def _contact(
    contact_id: ContactId, merchant_id: MerchantId, name: bytes, now: datetime
) -> Mapping[str, Any]:
    return {
        "id": contact_id,
        "merchant_id": merchant_id,
        "name": name,
        "name_given": True,
        "language": "en",
        "created_at": now,
    }


def _seller(
    contact_id: ContactId, merchant_id: MerchantId, place: KnownPlace, now: datetime
) -> Mapping[str, Any]:
    return {
        "id": new_id(),
        "merchant_id": merchant_id,
        "contact_id": contact_id,
        "place_id": place.id,
        "place_name": place.name,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "joined_at": now,
    }


def _merchant(plan: Plan, provider: str) -> str:
    numbers = "".join(_number(number, provider) for number in range(NUMBERS))
    return (
        f"merchant: {_SLUG}\nname: Bench\ncountry: ZW\ncurrency: USD\ntimezone: Africa/Harare\n"
        f"languages: [en, sn, nd]\nquiet_ms: {plan.quiet_ms}\n"
        f"read_marks: false\n"
        f"capabilities:\n  marketplace: {{}}\nchannels:\n{numbers}"
    )


def _number(number: int, provider: str) -> str:
    return (
        f"  - channel: whatsapp_cloud\n    account: bench-{number}\n"
        f"    phone_number_id: '{number_id(number)}'\n    access_token: bench\n"
        f"    app_secrets: ['{SECRET}']\n    verify_token: bench\n"
        f"    base_url: {provider}\n    api_version: v25.0\n"
    )
