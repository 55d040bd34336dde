"""Buy requests, for programs: read, kept for a contact, closed."""

from fastapi import APIRouter

from sokoni.capabilities.marketplace.api.said import Reference, WishSaid
from sokoni.capabilities.marketplace.api.shown import BuyRequestShown
from sokoni.capabilities.marketplace.desk import Desk
from sokoni.capabilities.marketplace.flows.alert import send_wave
from sokoni.capabilities.marketplace.flows.buy import BuyFlow, BuyForm
from sokoni.capabilities.marketplace.models import BuyRequest, BuyRequestId
from sokoni.capabilities.marketplace.service.buy_requests import BuyRequests
from sokoni.errors import AppError
from sokoni.web.behalf import Changing, contact_named, filled, on_behalf_of
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Reader

router = APIRouter(prefix="/buy_requests")


class BuyRequestUnknownError(AppError):
    """No open request has this reference."""

    code = "buy_request_unknown"
    http_status = 404


@router.get("")
async def buy_requests(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[BuyRequestShown]:
    """Return what buyers look for and nobody offers yet, oldest first."""
    service = BuyRequests(session, principal.merchant_id, parts.clock())
    after = None if wanted.after is None else BuyRequestId(wanted.after)
    requests = await service.page(after=after, limit=wanted.one_more)
    return page_of(requests, wanted, BuyRequestShown.of, lambda one: one.id)


@router.get("/{reference}")
async def buy_request(
    reference: Reference, principal: Reader, parts: Parts, session: Reading
) -> BuyRequestShown:
    """Return one request by what people quote."""
    service = BuyRequests(session, principal.merchant_id, parts.clock())
    return BuyRequestShown.of(await _get(service, reference))


@router.post("", status_code=201)
async def keep(said: WishSaid, change: Changing, once: OnlyOnce) -> BuyRequestShown:
    """Keep what a contact looks for, and have sellers asked where that is wanted.

    The same wish of the same contact is renewed, not doubled.
    """

    async def act() -> BuyRequestShown:
        contact_id = await contact_named(change, said.contact)
        async with on_behalf_of(change, contact_id) as context:
            flow = BuyFlow(context)
            request = await flow.keep(await filled(flow, BuyForm, said.known(change)))
            if said.ask_sellers:
                await send_wave(Desk(context), request)
        # As the database keeps it: digits and all.
        await change.session.refresh(request)
        return BuyRequestShown.of(request)

    return await once.do(change, BuyRequestShown, act)


@router.delete("/{reference}", status_code=204)
async def close(reference: Reference, change: Changing) -> None:
    """Look for it no more."""
    service = BuyRequests(change.session, change.principal.merchant_id, change.now)
    request = await _get(service, reference)
    await service.close(request.contact_id, request.reference)


async def _get(service: BuyRequests, reference: str) -> BuyRequest:
    request = await service.find(reference)
    if request is None:
        raise BuyRequestUnknownError(reference)
    return request
