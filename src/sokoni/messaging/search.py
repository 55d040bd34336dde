"""Finds the contacts and conversations of a batch's senders, and makes those that are missing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple, cast

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.inbound import Address
from sokoni.contacts.models import Contact, ContactAddress
from sokoni.contacts.stops import KnownAddress, take_stops
from sokoni.db.bulk import insert_many_once
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.kit.ids import ContactId, ConversationId, MerchantId, new_id
from sokoni.messaging.inbox_sql import AddressKey, InboxSql, Named, Pair, rename
from sokoni.messaging.models import Conversation
from sokoni.messaging.routing import Route, Sender
from sokoni.messaging.seats import new_conversation

NAME_PLACE: Final = "contacts.name"
ADDRESS_PLACE: Final = "contact_addresses.value"
_CONTACTS: Final = cast("Table", Contact.__table__)
_ADDRESSES: Final = cast("Table", ContactAddress.__table__)
_CONVERSATIONS: Final = cast("Table", Conversation.__table__)


class Keyed(NamedTuple):
    """An address with its look-up key."""

    key: AddressKey
    value: str


@dataclass(slots=True)
class Search:
    """One batch's look-ups, in one transaction.

    Every table is written in key order and always in the same order of tables, so that two
    gateways that meet the same new senders wait for one another and never in a circle.
    """

    connection: AsyncConnection
    sql: InboxSql
    vault: Vault
    now: datetime
    _owners: dict[AddressKey, ContactId] = field(default_factory=dict)
    _made: set[ContactId] = field(default_factory=set)

    async def run(self, senders: Mapping[Sender, str]) -> tuple[dict[Sender, Route], set[Sender]]:
        """Return the route of each sender, given with their profile name.

        Return too the senders whose addresses turned out to belong to two contacts.
        """
        keyed = {sender: list(self._keyed(sender)) for sender in senders}
        await self._settle(keyed.values())
        contacts = {sender: self._owners[keys[0].key] for sender, keys in keyed.items()}
        await self._introduce(contacts, senders)
        await self._heed_stops(one for keys in keyed.values() for one in keys)
        pairs = {one: Pair(one.account_id, contacts[one]) for one in senders}
        conversations = await self._conversations(pairs)
        routes = {
            one: Route(pair.contact_id, conversations[pair], senders[one])
            for one, pair in pairs.items()
        }
        return routes, {one for one, keys in keyed.items() if self._is_split(keys)}

    def _keyed(self, sender: Sender) -> Iterator[Keyed]:
        for address in sender.addresses:
            for kind, value in parts_of(address):
                hashed = self.vault.hash(kind, value)
                yield Keyed(AddressKey(sender.merchant_id, kind, hashed), value)

    def _is_split(self, keys: list[Keyed]) -> bool:
        return len({self._owners[one.key] for one in keys}) > 1

    async def _settle(self, people: Iterable[list[Keyed]]) -> None:
        """Have every address belong to a contact, whoever else is doing so at this moment."""
        everyone = list(people)
        wanted = {one.key for person in everyone for one in person}
        self._owners = await self.sql.contacts(self.connection, wanted)
        planned = self._plan(everyone)
        if not planned:
            return
        await insert_many_once(
            self.connection, _ADDRESSES, [planned[key] for key in sorted(planned)]
        )
        self._owners |= await self.sql.contacts(self.connection, planned)

    def _plan(self, everyone: list[list[Keyed]]) -> dict[AddressKey, dict[str, object]]:
        """Return rows for the addresses that nobody has: of new contacts, or one more of one."""
        planned: dict[AddressKey, dict[str, object]] = {}
        for person in everyone:
            owner = next(
                (self._owners[one.key] for one in person if one.key in self._owners), None
            )
            if owner is None:
                owner = ContactId(new_id())
                self._made.add(owner)
            for one in person:
                if one.key not in self._owners:
                    self._owners[one.key] = owner
                    planned[one.key] = self._address_row(one, owner)
        return planned

    def _address_row(self, one: Keyed, owner: ContactId) -> dict[str, object]:
        row_id = new_id()
        last4 = self.vault.hash("last4", one.value[-4:]) if one.key.kind == "phone" else ""
        return {
            "id": row_id,
            "merchant_id": one.key.merchant_id,
            "contact_id": owner,
            "kind": one.key.kind,
            "value": self.vault.seal_text(ADDRESS_PLACE, row_id, one.value),
            "value_hash": one.key.value_hash,
            "last4_hash": last4,
            "created_at": self.now,
        }

    async def _introduce(
        self, contacts: Mapping[Sender, ContactId], names: Mapping[Sender, str]
    ) -> None:
        """Write the contacts that are new, and profile names of the others where they are news."""
        called = {who: names[one] for one, who in contacts.items() if names[one]}
        new = {who: key.merchant_id for key, who in self._owners.items() if who in self._made}
        rows = [self._contact_row(who, new[who], called.get(who, "")) for who in sorted(new)]
        await insert_many_once(self.connection, _CONTACTS, rows)
        known = [who for who in called if who not in new]
        if known:
            stored = await self.sql.names(self.connection, known)
            news = [who for who, named in stored.items() if self._is_news(who, named, called[who])]
            await rename(self.connection, {who: self._sealed(who, called[who]) for who in news})

    async def _heed_stops(self, everything: Iterable[Keyed]) -> None:
        """Have those that are new heed what they stopped before they were erased."""
        made = {
            KnownAddress(key.merchant_id, key.kind, value): self._owners[key]
            for key, value in everything
            if self._owners[key] in self._made
        }
        if made:
            await take_stops(self.connection, self.vault, made)

    def _is_news(self, who: ContactId, named: Named, name: str) -> bool:
        if named.given:
            return False
        try:
            return self.vault.open_text(NAME_PLACE, who, named.name) != name
        except (KeyUnknownError, TamperedError):
            return False

    def _contact_row(
        self, who: ContactId, merchant_id: MerchantId, name: str
    ) -> dict[str, object]:
        return {
            "id": who,
            "merchant_id": merchant_id,
            "name": self._sealed(who, name) if name else None,
            "name_given": False,
            "language": "",
            "created_at": self.now,
        }

    def _sealed(self, who: ContactId, name: str) -> bytes:
        return self.vault.seal_text(NAME_PLACE, who, name)

    async def _conversations(self, pairs: Mapping[Sender, Pair]) -> dict[Pair, ConversationId]:
        found = await self.sql.conversations(self.connection, set(pairs.values()))
        missing = {pair: one for one, pair in pairs.items() if pair not in found}
        if not missing:
            return found
        rows = [
            new_conversation(missing[pair].merchant_id, *pair, self.now)
            for pair in sorted(missing)
        ]
        await insert_many_once(self.connection, _CONVERSATIONS, rows)
        return found | await self.sql.conversations(self.connection, missing)


def parts_of(address: Address) -> Iterator[tuple[str, str]]:
    """Yield the kinds and values of an address, the surest first."""
    if address.user_id:
        yield "user_id", address.user_id
    if address.phone:
        yield "phone", address.phone
