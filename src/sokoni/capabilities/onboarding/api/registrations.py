"""Registrations by the API: read, taken as a file, approved and rejected by staff."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse

from sokoni.capabilities.onboarding.api.shown import (
    RegistrationListed,
    RegistrationShown,
    Showing,
)
from sokoni.capabilities.onboarding.judging import RegistrationJudge
from sokoni.capabilities.onboarding.listing import HEAD, cells, row, slots_of, texts
from sokoni.capabilities.onboarding.models import Entry, State
from sokoni.capabilities.onboarding.service.book import RegistrationUnknownError
from sokoni.capabilities.onboarding.settings import NAME
from sokoni.contacts.directory import ContactDirectory
from sokoni.dialogue.judging import StaffReview
from sokoni.kit.spreadsheets import UTF8_MARK, csv_line
from sokoni.reviews.models import ReportState
from sokoni.reviews.reports import Verdict
from sokoni.web.contacts import id_in
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, Transaction, WebParts, Writing, reading_session
from sokoni.web.principal import Agent, Arbiter, Principal
from sokoni.web.problems import Mistake, MistakenError

router: Final = APIRouter(prefix="/registrations")
Named: TypeAlias = Annotated[
    str, Path(max_length=60, description="What people quote, MSME-7K3M2Q5, or the id")
]
_WORD: Final = r"^[a-z][a-z0-9_]{0,31}$"
_AT_ONCE: Final = 200
_WHOSE: Final = ("contact", "phone", "contact_name")
_CSV: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK.value: {
        "content": {"text/csv": {"schema": {"type": "string"}}},
        "description": "A line for each registration.",
    }
}


class RegistrationStandsError(MistakenError):
    """It cannot become so from how it stands, which is said under `state`."""

    code = "registration_moved"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which registrations are wanted; what is empty says nothing."""

    registration: str
    state: str
    step: str


async def _filter(
    registration: Annotated[
        str | None, Query(pattern=_WORD, description="Its name in the file")
    ] = None,
    state: Annotated[State | None, Query(description="Those that stand so")] = None,
    step: Annotated[
        str | None, Query(pattern=_WORD, description="Those that are at this step")
    ] = None,
) -> Filter:
    return Filter(registration or "", state or "", step or "")


Filtered = Annotated[Filter, Depends(_filter)]


@router.get("")
async def registrations(
    principal: Agent, parts: Parts, session: Reading, wanted: PageWanted, only: Filtered
) -> Page[RegistrationListed]:
    """Return registrations in the order in which they were begun, without their answers."""
    showing = Showing(principal, parts, session)
    found = await _page(showing, only, wanted.after, wanted.one_more)
    return page_of(await showing.listed(found), wanted, lambda one: one, lambda one: one.id)


@router.get("/export", response_class=StreamingResponse, responses=_CSV)
async def export(principal: Agent, parts: Parts, only: Filtered) -> StreamingResponse:
    """Return registrations with their answers as CSV: a column for every step of the file."""
    return StreamingResponse(
        _lines(parts, principal, only),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": "attachment; filename=registrations.csv"},
    )


@router.get("/{registration}")
async def one_registration(
    registration: Named, principal: Agent, parts: Parts, session: Reading
) -> RegistrationShown:
    """Return one registration by its reference or id, with its answers."""
    showing = Showing(principal, parts, session)
    return await showing.shown(await _get(showing, registration))


@router.post("/{registration}/approve")
async def approve(
    registration: Named, principal: Arbiter, parts: Parts, writing: Writing
) -> RegistrationShown:
    """Let it stand: the contact is told. 409 `registration_moved`: it does not wait for that."""
    of = (State.PENDING, State.REJECTED)
    return await _decide(parts, principal, writing, registration, ReportState.APPROVED, of)


@router.post("/{registration}/reject")
async def reject(
    registration: Named, principal: Arbiter, parts: Parts, writing: Writing
) -> RegistrationShown:
    """Refuse it, or undo it: the contact is told. 409 `registration_moved`: it is not there."""
    of = (State.PENDING, State.COMPLETED)
    return await _decide(parts, principal, writing, registration, ReportState.REJECTED, of)


async def _decide(
    parts: WebParts,
    principal: Principal,
    writing: Transaction,
    registration: str,
    verdict: Verdict,
    of: Collection[State],
) -> RegistrationShown:
    """Decide on what staff were asked, or on a report of their own where they were not."""
    showing = Showing(principal, parts, writing.session)
    entry = await _get(showing, registration)
    if entry.state not in of:
        raise RegistrationStandsError([Mistake(where="state", problem=entry.state)])
    review = StaffReview(
        inbox=parts.inbox,
        vault=parts.vault,
        clock=parts.clock,
        merchant_id=principal.merchant_id,
        judges={NAME: RegistrationJudge()},
        country=principal.merchant.country,
        staff=principal.name,
    )
    report = await review.file(writing.session, entry.reference, "")
    await review.decide(writing.connection, writing.session, report.reference, verdict)
    await writing.session.refresh(entry)
    return await showing.shown(entry)


async def _get(showing: Showing, said: str) -> Entry:
    entry_id = id_in(said)
    found = await (showing.book.called(said) if entry_id is None else showing.book.of_id(entry_id))
    if found is None:
        raise RegistrationUnknownError(said)
    return found


async def _page(showing: Showing, only: Filter, after: Any, limit: int) -> Sequence[Entry]:  # noqa: ANN401
    return await showing.book.page(
        after=after,
        limit=limit,
        registration=only.registration,
        state=only.state,
        step=only.step,
    )


async def _lines(parts: WebParts, principal: Principal, only: Filter) -> AsyncIterator[str]:
    """Yield the file piece by piece, on a connection of its own: the request's is over by then."""
    slots = slots_of(principal.merchant, only.registration)
    yield UTF8_MARK + csv_line([*HEAD, *_WHOSE, *slots])
    async with reading_session(parts) as session:
        showing = Showing(principal, parts, session)
        people = ContactDirectory(session, parts.vault, principal.merchant_id)
        after = None
        while found := await _page(showing, only, after, _AT_ONCE):
            ids = [one.contact_id for one in found]
            names, phones = await people.names_of(ids), await people.phones_of(ids)
            for one in found:
                who = one.contact_id
                whose = (str(who), phones.get(who, ""), names.get(who, ""))
                answers = texts(showing.book.answers(one))
                yield csv_line(
                    [
                        *cells(HEAD, row(one)),
                        *cells(_WHOSE, dict(zip(_WHOSE, whose, strict=True))),
                        *cells(slots, answers),
                    ]
                )
            after = found[-1].id
            session.expunge_all()
