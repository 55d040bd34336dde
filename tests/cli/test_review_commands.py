"""Staff see what was reported, and decide about it."""

import asyncio

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Listing
from sokoni.cli.parts import opened
from sokoni.cli.review import done
from sokoni.contacts.models import Contact
from sokoni.merchants.models import Merchant
from sokoni.reviews.models import Report, ReportKind, ReportState
from sokoni.reviews.reports import NewReport, Reports, Verdict
from tests.cli.conftest import Demo, Run


@pytest.fixture
def reference(demo: Demo) -> str:
    """Report somebody of the demo market."""
    demo("gokwe-market")

    async def report() -> str:
        async with opened() as parts, AsyncSession(parts.engine) as session, session.begin():
            merchant = await session.scalar(select(Merchant.id))
            about = await session.scalar(select(Contact.id))
            assert merchant is not None
            assert about is not None
            reports = Reports(session, parts.vault, merchant, parts.clock())
            new = NewReport(kind=ReportKind.PERSON, about_id=about, what="goats", text="A thief")
            return (await reports.file(new)).reference

    return asyncio.run(report())


def test_a_report_is_listed_and_rejected(run: Run, reference: str) -> None:
    listed = run("review", "list", "gokwe-market").out
    rejected = run("review", "reject", "gokwe-market", reference, "--by", "Nyasha")
    again = run("review", "reject", "gokwe-market", reference)

    assert f"{reference}, person, goats, of " in listed
    assert "A thief" in listed
    assert (rejected.code, "shut out" in rejected.out) == (0, True)
    assert again.code != 0
    assert "is rejected already" in again.err
    assert "Nothing waits" in run("review", "list", "gokwe-market").out
    assert "rejected by Nyasha" in run("review", "list", "gokwe-market", "--all").out


def test_a_report_is_approved(run: Run, reference: str) -> None:
    approved = run("review", "approve", "gokwe-market", reference.lower())

    assert (approved.code, "stays" in approved.out) == (0, True)


def test_what_nobody_reported_is_said_so(run: Run, reference: str) -> None:
    unknown = run("review", "reject", "gokwe-market", "RPT-0000000")

    assert reference
    assert unknown.code != 0
    assert "No report is called RPT-0000000" in unknown.err


@pytest.mark.usefixtures("reference")
def test_staff_report_a_listing_themselves(run: Run) -> None:
    async def listed() -> str:
        async with opened() as parts, AsyncSession(parts.engine) as session:
            return str(await session.scalar(select(Listing.reference)))

    listing = asyncio.run(listed())
    reported = run("review", "report", "gokwe-market", listing.lower(), "--why", "It is a weapon")
    shown = run("review", "list", "gokwe-market").out
    report = reported.out.removeprefix("Reported as ").strip(" .\n")
    rejected = run("review", "reject", "gokwe-market", report)

    assert f"{report}, listing, {listing}" in shown
    assert "It is a weapon" in shown
    assert "hidden" in rejected.out
    assert "nothing and nobody" in run("review", "report", "gokwe-market", "LST-0000000").err


@pytest.mark.parametrize(
    ("kind", "reason", "verdict", "said"),
    [
        (ReportKind.PAYMENT, "amount", ReportState.REJECTED, "it is given back"),
        (ReportKind.PAYMENT, "disputed", ReportState.REJECTED, "It stays disputed"),
        (ReportKind.PAYMENT, "disputed", ReportState.APPROVED, "counts as paid again"),
        (ReportKind.PAYMENT, "no_link", ReportState.APPROVED, "The link is asked for anew"),
        (ReportKind.PAYMENT, "give_back", ReportState.APPROVED, "Nothing was given back by us"),
        (ReportKind.LISTING, "disputed", ReportState.APPROVED, "The listing stays"),
    ],
)
def test_staff_hear_what_their_decision_did(
    kind: ReportKind, reason: str, verdict: Verdict, said: str
) -> None:
    assert said in done(Report(kind=kind, reason=reason), verdict)
