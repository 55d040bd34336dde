"""Where a contact is reached, looked up in batches and remembered for a minute."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sokoni.channels.inbound import Address
from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, PhoneNumber

_PLACE: Final = "contact_addresses.value"
_REMEMBERED: Final = timedelta(minutes=1)
_MOST: Final = 20_000

AddressRow = tuple[ContactId, str, Any, bytes]


class _Entry(NamedTuple):
    learnt_at: datetime
    version: int
    address: Address


class AddressBook:
    """The newest address of each kind per contact.

    What is remembered serves messages of the same `Contact.address_version` or an older one:
    another process may have found out meanwhile that two contacts are one person.
    """

    def __init__(self, vault: Vault, clock: Clock) -> None:
        self._vault = vault
        self._clock = clock
        self._known: dict[ContactId, _Entry] = {}

    def missing(self, wanted: Iterable[tuple[ContactId, int]]) -> dict[ContactId, int]:
        """Return those of the contacts, given with versions, that must be looked up (again)."""
        expired = self._clock() - _REMEMBERED
        missing: dict[ContactId, int] = {}
        for contact_id, version in wanted:
            entry = self._known.get(contact_id)
            if entry is None or entry.learnt_at <= expired or entry.version < version:
                missing[contact_id] = max(version, missing.get(contact_id, 0))
        return missing

    def learn(self, contacts: Mapping[ContactId, int], rows: Sequence[AddressRow]) -> None:
        """Remember what was looked up for these versions, the oldest row first."""
        if len(self._known) > _MOST:
            self._known.clear()
        kinds: dict[ContactId, dict[str, str]] = {one: {} for one in contacts}
        for contact_id, kind, row_id, sealed in rows:
            kinds[contact_id][kind] = self._vault.open_text(_PLACE, row_id, sealed)
        now = self._clock()
        for contact_id, known in kinds.items():
            self._known[contact_id] = _Entry(now, contacts[contact_id], _address(known))

    def find(self, contact_id: ContactId) -> Address | None:
        """Return where the contact is reached, None where nowhere."""
        entry = self._known.get(contact_id)
        if entry is None or not (entry.address.phone or entry.address.user_id):
            return None
        return entry.address

    def forget(self, contact_id: ContactId) -> None:
        self._known.pop(contact_id, None)


def _address(known: dict[str, str]) -> Address:
    phone = known.get("phone")
    return Address(
        user_id=known.get("user_id") or known.get("chat_id") or "",
        phone=PhoneNumber(phone) if phone else None,
    )
