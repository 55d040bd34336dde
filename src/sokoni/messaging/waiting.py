"""When the next of each kind of row that waits falls due."""

from typing import Any, Final

from sqlalchemy import Select, func, literal_column, select

from sokoni.db.agenda import Times
from sokoni.messaging.models import (
    Conversation,
    EventKind,
    InboxEvent,
    Message,
    MessageState,
    Request,
)

# A constant, so that plans use the partial indexes of what waits.
_WAITS: Final = InboxEvent.state == literal_column("0")
_ASIDE: Final = InboxEvent.conversation_id.is_(None)
_KEPT: Final = Conversation.merged_into.is_(None)
_UNSENT: Final = (MessageState.WAITING.value, MessageState.SENDING.value)


def _of_kinds(*kinds: EventKind) -> Select[Any]:
    names = [kind.value for kind in kinds]
    return select(func.min(InboxEvent.due_at)).where(_WAITS, _ASIDE, InboxEvent.kind.in_(names))


TURNS: Final[Times] = (
    select(InboxEvent.due_at)
    .where(_WAITS, InboxEvent.conversation_id.is_not(None))
    .order_by(InboxEvent.due_at)
    .limit(1),
)
STATUSES: Final[Times] = (_of_kinds(EventKind.STATUS),)
NEWS: Final[Times] = (_of_kinds(EventKind.TEMPLATE, EventKind.ACCOUNT, EventKind.NUMBER),)
SENDS: Final[Times] = (select(func.min(Message.due_at)).where(Message.state.in_(_UNSENT)),)
REQUESTS: Final[Times] = (
    select(func.min(Request.due_at)).where(Request.state == "waiting"),
    select(func.min(Request.lease_until)).where(Request.state == "running"),
)
MOMENTS: Final[Times] = (
    select(Conversation.wake_at)
    .where(Conversation.wake_at.is_not(None), _KEPT)
    .order_by(Conversation.wake_at)
    .limit(1),
    select(Conversation.held_until)
    .where(Conversation.held_until.is_not(None), Conversation.holder == "person", _KEPT)
    .order_by(Conversation.held_until)
    .limit(1),
)
"""When a conversation's dialogue wants a timer event, and when a person gives one back."""
