"""Erases a contact: all that is kept of them goes, in one transaction."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.dialogue.manifest import EraseContact
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, ContactId, ConversationId, MerchantId
from sokoni.media import archive
from sokoni.messaging.erasing import everyone, forget_people, forget_said, shut
from sokoni.messaging.events import TellTo
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import Conversation
from sokoni.messaging.tells import Tells, Whisper
from sokoni.places.models import RegisteredPlace
from sokoni.reviews import erasing as reviews


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """One merchant's contacts, as to how they are erased."""

    inbox: Inbox
    clock: Clock
    merchant_id: MerchantId
    hooks: Collection[EraseContact]
    """Of all capabilities that are installed: one that was switched off has rows, too."""

    async def erase(self, connection: AsyncConnection, contact_id: ContactId) -> bool:
        """Erase a contact that is the merchant's, in the caller's transaction.

        Return False where somebody else has just done so.

        Others keep what they have in their own log. Whoever waits for the contact is told by
        the capabilities; who writes again afterwards is a stranger.
        """
        now = self.clock()
        who = await everyone(connection, self.merchant_id, contact_id)
        talks = await shut(connection, self.merchant_id, who, now)
        await forget_said(connection, talks, now)
        # Before the rest: whoever brings something for the contact looks here, and waits.
        mine = await forget_people(connection, who)
        told: list[TellTo] = []
        for one in who:
            await archive.erase(connection, one, now)
            for hook in self.hooks:
                told += await hook(connection, self.merchant_id, one, now)
        await reviews.erase_contact(connection, who)
        await _forget_who_registered(connection, who)
        await self._tell(connection, talks, told, now)
        self.inbox.forget(talks)
        return mine

    async def _tell(
        self,
        connection: AsyncConnection,
        talks: Sequence[ConversationId],
        told: Sequence[TellTo],
        now: datetime,
    ) -> None:
        """Tell others on the number that the contact wrote to, else where they last wrote."""
        account_id: AccountId | None = await connection.scalar(
            select(Conversation.account_id).where(Conversation.id.in_(talks)).limit(1)
        )
        if account_id is not None:
            whispers = [Whisper(self.merchant_id, account_id, one) for one in told]
            await Tells(self.inbox).carry(connection, whispers, now)


async def _forget_who_registered(connection: AsyncConnection, who: Collection[ContactId]) -> None:
    theirs = update(RegisteredPlace).where(RegisteredPlace.contact_id.in_(who))
    await connection.execute(theirs.values(contact_id=None))
