"""What is left of an erased contact's deals and reviews: that somebody dealt, and no word."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import delete, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import ContactId
from sokoni.reviews.models import Deal, DealState, Report, ReportKind, Review

_DECIDED_STILL: Final = (ReportKind.REVIEW, ReportKind.RING)
"""Reviews of others may hang on these."""


async def erase_contact(connection: AsyncConnection, who: Collection[ContactId]) -> None:
    """Delete what others say of them, empty what they said; those they rated keep their stars."""
    either = or_(Deal.provider_id.in_(who), Deal.customer_id.in_(who))
    await connection.execute(delete(Deal).where(either, Deal.state == DealState.OPEN))
    # First: nobody rates over such a deal any more, and who is doing so is waited for.
    await _set(connection, Deal, either, thing="")
    await connection.execute(delete(Review).where(Review.rated_id.in_(who)))
    await _set(connection, Review, Review.rater_id.in_(who), text=None)
    about = Report.about_id.in_(who)
    await connection.execute(delete(Report).where(about, Report.kind.not_in(_DECIDED_STILL)))
    await _set(connection, Report, about, what="", text=None)
    await _set(connection, Report, Report.reporter_id.in_(who), reporter_id=None, text=None)


async def _set(connection: AsyncConnection, model: Any, which: Any, **values: Any) -> None:  # noqa: ANN401 -- any table
    await connection.execute(update(model).where(which).values(values))
