"""Rating whom one made a deal with, and the deals that may be rated."""

from typing import ClassVar

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.settings import NAME, MarketplaceSettings
from sokoni.capabilities.marketplace.wording import buyer_named, seller_named
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form
from sokoni.dialogue.rating import RatingFlow
from sokoni.messaging.prompts import Choice, Prompt


class RateFlow(RatingFlow):
    """Rates the other side of a deal."""

    name: ClassVar[str] = "marketplace.rate"

    @property
    @override
    def days(self) -> tuple[int, int]:
        settings = self._context.merchant.settings(NAME, MarketplaceSettings)
        return settings.review_days, settings.ring_days


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
