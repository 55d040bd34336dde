"""Contacts who never came back are erased, once nothing is kept of them that is still needed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from sokoni.contacts.models import Consent, Contact
from sokoni.db.writing import reading, write_patiently
from sokoni.dialogue.erasing import Erasing
from sokoni.dialogue.keeping import Needed
from sokoni.dialogue.manifest import EraseContact
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import Conversation

_AT_ONCE: Final = 20
_PERSON: Final = "person"


class SilentContacts:
    """Every merchant's contacts, as to who is erased because they have been silent for so long.

    Each goes in a transaction of their own, as they would have gone on request: who said stop, or
    was shut out, stays so by a hash.
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        clock: Clock,
        hooks: Collection[EraseContact],
        needed: Sequence[Needed],
    ) -> None:
        self._inbox = inbox
        self._clock = clock
        self._hooks = hooks
        self._needed = needed

    async def let_go(self, engine: AsyncEngine, merchant_id: MerchantId, before: datetime) -> bool:
        """Erase some who did not write since before the time; True: there may be more."""
        silent = self._silent(merchant_id, before)
        async with reading(engine) as connection:
            found = (await connection.scalars(silent.order_by(Contact.id).limit(_AT_ONCE))).all()
        erasing = Erasing(
            inbox=self._inbox, clock=self._clock, merchant_id=merchant_id, hooks=self._hooks
        )
        for contact_id in found:

            async def erase(connection: AsyncConnection, who: ContactId = contact_id) -> None:
                # They may have come back since they were looked for.
                if await connection.scalar(silent.where(Contact.id == who)) is not None:
                    await erasing.erase(connection, who)

            await write_patiently(engine, erase)
        return len(found) == _AT_ONCE

    def _silent(self, merchant_id: MerchantId, before: datetime) -> Select[Any]:
        talks = exists().where(
            Conversation.contact_id == Contact.id,
            or_(Conversation.last_inbound_at >= before, Conversation.holder == _PERSON),
        )
        agreed_since = exists().where(Consent.contact_id == Contact.id, Consent.at >= before)
        needed = [
            Contact.id.not_in(people)
            for theirs in self._needed
            for people in theirs(merchant_id, before)
        ]
        return select(Contact.id).where(
            and_(
                Contact.merchant_id == merchant_id,
                Contact.merged_into.is_(None),
                Contact.created_at < before,
                ~talks,
                ~agreed_since,
                *needed,
            )
        )
