"""Listings: seeing one, and seeing one's own."""

from typing import Annotated, ClassVar

from typing_extensions import override

from sokoni.capabilities.marketplace.desk import start
from sokoni.capabilities.marketplace.flows.kinds import AtOnceFlow
from sokoni.capabilities.marketplace.flows.own import GONE, choices_of, nothing, words_of
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import seller_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Form
from sokoni.language.readers.reference import ReferenceReader
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded


class ListingForm(Form):
    """Look at one listing."""

    listing: Annotated[str, ReferenceReader()]


class ShowListingFlow(AtOnceFlow):
    """Shows a buyer the way to the seller, and the seller the ways to change the listing."""

    name: ClassVar[str] = "marketplace.show_listing"
    form: ClassVar[type[ListingForm]] = ListingForm

    async def complete(self, form: ListingForm) -> Outcome:
        offer = await self._desk.listings.find_for(self._desk.me, form.listing)
        if offer is None:
            return Outcome(GONE)
        if offer.contact_id == self._desk.me:
            return Outcome(await self._mine(offer))
        seller = seller_of(self._desk.context.vault, offer)
        contact = start("contact", {"listing": offer.reference})
        choice = Choice(
            "contact", Worded("marketplace.choice.contact"), command=contact, means="yes"
        )
        profile = start("profile", {"listing": offer.reference})
        about = Choice("about", Worded("marketplace.choice.about"), command=profile)
        reporting = start("report_one", {"listing": offer.reference})
        report = Choice("report", Worded("marketplace.choice.report"), command=reporting)
        photo = await self._photo(offer)
        told: Params = {"seller": seller, **words_of(offer)}
        choices = (choice, about, report)
        return Outcome(Prompt("marketplace.show_listing.theirs", told, choices, image_url=photo))

    async def _mine(self, offer: Offer) -> Prompt:
        known = {"listing": offer.reference}
        price, withdraw = start("set_price", known), start("withdraw_one", known)
        sold = start("sold_one", known)
        choices: tuple[Choice, ...] = (
            Choice("sold", Worded("marketplace.choice.sold"), command=sold),
            Choice("price", Worded("marketplace.choice.price"), command=price),
            Choice("withdraw", Worded("marketplace.choice.withdraw"), command=withdraw),
        )
        if await self._desk.introductions.waiting_for(offer.id, limit=1):
            label = Worded("marketplace.choice.buyers")
            choices += (Choice("buyers", label, command=start("my_buyers")),)
        photo = await self._photo(offer)
        return Prompt("marketplace.show_listing.mine", words_of(offer), choices, image_url=photo)

    async def _photo(self, offer: Offer) -> str:
        """Return where the listing's photo is, "" where there is none, or it was erased."""
        photo = await self._desk.photos.find(offer.photo_id)
        return "" if photo is None else self._desk.context.file_url(photo)


class MineForm(Form):
    """See what one has listed."""


class MyListingsFlow(AtOnceFlow):
    """Shows what the contact has up."""

    name: ClassVar[str] = "marketplace.my_listings"
    form: ClassVar[type[MineForm]] = MineForm

    @override
    async def results(self, form: MineForm, window: Window) -> Results:
        me, listings = self._desk.me, self._desk.listings
        offers = await listings.of(me, limit=window.limit, offset=window.offset)
        shown = choices_of(offers, "show_listing", {})
        return Results(Prompt("marketplace.my_listings.shown"), shown)

    async def complete(self, form: MineForm) -> Outcome:  # noqa: ARG002
        return Outcome(nothing())
