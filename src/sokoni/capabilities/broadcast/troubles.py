"""What makes a broadcast stop by itself: a provider that lets it be known that it had better."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Row, Select, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.broadcast.lines import approved
from sokoni.capabilities.broadcast.models import Broadcast, Recipient
from sokoni.capabilities.broadcast.numbers import PAUSED, Numbers, stuck_on
from sokoni.capabilities.broadcast.rule import PASSING, Reason
from sokoni.capabilities.broadcast.settings import BroadcastSettings
from sokoni.channels.errors import OptedOutError, TemplateUnusableError, ThrottledError
from sokoni.messaging.models import Message, MessageState, Purpose, Template

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
_LATELY: Final = timedelta(hours=1)
_UNLOVED: Final = "RED"
"""What WhatsApp calls a template that contacts block the number for."""
_TELLING: Final = (
    "send_refused 131049",  # the contact gets too much marketing: ours is not read
    "send_refused 130472",  # an experiment of Meta's
    OptedOutError.code,
    TemplateUnusableError.code,
)
"""Failures that say something of the number, the template or what is said."""


PROBING: Final = timedelta(minutes=2)
"""So long after staff had it go on, a paused number is asked whether it sends again."""
_SPAM: Final = "131048"
"""Contacts block the number, or report it: Meta lets it send no more for now."""


async def trouble(
    session: AsyncConnection | AsyncSession,
    row: AnyRow | Broadcast,
    numbers: Numbers,
    resumed_at: datetime | None,
) -> str:
    """Return why the broadcast had better stop, by a code; "" where nothing is wrong.

    What went wrong before staff had it go on does not count.
    """
    settings, now = numbers.settings, numbers.now
    purpose = row.content.get("template", "")
    if purpose and needs_template(row.proof_counts):
        mine = (Template.merchant_id == row.merchant_id, Template.purpose == purpose)
        if not (await approved(session, row.merchant_id, purpose, now)).known:
            return "template_not_approved"
        bad = select(Template.id).where(*mine, Template.quality == _UNLOVED).limit(1)
        if await session.scalar(bad) is not None:
            return "template_quality"
    stuck = await stuck_on(session, row.id, numbers)
    if stuck and not (stuck.startswith(PAUSED) and is_probing(resumed_at, now)):
        return stuck
    if await session.scalar(_reported_as_spam(row)):
        return f"{ThrottledError.code} {_SPAM}"
    since = max(now - _LATELY, resumed_at or now - _LATELY)
    return await _failures(session, row, settings, since)


def needs_template(counts: Mapping[str, int]) -> bool:
    """Tell whether some were to get it: otherwise the rule leaves out whoever would need one."""
    if counts.get(Reason.TEMPLATE):
        return True
    waiting = any(counts.get(one) for one in PASSING)
    return waiting and not counts.get(Reason.TEMPLATE_NOT_APPROVED)


def is_probing(resumed_at: datetime | None, now: datetime) -> bool:
    return resumed_at is not None and now < resumed_at + PROBING


def _reported_as_spam(row: AnyRow | Broadcast) -> Select[bool]:
    waiting = exists().where(
        Message.merchant_id == row.merchant_id,
        Message.purpose == Purpose.CAMPAIGN,
        Message.state == MessageState.WAITING.value,
        Message.error.startswith(ThrottledError.code),
        Message.error.contains(_SPAM),
    )
    return select(waiting)


async def _failures(
    session: AsyncConnection | AsyncSession,
    row: AnyRow | Broadcast,
    settings: BroadcastSettings,
    since: datetime,
) -> str:
    telling = or_(*(Recipient.error.startswith(code) for code in _TELLING))
    failed = await session.execute(
        select(Recipient.error, func.count().label("times"))
        .where(Recipient.broadcast_id == row.id, Recipient.failed_at >= since, telling)
        .group_by(Recipient.error)
        .order_by(func.count().desc(), Recipient.error)
    )
    counts = failed.all()
    total = sum(one.times for one in counts)
    if total < settings.stop_after:
        return ""
    said = select(func.count()).where(Recipient.broadcast_id == row.id, Recipient.said_at >= since)
    lately = await session.scalar(said) or 0
    return counts[0].error if total * 100 >= lately * settings.stop_percent else ""
