"""What broadcasts keep of one contact: shown, moved to who they turned out to be, forgotten."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Select, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.broadcast.models import Broadcast, Recipient, State, Step
from sokoni.capabilities.broadcast.rule import Reason
from sokoni.capabilities.broadcast.settings import NAME, BroadcastSettings
from sokoni.db.exporting import exported
from sokoni.dialogue.keeping import AT_ONCE, Kept, batch
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.events import TellTo

_HIDDEN: Final = frozenset({"merchant_id", "contact_id", "event_id", "account_id"})
_OVER: Final = (State.DONE.value, State.STOPPED.value)
_RECIPIENTS: Final = cast("Table", Recipient.__table__)
_R: Final = _RECIPIENTS.c


async def export(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Mapping[str, Any]:
    """Return which broadcasts the contact was meant for, and what came of it."""
    theirs = {"broadcasts": select(Recipient).where(Recipient.contact_id == contact_id)}
    return await exported(session, merchant_id, theirs, _HIDDEN)


async def erase_contact(
    connection: AsyncConnection,
    merchant_id: MerchantId,
    contact_id: ContactId,
    now: datetime,  # noqa: ARG001
) -> Sequence[TellTo]:
    """Forget that they were ever meant; what was counted goes with them."""
    theirs = (_R.merchant_id == merchant_id, _R.contact_id == contact_id)
    await connection.execute(delete(_RECIPIENTS).where(*theirs))
    return ()


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Have one person be meant once: what waits for the second time is a duplicate."""
    known = select(_R.broadcast_id, _R.proof_number, _R.step).where(_R.contact_id == kept)
    had = {row[:2]: row.step for row in await connection.execute(known)}
    coming = select(_R.id, _R.broadcast_id, _R.proof_number, _R.step).where(_R.contact_id == gone)
    for row in (await connection.execute(coming.order_by(_R.id))).all():
        there = had.get((row.broadcast_id, row.proof_number))
        if there is None:
            await _write(connection, _R.id == row.id, contact_id=kept)
        elif row.step != Step.SAID:
            await connection.execute(delete(_RECIPIENTS).where(_R.id == row.id))
        elif there != Step.SAID:
            theirs = (
                _R.broadcast_id == row.broadcast_id,
                _R.proof_number == row.proof_number,
                _R.contact_id == kept,
            )
            again = {"step": Step.LEFT_OUT.value, "verdict": Reason.DUPLICATE.value}
            await connection.execute(update(_RECIPIENTS).where(*theirs).values(again))


async def drop_recipients(
    connection: AsyncConnection, merchant_id: MerchantId, before: datetime
) -> int:
    """Delete who was written to by broadcasts that ended before the time."""
    old = select(Broadcast.id).where(
        Broadcast.merchant_id == merchant_id,
        Broadcast.state.in_(_OVER),
        Broadcast.ended_at < before,
    )
    theirs = select(_R.id).where(_R.broadcast_id.in_(old)).limit(AT_ONCE)
    ids = (await connection.scalars(theirs)).all()
    if ids:
        await connection.execute(delete(_RECIPIENTS).where(_R.id.in_(ids)))
    return len(ids)


def _days(merchant: MerchantProfile) -> int:
    return merchant.settings(NAME, BroadcastSettings).keep_days


def needed(merchant_id: MerchantId, before: datetime) -> Sequence[Select[Any]]:  # noqa: ARG001
    """Select whom a broadcast that is not over is meant for."""
    running = select(Broadcast.id).where(
        Broadcast.merchant_id == merchant_id, Broadcast.state.not_in(_OVER)
    )
    return [select(_R.contact_id).where(_R.broadcast_id.in_(running))]


KEEPS: Final = (Kept(setting=f"{NAME}.keep_days", days=_days, let_go=batch(drop_recipients)),)


async def _write(connection: AsyncConnection, which: Any, **values: object) -> None:  # noqa: ANN401
    await connection.execute(update(_RECIPIENTS).where(which).values(**values))
