"""Lines of the book of consents that later ones replaced: they go when their time is over."""

from datetime import datetime
from typing import Final

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from sokoni.contacts.consent import CHANNEL
from sokoni.contacts.models import Consent
from sokoni.kit.ids import MerchantId

_AT_ONCE: Final = 200


async def drop_replaced(
    connection: AsyncConnection, merchant_id: MerchantId, before: datetime
) -> int:
    """Delete lines that a later word of the same kind replaced before the time.

    The last word about each purpose stays, and the last that the channel said of it: they decide
    what may be sent, and prove it.
    """
    later = aliased(Consent)
    of_the_channel = and_(Consent.source == CHANNEL, later.source == CHANNEL)
    replaced = exists().where(
        later.merchant_id == merchant_id,
        later.contact_id == Consent.contact_id,
        later.purpose == Consent.purpose,
        or_(later.at > Consent.at, and_(later.at == Consent.at, later.id > Consent.id)),
        later.at < before,
        or_(Consent.source != CHANNEL, of_the_channel),
    )
    old = select(Consent.id).where(Consent.merchant_id == merchant_id, replaced).limit(_AT_ONCE)
    ids = (await connection.scalars(old)).all()
    if ids:
        await connection.execute(delete(Consent).where(Consent.id.in_(ids)))
    return len(ids)
