"""Withdrawing a listing."""

from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.marketplace.flows.meeting import listing_gone, tell_buyer
from sokoni.capabilities.marketplace.flows.own import GONE, Next, own_offer, words_of
from sokoni.capabilities.marketplace.reading import ReferenceReader, TradedThingReader
from sokoni.capabilities.marketplace.service.listings import ListingGoneError
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import seller_named, what_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.messaging.prompts import Prompt

_NEXT: Final = Next("withdraw_one", "marketplace.withdraw.which")


class WithdrawForm(Form):
    """Take a listing down."""

    listing: Annotated[str, ReferenceReader()] = ""
    thing: Annotated[str, TradedThingReader()] = ""


class WithdrawFlow(AtOnceFlow):
    """Finds out which listing is meant; the next task takes it down."""

    name: ClassVar[str] = "marketplace.withdraw"
    form: ClassVar[type[WithdrawForm]] = WithdrawForm

    @override
    async def results(self, form: WithdrawForm, window: Window) -> Results | None:
        return await _NEXT.which(self._desk, form, window)

    async def complete(self, form: WithdrawForm) -> Outcome:
        return _NEXT.begin(form)


class OneForm(Form):
    """Take down this listing."""

    listing: Annotated[str, Slot(early=False, editable=False)]


class WithdrawOneFlow(DeskFlow):
    """Takes a listing down on yes."""

    name: ClassVar[str] = "marketplace.withdraw_one"
    form: ClassVar[type[OneForm]] = OneForm

    async def summary(self, form: OneForm) -> Prompt | None:
        offer = await own_offer(self._desk, form.listing)
        return None if offer is None else Prompt("marketplace.withdraw.summary", words_of(offer))

    async def complete(self, form: OneForm) -> Outcome:
        offer = await own_offer(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        try:
            await self._desk.listings.withdraw(self._desk.me, offer)
        except ListingGoneError:
            return Outcome(GONE)
        await self._tell_who_asked(offer)
        return Outcome(Prompt("marketplace.withdraw.done", {"what": what_of(offer)}))

    async def _tell_who_asked(self, offer: Offer) -> None:
        """Tell buyers who wait for an answer; those beyond the cap hear it when it would come."""
        introductions = self._desk.introductions
        cap = self._desk.settings.match_cap
        gone = listing_gone(offer.thing, seller_named(self._desk.my_name))
        for asked in await introductions.waiting_for(offer.id, limit=cap):
            if await introductions.let_go(asked.id):
                tell_buyer(self._desk, asked, gone)
