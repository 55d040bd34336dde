"""Keeps what channels say of templates: whether they may be sent, and how contacts take them."""

from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Row, Table, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.channels.inbound import TemplateNews
from sokoni.db.session import rows_changed
from sokoni.kit.ids import MerchantId
from sokoni.kit.text import clean
from sokoni.messaging.models import Template
from sokoni.messaging.templates import SENDABLE

_TEMPLATES: Final = cast("Table", Template.__table__)
_T: Final = _TEMPLATES.c


@dataclass(frozen=True, slots=True)
class StoppedTemplate:
    """A template that may not be sent any more."""

    name: str
    language: str
    why: str


async def keep_template_news(
    connection: AsyncConnection, merchant_id: MerchantId, channel: str, news: TemplateNews
) -> StoppedTemplate | None:
    """Write it over the rows that stand for this template; return it where it was stopped.

    News that is older than what is known changes nothing: webhooks come in any order.
    """
    theirs = (
        _T.merchant_id == merchant_id,
        _T.channel == channel,
        _T.name == news.name,
        _T.code == news.language,
    )
    found = select(_T.id, _T.approval).where(*theirs).order_by(_T.id).with_for_update()
    rows = (await connection.execute(found)).all()
    known = {
        name: clean(value)[:length]
        for name, value, length in (
            ("quality", news.quality, 16),
            ("category", news.category, 24),
        )
        if value
    }
    if known and rows:
        await connection.execute(update(_TEMPLATES).where(*theirs).values(known))
    stopped = [row for row in rows if await _judged(connection, row, news)]
    if not stopped:
        return None
    why = ": ".join(part for part in (news.approval, news.reason) if part)
    return StoppedTemplate(news.name, news.language, clean(why)[:300])


async def _judged(
    connection: AsyncConnection, row: Row[*tuple[Any, ...]], news: TemplateNews
) -> bool:
    """Write the approval; tell whether it was sendable and is no more."""
    if not news.approval:
        return False
    older = or_(_T.judged_at.is_(None), _T.judged_at <= news.at)
    values = {"approval": clean(news.approval)[:24], "reason": _reason(news), "judged_at": news.at}
    judged = update(_TEMPLATES).where(_T.id == row.id, older).values(values)
    if not await rows_changed(connection, judged):
        return False
    return row.approval in SENDABLE and news.approval not in SENDABLE


def _reason(news: TemplateNews) -> str:
    return "" if news.approval in SENDABLE else clean(news.reason)[:300]
