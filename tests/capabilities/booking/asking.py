"""What tests of the API say and look at."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import Provider
from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber
from sokoni.language.reading import KnownPlace
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.models import Conversation, InboxEvent
from sokoni.testing.asgi import Answer, AsgiClient
from tests.capabilities.booking.factories import HARARE, MONDAY, create_provider

VINCENT: Final = PhoneNumber("+263777530322")
SEAGATE: Final = PhoneNumber("+263718275163")
USER: Final[Mapping[str, Any]] = {
    "phone_number": VINCENT,
    "name": "Vincent Mugondora",
    "location": "Mufakose, Harare",
}
SINK: Final[Mapping[str, Any]] = {
    "user_number": VINCENT,
    "provider_number": SEAGATE,
    "service_type": "plumber",
    "date_time": "2026-03-03T15:00:00+02:00",
    "issue": "Bathroom sink is blocked",
    "location": "Avondale",
}


async def put(client: AsgiClient, path: str, said: object) -> Answer:
    headers = {"content-type": "application/json"}
    return await client.request("PUT", path, body=msgspec.json.encode(said), headers=headers)


async def seagate(
    session: AsyncSession, vault: Vault, merchant: MerchantId, base: KnownPlace = HARARE
) -> Provider:
    """Register a provider who can be named by number, and commit."""
    contact_id = await contact_of_phone(session, vault, merchant, SEAGATE, MONDAY)
    provider = await create_provider(
        session, merchant_id=merchant, contact_id=contact_id, base=base
    )
    await session.commit()
    return provider


async def told(session: AsyncSession, vault: Vault) -> list[tuple[ContactId, str]]:
    """Return who waits to be told how which booking stands, by its version."""
    statement = select(InboxEvent, Conversation.contact_id).join(
        Conversation, Conversation.id == InboxEvent.conversation_id
    )
    found = []
    for row, contact_id in await session.execute(statement.order_by(InboxEvent.id)):
        event = msgspec.json.decode(vault.open(PLACE, row.id, row.payload))
        if event["type"] == "tell":
            found.append((contact_id, event["instead"]["data"]["version"]))
    # On SQLite nobody else could write before that.
    await session.commit()
    return found


async def count(session: AsyncSession, model: type[Any]) -> int:
    found = await session.scalar(select(func.count()).select_from(model)) or 0
    await session.commit()
    return found
