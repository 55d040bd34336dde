"""What becomes of things and people that were reported, once staff have decided."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.blocking import set_blocked
from sokoni.contacts.register import PHONE, find_contact
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.kit.phones import find_phone
from sokoni.messaging.events import Tell, TellTo, Timer
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt
from sokoni.messaging.seats import last_written_in
from sokoni.messaging.tells import Tells, Whisper
from sokoni.messaging.withholding import EVERYTHING, SHUT_OUT, withhold
from sokoni.reviews.models import Report, ReportKind, ReportState
from sokoni.reviews.reports import NewReport, Reports, ReportSubjectError, Verdict
from sokoni.verification.proofs import SETTLED, Proofs


class Judge(Protocol):
    """How a capability takes down what was reported, and puts it back.

    Both return what its owner, and whoever waits for it, is told; nothing where there was nothing
    to do.
    """

    async def find(
        self, session: AsyncSession, merchant_id: MerchantId, reference: str
    ) -> NewReport | None:
        """Return what staff call so as something to be reported, None where it is not ours."""

    async def take_down(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]: ...

    async def put_back(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]: ...

    async def rated_anew(
        self, session: AsyncSession, merchant_id: MerchantId, people: Collection[ContactId]
    ) -> None:
        """Count anew what is said of people: staff had reviews hidden, or shown again."""


class Cashier(Protocol):
    """What becomes of money that staff were asked to look at."""

    async def accept(self, review: Report) -> None: ...
    async def turn_down(self, review: Report) -> None: ...


Till: TypeAlias = Callable[[AsyncConnection, AsyncSession], Cashier]
"""Returns who does it, in the transaction in which it is decided."""


class NoTillError(AppError):
    """Nobody takes money here."""

    code = "no_till"
    http_status = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReview:
    """One merchant's staff deciding on reports, from a page, a command or the API."""

    inbox: Inbox
    vault: Vault
    clock: Clock
    merchant_id: MerchantId
    judges: Mapping[str, Judge]
    """By capability."""
    country: str
    """Whose phone numbers are written without their country."""
    staff: str
    """Who it is, for the log."""
    till: Till | None = None
    """None: there is no money to decide about."""

    async def file(self, session: AsyncSession, what: str, note: str) -> Report:
        """Keep a report of the staff's own: of a thing by its reference, or of a contact.

        `what` that is neither raises `ReportSubjectError`.
        """
        new = await self._subject(session, what)
        if new is None:
            raise ReportSubjectError(f"{what} is nothing and nobody that can be reported.")
        reports = Reports(session, self.vault, self.merchant_id, self.clock())
        return await reports.file(replace(new, reason="staff", text=note))

    async def _subject(self, session: AsyncSession, what: str) -> NewReport | None:
        for judge in self.judges.values():
            found = await judge.find(session, self.merchant_id, what)
            if found is not None:
                return found
        phone = find_phone(what, self.country)
        if not phone:
            return None
        hashed = self.vault.hash(PHONE, phone)
        contact_id = await find_contact(session, self.merchant_id, PHONE, hashed)
        if contact_id is None:
            return None
        return NewReport(kind=ReportKind.PERSON, about_id=contact_id)

    async def decide(
        self, connection: AsyncConnection, session: AsyncSession, reference: str, verdict: Verdict
    ) -> Report:
        """Decide in the caller's transaction, with all that follows from it.

        Approved means that what was reported may stand, or that an appeal is granted; of what
        was rejected before, that it is put back.
        """
        reports = Reports(session, self.vault, self.merchant_id, self.clock())
        undone = (await reports.get(reference)).state == ReportState.REJECTED
        report = await reports.decide(reference, verdict, self.staff)
        if report.kind == ReportKind.PAYMENT:
            await self._settle(connection, session, report, verdict)
        if verdict == ReportState.REJECTED:
            told = await self._take_away(session, reports, report)
        else:
            told = await self._let_stand(session, reports, report, undone=undone)
        await session.flush()
        for one in told:
            await self._tell(connection, one)
        return report

    async def _settle(
        self, connection: AsyncConnection, session: AsyncSession, report: Report, verdict: Verdict
    ) -> None:
        if self.till is None:
            raise NoTillError(report.reference)
        cashier = self.till(connection, session)
        if verdict == ReportState.APPROVED:
            await cashier.accept(report)
        else:
            await cashier.turn_down(report)

    async def _take_away(
        self, session: AsyncSession, reports: Reports, report: Report
    ) -> Sequence[TellTo]:
        now, judge = self.clock(), self.judges.get(report.capability)
        match ReportKind(report.kind):
            case ReportKind.REVIEW | ReportKind.RING:
                await self._judge_reviews(session, reports, report, stand=False)
            case ReportKind.PERSON:
                await set_blocked(session, self.merchant_id, report.about_id, now)
                connection = await session.connection()
                await withhold(connection, [report.about_id], now, EVERYTHING, SHUT_OUT)
            case ReportKind.APPEAL:
                return [_to(report, Prompt("dialogue.appeal.rejected"), now)]
            case ReportKind.NUMBER:
                return await self._settle_number(session, report, stands=False)
            case ReportKind.PAYMENT:
                pass
            case ReportKind.LISTING | ReportKind.APPLICANT | ReportKind.REQUEST:
                if judge is not None:
                    return await judge.take_down(session, self.merchant_id, report.subject, now)
        return []

    async def _let_stand(
        self, session: AsyncSession, reports: Reports, report: Report, *, undone: bool
    ) -> Sequence[TellTo]:
        now, judge = self.clock(), self.judges.get(report.capability)
        match ReportKind(report.kind):
            case ReportKind.REVIEW | ReportKind.RING:
                await self._judge_reviews(session, reports, report, stand=True)
            case ReportKind.NUMBER:
                return await self._settle_number(session, report, stands=True)
            case ReportKind.PERSON if undone:
                return [await self._let_in(session, report, Prompt("dialogue.let_in"))]
            case ReportKind.APPEAL if not report.subject:
                granted = Prompt("dialogue.appeal.approved")
                return [await self._let_in(session, report, granted)]
            case (
                ReportKind.APPEAL | ReportKind.LISTING | ReportKind.APPLICANT | ReportKind.REQUEST
            ) if judge is not None:
                return await judge.put_back(session, self.merchant_id, report.subject, now)
            case _:
                pass
        return []

    async def _settle_number(
        self, session: AsyncSession, report: Report, *, stands: bool
    ) -> Sequence[TellTo]:
        """Say whose number it is; whoever proved it last goes on, or hears that they cannot."""
        now = self.clock()
        proofs = Proofs(session, self.vault, self.merchant_id, now)
        if await proofs.settle(UUID(report.subject), stands=stands) is None:
            return []
        told = _to(report, Prompt("verification.kept"), now)
        if not stands:
            return [told]
        data = {"purpose": report.reason, "proof": report.subject}
        tell = msgspec.structs.replace(told.tell, instead=Timer(name=SETTLED, data=data))
        return [msgspec.structs.replace(told, tell=tell)]

    async def _judge_reviews(
        self, session: AsyncSession, reports: Reports, report: Report, *, stand: bool
    ) -> None:
        people = await reports.judge_reviews(report, stand=stand)
        for judge in self.judges.values():
            await judge.rated_anew(session, self.merchant_id, people)

    async def _let_in(self, session: AsyncSession, report: Report, prompt: Prompt) -> TellTo:
        await set_blocked(session, self.merchant_id, report.about_id, None)
        return _to(report, prompt, self.clock())

    async def _tell(self, connection: AsyncConnection, told: TellTo) -> None:
        """Tell a contact on the number where they last wrote; who never did hears nothing."""
        seat = await last_written_in(connection, told.contact_id)
        if seat is not None:
            await Tells(self.inbox).carry(connection, [Whisper.of(seat, told)], self.clock())


def _to(report: Report, prompt: Prompt, now: datetime) -> TellTo:
    # A reply: who is shut out hears it too.
    tell = Tell(prompt=prompt, purpose=Purpose.REPLY)
    once = f"report:{report.id.hex}:{now.isoformat()}"
    return TellTo(contact_id=report.about_id, tell=tell, once=once)
