"""Reports of listings, people and reviews, and appeals: see them, and decide."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, Field

from sokoni.dialogue.judging import StaffReview
from sokoni.kit.ids import ContactId
from sokoni.kit.text import one_line
from sokoni.reviews.models import Report, ReportId, ReportKind, ReportState
from sokoni.reviews.reports import Reports, Verdict
from sokoni.web.cashing import staff_payments
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading, Transaction, WebParts, Writing
from sokoni.web.principal import Arbiter, Principal

router = APIRouter(prefix="/reports", tags=["reports"])
Line = Annotated[str, AfterValidator(one_line)]


class ReportShown(BaseModel, frozen=True):
    """Something that staff look at."""

    id: UUID
    reference: str
    kind: ReportKind
    what: str
    """What is reported, as its owner calls it."""
    review: str
    """What is said in the review that is reported; empty where none is."""
    about: ContactId
    """Whose it is."""
    people: tuple[ContactId, ...]
    """Everybody it is about: of a ring, all who rated one another."""
    reporter: ContactId | None
    """Who says so; null: it was noticed by itself."""
    reason: str
    text: str
    state: ReportState
    """`approved`: it may stand, or the appeal is granted. `rejected`: it is hidden, or the person
    shut out; of an appeal: all stays as it was."""
    created_at: datetime
    decided_at: datetime | None
    decided_by: str


@router.get("")
async def list_reports(
    principal: Arbiter,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
    decided: Annotated[bool, Query(description="those that were decided, too")] = False,
) -> Page[ReportShown]:
    """Return what waits for a decision, the oldest first."""
    reports = Reports(session, parts.vault, principal.merchant_id, parts.clock())
    after = ReportId(wanted.after) if wanted.after else None
    found = await reports.page(all_states=decided, after=after, limit=wanted.one_more)
    people, said = await reports.people_of(found), await reports.reviews_of(found)
    return page_of(
        found,
        wanted,
        lambda one: _shown(reports, one, people[one.id], said.get(one.id, "")),
        lambda one: one.id,
    )


class ReportSaid(BaseModel, frozen=True, extra="forbid"):
    """Something that staff want looked at."""

    what: Line = Field(
        min_length=1,
        max_length=60,
        description="A listing's reference, or a contact's phone number",
        examples=["LST-7K3M2Q5", "+263771000001"],
    )
    note: Line = Field("", max_length=500, description="For the colleague who decides")


@router.post("", status_code=201)
async def add(said: ReportSaid, principal: Arbiter, parts: Parts, writing: Writing) -> ReportShown:
    """Report something on behalf of the staff, to be decided about like any other."""
    review = _review(parts, principal)
    report = await review.file(writing.session, said.what, said.note)
    reports = Reports(writing.session, parts.vault, principal.merchant_id, parts.clock())
    return _shown(reports, report, [report.about_id])


@router.post("/{reference}/approve")
async def approve(
    reference: str, principal: Arbiter, parts: Parts, writing: Writing
) -> ReportShown:
    """Let what was reported stand, or grant an appeal."""
    return await _decide(parts, principal, writing, reference, ReportState.APPROVED)


@router.post("/{reference}/reject")
async def reject(
    reference: str, principal: Arbiter, parts: Parts, writing: Writing
) -> ReportShown:
    """Hide the listing or the review, or shut the person out; or turn an appeal down."""
    return await _decide(parts, principal, writing, reference, ReportState.REJECTED)


async def _decide(
    parts: WebParts, principal: Principal, writing: Transaction, reference: str, verdict: Verdict
) -> ReportShown:
    report = await _review(parts, principal).decide(
        writing.connection, writing.session, reference, verdict
    )
    reports = Reports(writing.session, parts.vault, principal.merchant_id, parts.clock())
    people, said = await reports.people_of([report]), await reports.reviews_of([report])
    return _shown(reports, report, people[report.id], said.get(report.id, ""))


def _review(parts: WebParts, principal: Principal) -> StaffReview:
    return StaffReview(
        inbox=parts.inbox,
        vault=parts.vault,
        clock=parts.clock,
        merchant_id=principal.merchant_id,
        judges=parts.judges,
        country=principal.merchant.country,
        staff=principal.name,
        till=lambda connection, session: staff_payments(
            parts, principal, Transaction(connection, session)
        ),
    )


def _shown(
    reports: Reports, report: Report, people: Iterable[ContactId], review: str = ""
) -> ReportShown:
    return ReportShown(
        id=report.id,
        reference=report.reference,
        kind=ReportKind(report.kind),
        what=report.what,
        review=review,
        about=report.about_id,
        people=tuple(sorted(people)),
        reporter=report.reporter_id,
        reason=report.reason,
        text=reports.text_of(report),
        state=ReportState(report.state),
        created_at=report.created_at,
        decided_at=report.decided_at,
        decided_by=report.decided_by,
    )
