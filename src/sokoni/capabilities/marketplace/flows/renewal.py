"""Keeping listings fresh: asking whether they are still for sale, and renewing them."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.flows.goods import refusal
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.own import GONE, choices_of, nothing, words_of
from sokoni.capabilities.marketplace.models import ListingState
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.reading import TradedThingReader
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import what_of
from sokoni.dialogue.flow import Outcome, Results, TurnContext, Window
from sokoni.dialogue.form import Form, Slot
from sokoni.language.readers.reference import ReferenceReader
from sokoni.messaging.events import Timer
from sokoni.messaging.prompts import Choice, Instant, Lines, Prompt, Worded

RENEWAL: Final = "marketplace.renewal"


class RenewForm(Form):
    """Have a listing shown for longer."""

    listing: Annotated[str, ReferenceReader()] = ""
    thing: Annotated[str, TradedThingReader()] = ""
    singly: Annotated[bool, Slot(early=False, editable=False)] = False
    """Each is asked about, because some may be sold."""


class RenewFlow(AtOnceFlow):
    """Finds out which listing is meant; one that ran out may be renewed as well."""

    name: ClassVar[str] = "marketplace.renew"
    form: ClassVar[type[RenewForm]] = RenewForm

    @override
    async def results(self, form: RenewForm, window: Window) -> Results | None:
        named = (form.listing.upper(),) if form.listing else ()
        offers = await self._desk.freshness.renewable(self._desk.me, *named)
        of_that = _of_thing(offers, form.thing) or offers
        prompt = Prompt("marketplace.renew.which")
        if form.singly:
            return Results(prompt, window.of(choices_of(of_that, "still_for_sale", {})))
        choices = choices_of(of_that, "renew_these", {}, slot="listings")
        return Results(prompt, window.of(choices), sole=True)

    async def complete(self, form: RenewForm) -> Outcome:
        return Outcome(GONE if form.listing else nothing())


class TheseForm(Form):
    """Have these listings shown for longer."""

    listings: Annotated[str, Slot(early=False, editable=False)]
    """Their references."""


class RenewTheseFlow(AtOnceFlow):
    """Renews listings, whether they ran out or not."""

    name: ClassVar[str] = "marketplace.renew_these"
    form: ClassVar[type[TheseForm]] = TheseForm

    async def complete(self, form: TheseForm) -> Outcome:
        desk = self._desk
        offers = await desk.freshness.renewable(desk.me, *form.listings.split())
        refusals = {one.id: refusal(one.thing, desk) for one in offers}
        renewed = await desk.freshness.renew(
            desk.me,
            [one for one in offers if refusals[one.id] is None],
            days=desk.settings.listing_days,
            ask_days=desk.settings.renew_days,
        )
        said = [_renewed(renewed, desk.settings.listing_days)] if renewed else []
        said += [refused for refused in refusals.values() if refused is not None]
        return Outcome(_together(said) if said else GONE)


class StillForm(Form):
    """Say whether a listing is still for sale."""

    listing: Annotated[str, Slot(early=False, editable=False)]


class StillForSaleFlow(AtOnceFlow):
    """Asks about one of several listings."""

    name: ClassVar[str] = "marketplace.still_for_sale"
    form: ClassVar[type[StillForm]] = StillForm

    async def complete(self, form: StillForm) -> Outcome:
        offers = await self._desk.freshness.renewable(self._desk.me, form.listing)
        if not offers:
            return Outcome(GONE)
        over = offers[0].state == ListingState.EXPIRED
        return Outcome(_over(offers) if over else _still(offers))


def _renewed(offers: Sequence[Offer], days: int) -> Prompt:
    if len(offers) == 1:
        return Prompt("marketplace.renew.done", {"what": what_of(offers[0]), "count": days})
    return Prompt("marketplace.renew.done_many", {"number": len(offers), "count": days})


def _together(said: Sequence[Prompt]) -> Prompt:
    """Say several things in one message."""
    if len(said) == 1:
        return said[0]
    each = tuple(Worded(one.key, one.params) for one in said)
    return Prompt("marketplace.renew.each", {"said": Lines(each)})


async def remind(context: TurnContext, timer: Timer) -> Prompt | None:  # noqa: ARG001
    """Ask about what is about to end, and say what has ended: all of it in one message."""
    desk = Desk(context)
    over = await desk.freshness.run_out(desk.me)
    days = desk.settings.renew_days
    ending = await desk.freshness.ask(desk.me, days=days) if days else []
    if ending:
        return _still([*over, *ending])
    return _over(over) if over else None


def _still(offers: Sequence[Offer]) -> Prompt:
    """Ask whether these are still for sale."""
    day = Instant(max(one.expires_at for one in offers).isoformat(), "day")
    if len(offers) > 1:
        words = {**_listed(offers), "day": day}
        return Prompt("marketplace.renewal.ask_many", words, _of_many(offers))
    known = {"listing": offers[0].reference}
    sold, withdraw = start("sold_one", known), start("withdraw_one", known)
    choices = (
        _renew(offers, "marketplace.choice.still"),
        Choice("is_sold", Worded("marketplace.choice.is_sold"), command=sold),
        Choice("withdraw", Worded("marketplace.choice.withdraw"), command=withdraw, means="no"),
    )
    return Prompt("marketplace.renewal.ask", {**words_of(offers[0]), "day": day}, choices)


def _over(offers: Sequence[Offer]) -> Prompt:
    """Say that these are not shown any more, and how they would be."""
    if len(offers) > 1:
        return Prompt("marketplace.renewal.over_many", _listed(offers), _of_many(offers))
    return Prompt(
        "marketplace.renewal.over",
        words_of(offers[0]),
        (_renew(offers, "marketplace.choice.renew"),),
    )


def _of_many(offers: Sequence[Offer]) -> tuple[Choice, ...]:
    singly = start("renew", {"singly": True})
    return (
        _renew(offers, "marketplace.choice.renew_all"),
        Choice("singly", Worded("marketplace.choice.singly"), command=singly),
    )


def _renew(offers: Sequence[Offer], label: str) -> Choice:
    these = start("renew_these", {"listings": " ".join(one.reference for one in offers)})
    return Choice(label.rpartition(".")[2], Worded(label), command=these, means="yes")


def _listed(offers: Sequence[Offer]) -> dict[str, int | Lines]:
    return {"number": len(offers), "things": Lines(tuple(what_of(one) for one in offers))}


def _of_thing(offers: Sequence[Offer], thing: str) -> list[Offer]:
    wanted = set(meaning_of(thing).required) if thing else set()
    return [one for one in offers if wanted and wanted <= set(meaning_of(one.thing).tokens)]
