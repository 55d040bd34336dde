"""Meta's webhook bodies as neutral items, item by item."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Final, NamedTuple, TypeVar

import msgspec

from sokoni.channels import errors, inbound
from sokoni.channels.inbound import Arrived
from sokoni.channels.whatsapp_cloud import payloads
from sokoni.channels.whatsapp_cloud.decoding import BROKEN, decoded
from sokoni.channels.whatsapp_cloud.errors import named
from sokoni.channels.whatsapp_cloud.messages import said
from sokoni.channels.whatsapp_cloud.news import NewsReader, made_id
from sokoni.kit.clock import Clock
from sokoni.kit.ids import PhoneNumber
from sokoni.kit.text import clean

T = TypeVar("T")
Raws = Sequence[msgspec.Raw]

_MOVED: Final = frozenset(
    {"user_changed_number", "customer_changed_number", "user_changed_user_id"}
)
# Of free-form messages so many a month are free; those that an advertisement began are anyway.
_METERED: Final = "service"
_FREE_ENTRY: Final = "free_entry_point"
_MILLISECONDS: Final = 10**12


class Reader:
    """Reads bodies of one account's webhook. The clock serves what carries no time.

    `business` is the id of the account's business: "" where every body is taken for its own.
    """

    def __init__(self, clock: Clock, business: str = "") -> None:
        self._clock = clock
        self._news = NewsReader(business, self._time)
        self._fields: Mapping[str, Callable[[payloads.Value], Iterator[inbound.Inbound]]] = {
            "messages": self._messages,
            "smb_message_echoes": self._echoes,
            "user_preferences": self._preferences,
            "user_id_update": self._user_ids,
        }

    def read(self, body: bytes) -> list[Arrived]:
        """Return every item, or raise `UnreadableBodyError` where there is no envelope."""
        try:
            envelope = decoded(msgspec.Raw(body), payloads.Envelope)
        except BROKEN as error:
            raise errors.UnreadableBodyError(str(error)) from error
        return [item for entry in envelope.entry for item in self._entry(entry)]

    def _entry(self, raw: msgspec.Raw) -> Iterator[Arrived]:
        try:
            entry = decoded(raw, payloads.Entry)
        except BROKEN as error:
            yield Arrived(account_key="", item=_unreadable(_body(entry=raw), error))
            return
        for change in entry.changes:
            yield from self._change(change, entry)

    def _change(self, raw: msgspec.Raw, entry: payloads.Entry) -> list[Arrived]:
        try:
            return self._items(decoded(raw, payloads.Change), entry)
        except BROKEN as error:
            return [Arrived(account_key="", item=_unreadable(_body(change=raw), error))]

    def _items(self, change: payloads.Change, entry: payloads.Entry) -> list[Arrived]:
        known = self._fields.get(change.field)
        if known is None:
            news = self._news.read(change, entry)
            return [Arrived(account_key=self._news.key(entry), item=news)]
        value = decoded(change.value, payloads.Value)
        items = [*known(value), *(self._news.error(one, entry) for one in value.errors)]
        key = value.metadata.phone_number_id
        return [
            Arrived(account_key=key, item=item)
            for item in items or [self._news.read(change, entry)]
        ]

    def _messages(self, value: payloads.Value) -> Iterator[inbound.Inbound]:
        people = _people(value.contacts) if value.messages else ()
        place = _Place("messages", "messages", value)
        for raw in value.messages:
            yield _guarded(raw, payloads.Message, lambda item: self._message(item, people), place)
        place = _Place("messages", "statuses", value)
        for raw in value.statuses:
            yield _guarded(raw, payloads.Status, self._status, place)

    def _echoes(self, value: payloads.Value) -> Iterator[inbound.Inbound]:
        place = _Place("smb_message_echoes", "message_echoes", value)
        for raw in value.message_echoes:
            yield _guarded(raw, payloads.Message, self._echo, place)

    def _preferences(self, value: payloads.Value) -> Iterator[inbound.Inbound]:
        place = _Place("user_preferences", "user_preferences", value)
        for raw in value.user_preferences:
            yield _guarded(raw, payloads.Preference, partial(self._preference, raw), place)

    def _user_ids(self, value: payloads.Value) -> Iterator[inbound.Inbound]:
        place = _Place("user_id_update", "user_id_update", value)
        for raw in value.user_id_update:
            yield _guarded(raw, payloads.UserIdUpdate, partial(self._user_id, raw), place)

    def _message(
        self, item: payloads.Message, people: Sequence[payloads.Contact]
    ) -> inbound.Message | inbound.AddressChange:
        person = _person(item, people)
        sender = inbound.Address(
            user_id=item.from_user_id or (person.user_id if person else ""),
            phone=_phone(item.phone or (person.wa_id if person else "")),
        )
        if item.system is not None and item.system.type in _MOVED:
            return self._moved(item, item.system, sender)
        if sender == inbound.Address():
            raise ValueError("a message from nobody")
        return inbound.Message(
            provider_id=item.id,
            sender=sender,
            sent_at=self._time(item.timestamp),
            sender_name=clean(person.profile.name) if person and person.profile else "",
            **said(item),
        )

    def _moved(
        self, item: payloads.Message, system: payloads.System, old: inbound.Address
    ) -> inbound.AddressChange:
        new = inbound.Address(
            user_id=system.user_id, phone=_phone(system.wa_id or system.new_wa_id)
        )
        if inbound.Address() in (old, new):
            raise ValueError("a change of address without one of the two")
        return inbound.AddressChange(
            provider_id=item.id,
            old=old,
            new=new,
            sent_at=self._time(item.timestamp),
        )

    def _echo(self, item: payloads.Message) -> inbound.Echo:
        content = said(item)
        return inbound.Echo(
            provider_id=item.id,
            recipient=inbound.Address(user_id=item.to_user_id, phone=_phone(item.to)),
            sent_at=self._time(item.timestamp),
            text=content.get("text", ""),
            kind=content["kind"],
        )

    def _status(self, item: payloads.Status) -> inbound.Status:
        error = item.errors[0] if item.errors else None
        pricing = item.pricing or payloads.Pricing()
        return inbound.Status(
            provider_id=item.id,
            status=item.status,
            at=self._time(item.timestamp),
            outbox_id=item.biz_opaque_callback_data,
            error_code=str(error.code) if error else "",
            error=_words(error) if error else "",
            error_kind=named(error.code) if error else "",
            category=pricing.category,
            billable=_billable(pricing),
            metered=pricing.category == _METERED and pricing.type != _FREE_ENTRY,
        )

    def _preference(self, raw: msgspec.Raw, item: payloads.Preference) -> inbound.Preference:
        return inbound.Preference(
            provider_id=made_id("preference", raw),
            sender=inbound.Address(user_id=item.user_id, phone=_phone(item.wa_id)),
            marketing=item.value != "stop",
            sent_at=self._time(item.timestamp),
        )

    def _user_id(self, raw: msgspec.Raw, item: payloads.UserIdUpdate) -> inbound.AddressChange:
        phone = _phone(item.wa_id)
        return inbound.AddressChange(
            provider_id=made_id("user_id_update", raw),
            old=inbound.Address(user_id=item.user_id.previous),
            new=inbound.Address(user_id=item.user_id.current, phone=phone),
            sent_at=self._time(item.timestamp),
        )

    def _time(self, given: str | int) -> datetime:
        """Read Unix seconds; some arrive as milliseconds (reference/channels.md §1.4)."""
        try:
            seconds = int(given)
            seconds = seconds // 1000 if seconds >= _MILLISECONDS else seconds
            return datetime.fromtimestamp(seconds, UTC)
        except (ValueError, OverflowError, OSError):
            return self._clock()


class _Place(NamedTuple):
    """Where in a body an item stood: which change it was in, and in which list of its value."""

    field: str
    items: str
    value: payloads.Value

    def body_with(self, raw: msgspec.Raw) -> bytes:
        """Return a body with this one item, and all around it that it takes to read it."""
        value = self.value
        told = {"metadata": value.metadata, "contacts": value.contacts, self.items: [raw]}
        return _body(change={"field": self.field, "value": told})


def _guarded(
    raw: msgspec.Raw, kind: type[T], read: Callable[[T], inbound.Inbound], place: _Place
) -> inbound.Inbound:
    try:
        return read(decoded(raw, kind))
    except BROKEN as error:
        return _unreadable(place.body_with(raw), error)


def _people(raws: Raws) -> list[payloads.Contact]:
    people = []
    for raw in raws:
        try:
            people.append(decoded(raw, payloads.Contact))
        except BROKEN:
            # Only a name is lost: the message carries the addresses itself.
            continue
    return people


def _person(item: payloads.Message, people: Sequence[payloads.Contact]) -> payloads.Contact | None:
    """Join by user id first, then by phone; never by position."""
    for person in people:
        if item.from_user_id and person.user_id == item.from_user_id:
            return person
    for person in people:
        if item.phone and person.wa_id == item.phone:
            return person
    nameless = not item.phone and not item.from_user_id
    return people[0] if nameless and len(people) == 1 else None


def _phone(digits: str) -> PhoneNumber | None:
    plain = digits.removeprefix("+")
    return PhoneNumber(f"+{plain}") if plain.isascii() and plain.isdigit() else None


def _words(error: payloads.GraphError) -> str:
    details = error.error_data.details if error.error_data else ""
    return ": ".join(filter(None, (error.title or error.message, details)))[:300]


def _billable(pricing: payloads.Pricing) -> bool | None:
    """Prefer `type`, which stays when `billable` is dropped (reference §1.9)."""
    return pricing.type == "regular" if pricing.type else pricing.billable


def _unreadable(body: bytes, error: Exception) -> inbound.Unreadable:
    return inbound.Unreadable(raw=body, reason=str(error)[:200])


def _body(*, entry: object = None, change: object = None) -> bytes:
    """Return a body with one entry, or with one change."""
    return msgspec.json.encode({"entry": [entry or {"changes": [change]}]})
