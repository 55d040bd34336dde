"""The contact's own listings: which one is meant, and how it is shown."""

from collections.abc import Mapping
from typing import Final, Protocol

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import price_of, what_of
from sokoni.dialogue.flow import Outcome
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

GONE: Final = Prompt("marketplace.listing.gone")


class Meant(Protocol):
    """What a contact says of the listing they mean: its reference, the thing, or neither."""

    @property
    def listing(self) -> str: ...
    @property
    def thing(self) -> str: ...


async def choose(
    desk: Desk,
    said: Meant,
    asking: str,
    task: str,
    known: Mapping[str, object],
) -> Outcome:
    """Go on with the one listing that is meant, or ask which."""
    if said.listing:
        return Outcome(then=start(task, {**known, "listing": said.listing}))
    offers = _meant(await desk.listings.of(desk.me), said.thing)
    if not offers:
        return Outcome(nothing())
    if len(offers) == 1:
        return Outcome(then=start(task, {**known, "listing": offers[0].reference}))
    return Outcome(which(f"marketplace.{asking}.which", offers, task, known))


def _meant(offers: list[Offer], thing: str) -> list[Offer]:
    """Return the offers of the thing named, or all where none is."""
    wanted = set(meaning_of(thing).required) if thing else set()
    return [offer for offer in offers if wanted <= set(meaning_of(offer.thing).tokens)] or offers


def which(key: str, offers: list[Offer], task: str, known: Mapping[str, object]) -> Prompt:
    choices = tuple(
        Choice(
            offer.reference,
            what_of(offer),
            Worded(
                "marketplace.offer.own", {"price": price_of(offer), "reference": offer.reference}
            ),
            start(task, {**known, "listing": offer.reference}),
        )
        for offer in offers
    )
    return Prompt(key, {}, choices)


def nothing() -> Prompt:
    sell = Choice("sell", Worded("menu.marketplace.sell"), command=start("sell"))
    return Prompt("marketplace.my_listings.none", {}, (sell,))


async def own_offer(desk: Desk, reference: str) -> Offer | None:
    offer = await desk.listings.find(reference)
    return offer if offer is not None and offer.contact_id == desk.me else None


def words_of(offer: Offer) -> Params:
    return {
        "what": what_of(offer),
        "price": price_of(offer),
        "place": offer.place_name,
        "reference": offer.reference,
    }
