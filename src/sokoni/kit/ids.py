"""Id types that more than one room needs; a noun's own id lives in its slice."""

import secrets
from typing import Final, NewType
from uuid import UUID

import uuid_utils.compat

MerchantId = NewType("MerchantId", UUID)
AccountId = NewType("AccountId", UUID)
ContactId = NewType("ContactId", UUID)
ConversationId = NewType("ConversationId", UUID)
EventId = NewType("EventId", UUID)
OutboxId = NewType("OutboxId", UUID)
RequestId = NewType("RequestId", UUID)
ProviderMessageId = NewType("ProviderMessageId", str)
PhoneNumber = NewType("PhoneNumber", str)
"""E.164 with its plus."""

# No I, L, O or U: read aloud and typed back without mistakes (Crockford's base 32).
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """Return a UUIDv7: unique, and sorted by the time it was made."""
    return uuid_utils.compat.uuid7()


def trace_of(event_id: EventId) -> str:
    """Return what every line logged for an event has in common, from webhook to sent reply."""
    return event_id.hex[-16:]


def new_reference(prefix: str, *, length: int = 6) -> str:
    """Return what people quote, such as `ORD-7K3M2Q5`: random, the last letter a check."""
    drawn = [secrets.randbelow(len(_LETTERS)) for _ in range(length)]
    return f"{prefix}-" + "".join(_LETTERS[digit] for digit in [*drawn, _check(drawn)])


def checks_out(letters: str) -> bool:
    """Tell whether these could be a reference's letters: the last one checks the others."""
    if not letters or any(letter not in _LETTERS for letter in letters):
        return False
    *drawn, check = (_LETTERS.index(letter) for letter in letters)
    return _check(drawn) == check


def _check(digits: list[int]) -> int:
    return sum((place + 1) * digit for place, digit in enumerate(digits)) % 31
