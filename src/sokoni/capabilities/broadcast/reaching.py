"""How far the messages of broadcasts got, and who answered them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias, cast
from uuid import UUID

from sqlalchemy import Row, Table, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.broadcast.models import Recipient, RecipientId, Step
from sokoni.db.base import UtcDateTime
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.manifest import Reply
from sokoni.kit.ids import OutboxId
from sokoni.kit.text import clean
from sokoni.messaging.models import Message, MessageState
from sokoni.messaging.prompts import Push
from sokoni.messaging.statuses import Reached

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
_RECIPIENTS: Final = cast("Table", Recipient.__table__)
_R: Final = _RECIPIENTS.c
_WHOSE: Final = (
    select(Message.id.label("message_id"), Message.state, Recipient.id)
    .join(Recipient, Recipient.event_id == Message.event_id)
    .where(Message.id.in_(bindparam("ids", expanding=True)))
)
_COLUMNS: Final[Mapping[int, str]] = {
    MessageState.TAKEN: "sent_at",
    MessageState.SENT: "sent_at",
    MessageState.DELIVERED: "delivered_at",
    MessageState.READ: "read_at",
    MessageState.FAILED: "failed_at",
}
_TIMES: Final = ("sent_at", "delivered_at", "read_at", "failed_at")
_NEWEST: Final = {
    # What was known first stays: statuses come again, and in any order.
    name: func.coalesce(_R[name], bindparam(f"b_{name}", type_=UtcDateTime()))
    for name in _TIMES
}
_ARRIVED: Final = or_(_NEWEST["delivered_at"].is_not(None), _NEWEST["read_at"].is_not(None))
_ERROR: Final = func.coalesce(func.nullif(_R.error, ""), bindparam("b_error"))
_NOTE: Final = (
    update(_RECIPIENTS)
    .where(_R.id == bindparam("b_id"))
    .values(
        {
            **_NEWEST,
            # What arrived has not failed, whatever was said before.
            "failed_at": case((_ARRIVED, None), else_=_NEWEST["failed_at"]),
            "error": case((_ARRIVED, ""), else_=_ERROR),
        }
    )
)
_AGAIN: Final = (
    update(_RECIPIENTS)
    .where(_R.id == bindparam("b_id"))
    .values(sent_at=None, failed_at=None, error="")
)


async def reached(connection: AsyncConnection, news: Sequence[Reached], now: datetime) -> None:  # noqa: ARG001
    """Note how far messages got that are of broadcasts, in the transaction that writes it."""
    told: dict[OutboxId, list[Reached]] = defaultdict(list)
    for one in news:
        if one.state in _COLUMNS:
            told[one.message_id].append(one)
    if not told:
        return
    # In one order, so that two workers never wait crosswise.
    rows = sorted((await connection.execute(_WHOSE, {"ids": list(told)})).all(), key=_id)
    again = [row for row in rows if _goes_again(row, told[row.message_id])]
    notes = [_note(row.id, told[row.message_id]) for row in rows if row not in again]
    if again:
        await connection.execute(_AGAIN, [{"b_id": row.id} for row in again])
    if notes:
        await connection.execute(_NOTE, notes)


def _goes_again(row: AnyRow, news: Sequence[Reached]) -> bool:
    """Tell whether it failed for a reason that passes: then it waits to be sent once more."""
    failed = any(one.state == MessageState.FAILED for one in news)
    return failed and row.state == MessageState.WAITING


async def answered(context: TurnContext, push: Push, reply: Reply) -> None:
    """Note that a recipient answered, and what they tapped: the first time of each."""
    recipient = await _meant(context, push, reply)
    mine = (Recipient.merchant_id == context.merchant.id, Recipient.id == recipient)
    noted: dict[str, Any] = {"replied_at": func.coalesce(Recipient.replied_at, context.now)}
    if reply.tapped:
        noted |= {
            "clicked_at": func.coalesce(Recipient.clicked_at, context.now),
            "clicked": func.coalesce(func.nullif(Recipient.clicked, ""), reply.tapped[:40]),
        }
    # Who was put back has seen nothing that they could answer.
    noting = update(Recipient).where(*mine, Recipient.step == Step.SAID).values(noted)
    await context.session.execute(noting.execution_options(synchronize_session=False))


async def _meant(context: TurnContext, push: Push, reply: Reply) -> UUID:
    """Return the recipient's row of the broadcast that they say they answer, else the last."""
    if reply.reply_to:
        found: UUID | None = await context.session.scalar(
            select(Recipient.id)
            .join(Message, Message.event_id == Recipient.event_id)
            .where(
                Recipient.merchant_id == context.merchant.id,
                Recipient.contact_id == context.person.id,
                Message.provider_id == reply.reply_to,
            )
            .limit(1)
        )
        if found is not None:
            return found
    return UUID(hex=push.data["recipient"])


def _note(recipient_id: RecipientId, news: Sequence[Reached]) -> dict[str, object]:
    """Return what is known of one message now: an arrival counts as sent, reading as arrival."""
    at: dict[str, datetime] = {}
    error = ""
    for one in sorted(news, key=lambda one: one.at):
        for name in _implied(one.state):
            at.setdefault(name, one.at)
        if one.state == MessageState.FAILED and not error:
            error = clean(f"{one.kind or 'failed'} {one.code}").strip()[:120]
    return {
        "b_id": recipient_id,
        "b_error": error,
        **{f"b_{name}": at.get(name) for name in _TIMES},
    }


def _implied(state: int) -> Sequence[str]:
    if state == MessageState.READ:
        return ("sent_at", "delivered_at", "read_at")
    return ("sent_at", "delivered_at") if state == MessageState.DELIVERED else (_COLUMNS[state],)


def _id(row: AnyRow) -> UUID:
    found: UUID = row.id
    return found
