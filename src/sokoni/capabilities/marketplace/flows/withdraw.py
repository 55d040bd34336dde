"""Withdrawing a listing."""

from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow, DeskFlow
from sokoni.capabilities.marketplace.flows.meeting import let_go
from sokoni.capabilities.marketplace.flows.own import GONE, Next, gone, own_offer, words_of
from sokoni.capabilities.marketplace.flows.pay_asked import drop_for
from sokoni.capabilities.marketplace.reading import TradedThingReader
from sokoni.capabilities.marketplace.service.listings import ListingGoneError
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import what_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form, Known, Slot
from sokoni.language.readers.reference import ReferenceReader
from sokoni.messaging.prompts import Prompt

_NEXT: Final = Next("withdraw_one", "marketplace.withdraw.which")


class WithdrawForm(Form):
    """Take a listing down."""

    listing: Annotated[str, ReferenceReader()] = ""
    thing: Annotated[str, TradedThingReader(), Slot(item=True)] = ""


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

    @override
    async def over(self, known: Known) -> Prompt | None:
        return await gone(self._desk, known)

    async def summary(self, form: OneForm) -> Prompt | None:
        offer = await own_offer(self._desk, form.listing)
        return None if offer is None else Prompt("marketplace.withdraw.summary", words_of(offer))

    async def complete(self, form: OneForm) -> Outcome:
        offer = await own_offer(self._desk, form.listing)
        if offer is None:
            return Outcome(GONE)
        try:
            await self.take_down(offer)
        except ListingGoneError:
            return Outcome(GONE)
        return Outcome(Prompt("marketplace.withdraw.done", {"what": what_of(offer)}))

    async def take_down(self, offer: Offer) -> None:
        """Withdraw it and have those told who asked for it, or raise `ListingGoneError`."""
        await self._desk.listings.withdraw(self._desk.me, offer)
        await let_go(self._desk, offer)
        await drop_for(self._desk, offer.id)
