"""An inbound item as a row of the inbox: its kind, its key, its payload, cleaned."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from sokoni.channels.inbound import (
    AccountNews,
    AddressChange,
    Echo,
    Inbound,
    Message,
    Notice,
    NumberNews,
    Preference,
    Status,
    TemplateNews,
    Unreadable,
)
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, ConversationId, EventId, MerchantId, new_id
from sokoni.kit.text import clean
from sokoni.messaging.decoding import PLACE
from sokoni.messaging.events import Answer, OwnEvent, StaffAct, Tell, Timer, Undelivered
from sokoni.messaging.models import EventKind, EventState
from sokoni.payments.base import Report

LONGEST: Final = 65_536
"""Characters of one text that are kept; no channel lets a person type as many."""
_KEY_LENGTH: Final = 191
_ERROR_LENGTH: Final = 500
# What `clean` would change, as JSON writes it.
_SUSPECT: Final = re.compile(rb"\\[ubf]|\x7f|\xef\xbb\xbf")

_OWN: Final[Mapping[type[OwnEvent | AddressChange | TemplateNews], EventKind]] = {
    AddressChange: EventKind.ADDRESS_CHANGE,
    Answer: EventKind.ANSWER,
    Report: EventKind.PAYMENT,
    StaffAct: EventKind.STAFF,
    Tell: EventKind.TELL,
    TemplateNews: EventKind.TEMPLATE,
    Timer: EventKind.TIMER,
    Undelivered: EventKind.UNDELIVERED,
}

Item = TypeVar("Item", bound=Inbound)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of an item."""

    kind: EventKind
    key: str
    payload: bytes
    state: EventState = EventState.WAITING
    error: str = ""


class Where(NamedTuple):
    """Whose event it is, and when it came and falls due."""

    merchant_id: MerchantId
    account_id: AccountId
    conversation_id: ConversationId | None
    received_at: datetime
    due_at: datetime


def new_event_id() -> EventId:
    return EventId(new_id())


def row(
    vault: Vault, what: Kept, where: Where, event_id: EventId | None = None
) -> dict[str, object]:
    """Return the inbox row, its payload sealed."""
    event_id = event_id or new_event_id()
    return {
        "id": event_id,
        **where._asdict(),
        "kind": what.kind.value,
        "key": what.key,
        "payload": vault.seal(PLACE, event_id, what.payload),
        "state": int(what.state),
        "attempts": 0,
        "error": what.error,
        # What no turn will handle is over at once, and goes when its time has passed.
        "handled_at": where.received_at if what.state is EventState.IGNORED else None,
    }


def kept_own(event: OwnEvent | AddressChange | TemplateNews, key: str) -> Kept:
    """Return what to store of an event that we make ourselves."""
    return Kept(_OWN[type(event)], fitting(key), msgspec.json.encode(event))


def kept(item: Inbound) -> Kept:
    """Return what to store of an item, whatever it is."""
    if isinstance(item, Unreadable):
        return unreadable(item.raw, item.reason, item.once)
    payload = _payload(item)
    kind, name, state = _named(item)
    return Kept(kind, fitting(name or f"{kind}:{_digest(payload)}"), payload, state)


def unreadable(raw: bytes, reason: str, once: str = "") -> Kept:
    """Return what to store of bytes that nobody could read: all of them, under their hash."""
    error = clean(reason)[:_ERROR_LENGTH]
    key = fitting(f"unreadable:{once or _digest(raw)}")
    return Kept(EventKind.UNREADABLE, key, raw, EventState.UNREADABLE, error)


def fitting(key: str) -> str:
    """Return the key, or its hash where a column would not hold it exactly as it is."""
    # MariaDB takes no notice of spaces at the end.
    if len(key) <= _KEY_LENGTH and key == clean(key).strip():
        return key
    return f"sha256:{_digest(key.encode(errors='surrogatepass'))}"


def _named(  # noqa: C901, PLR0911 -- one per kind
    item: Inbound,
) -> tuple[EventKind, str, EventState]:
    waiting = EventState.WAITING
    match item:
        case Message(provider_id=name):
            return EventKind.MESSAGE, name, waiting
        case Status(provider_id=name, status=status):
            return EventKind.STATUS, f"status:{name}:{status}", waiting
        case Echo(provider_id=name):
            return EventKind.ECHO, name and f"echo:{name}", waiting
        case AddressChange(provider_id=name):
            return EventKind.ADDRESS_CHANGE, name and f"address:{name}", waiting
        case Preference(provider_id=name):
            return EventKind.PREFERENCE, name and f"preference:{name}", waiting
        case TemplateNews(provider_id=name):
            return EventKind.TEMPLATE, name and f"template:{name}", waiting
        case AccountNews(provider_id=name):
            return EventKind.ACCOUNT, name and f"account:{name}", waiting
        case NumberNews(provider_id=name):
            return EventKind.NUMBER, name and f"number:{name}", waiting
        case Notice(provider_id=name, field=about):
            # Staff read them; no turn has anything to do with them.
            return EventKind.NOTICE, name and f"notice:{about}:{name}", EventState.IGNORED
        case Unreadable():
            return EventKind.UNREADABLE, "", EventState.UNREADABLE


def _payload(item: Inbound) -> bytes:
    try:
        payload = msgspec.json.encode(item)
    except UnicodeEncodeError:
        return msgspec.json.encode(cleaned(item))
    if len(payload) > LONGEST or _SUSPECT.search(payload):
        return msgspec.json.encode(cleaned(item))
    return payload


def cleaned(item: Item) -> Item:
    """Return the item with every text in it safe to keep and of a sane length."""
    changed = {
        name: _clean(value)
        for name in item.__struct_fields__
        if (value := getattr(item, name)) is not None
    }
    return msgspec.structs.replace(item, **changed)


def _clean(value: Any) -> Any:  # noqa: ANN401 -- any field of an item
    if isinstance(value, str):
        return type(value)(clean(value)[:LONGEST])
    if isinstance(value, tuple):
        return tuple(_clean(part) for part in value)
    if isinstance(value, msgspec.Struct):
        return cleaned(value)  # type: ignore[type-var]
    return value


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
