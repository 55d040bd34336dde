"""What contacts agreed to, and when: to messages that they did not just ask for, and to more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.models import Consent, ConsentId, Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id

MESSAGES = "messages"
MARKETING = "marketing"
WORDING = "consents.wording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What a contact said yes to."""

    merchant_id: MerchantId
    contact_id: ContactId
    purpose: str
    wording: str
    """As they read it; empty where they read it elsewhere."""
    at: datetime
    given: bool = True
    """False: they take it back."""
    source: str = "chat"


async def consent(
    connection: AsyncConnection,
    merchant_id: MerchantId,
    contact_id: ContactId,
    *,
    given: bool,
    source: str,
    now: datetime,
) -> None:
    """Write down that messages are taken from now on, or no more; a yes also where none is known.

    The caller holds the contact's conversations, so that no turn writes back what it read before.
    """
    theirs = update(Contact).where(
        Contact.merchant_id == merchant_id,
        Contact.id == contact_id,
        Contact.opted_out_at.is_not(None) if given else Contact.opted_out_at.is_(None),
    )
    changed = await connection.execute(theirs.values(opted_out_at=None if given else now))
    known = await who_agrees(connection, merchant_id, [contact_id], MESSAGES) if given else True
    if not changed.rowcount and known:
        return
    row = {
        "id": new_id(),
        "merchant_id": merchant_id,
        "contact_id": contact_id,
        "purpose": MESSAGES,
        "given": given,
        "source": source,
        "at": now,
    }
    await connection.execute(insert(Consent).values(row))


async def wants_to_hear(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> bool:
    """Tell whether the contact ever agreed to be written to, and has not taken that back.

    The channel's own offers count, too. Who may not be written to says `Contact`.
    """
    purposes = (MESSAGES, MARKETING)
    given = [await agrees(session, merchant_id, contact_id, purpose) for purpose in purposes]
    return any(given)


async def agrees(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId, purpose: str
) -> bool:
    """Tell whether the contact agreed to it, and has not taken that back."""
    return contact_id in await who_agrees(session, merchant_id, [contact_id], purpose)


async def who_agrees(
    session: AsyncSession | AsyncConnection,
    merchant_id: MerchantId,
    contact_ids: Iterable[ContactId],
    purpose: str,
) -> set[ContactId]:
    """Return those of the contacts who agreed to it, and have not taken that back."""
    theirs = select(Consent.contact_id, Consent.given).where(
        Consent.merchant_id == merchant_id,
        Consent.contact_id.in_(list(contact_ids)),
        Consent.purpose == purpose,
    )
    rows = (await session.execute(theirs.order_by(Consent.at, Consent.id))).all()
    latest = {row.contact_id: row.given for row in rows}
    return {one for one, given in latest.items() if given}


async def agree(session: AsyncSession, vault: Vault, agreed: Agreed) -> None:
    """Write down what a contact agreed to, or takes back."""
    consent_id = ConsentId(new_id())
    row = Consent(
        id=consent_id,
        merchant_id=agreed.merchant_id,
        contact_id=agreed.contact_id,
        purpose=agreed.purpose,
        given=agreed.given,
        source=agreed.source,
        wording=vault.seal_said(WORDING, consent_id, agreed.wording),
        at=agreed.at,
    )
    session.add(row)
    await session.flush()
