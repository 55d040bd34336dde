"""What is known of contacts found to be one person is kept: a stop, a name, a language."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.contacts.directory import PHONE_GIVEN
from sokoni.contacts.models import Consent, Contact
from sokoni.contacts.tags import move_tags
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId

NAME: Final = "contacts.name"
_MESSAGES: Final = "messages"
_KNOWN: Final = (
    "id",
    "name",
    "name_given",
    "phone_given",
    "language",
    "opted_out_at",
    "marketing_stopped_at",
    "blocked_at",
    "offered_at",
)


async def become_one(
    connection: AsyncConnection, vault: Vault, others: Sequence[ContactId], kept: ContactId
) -> None:
    """Write what is known of the others into the kept contact, where it knows less."""
    moving = update(Consent).where(Consent.contact_id.in_(others))
    await connection.execute(moving.values(contact_id=kept))
    await move_tags(connection, others, kept)
    columns = select(*(getattr(Contact, name) for name in _KNOWN))
    rows = await connection.execute(columns.where(Contact.id.in_([kept, *others])))
    people = sorted(rows.all(), key=lambda row: row.id != kept)
    values = {
        "opted_out_at": await _stopped(connection, people, kept),
        "marketing_stopped_at": latest(*(row.marketing_stopped_at for row in people)),
        "blocked_at": latest(*(row.blocked_at for row in people)),
        "offered_at": latest(*(row.offered_at for row in people)),
        "language": next((row.language for row in people if row.language), ""),
        **_named(vault, people, kept),
        **_numbered(vault, people, kept),
    }
    await connection.execute(update(Contact).where(Contact.id == kept).values(values))


def latest(*moments: datetime | None) -> datetime | None:
    return max((one for one in moments if one is not None), default=None)


async def _stopped(
    connection: AsyncConnection, people: Iterable[Row[Any]], kept: ContactId
) -> datetime | None:
    """Return when they said stop under any address, unless they took it back afterwards."""
    stopped = latest(*(row.opted_out_at for row in people))
    if stopped is None:
        return None
    back: datetime | None = await connection.scalar(
        select(func.max(Consent.at)).where(
            Consent.contact_id == kept, Consent.purpose == _MESSAGES, Consent.given.is_(True)
        )
    )
    return None if back is not None and back > stopped else stopped


def _named(vault: Vault, people: Sequence[Row[Any]], kept: ContactId) -> dict[str, Any]:
    """Return the name that one of them gave, else any; sealed for the kept contact."""
    named = sorted((row for row in people if row.name), key=lambda row: not row.name_given)
    if not named or named[0].id == kept:
        return {}
    best = named[0]
    name = vault.open_text(NAME, best.id, best.name)
    return {"name": vault.seal_text(NAME, kept, name), "name_given": best.name_given}


def _numbered(vault: Vault, people: Sequence[Row[Any]], kept: ContactId) -> dict[str, Any]:
    """Return the number that one of them gave, sealed for the kept contact."""
    given = next((row for row in people if row.phone_given), None)
    if given is None or given.id == kept:
        return {}
    phone = vault.open_text(PHONE_GIVEN, given.id, given.phone_given)
    return {"phone_given": vault.seal_text(PHONE_GIVEN, kept, phone)}
