"""Reports: what contacts, or we ourselves, ask staff to look at."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.session import rows_changed
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id, new_reference
from sokoni.reviews.models import (
    Report,
    ReportId,
    ReportKind,
    ReportState,
    Review,
    ReviewId,
    ReviewState,
)
from sokoni.reviews.ratings import TEXT as SAID

TEXT: Final = "reports.text"
_PREFIX: Final = "RPT"
_LONGEST_WHAT: Final = 120

Verdict: TypeAlias = Literal[ReportState.APPROVED, ReportState.REJECTED]


class ReportUnknownError(AppError):
    """No report has this reference."""

    code = "report_unknown"
    http_status = 404


class ReportSubjectError(AppError):
    """Nothing and nobody is called so."""

    code = "report_subject_unknown"
    http_status = 404


class ReportDecidedError(AppError):
    """Somebody decided it before."""

    code = "report_decided"
    http_status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What staff are asked to look at."""

    kind: ReportKind
    about_id: ContactId
    capability: str = ""
    subject: str = ""
    what: str = ""
    reporter_id: ContactId | None = None
    reason: str = ""
    text: str = ""


class Reports:
    """One merchant's reports."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    async def file(self, new: NewReport, state: ReportState = ReportState.OPEN) -> Report:
        """Keep a report; the same of the same person is kept once while it is open."""
        before = await self._session.scalar(
            self._reports().where(
                Report.kind == new.kind,
                Report.about_id == new.about_id,
                Report.subject == new.subject,
                Report.reporter_id == new.reporter_id,
                Report.state == ReportState.OPEN,
            )
        )
        if before is not None:
            return before
        report_id = ReportId(new_id())
        report = Report(
            id=report_id,
            merchant_id=self._merchant_id,
            reference=new_reference(_PREFIX),
            kind=new.kind,
            capability=new.capability,
            subject=new.subject,
            what=new.what[:_LONGEST_WHAT],
            about_id=new.about_id,
            reporter_id=new.reporter_id,
            reason=new.reason,
            text=self._vault.seal_said(TEXT, report_id, new.text),
            state=state,
            created_at=self._now,
        )
        self._session.add(report)
        await self._session.flush()
        return report

    async def is_news(self, report: Report) -> bool:
        """Tell whether it was filed just now, as the first that asks for this decision."""
        same = self._reports().where(
            Report.kind == report.kind,
            Report.about_id == report.about_id,
            Report.subject == report.subject,
            Report.state == ReportState.OPEN,
            Report.id != report.id,
        )
        first = await self._session.scalar(same.limit(1)) is None
        return first and report.created_at == self._now

    async def appeal(
        self, contact_id: ContactId, shut_out_at: datetime, text: str
    ) -> Report | None:
        """Hear somebody who is shut out; return their appeal where that is changed by it.

        The first time they are invited to say why, the next they do; then nobody answers.
        """
        mine = self._reports().where(
            Report.kind == ReportKind.APPEAL,
            Report.about_id == contact_id,
            Report.subject == "",
            Report.created_at >= shut_out_at,
        )
        report = await self._session.scalar(mine.order_by(Report.id.desc()).limit(1))
        if report is None:
            asked = NewReport(kind=ReportKind.APPEAL, about_id=contact_id, reporter_id=contact_id)
            return await self.file(asked, ReportState.INVITED)
        if report.state != ReportState.INVITED or not text:
            return None
        report.text = self._vault.seal_text(TEXT, report.id, text)
        report.state = ReportState.OPEN
        await self._session.flush()
        return report

    async def page(
        self, *, all_states: bool = False, after: ReportId | None = None, limit: int
    ) -> Sequence[Report]:
        """Return reports that wait for a decision, the oldest first; or all of them."""
        statement = self._reports().where(Report.state != ReportState.INVITED)
        if not all_states:
            statement = statement.where(Report.state == ReportState.OPEN)
        if after is not None:
            statement = statement.where(Report.id > after)
        return (await self._session.scalars(statement.order_by(Report.id).limit(limit))).all()

    async def get(self, reference: str) -> Report:
        said = reference.strip().upper()
        report = await self._session.scalar(self._reports().where(Report.reference == said))
        if report is None or report.state == ReportState.INVITED:
            raise ReportUnknownError(f"No report is called {said}.")
        return report

    def text_of(self, report: Report) -> str:
        return self._vault.open_text(TEXT, report.id, report.text)

    async def people_of(self, reports: Sequence[Report]) -> dict[ReportId, set[ContactId]]:
        """Return whom each report is about: of a ring, everybody in it."""
        people = {one.id: {one.about_id} for one in reports}
        held = select(Review.report_id, Review.rater_id, Review.rated_id).where(
            Review.merchant_id == self._merchant_id, Review.report_id.in_(people)
        )
        for row in await self._session.execute(held):
            people[row.report_id] |= {row.rater_id, row.rated_id}
        return people

    async def reviews_of(self, reports: Sequence[Report]) -> dict[ReportId, str]:
        """Return what was said in the reviews that are reported: staff decide by it."""
        subjects = {one.id: UUID(one.subject) for one in reports if one.kind == ReportKind.REVIEW}
        found = await self._session.scalars(
            select(Review).where(
                Review.merchant_id == self._merchant_id, Review.id.in_(subjects.values())
            )
        )
        said = {one.id: self._vault.open_text(SAID, one.id, one.text) for one in found}
        return {report: said.get(ReviewId(subject), "") for report, subject in subjects.items()}

    async def decide(self, reference: str, verdict: Verdict, staff: str) -> Report:
        """Note the decision, which holds for all that ask the same.

        It may be changed, but for an appeal that was granted.
        """
        report = await self.get(reference)
        before = report.state
        granted = report.kind == ReportKind.APPEAL and before == ReportState.APPROVED
        # Money that was taken, or given back, is not in hand any more; nor is a number.
        once = {ReportKind.PAYMENT, ReportKind.NUMBER}
        granted |= report.kind in once and before != ReportState.OPEN
        same = (
            Report.kind == report.kind,
            Report.about_id == report.about_id,
            Report.subject == report.subject,
        )
        deciding = (
            update(Report)
            .where(*self._scope(), *same, Report.state == before)
            .values(state=verdict, decided_at=self._now, decided_by=staff[:80])
        )
        if before == verdict or granted or not await rows_changed(self._session, deciding):
            raise ReportDecidedError(f"{report.reference} is {before} already.")
        await self._session.refresh(report)
        return report

    async def judge_reviews(self, report: Report, *, stand: bool) -> Collection[ContactId]:
        """Show, or hide, the reviews that a report is about or holds; return whom they rate."""
        held = Review.report_id == report.id
        if report.kind == ReportKind.REVIEW:
            held = or_(held, Review.id == UUID(report.subject))
        state = ReviewState.SHOWN if stand else ReviewState.HIDDEN
        judging = update(Review).where(Review.merchant_id == self._merchant_id, held)
        await rows_changed(self._session, judging.values(state=state))
        rated = select(Review.rated_id).where(Review.merchant_id == self._merchant_id, held)
        return set(await self._session.scalars(rated))

    def _reports(self) -> Select[Report]:
        return select(Report).where(*self._scope()).execution_options(populate_existing=True)

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        return (Report.merchant_id == self._merchant_id,)
