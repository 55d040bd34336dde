"""Rating whom one dealt with, by stars and a few words: what capabilities have in common."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec
from annotated_types import Ge, Le
from typing_extensions import override

from sokoni.dialogue.flow import AtOnce, Outcome, SimpleFlow, TurnContext
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.language.readers.number import NumberReader
from sokoni.language.readers.text import TextReader
from sokoni.messaging.prompts import Choice, Prompt, SetSlots
from sokoni.reviews.models import DealId, Report, Review
from sokoni.reviews.ratings import Ratings, ReviewRefusedError
from sokoni.reviews.reports import Reports
from sokoni.reviews.rings import Rings

_LONGEST: Final = 300
_STARS: Final = range(1, 6)


class RateForm(Form):
    """Rate somebody whom one dealt with."""

    deal: Annotated[UUID, Slot(early=False, editable=False)]
    stars: Annotated[int, NumberReader(), Ge(1), Le(5), Slot(early=False)]
    text: Annotated[
        str, TextReader(longest=_LONGEST), Slot(asked=True, early=False, freely=())
    ] = ""


class RatingFlow(AtOnce, SimpleFlow):
    """Keeps what one side of a deal says of the other; saying it again changes it.

    The wording is that of the capability's task: `<task>.done`, `.changed`, `.gone`.
    """

    name: ClassVar[str]
    form: ClassVar[type[RateForm]] = RateForm

    def __init__(self, context: TurnContext) -> None:
        self._context = context
        scope = (context.session, context.vault, context.merchant.id, context.now)
        self._ratings, self._rings, self._reports = Ratings(*scope), Rings(*scope), Reports(*scope)

    @property
    @abstractmethod
    def days(self) -> tuple[int, int]:
        """For how many days a rating may be changed, and is looked at for rings."""

    async def counted(self, review: Review, ring: Report | None) -> None:
        """Have the review count where the capability keeps count; a ring's do not."""

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        # In this order a typed number is its own place in the list.
        return tuple(_stars(number) for number in _STARS) if slot == "stars" else ()

    async def complete(self, form: RateForm) -> Outcome:
        context = self._context
        changed_for, watched_for = self.days
        try:
            review, new = await self._ratings.give(
                DealId(form.deal), context.person.id, form.stars, form.text, days=changed_for
            )
        except ReviewRefusedError:
            return Outcome(Prompt(f"{self.name}.gone"))
        ring = await self._rings.watch(review, days=watched_for)
        if ring is not None:
            await tell_staff_of(context, self._reports, ring)
        await self.counted(review, ring)
        if not new:
            return Outcome(Prompt(f"{self.name}.changed"))
        return Outcome(Prompt(f"{self.name}.done", {"days": changed_for}))


def _stars(number: int) -> Choice:
    command = SetSlots({"stars": msgspec.Raw(str(number).encode())})
    return Choice(f"stars{number}", command=command)
