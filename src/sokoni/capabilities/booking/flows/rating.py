"""Rating the other side of a booking once it is done."""

from typing import ClassVar

from typing_extensions import override

from sokoni.capabilities.booking.service.ratings import rate_anew
from sokoni.capabilities.booking.settings import NAME, BookingSettings
from sokoni.dialogue.rating import RatingFlow
from sokoni.reviews.models import Report, Review


class RateFlow(RatingFlow):
    """What is said of a provider ranks them."""

    name: ClassVar[str] = "booking.rate"

    @property
    @override
    def days(self) -> tuple[int, int]:
        settings = self._context.merchant.settings(NAME, BookingSettings)
        return settings.review_days, settings.ring_days

    @override
    async def counted(self, review: Review, ring: Report | None) -> None:
        people = {review.rated_id}
        if ring is not None:
            people |= (await self._reports.people_of([ring]))[ring.id]
        context = self._context
        await rate_anew(context.session, context.merchant.id, people)
