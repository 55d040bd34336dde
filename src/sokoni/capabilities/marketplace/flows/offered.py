"""Offers for what a buyer looks for: the first at once, others side by side, enough close it."""

from collections.abc import Iterator, Sequence
from typing import Final

from sokoni.capabilities.marketplace.desk import Desk
from sokoni.capabilities.marketplace.flows.buy import by_seller
from sokoni.capabilities.marketplace.flows.ending import keep_looking
from sokoni.capabilities.marketplace.flows.matched import match_told, stop_looking
from sokoni.capabilities.marketplace.models import BuyRequest, RequestState
from sokoni.capabilities.marketplace.service.buy_requests import wished_place
from sokoni.capabilities.marketplace.service.distance import kilometres
from sokoni.capabilities.marketplace.service.offers import Offer
from sokoni.capabilities.marketplace.wording import price_of, seller_of, what_of
from sokoni.dialogue.flow import TurnContext
from sokoni.messaging.events import Timer
from sokoni.messaging.prompts import Choice, Lines, Params, Prompt, Worded

COMPARE: Final = "marketplace.compare"
_NEAR_KM: Final = 1.0


async def offered(context: TurnContext, timer: Timer) -> Prompt | None:
    """Note an offer that came, and say what there is to say now."""
    desk = Desk(context)
    request = await desk.request_offers.request(desk.me, timer.data["request"])
    offer = await desk.listings.find_for(desk.me, timer.data["listing"])
    if request is None or offer is None:
        return None
    before = {one.offer.id for one in await desk.request_offers.of(request)}
    if request.state == RequestState.FILLED:
        # What was told already is told again where the channel did not deliver it; no more is.
        return await _told(desk, request, enough=True) if offer.id in before else None
    await desk.request_offers.add(request, offer)
    await desk.alerts.answered(request.id, offer.contact_id)
    enough = len(before | {offer.id}) >= desk.settings.offers_enough
    if not enough and len(before - {offer.id}) > 0 and desk.settings.offers_pause_minutes:
        _gather(desk, request, offer)
        return None
    return await _told(desk, request, enough=enough)


async def compare(context: TurnContext, timer: Timer) -> Prompt | None:
    """Show what was gathered beside what was there, unless that was done meanwhile."""
    desk = Desk(context)
    request = await _mine(desk, timer)
    if request is None or all(one.shown for one in await desk.request_offers.of(request)):
        return None
    return await _told(desk, request, enough=False)


def _gather(desk: Desk, request: BuyRequest, offer: Offer) -> None:
    """Wait for others; each offer has a time of its own, so that none is ever forgotten."""
    desk.context.later(
        Timer(name=COMPARE, data={"request": request.reference}),
        once=f"compare:{request.id.hex}:{offer.id.hex}",
        delay_seconds=desk.settings.offers_pause_minutes * 60,
    )


async def _told(desk: Desk, request: BuyRequest, *, enough: bool) -> Prompt | None:
    offers = [one.offer for one in await desk.request_offers.of(request)]
    await desk.request_offers.show(request)
    if enough:
        await desk.request_offers.fill(request)
        last = keep_looking([request], "marketplace.choice.keep_looking")
        return _beside(desk, request, offers, ("marketplace.offers.enough", last))
    if len(offers) == 1:
        words: Params = {"wanted": request.thing, **_words(desk, offers[0])}
        return match_told(words, offers[0].reference, request.reference)
    last = stop_looking(request.reference)
    return _beside(desk, request, offers, ("marketplace.offers.told", last)) if offers else None


def _beside(
    desk: Desk, request: BuyRequest, offers: Sequence[Offer], said: tuple[str, Choice]
) -> Prompt:
    """Return the offers side by side: who, how much, for what, and how far away."""
    key, last = said
    sellers = [seller_of(desk.context.vault, one) for one in offers]
    told: Params = {
        "thing": request.thing,
        "number": len(offers),
        "offers": Lines(tuple(_lines(desk, request, offers))),
    }
    return Prompt(key, told, (*by_seller(sellers, offers), last))


def _lines(desk: Desk, request: BuyRequest, offers: Sequence[Offer]) -> Iterator[Worded]:
    here = wished_place(request, desk.context.merchant.country)
    for offer in offers:
        words = _words(desk, offer)
        far = kilometres(here, offer.latitude, offer.longitude) if here is not None else 0.0
        if far < _NEAR_KM:
            yield Worded("marketplace.offer.line", words)
        else:
            yield Worded("marketplace.offer.line_far", {**words, "km": round(far)})


def _words(desk: Desk, offer: Offer) -> Params:
    return {
        "seller": seller_of(desk.context.vault, offer),
        "what": what_of(offer),
        "place": offer.place_name,
        "price": price_of(offer),
    }


async def _mine(desk: Desk, timer: Timer) -> BuyRequest | None:
    request = await desk.requests.find(timer.data["request"])
    return request if request is not None and request.contact_id == desk.me else None
