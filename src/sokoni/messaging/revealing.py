"""Addresses of a contact that a provider's answer names, as an event for their own turn."""

from datetime import datetime
from typing import Final

from sokoni.channels.inbound import AddressChange
from sokoni.kit.ids import PhoneNumber
from sokoni.messaging.inbox import Own
from sokoni.messaging.outbox import Revealed

_REVEALED: Final = "revealed:"


def left_behind(change: AddressChange) -> PhoneNumber | None:
    """Return the number that the contact gave up: it will be somebody else's one day.

    What an answer revealed is another way to write the same number, or one more address.
    """
    old, new = change.old.phone, change.new.phone
    if change.provider_id.startswith(_REVEALED) or not old or not new or old == new:
        return None
    return old


def one_person(revealed: Revealed, now: datetime) -> Own:
    """Return the event by which the contact's own turn keeps the address (T-01)."""
    outgoing, address = revealed.outgoing, revealed.address
    key = f"{_REVEALED}{outgoing.contact_id.hex}:{address.user_id}:{address.phone or ''}"
    return Own(
        merchant_id=outgoing.merchant_id,
        account_id=outgoing.account_id,
        conversation_id=outgoing.conversation_id,
        key=key,
        event=AddressChange(provider_id=key, old=revealed.known, new=address, sent_at=now),
        received_at=now,
        due_at=now,
    )
