"""Events that we make ourselves, and the prompts that travel in them."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

import msgspec

from sokoni.kit.ids import AccountId, ContactId, EventId, MerchantId, RequestId
from sokoni.messaging.prompts import Prompt
from sokoni.payments.base import Report


class Timer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="timer"):
    """A time fell due. `name` says whose: `dialogue` or a capability's own."""

    name: str
    data: Mapping[str, str] = {}


class Tell(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="tell"):
    """Something one conversation's turn wants said to another contact (design §3, point 2)."""

    prompt: Prompt
    purpose: str
    """A `messaging.models.Purpose`."""
    capability: str = ""
    expires_after_hours: int = 0
    """Not said any more once it is so old; 0: never too old."""
    instead: Timer | None = None
    """What its handler says is said instead of the prompt, or nothing: much may have changed
    between the turn that tells and the one that says it."""
    lost: Timer | None = None
    """What its handler does where this cannot be said to the contact: they stopped messages, or
    cannot be reached. Whatever it returns is not said either."""


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="answer"):
    """What the outside world said to a request."""

    kind: str
    request_id: str
    outcome: str
    """done, failed or unknown."""
    data: msgspec.Raw = msgspec.Raw(b"null")


class StaffAct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="staff"):
    """A member of staff took over, gave back or wrote."""

    act: str
    """take, back or say."""
    staff: str = ""
    """Name or id of who did it, for the log."""
    text: str = ""


class Undelivered(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="undelivered"
):
    """A message of ours came to nothing, for a reason that concerns those after it too."""

    reason: str
    """`code` of the `channels.errors.SendError`."""
    made_at: datetime
    """When the message was made: what the contact wrote since speaks against the reason."""
    tell: Tell | None = None
    """What it said, where that was a tell: it is said again where another form may pass."""
    told_at: datetime | None = None


OwnEvent: TypeAlias = Tell | Timer | Answer | StaffAct | Undelivered | Report
"""`payments.base.Report`: what was said of a payment."""


class TellTo(msgspec.Struct, frozen=True, kw_only=True):
    """A tell and whom it is for; the worker turns it into an inbox row of their conversation."""

    contact_id: ContactId
    tell: Tell
    once: str
    """Said at most once per contact and key."""
    delay_seconds: float = 0
    event_id: EventId | None = None
    """Of the inbox row, where it is to be known by that; None: it is made when it is stored."""


class TellStaff(msgspec.Struct, frozen=True, kw_only=True):
    """Something that staff should know; everyone who answers contacts is told it once."""

    prompt: Prompt
    once: str


class AskFor(msgspec.Struct, frozen=True, kw_only=True):
    """Something a flow asks of the outside world; its answer comes back as an event."""

    request_id: RequestId
    kind: str
    """Whose performer does it."""
    payload: msgspec.Raw
    once: str
    """Asked at most once per conversation, kind and key."""
    delay_seconds: float = 0


class StaffNews(msgspec.Struct, frozen=True, kw_only=True):
    """Something that came up while nobody wrote, and that a merchant's staff should know."""

    merchant_id: MerchantId
    account_id: AccountId
    """On which number they are told."""
    told: TellStaff


class TimerFor(msgspec.Struct, frozen=True, kw_only=True):
    """A time that came for a contact while nobody wrote; it is theirs where they last wrote."""

    merchant_id: MerchantId
    contact_id: ContactId
    timer: Timer
    once: str
    """Falls due at most once per conversation and key."""


class TimerIn(msgspec.Struct, frozen=True, kw_only=True):
    """A timer of the turn's own conversation; the worker turns it into an inbox row."""

    timer: Timer
    once: str
    """Set at most once per conversation and key."""
    delay_seconds: float
