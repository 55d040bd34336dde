"""Whose deals and reports are still open: they are not erased for being silent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from sokoni.kit.ids import MerchantId
from sokoni.reviews.models import Deal, DealState, Report, ReportState

_DECIDED = (ReportState.APPROVED, ReportState.REJECTED)


def needed(merchant_id: MerchantId, before: datetime) -> Sequence[Select[Any]]:
    """Select both sides of open deals, and whom staff have yet to decide about."""
    going_on = or_(Deal.state == DealState.OPEN, Deal.created_at >= before)
    sides: Sequence[Any] = (Deal.provider_id, Deal.customer_id)
    waiting = (Report.merchant_id == merchant_id, Report.state.not_in(_DECIDED))
    people: Sequence[Any] = (Report.reporter_id, Report.about_id)
    return [
        *(select(one).where(Deal.merchant_id == merchant_id, going_on) for one in sides),
        *(select(one).where(*waiting, one.is_not(None)) for one in people),
    ]
