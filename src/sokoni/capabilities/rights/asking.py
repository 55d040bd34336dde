"""What staff approve first: asked for once, decided by page, command or API, told in the chat."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.capabilities.rights.settings import NAME, Wish
from sokoni.dialogue.flow import TurnContext
from sokoni.dialogue.judging import Judge
from sokoni.dialogue.reporting import tell_staff_of
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.events import Tell, TellTo, Timer
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Prompt, Worded
from sokoni.reviews.models import Report, ReportKind, ReportState
from sokoni.reviews.reports import NewReport, Reports

GRANTED: Final = "rights.granted"
"""The timer by which a contact's own turn does what staff approved."""
DECIDED: Final = "rights.decided"
_SEPARATOR: Final = ":"
_GOOD_FOR: Final = timedelta(days=30)


async def ask_staff(context: TurnContext, wish: Wish) -> None:
    """Have staff decide; the same wish is asked once while it is open."""
    reports = Reports(context.session, context.vault, context.merchant.id, context.now)
    report = await reports.file(
        NewReport(
            kind=ReportKind.REQUEST,
            about_id=context.person.id,
            capability=NAME,
            subject=_subject(context, wish),
            what=wish,
            reporter_id=context.person.id,
        )
    )
    await tell_staff_of(context, reports, report)


async def was_granted(context: TurnContext, wish: Wish) -> bool:
    """Tell whether staff granted it of late, and it only has to be done."""
    granted = select(Report.id).where(
        Report.merchant_id == context.merchant.id,
        Report.kind == ReportKind.REQUEST,
        Report.about_id == context.person.id,
        Report.subject == _subject(context, wish),
        Report.state == ReportState.APPROVED,
        Report.decided_at > context.now - _GOOD_FOR,
    )
    return await context.session.scalar(granted.limit(1)) is not None


class RightsJudge(Judge):
    """Tells contacts what staff decided, and has it done in their own conversation."""

    @override
    async def find(
        self, session: AsyncSession, merchant_id: MerchantId, reference: str
    ) -> NewReport | None:
        return None

    @override
    async def take_down(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        wish, contact_id = _named(subject)
        return [_told(contact_id, decided(wish, "refused"), now)]

    @override
    async def put_back(
        self, session: AsyncSession, merchant_id: MerchantId, subject: str, now: datetime
    ) -> Sequence[TellTo]:
        wish, contact_id = _named(subject)
        granted = Timer(name=GRANTED, data={"wish": wish})
        return [_told(contact_id, decided(wish, "granted"), now, granted)]

    @override
    async def rated_anew(
        self, session: AsyncSession, merchant_id: MerchantId, people: Collection[ContactId]
    ) -> None:
        pass


def decided(wish: Wish, how: str) -> Prompt:
    """Return what the contact is told of the decision, so that one template says all of it."""
    return Prompt(DECIDED, {"answer": Worded(f"rights.{wish}.{how}")})


def _subject(context: TurnContext, wish: Wish) -> str:
    return f"{wish}{_SEPARATOR}{context.person.id.hex}"


def _named(subject: str) -> tuple[Wish, ContactId]:
    wish, _, contact_id = subject.partition(_SEPARATOR)
    return Wish(wish), ContactId(UUID(contact_id))


def _told(
    contact_id: ContactId, prompt: Prompt, now: datetime, instead: Timer | None = None
) -> TellTo:
    # A reply: it was asked for, by whoever said stop, too.
    tell = Tell(prompt=prompt, purpose=Purpose.REPLY, capability=NAME, instead=instead)
    return TellTo(contact_id=contact_id, tell=tell, once=f"{DECIDED}:{now.isoformat()}")
