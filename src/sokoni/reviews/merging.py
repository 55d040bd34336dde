"""Two contacts turned out to be one person: their deals and reviews become one person's."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.kit.ids import ContactId
from sokoni.reviews.models import Deal, Report, Review


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Move everything; nobody deals with themselves, or rates themselves."""
    # First: what they said of each other would become two ratings of one deal by one person.
    both = (gone, kept)
    oneself = (Deal.provider_id.in_(both), Deal.customer_id.in_(both))
    deals = list(await connection.scalars(select(Deal.id).where(*oneself)))
    if deals:
        await connection.execute(delete(Review).where(Review.deal_id.in_(deals)))
        await connection.execute(delete(Deal).where(Deal.id.in_(deals)))
    for column in (
        *(Deal.provider_id, Deal.customer_id),
        *(Review.rater_id, Review.rated_id),
        *(Report.about_id, Report.reporter_id),
    ):
        moving = update(column.class_).where(column == gone)
        await connection.execute(moving.values({column.key: kept}))
