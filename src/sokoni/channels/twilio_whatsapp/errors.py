"""Twilio's refusals in our words, as data (reference/channels.md §5.6)."""

from collections.abc import Mapping
from typing import Final

import msgspec

from sokoni.channels import errors
from sokoni.channels.refusals import (
    DOWN,
    NOT_RENDERABLE,
    OPTED_OUT,
    REFUSED,
    TEMPLATE,
    THROTTLED,
    UNREACHABLE,
    Meaning,
    by_status,
    retry_after,
)
from sokoni.channels.twilio_whatsapp.payloads import Refusal
from sokoni.kit.http import Response

_MINUTE: Final = 60.0
_HOUR: Final = 3600.0

MEANINGS: Final[Mapping[int, Meaning]] = {
    # The whole number: an operator must mend it. 21609 is the address of our own webhook.
    **dict.fromkeys((20003, 21606, 21609, 63001, 63002, 63007, 63020, 63022), DOWN),
    **dict.fromkeys((63051, 63062), DOWN),
    # Too fast, or too much for today.
    **dict.fromkeys((20429, 63017, 63018), THROTTLED),
    **dict.fromkeys((21611, 30001), Meaning(errors.ThrottledError, wait=_MINUTE)),
    63038: Meaning(errors.ThrottledError, wait=_HOUR),
    # Passing trouble at WhatsApp, or with a file that it wanted to fetch.
    **dict.fromkeys(
        (63008, 63009, 63010, 63012, 63023), Meaning(errors.TemporarySendError, tries=3)
    ),
    **dict.fromkeys((63019, 63037), Meaning(errors.FileUnfetchedError, tries=1)),
    # This contact; 63015 has not joined the sandbox, 21408 lives where we may not write to.
    **dict.fromkeys((21211, 21408, 63003, 63015, 63024), UNREACHABLE),
    **dict.fromkeys((21610, 63014, 63033), OPTED_OUT),
    63016: Meaning(errors.ReplyWindowClosedError),
    # The form of this message; a file that WhatsApp does not want goes as its address.
    **dict.fromkeys((21617, 21620, 21656, 21658, 63021, 63034), NOT_RENDERABLE),
    **dict.fromkeys((63005, 63006, 63028, 63029, 63030), NOT_RENDERABLE),
    # The template, for everybody: another may pass. 21655 was deleted, or is another account's.
    **dict.fromkeys((21655, 63027, 63040, 63041), TEMPLATE),
    # This message for good: policy, experiments of Meta's, and our own webhook's faults.
    **dict.fromkeys((63013, 63026, 63031, 63032, 63049), REFUSED),
    **dict.fromkeys((11200, 11205, 12100, 12300), REFUSED),
}


def refusal(response: Response) -> errors.SendError:
    """Name a refusal by Twilio's code, or by its HTTP status where it carries none we know."""
    said = _read(response.body)
    meaning = MEANINGS.get(said.code) or by_status(response.status)
    code = str(said.code) if said.code else ""
    words = f"{response.status}/{code}: {said.message}"[:300]
    return meaning.error(words, code, retry_after(response))


def named(code: int) -> str:
    """Return our name for a code that came later, on a delivery status."""
    return MEANINGS.get(code, REFUSED).kind.code


def _read(body: bytes) -> Refusal:
    try:
        return msgspec.json.decode(body, type=Refusal, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Refusal()
