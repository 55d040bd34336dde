"""Bookings: asked for on behalf of users, read, moved on by either side."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from sokoni.capabilities.booking.api.providers import NamedProvider, provider_named
from sokoni.capabilities.booking.api.said import FIELDS, BookingNamed, BookingSaid, StatusSaid
from sokoni.capabilities.booking.api.shown import BookingShown, Showing
from sokoni.capabilities.booking.desk import Desk
from sokoni.capabilities.booking.flows.answer import MoveFlow, MoveForm
from sokoni.capabilities.booking.flows.book import BookFlow, BookForm
from sokoni.capabilities.booking.flows.mine import CancelOneFlow, CancelOneForm
from sokoni.capabilities.booking.machine import STEPS, Move, Party, Step
from sokoni.capabilities.booking.models import Booking, BookingId
from sokoni.kit.ids import ContactId
from sokoni.web.behalf import Changing, FormRefusedError, contact_named, filled, on_behalf_of
from sokoni.web.contacts import find_contact_named, id_in
from sokoni.web.fields import ContactNamed
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, Wanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Agent
from sokoni.web.problems import Mistake, MistakenError

router = APIRouter(prefix="/bookings")
_SIDES: Final = {"user": Party.CUSTOMER, "provider": Party.PROVIDER}


class BookingStandsError(MistakenError):
    """It cannot become so from how it stands, which is said under `status`."""

    code = "booking_moved"


class SideMissingError(MistakenError):
    """Both sides may do this: it must be said which one does."""

    code = "side_missing"
    http_status = 422


@router.get("")
async def bookings(
    principal: Agent, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[BookingShown]:
    """Return all bookings, in the order in which they were made."""
    return await _page(Showing(principal, parts, session), wanted)


@router.get("/user/{phone_number}")
async def bookings_of_user(
    phone_number: ContactNamed,
    principal: Agent,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
) -> Page[BookingShown]:
    """Return what a user booked, in the order in which they did."""
    who = await find_contact_named(session, parts.vault, principal.merchant, phone_number)
    return await _page(Showing(principal, parts, session), wanted, who, Party.CUSTOMER)


@router.get("/provider/{provider}")
async def bookings_of_provider(
    provider: NamedProvider,
    principal: Agent,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
) -> Page[BookingShown]:
    """Return what a provider was asked for, in the order in which they were."""
    found = await provider_named(session, parts, principal, provider)
    showing = Showing(principal, parts, session)
    return await _page(showing, wanted, found.contact_id, Party.PROVIDER)


@router.get("/{booking}")
async def one_booking(
    booking: BookingNamed, principal: Agent, parts: Parts, session: Reading
) -> BookingShown:
    """Return one booking by its reference or id."""
    showing = Showing(principal, parts, session)
    return await showing.booking(await _get(showing, booking))


@router.post("", status_code=HTTPStatus.CREATED)
async def ask(said: BookingSaid, change: Changing, once: OnlyOnce) -> BookingShown:
    """Ask a provider for a job on behalf of a user, as if they had said yes to it.

    Both are told. The time is held until the provider answers, or until `answer_by`.
    """

    async def act() -> BookingShown:
        user_id = await contact_named(change, said.user_number)
        provider = await provider_named(
            change.session, change.parts, change.principal, said.provider_number
        )
        try:
            async with on_behalf_of(change, user_id) as context:
                flow = BookFlow(context)
                known = said.known(change, provider.reference)
                booking = await flow.ask(await filled(flow, BookForm, known))
                Desk(context).pass_back(booking)
        except FormRefusedError as refused:
            raise refused.named(FIELDS) from refused
        return await Showing.of(change).booking(booking)

    return await once.do(change, BookingShown, act)


@router.put("/{booking}/status")
async def move(
    booking: BookingNamed, said: StatusSaid, change: Changing, once: OnlyOnce
) -> BookingShown:
    """Accept, decline, cancel or end a booking for one of its sides; both are told.

    409 says under `status` how it stands where that is no longer possible.
    """

    async def act() -> BookingShown:
        showing = Showing.of(change)
        found = await _get(showing, booking)
        (step, by), before = _wanted(found, said), found.version
        who = found.customer_id if by is Party.CUSTOMER else found.doer_id
        async with on_behalf_of(change, who) as context:
            if step.move is Move.CANCEL:
                form = CancelOneForm(booking=found.id, reason=said.reason)
                await CancelOneFlow(context).complete(form)
            else:
                await MoveFlow(context).complete(MoveForm(booking=found.id, how=step.move))
            moved = await showing.book.get(found.id)
            if moved.version == before:
                raise _stands(moved, step)
            Desk(context).pass_back(moved)
        return await showing.booking(moved)

    return await once.do(change, BookingShown, act)


def _wanted(booking: Booking, said: StatusSaid) -> tuple[Step, Party]:
    """Return the way to how it is to stand, and whose it is to go."""
    by = _SIDES.get(said.by or "")
    steps = (one for one in STEPS if (one.source, one.target) == (booking.status, said.status))
    for step in steps:
        sides = {
            one
            for one in step.by - {Party.TIME}
            if not (step.not_proposer and booking.proposed_by == one)
        }
        if by in sides:
            return step, by
        if by is None and len(sides) == 1:
            return step, sides.pop()
        if by is None and step.move is Move.COMPLETE:
            return step, Party.PROVIDER
        if by is None and sides:
            raise SideMissingError([Mistake(where="by", problem="missing")])
    raise _stands(booking)


def _stands(booking: Booking, step: Step | None = None) -> BookingStandsError:
    """Return how it stands, and where it is its time that forbids the step, which that must be."""
    mistakes = [Mistake(where="status", problem=booking.status)]
    if step is not None and step.source == booking.status:
        mistakes.append(Mistake(where="date_time", problem=step.when))
    return BookingStandsError(mistakes)


async def _get(showing: Showing, said: str) -> Booking:
    if (booking_id := id_in(said)) is not None:
        return await showing.book.get(BookingId(booking_id))
    return await showing.book.get_quoted(said)


async def _page(
    showing: Showing,
    wanted: Wanted,
    contact_id: ContactId | None = None,
    side: Party | None = None,
) -> Page[BookingShown]:
    after = None if wanted.after is None else BookingId(wanted.after)
    found = await showing.book.page(
        contact_id=contact_id, side=side, after=after, limit=wanted.one_more
    )
    return page_of(await showing.bookings(found), wanted, lambda one: one, lambda one: one.id)
