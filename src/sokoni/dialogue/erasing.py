"""Erases a contact: all that is kept of them goes, in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.dialogue.manifest import EraseContact
from sokoni.kit.clock import Clock
from sokoni.kit.ids import AccountId, ContactId, MerchantId
from sokoni.media import archive
from sokoni.messaging.erasing import everyone, forget_people, forget_said, shut
from sokoni.messaging.events import TellTo
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.seats import first_number, last_written_in
from sokoni.messaging.tells import Tells, Whisper
from sokoni.payments import erasing as payments
from sokoni.places.models import RegisteredPlace
from sokoni.reviews import erasing as reviews
from sokoni.verification import erasing as verification


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
        the capabilities, on the number that the contact wrote to or else where they last wrote
        themselves; who writes again afterwards is a stranger.
        """
        now = self.clock()
        who = await everyone(connection, self.merchant_id, contact_id)
        number = await self._number(connection, contact_id)
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
        await payments.erase_contact(connection, who)
        await verification.erase_contact(connection, who)
        await _forget_who_registered(connection, who)
        if number is not None:
            whispers = [Whisper(self.merchant_id, number, one) for one in told]
            await Tells(self.inbox).carry(connection, whispers, now)
        self.inbox.forget(talks)
        return mine

    async def _number(
        self, connection: AsyncConnection, contact_id: ContactId
    ) -> AccountId | None:
        """Return the number that the contact last wrote to, else any of the merchant's."""
        seat = await last_written_in(connection, contact_id)
        return (
            await first_number(connection, self.merchant_id) if seat is None else seat.account_id
        )


async def _forget_who_registered(connection: AsyncConnection, who: Collection[ContactId]) -> None:
    theirs = update(RegisteredPlace).where(RegisteredPlace.contact_id.in_(who))
    await connection.execute(theirs.values(contact_id=None))
