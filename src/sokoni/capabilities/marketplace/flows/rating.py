"""Rating whom one made a deal with, by stars and a few words."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final
from uuid import UUID

import msgspec
from annotated_types import Ge, Le
from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.wording import buyer_named, seller_named
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.language.readers.number import NumberReader
from sokoni.language.readers.text import TextReader
from sokoni.messaging.prompts import Choice, Prompt, SetSlots, Worded
from sokoni.reviews.models import DealId
from sokoni.reviews.ratings import ReviewRefusedError

_LONGEST: Final = 300
_STARS: Final = (
    "marketplace.choice.very_bad",
    "marketplace.choice.bad",
    "marketplace.choice.so_so",
    "marketplace.choice.good",
    "marketplace.choice.very_good",
)
"""From one to five."""


class RateForm(Form):
    """Rate somebody whom one made a deal with."""

    deal: Annotated[UUID, Slot(early=False, editable=False)]
    stars: Annotated[int, NumberReader(), Ge(1), Le(5), Slot(early=False)]
    text: Annotated[
        str, TextReader(longest=_LONGEST), Slot(asked=True, early=False, freely=())
    ] = ""


class RateFlow(AtOnceFlow):
    """Keeps what one side of a deal says of the other; saying it again changes it."""

    name: ClassVar[str] = "marketplace.rate"
    form: ClassVar[type[RateForm]] = RateForm

    @override
    async def choices(self, slot: str, known: Known) -> Sequence[Choice]:
        # In this order a typed number is its own place in the list.
        return tuple(_stars(*one) for one in enumerate(_STARS, 1)) if slot == "stars" else ()

    async def complete(self, form: RateForm) -> Outcome:
        desk = self._desk
        days = desk.settings.review_days
        try:
            review, new = await desk.ratings.give(
                DealId(form.deal), desk.me, form.stars, form.text, days=days
            )
        except ReviewRefusedError:
            return Outcome(Prompt("marketplace.rate.gone"))
        ring = await desk.rings.watch(review, days=desk.settings.ring_days)
        if ring is not None:
            await tell_staff_of(desk.context, desk.reports, ring)
        if not new:
            return Outcome(Prompt("marketplace.rate.changed"))
        return Outcome(Prompt("marketplace.rate.done", {"days": days}))


def _stars(stars: int, label: str) -> Choice:
    command = SetSlots({"stars": msgspec.Raw(str(stars).encode())})
    return Choice(f"stars{stars}", Worded(label), command=command)


class MyDealsForm(Form):
    """See the deals one has made, to rate the other side."""


class MyDealsFlow(AtOnceFlow):
    """Shows deals, the newest first; picking one rates it."""

    name: ClassVar[str] = "marketplace.my_deals"
    form: ClassVar[type[MyDealsForm]] = MyDealsForm

    @override
    async def results(self, form: MyDealsForm, window: Window) -> Results:
        desk = self._desk
        deals = await desk.ratings.deals(desk.me, limit=window.limit, offset=window.offset)
        people = {one.provider_id for one in deals} | {one.customer_id for one in deals}
        names = await desk.directory.names_of(people)
        shown = []
        for deal in deals:
            bought = deal.customer_id == desk.me
            name = names.get(deal.provider_id if bought else deal.customer_id, "")
            other = seller_named(name) if bought else buyer_named(name)
            command = start("rate", {"deal": str(deal.id)})
            shown.append(Choice(deal.id.hex, deal.thing, other, command))
        return Results(Prompt("marketplace.my_deals.shown"), tuple(shown))

    async def complete(self, form: MyDealsForm) -> Outcome:  # noqa: ARG002
        return Outcome(Prompt("marketplace.my_deals.none"))
