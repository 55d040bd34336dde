"""What staff are told of reports: that one waits for them, and no word of who reported it."""

from collections.abc import Mapping
from typing import Final

from sokoni.dialogue.flow import TurnContext
from sokoni.messaging.events import TellStaff
from sokoni.messaging.prompts import Param, Prompt, Worded
from sokoni.payments.models import Payment
from sokoni.reviews.models import Report, ReportKind
from sokoni.reviews.reports import NewReport, Reports

_WHAT: Final[Mapping[str, str]] = {
    ReportKind.LISTING: "staff.report.listing",
    ReportKind.PERSON: "staff.report.person",
    ReportKind.REVIEW: "staff.report.review",
    ReportKind.RING: "staff.report.ring",
    ReportKind.APPEAL: "staff.report.appeal",
    ReportKind.APPLICANT: "staff.report.applicant",
    ReportKind.PAYMENT: "staff.report.payment",
    ReportKind.NUMBER: "staff.report.number",
}


def for_staff(report: Report, reason: Param = "") -> TellStaff:
    """Return what staff are told of a report; its text is left for them to open."""
    if report.kind == ReportKind.REQUEST:
        what = Worded(f"staff.report.request.{report.what}")
    else:
        what = Worded(_WHAT[report.kind], {"what": report.what, "reason": reason})
    prompt = Prompt("staff.report", {"what": what, "reference": report.reference})
    return TellStaff(prompt=prompt, once=f"report:{report.id.hex}")


async def tell_staff_of(
    context: TurnContext, reports: Reports, report: Report, reason: Param = ""
) -> None:
    """Have staff told of a report, once for all that ask the same while it is open."""
    if await reports.is_news(report):
        context.for_staff.append(for_staff(report, reason))


async def have_money_looked_at(
    context: TurnContext, payment: Payment, why: str, text: str = ""
) -> None:
    """File money that does not fit, for staff to accept or give back."""
    reports = Reports(context.session, context.vault, context.merchant.id, context.now)
    report = await reports.file(
        NewReport(
            kind=ReportKind.PAYMENT,
            about_id=payment.contact_id,
            subject=payment.id.hex,
            what=f"{payment.reference} {payment.money.amount} {payment.currency}",
            reason=why,
            text=text,
        )
    )
    await tell_staff_of(context, reports, report, why)
