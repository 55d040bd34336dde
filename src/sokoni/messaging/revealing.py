"""Addresses of a contact that a provider's answer names, as an event for their own turn."""

from datetime import datetime

from sokoni.channels.base import AddressChange
from sokoni.messaging.inbox import Own
from sokoni.messaging.outbox import Revealed


def one_person(revealed: Revealed, now: datetime) -> Own:
    """Return the event by which the contact's own turn keeps the address (T-01)."""
    outgoing, address = revealed.outgoing, revealed.address
    key = f"revealed:{outgoing.contact_id.hex}:{address.user_id}:{address.phone or ''}"
    return Own(
        merchant_id=outgoing.merchant_id,
        account_id=outgoing.account_id,
        conversation_id=outgoing.conversation_id,
        key=key,
        event=AddressChange(provider_id=key, old=revealed.known, new=address, sent_at=now),
        received_at=now,
        due_at=now,
    )
