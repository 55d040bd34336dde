"""Quiet hours: what comes up by itself and can wait is not said while it is night there."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.contacts.directory import ContactDirectory
from sokoni.contacts.zones import zone_of
from sokoni.db.vault import Vault
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.decoding import Happening
from sokoni.messaging.events import Tell, Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.turn_rows import Claimed

AWAKE: Final = timedelta(minutes=30)
"""Who wrote so lately does not sleep yet."""
BY_DAY: Final = frozenset({Purpose.ALERT})
"""Purposes of what is told by day only; a campaign asks its own rule, which knows more."""


def can_wait(happening: Happening, patient: Collection[str]) -> bool:
    """Tell whether it is something of which nobody needs to hear before the morning.

    `patient` names the timers that are so.
    """
    if isinstance(happening, Tell):
        instead = happening.instead
        return happening.purpose in BY_DAY or (instead is not None and instead.name in patient)
    return isinstance(happening, Timer) and happening.name in patient


async def morning(
    session: AsyncSession, vault: Vault, merchant: MerchantProfile, one: Claimed, now: datetime
) -> datetime | None:
    """Return when the contact's night ends; None: it is day there, or they were just here."""
    if one.last_inbound_at is not None and now < one.last_inbound_at + AWAKE:
        return None
    directory = ContactDirectory(session, vault, merchant.id)
    phone = (await directory.phones_of([one.contact_id])).get(one.contact_id)
    later = merchant.daytime(now, zone_of(phone, merchant.zone))
    return later if later > now else None
