"""Opens an event's sealed payload as the type that its kind promises."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from sokoni.channels.inbound import AddressChange, Echo, Message, Notice, Preference
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.messaging.events import Answer, StaffAct, Tell, Timer, Undelivered
from sokoni.messaging.models import EventKind
from sokoni.messaging.turn_rows import WaitingEvent
from sokoni.payments.base import Report

PLACE: Final = "inbox.payload"

_DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    kind.value: msgspec.json.Decoder(type_)
    for kind, type_ in {
        EventKind.MESSAGE: Message,
        EventKind.ECHO: Echo,
        EventKind.ADDRESS_CHANGE: AddressChange,
        EventKind.PREFERENCE: Preference,
        EventKind.NOTICE: Notice,
        EventKind.TELL: Tell,
        EventKind.TIMER: Timer,
        EventKind.ANSWER: Answer,
        EventKind.STAFF: StaffAct,
        EventKind.UNDELIVERED: Undelivered,
        EventKind.PAYMENT: Report,
    }.items()
}

Happening = (
    Message
    | Echo
    | AddressChange
    | Preference
    | Notice
    | Tell
    | Timer
    | Answer
    | StaffAct
    | Undelivered
    | Report
)


class UndecodableError(Exception):
    """The payload is not what its kind promises: no retry will change that."""


def decoded(vault: Vault, event: WaitingEvent) -> Happening:
    """Return the event's payload, or raise `UndecodableError`."""
    try:
        opened = vault.open(PLACE, event.id, event.payload)
        happening: Happening = _DECODERS[event.kind].decode(opened)
    except (KeyUnknownError, TamperedError, KeyError, msgspec.DecodeError) as error:
        raise UndecodableError(f"{type(error).__name__}: {error}") from error
    return happening
