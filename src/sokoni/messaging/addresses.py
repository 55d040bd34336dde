"""Where a contact is reached, looked up in batches and remembered for a minute."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sokoni.channels.base import Address
from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, PhoneNumber

_PLACE: Final = "contact_addresses.value"
_REMEMBERED: Final = timedelta(minutes=1)
_MOST: Final = 20_000

AddressRow = tuple[ContactId, str, Any, bytes]


class AddressBook:
    """The newest address of each kind per contact."""

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._known: dict[ContactId, tuple[datetime, Address]] = {}

    def missing(self, contacts: Collection[ContactId]) -> list[ContactId]:
        """Return those of the contacts that must be looked up (again)."""
        now = self._clock()
        return [one for one in set(contacts) if self._fresh(one, now) is None]

    def learn(self, contacts: Sequence[ContactId], rows: Sequence[AddressRow]) -> None:
        """Remember what was looked up, the oldest row first."""
        if len(self._known) > _MOST:
            self._known.clear()
        kinds: dict[ContactId, dict[str, str]] = {one: {} for one in contacts}
        for contact_id, kind, row_id, sealed in rows:
            kinds[contact_id][kind] = self._vault.open_text(_PLACE, row_id, sealed)
        now = self._clock()
        for contact_id, known in kinds.items():
            self._known[contact_id] = (now, _address(known))

    def find(self, contact_id: ContactId) -> Address | None:
        """Return where the contact is reached, None where nowhere."""
        address = self._known[contact_id][1] if contact_id in self._known else None
        return address if address is not None and (address.phone or address.user_id) else None

    def forget(self, contact_id: ContactId) -> None:
        self._known.pop(contact_id, None)

    def _fresh(self, contact_id: ContactId, now: datetime) -> Address | None:
        entry = self._known.get(contact_id)
        return entry[1] if entry is not None and entry[0] + _REMEMBERED > now else None


def _address(known: dict[str, str]) -> Address:
    phone = known.get("phone")
    return Address(
        user_id=known.get("user_id") or known.get("chat_id") or "",
        phone=PhoneNumber(phone) if phone else None,
    )
