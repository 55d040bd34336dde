"""What makes a broadcast stop by itself: a provider that lets it be known that it had better."""

from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import Row, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.broadcast.lines import approved
from sokoni.capabilities.broadcast.models import Recipient
from sokoni.capabilities.broadcast.rule import Reason
from sokoni.capabilities.broadcast.settings import BroadcastSettings
from sokoni.channels.errors import OptedOutError, TemplateUnusableError
from sokoni.messaging.models import Template

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


async def trouble(
    connection: AsyncConnection, row: AnyRow, settings: BroadcastSettings, now: datetime
) -> str:
    """Return why the broadcast had better stop, by a code; "" where nothing is wrong."""
    purpose = row.content.get("template", "")
    # Where some were to get it: otherwise the rule leaves out whoever would need one.
    if purpose and row.proof_counts.get(Reason.TEMPLATE):
        mine = (Template.merchant_id == row.merchant_id, Template.purpose == purpose)
        if not (await approved(connection, row.merchant_id, purpose, now)).known:
            return "template_not_approved"
        bad = select(Template.id).where(*mine, Template.quality == _UNLOVED).limit(1)
        if await connection.scalar(bad) is not None:
            return "template_quality"
    return await _failures(connection, row, settings, now)


async def _failures(
    connection: AsyncConnection, row: AnyRow, settings: BroadcastSettings, now: datetime
) -> str:
    since = now - _LATELY
    telling = or_(*(Recipient.error.startswith(code) for code in _TELLING))
    failed = await connection.execute(
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
    lately = await connection.scalar(said) or 0
    return counts[0].error if total * 100 >= lately * settings.stop_percent else ""
