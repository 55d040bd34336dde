"""Meta's refusals in our words, as data (reference/channels.md §2.10 and §2.11)."""

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
    TEMPORARY,
    THROTTLED,
    UNKNOWN,
    UNREACHABLE,
    Meaning,
    by_status,
    retry_after,
)
from sokoni.channels.whatsapp_cloud.payloads import GraphError, Refusal
from sokoni.kit.http import Response

_HOUR: Final = 3600.0

MEANINGS: Final[Mapping[int, Meaning]] = {
    # The whole number: an operator must mend it.
    **dict.fromkeys((0, 3, 10, 33, 190, 368, *range(200, 300)), DOWN),
    **dict.fromkeys((131005, 131031, 131037, 131042, 131045), DOWN),
    **dict.fromkeys((133000, 133005, 133006, 133008, 133009, 133010, 133015), DOWN),
    # Too fast.
    **dict.fromkeys((4, 80007, 130429), THROTTLED),
    131048: Meaning(errors.ThrottledError, wait=_HOUR),
    131057: Meaning(errors.ThrottledError, wait=60),
    133016: Meaning(errors.ThrottledError, wait=_HOUR),
    # The wait grows as 4^n with each try, which only delivery can count.
    131056: Meaning(errors.ContactThrottledError),
    # Passing trouble.
    **dict.fromkeys((1, 2, 131016, 133004, 139102), TEMPORARY),
    131053: Meaning(errors.FileUnfetchedError, tries=2),
    135000: Meaning(errors.TemporarySendError, tries=1),
    131000: UNKNOWN,
    # This contact.
    **dict.fromkeys((130403, 131021, 131026, 131030), UNREACHABLE),
    131050: OPTED_OUT,
    131047: Meaning(errors.ReplyWindowClosedError),
    # The form of this message.
    **dict.fromkeys((100, 131008, 131009, 131051), NOT_RENDERABLE),
    **dict.fromkeys((132068, 132069), NOT_RENDERABLE),
    # The template, for everybody: another may pass.
    **dict.fromkeys((132001, 132015, 132016), TEMPLATE),
    # This message for good: policy, templates, media of the contact, calls, payments.
    **dict.fromkeys((130472, 130497, 131049, 131052, 131055, 131060, 131062, 131063), REFUSED),
    **dict.fromkeys((131064, 134011, 134100, 134101, 134102, 137000), REFUSED),
    **dict.fromkeys((132000, 132005, 132007, 132008, 132012, 132018), REFUSED),
    **dict.fromkeys((*range(138000, 139005), 139100, 139101, 139103), REFUSED),
    **dict.fromkeys((*range(147001, 147006), 2388019, 2388040, 2388047), REFUSED),
    **dict.fromkeys((2388072, 2388073, 2388293, 2388299), REFUSED),
}


def refusal(response: Response) -> errors.SendError:
    """Name a refusal by Meta's code, or by its HTTP status where it carries none we know."""
    error = _read(response.body)
    meaning = MEANINGS.get(error.code) if error else None
    meaning = meaning or by_status(response.status)
    code = str(error.code) if error else ""
    return meaning.error(_summary(response.status, error), code, retry_after(response))


def said_by(response: Response) -> str:
    """Return what Meta says is wrong, where nobody acts on its code."""
    return _summary(response.status, _read(response.body))


def named(code: int) -> str:
    """Return our name for a code that came later, on a delivery status."""
    return MEANINGS.get(code, REFUSED).kind.code


def _read(body: bytes) -> GraphError | None:
    try:
        return msgspec.json.decode(body, type=Refusal, strict=False).error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _summary(status: int, error: GraphError | None) -> str:
    if error is None:
        return f"HTTP {status} without an error of the Graph API"
    details = error.error_data.details if error.error_data else ""
    return " ".join(filter(None, (f"{status}/{error.code}: {error.message}", details)))[:300]
