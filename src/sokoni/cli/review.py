"""`sokoni review …`: what was reported, and what staff decide about it."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.cli.tills import gateways_of, merchant_of, till_on
from sokoni.contacts.directory import ContactDirectory
from sokoni.db.writing import writing
from sokoni.dialogue.cashing import DISPUTED, NO_LINK
from sokoni.dialogue.judging import StaffReview
from sokoni.dialogue.paying import GIVE_BACK
from sokoni.kit.ids import ContactId
from sokoni.merchants.service import Merchants
from sokoni.messaging.inbox import Inbox
from sokoni.reviews.models import Report, ReportKind, ReportState
from sokoni.reviews.reports import Reports, Verdict

commands = typer.Typer(help="Reports and appeals.", no_args_is_help=True)

_MOST: Final = 1000
_DONE: Final = {
    (ReportKind.LISTING, ReportState.APPROVED): "The listing stays.",
    (ReportKind.LISTING, ReportState.REJECTED): "The listing is hidden, and its seller told.",
    (ReportKind.PERSON, ReportState.APPROVED): "The person stays.",
    (ReportKind.PERSON, ReportState.REJECTED): "The person is shut out, with all they list.",
    (ReportKind.REVIEW, ReportState.APPROVED): "The review stays.",
    (ReportKind.REVIEW, ReportState.REJECTED): "The review is hidden.",
    (ReportKind.RING, ReportState.APPROVED): "The reviews are shown.",
    (ReportKind.RING, ReportState.REJECTED): "The reviews stay hidden.",
    (ReportKind.APPLICANT, ReportState.APPROVED): "They are let in, and told.",
    (ReportKind.APPLICANT, ReportState.REJECTED): "They are not let in, and told.",
    (ReportKind.PAYMENT, ReportState.APPROVED): "The money is taken as it is.",
    (ReportKind.PAYMENT, ReportState.REJECTED): "The money is not taken: it is given back "
    "where the gateway can do that.",
    (ReportKind.NUMBER, ReportState.APPROVED): "The number is theirs now, and they are told.",
    (ReportKind.NUMBER, ReportState.REJECTED): "The number stays with whoever had it.",
    (ReportKind.REQUEST, ReportState.APPROVED): "It is done, and they are told.",
    (ReportKind.REQUEST, ReportState.REJECTED): "It is refused, and they are told.",
    (ReportKind.APPEAL, ReportState.APPROVED): "The appeal is granted, and they are told.",
    (ReportKind.APPEAL, ReportState.REJECTED): "The appeal is turned down, and they are told.",
}
_OF_MONEY: Final = {
    (NO_LINK, ReportState.APPROVED): "The link is asked for anew, and sent.",
    (NO_LINK, ReportState.REJECTED): "No link is made; the contact is told nothing.",
    (DISPUTED, ReportState.APPROVED): "It counts as paid again.",
    (DISPUTED, ReportState.REJECTED): "It stays disputed until their bank has decided.",
    (GIVE_BACK, ReportState.APPROVED): "Noted. Nothing was given back by us.",
    (GIVE_BACK, ReportState.REJECTED): "Noted. Nothing was given back by us.",
}
"""Of what was no question of whether to take money."""

Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Reference = Annotated[str, typer.Argument(metavar="REPORT", help="Such as RPT-7K3M2Q5.")]
By = Annotated[str, typer.Option("--by", help="Who does it; your user name unless told.")]


@commands.command("list")
def show(
    merchant: Slug,
    *,
    decided: Annotated[bool, typer.Option("--all", help="Those that were decided, too.")] = False,
) -> None:
    """List what waits for a decision, the oldest first."""
    lines = asyncio.run(_lines(merchant, decided=decided))
    say("\n".join(lines) or "Nothing waits for a decision.")


@commands.command("report")
def report(
    merchant: Slug,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A listing's reference, or a phone number.")
    ],
    why: Annotated[str, typer.Option("--why", help="For the colleague who decides.")] = "",
) -> None:
    """Report something yourself, to decide about it then."""
    say(f"Reported as {asyncio.run(_report(merchant, what, why))}.")


@commands.command("approve")
def approve(merchant: Slug, report: Reference, by: By = "") -> None:
    """Let it stand, or grant an appeal."""
    say(asyncio.run(_decide(merchant, report, ReportState.APPROVED, by)))


@commands.command("reject")
def reject(merchant: Slug, report: Reference, by: By = "") -> None:
    """Hide it, or shut the person out; or turn an appeal down."""
    say(asyncio.run(_decide(merchant, report, ReportState.REJECTED, by)))


async def _lines(slug: str, *, decided: bool) -> Sequence[str]:
    async with opened() as parts, parts.session() as session:
        merchant = await Merchants(session, parts.vault, parts.clock).get(slug)
        reports = Reports(session, parts.vault, merchant.id, parts.clock())
        found = await reports.page(all_states=decided, limit=_MOST)
        about = await reports.people_of(found)
        people = {one for those in about.values() for one in those}
        people |= {one.reporter_id for one in found if one.reporter_id is not None}
        names = await ContactDirectory(session, parts.vault, merchant.id).names_of(people)
        quoted = await reports.reviews_of(found)
        return [
            _described(reports, one, sorted(about[one.id]), names, quoted.get(one.id, ""))
            for one in found
        ]


def _described(
    reports: Reports,
    one: Report,
    people: Sequence[ContactId],
    names: dict[ContactId, str],
    review: str,
) -> str:
    about = " and ".join(names.get(who) or str(who) for who in people)
    by = "noticed" if one.reporter_id is None else names.get(one.reporter_id) or "a contact"
    said = reports.text_of(one)
    quoted = f'"{review}"' if review else ""
    what = (one.kind, one.what, quoted)
    parts = (one.reference, *what, f"of {about}", f"by {by}", one.reason, said)
    line = ", ".join(part for part in parts if part)
    if one.state == ReportState.OPEN:
        return f"{line} ({one.created_at:%Y-%m-%d})"
    return f"{line} ({one.state} by {one.decided_by})"


async def _report(slug: str, what: str, why: str) -> str:
    async with _reviewing(slug, "") as (review, connection), _session(connection) as session:
        return (await review.file(session, what, why)).reference


async def _decide(slug: str, reference: str, verdict: Verdict, by: str) -> str:
    async with _reviewing(slug, by) as (review, connection), _session(connection) as session:
        report = await review.decide(connection, session, reference, verdict)
        return done(report, verdict)


def done(report: Report, verdict: Verdict) -> str:
    """Return what came of a decision."""
    kind = ReportKind(report.kind)
    of_money = _OF_MONEY.get((report.reason, verdict)) if kind is ReportKind.PAYMENT else None
    return of_money or _DONE[kind, verdict]


def _session(connection: AsyncConnection) -> AsyncSession:
    return AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False)


@asynccontextmanager
async def _reviewing(slug: str, by: str) -> AsyncIterator[tuple[StaffReview, AsyncConnection]]:
    """Open a transaction in which a merchant's staff decide."""
    async with opened() as parts, AsyncExitStack() as stack:
        merchant = await merchant_of(parts, slug)
        book = await stack.enter_async_context(gateways_of(parts))
        review = StaffReview(
            inbox=Inbox(parts.engine, parts.vault, parts.clock),
            vault=parts.vault,
            clock=parts.clock,
            merchant_id=merchant.id,
            judges={name: one.judge for name, one in parts.capabilities.items() if one.judge},
            country=merchant.country,
            staff=by or getpass.getuser(),
            till=lambda connection, session: till_on(
                parts, merchant, book, connection, session, by=by
            ),
        )
        async with writing(parts.engine) as connection:
            yield review, connection
