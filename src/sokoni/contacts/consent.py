"""What contacts agreed to, and when: to messages that they did not just ask for, and to more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Row, Select, and_, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from sokoni.contacts.models import Consent, ConsentId, Contact
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id

MESSAGES: Final = "messages"
MARKETING: Final = "marketing"
CHAT: Final = "chat"
CHANNEL: Final = "channel"
"""The channel's own settings: what was stopped there is only taken back there."""
STAFF: Final = "staff"
IMPORT: Final = "import"
WORDING: Final = "consents.wording"
_STOPS: Final[dict[str, InstrumentedAttribute[datetime | None]]] = {
    MESSAGES: Contact.opted_out_at,
    MARKETING: Contact.marketing_stopped_at,
}
"""What a no is looked up by, wherever something is to be sent."""


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
    source: str = CHAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One line of the book of consents."""

    id: ConsentId
    purpose: str
    given: bool
    source: str
    wording: str
    at: datetime


async def record(connection: AsyncConnection, vault: Vault, agreed: Agreed) -> bool:
    """Write down a yes or no, and have it hold from now on; False where it says nothing new.

    The latest word counts, whenever it is written down: a yes of last year does not undo the stop
    of last week. The caller holds the contact's conversations, so that no turn writes back what it
    read before.
    """
    if await _is_known(connection, agreed):
        return False
    latest = await _latest(connection, agreed)
    consent_id = ConsentId(new_id())
    row = {
        "id": consent_id,
        "merchant_id": agreed.merchant_id,
        "contact_id": agreed.contact_id,
        "purpose": agreed.purpose,
        "given": agreed.given,
        "source": agreed.source,
        "wording": vault.seal_said(WORDING, consent_id, agreed.wording),
        "at": agreed.at,
    }
    await connection.execute(insert(Consent).values(row))
    if latest is None or latest.at <= agreed.at:
        await _hold_to(connection, agreed)
    return True


async def history(
    session: AsyncSession, vault: Vault, merchant_id: MerchantId, contact_id: ContactId
) -> Sequence[Said]:
    """Return all that a contact agreed to and took back, oldest first."""
    theirs = select(Consent).where(
        Consent.merchant_id == merchant_id, Consent.contact_id == contact_id
    )
    return [
        Said(
            id=one.id,
            purpose=one.purpose,
            given=one.given,
            source=one.source,
            wording=vault.open_text(WORDING, one.id, one.wording),
            at=one.at,
        )
        for one in await session.scalars(theirs.order_by(Consent.at, Consent.id))
    ]


async def wants_to_hear(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> bool:
    """Tell whether the contact ever agreed to be written to, and has not taken that back.

    What they last said of marketing decides; of who said nothing of it, what they said of
    messages. The channel's own offers count, too. Who may not be written to says `Contact`.
    """
    said = await _latest_of(session, merchant_id, [contact_id], (MESSAGES, MARKETING))
    marketing, messages = said.get((contact_id, MARKETING)), said.get((contact_id, MESSAGES))
    return bool(messages if marketing is None else marketing)


def agreeing(merchant_id: MerchantId, purpose: str) -> Select[ContactId]:
    """Select the contacts whose last word about it is a yes."""
    later = aliased(Consent)
    newer = exists().where(
        later.merchant_id == Consent.merchant_id,
        later.contact_id == Consent.contact_id,
        later.purpose == Consent.purpose,
        or_(later.at > Consent.at, and_(later.at == Consent.at, later.id > Consent.id)),
    )
    return select(Consent.contact_id).where(
        Consent.merchant_id == merchant_id,
        Consent.purpose == purpose,
        Consent.given.is_(True),
        ~newer,
    )


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
    latest = await _latest_of(session, merchant_id, contact_ids, (purpose,))
    return {contact_id for (contact_id, _), given in latest.items() if given}


async def has_said(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId, purpose: str
) -> bool:
    """Tell whether the contact ever said yes or no to it."""
    return bool(await _latest_of(session, merchant_id, [contact_id], (purpose,)))


async def stopped_at_the_channel(
    session: AsyncSession | AsyncConnection, merchant_id: MerchantId, contact_id: ContactId
) -> bool:
    """Tell whether the channel's own settings say that the contact wants no marketing."""
    theirs = (
        select(Consent.given)
        .where(
            Consent.merchant_id == merchant_id,
            Consent.contact_id == contact_id,
            Consent.purpose == MARKETING,
            Consent.source == CHANNEL,
        )
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
    )
    return (await session.execute(theirs)).scalar_one_or_none() is False


async def _latest_of(
    session: AsyncSession | AsyncConnection,
    merchant_id: MerchantId,
    contact_ids: Iterable[ContactId],
    purposes: Iterable[str],
) -> dict[tuple[ContactId, str], bool]:
    theirs = select(Consent.contact_id, Consent.purpose, Consent.given).where(
        Consent.merchant_id == merchant_id,
        Consent.contact_id.in_(list(contact_ids)),
        Consent.purpose.in_(list(purposes)),
    )
    rows = (await session.execute(theirs.order_by(Consent.at, Consent.id))).all()
    return {(row.contact_id, row.purpose): row.given for row in rows}


async def _is_known(connection: AsyncConnection, agreed: Agreed) -> bool:
    same = select(Consent.id).where(
        Consent.merchant_id == agreed.merchant_id,
        Consent.contact_id == agreed.contact_id,
        Consent.purpose == agreed.purpose,
        Consent.given.is_(agreed.given),
        Consent.at == agreed.at,
    )
    return await connection.scalar(same.limit(1)) is not None


async def _latest(connection: AsyncConnection, agreed: Agreed) -> Row[bool, datetime] | None:
    theirs = (
        select(Consent.given, Consent.at)
        .where(
            Consent.merchant_id == agreed.merchant_id,
            Consent.contact_id == agreed.contact_id,
            Consent.purpose == agreed.purpose,
        )
        .order_by(Consent.at.desc(), Consent.id.desc())
        .limit(1)
    )
    return (await connection.execute(theirs)).one_or_none()


async def _hold_to(connection: AsyncConnection, agreed: Agreed) -> None:
    """Have what is looked up before anything is sent say the same."""
    column = _STOPS.get(agreed.purpose)
    if column is None:
        return
    merchant_id, contact_id = agreed.merchant_id, agreed.contact_id
    theirs = update(Contact).where(Contact.merchant_id == merchant_id, Contact.id == contact_id)
    if not agreed.given:
        await connection.execute(theirs.where(column.is_(None)).values({column: agreed.at}))
        return
    at_the_channel = agreed.purpose == MARKETING and agreed.source != CHANNEL
    if at_the_channel and await stopped_at_the_channel(connection, merchant_id, contact_id):
        return
    await connection.execute(theirs.where(column <= agreed.at).values({column: None}))


async def agree(session: AsyncSession, vault: Vault, agreed: Agreed) -> None:
    """Write down what a contact agreed to, or takes back, in a turn of theirs."""
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
