"""Users, who book: read, made known, changed."""

from http import HTTPStatus

from fastapi import APIRouter

from sokoni.capabilities.booking.api.said import UserChange, UserSaid
from sokoni.capabilities.booking.api.shown import ProfileShown, Showing, UserShown
from sokoni.capabilities.booking.flows.introduce import (
    HomeFlow,
    HomeForm,
    IntroduceFlow,
    NameFlow,
    NameForm,
)
from sokoni.capabilities.booking.machine import Party
from sokoni.capabilities.booking.service.customers import Customers
from sokoni.capabilities.booking.wording import PRIVACY
from sokoni.contacts.consent import Agreed, agree, agrees
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId
from sokoni.web.behalf import Change, Changing, contact_named, on_behalf_of
from sokoni.web.contacts import find_contact_named
from sokoni.web.fields import ContactNamed
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.places import place_at
from sokoni.web.principal import Agent

router = APIRouter(prefix="/users")
_LATEST = 20


class UserUnknownError(AppError):
    """Nobody of this number or id has booked or introduced themselves."""

    code = "user_unknown"
    http_status = 404


class UserKnownError(AppError):
    """They are one already: change them."""

    code = "user_known"


@router.get("")
async def users(
    principal: Agent, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[UserShown]:
    """Return who books, in the order in which they came."""
    customers = Customers(session, parts.vault, principal.merchant_id, parts.clock())
    found = await customers.page(after=wanted.after, limit=wanted.one_more)
    shown = await Showing(principal, parts, session).users(found)
    pairs = list(zip(found, shown, strict=True))
    return page_of(pairs, wanted, lambda pair: pair[1], lambda pair: pair[0].id)


@router.post("", status_code=HTTPStatus.CREATED)
async def make_known(said: UserSaid, change: Changing, once: OnlyOnce) -> UserShown:
    """Make somebody known as a user, as if they had introduced themselves."""

    async def act() -> UserShown:
        contact_id = await contact_named(change, said.phone_number)
        if await _customers(change).find(contact_id) is not None:
            raise UserKnownError(str(contact_id))
        return await _tell(change, contact_id, said)

    return await once.do(change, UserShown, act)


@router.get("/{phone_number}")
async def user(
    phone_number: ContactNamed, principal: Agent, parts: Parts, session: Reading
) -> ProfileShown:
    """Return one user with their latest bookings; all are at `/bookings/user/{phone_number}`."""
    contact_id = await find_contact_named(session, parts.vault, principal.merchant, phone_number)
    customers = Customers(session, parts.vault, principal.merchant_id, parts.clock())
    customer = await customers.find(contact_id)
    if customer is None:
        raise UserUnknownError(phone_number)
    showing = Showing(principal, parts, session)
    latest = await showing.book.mine(contact_id, side=Party.CUSTOMER, limit=_LATEST)
    shown = (await showing.users([customer]))[0]
    return ProfileShown(**dict(shown), bookings=await showing.bookings(latest))


@router.put("/{phone_number}")
async def revise(phone_number: ContactNamed, said: UserChange, change: Changing) -> UserShown:
    """Change a user's name or place, or what they agree to; bookings stay where they are."""
    contact_id = await find_contact_named(
        change.session, change.parts.vault, change.principal.merchant, phone_number
    )
    if await _customers(change).find(contact_id) is None:
        raise UserUnknownError(phone_number)
    return await _tell(change, contact_id, said)


async def _tell(change: Change, contact_id: ContactId, said: UserSaid | UserChange) -> UserShown:
    """Take what is said as if the contact had said it."""
    async with on_behalf_of(change, contact_id) as context:
        if said.name:
            await NameFlow(context).complete(NameForm(name=said.name))
        if said.location:
            place, street = place_at(change.principal, change.parts, said.location)
            await HomeFlow(context).complete(HomeForm(place=place, address=street))
        if said.agreed_privacy_policy is not None:
            await _agree(change, contact_id, given=said.agreed_privacy_policy)
            known = await IntroduceFlow(context).prefill()
            introduced = said.agreed_privacy_policy and {"name", "place"} <= known.keys()
            await _customers(change).is_introduced(contact_id, introduced=introduced)
    customer = await _customers(change).find(contact_id)
    if customer is None:
        raise UserUnknownError(str(contact_id))
    return (await Showing.of(change).users([customer]))[0]


async def _agree(change: Change, contact_id: ContactId, *, given: bool) -> None:
    merchant_id = change.principal.merchant_id
    if given is await agrees(change.session, merchant_id, contact_id, PRIVACY):
        return
    agreed = Agreed(
        merchant_id=merchant_id,
        contact_id=contact_id,
        purpose=PRIVACY,
        wording="",
        at=change.now,
        given=given,
        source="api",
    )
    await agree(change.session, change.parts.vault, agreed)


def _customers(change: Change) -> Customers:
    scope = (change.session, change.parts.vault, change.principal.merchant_id)
    return Customers(*scope, change.now)
