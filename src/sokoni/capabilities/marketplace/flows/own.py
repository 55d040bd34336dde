"""The contact's own listings: which one is meant, and how it is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from sokoni.capabilities.marketplace.desk import Desk, start
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import price_of, what_of
from sokoni.dialogue.flow import Outcome, Results, Window
from sokoni.dialogue.form import Known
from sokoni.messaging.prompts import Choice, Params, Prompt, Worded

GONE: Final = Prompt("marketplace.listing.gone")


class Meant(Protocol):
    """What a contact says of the listing they mean: its reference, the thing, or neither."""

    @property
    def listing(self) -> str: ...
    @property
    def thing(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Next:
    """What is done with the listing that is meant: the task that does it, and how to ask which."""

    task: str
    key: str
    known: Mapping[str, object] = field(default_factory=dict)

    async def which(self, desk: Desk, said: Meant, window: Window) -> Results | None:
        """Return the listings that may be meant, where none was named by its reference."""
        if said.listing:
            return None
        tokens = await _named(desk, said.thing)
        offers = await desk.listings.of(desk.me, tokens, limit=window.limit, offset=window.offset)
        return Results(Prompt(self.key), choices_of(offers, self.task, self.known), sole=True)

    def begin(self, said: Meant) -> Outcome:
        """Go on with the listing that was named; without one, there is none to choose from."""
        if not said.listing:
            return Outcome(nothing())
        return Outcome(then=start(self.task, {**self.known, "listing": said.listing}))


async def _named(desk: Desk, thing: str) -> Sequence[str]:
    """Return what the listings meant have in common, nothing where none is of that thing."""
    tokens = meaning_of(thing).required if thing else ()
    return tokens if tokens and await desk.listings.of(desk.me, tokens, limit=1) else ()


def choices_of(
    offers: Sequence[Offer], task: str, known: Mapping[str, object], *, slot: str = "listing"
) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            offer.reference,
            what_of(offer),
            Worded(
                "marketplace.offer.own", {"price": price_of(offer), "reference": offer.reference}
            ),
            start(task, {**known, slot: offer.reference}),
        )
        for offer in offers
    )


def nothing() -> Prompt:
    sell = Choice("sell", Worded("menu.marketplace.sell"), command=start("sell"))
    return Prompt("marketplace.my_listings.none", {}, (sell,))


async def own_offer(desk: Desk, reference: str) -> Offer | None:
    offer = await desk.listings.find(reference)
    return offer if offer is not None and offer.contact_id == desk.me else None


async def gone(desk: Desk, known: Known) -> Prompt | None:
    """Say that the contact has no such listing any more, None while they have."""
    return None if await own_offer(desk, known["listing"]) else GONE


def words_of(offer: Offer) -> Params:
    return {
        "what": what_of(offer),
        "price": price_of(offer),
        "place": offer.place_name,
        "reference": offer.reference,
    }
