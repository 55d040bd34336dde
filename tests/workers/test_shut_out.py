"""Who is shut out is told so once, may appeal once, and hears what came of it."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.contacts.models import Contact
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.dialogue.judging import StaffReview
from sokoni.kit.ids import new_id
from sokoni.merchants.models import Staff
from sokoni.messaging.events import Tell
from sokoni.messaging.prompts import Prompt
from sokoni.reviews.models import Report, ReportState
from sokoni.reviews.reports import Reports, Verdict
from sokoni.testing.clock import StoppedClock
from tests.workers.town import BEN, Town, town

NOTICE = Tell(prompt=Prompt("offer", {"thing": "goats"}), purpose="notice")


@pytest.fixture
async def place(engine: AsyncEngine, vault: Vault, clock: StoppedClock) -> AsyncIterator[Town]:
    async with town(engine, vault, clock) as made:
        await made.hear("hello")
        await made.turn()
        async with writing(engine) as connection:
            await connection.execute(update(Contact).values(blocked_at=clock()))
        yield made


async def appeals(place: Town) -> list[tuple[str, str]]:
    async with AsyncSession(place.engine) as session:
        reports = Reports(session, place.vault, place.account.merchant_id, place.clock())
        found = await session.scalars(select(Report).order_by(Report.id))
        return [(one.state, reports.text_of(one)) for one in found]


async def decide(place: Town, verdict: Verdict) -> None:
    review = StaffReview(
        inbox=place.inbox,
        vault=place.vault,
        clock=place.clock,
        merchant_id=place.account.merchant_id,
        judges={},
        country="ZW",
        staff="Nyasha",
    )
    async with (
        writing(place.engine) as connection,
        AsyncSession(connection, join_transaction_mode="rollback_only") as session,
    ):
        reference = await session.scalar(select(Report.reference))
        assert reference is not None
        await review.decide(connection, session, reference, verdict)


async def test_who_is_shut_out_is_told_once_how_to_appeal(place: Town) -> None:
    await place.hear("why?", "hey")
    await place.turn()
    await place.happen_to(NOTICE)
    await place.turn()

    assert place.said() == ["hello", "dialogue.shut_out"]
    assert await appeals(place) == [(ReportState.INVITED, "")]


async def test_what_they_write_next_is_their_appeal_and_then_nobody_answers(place: Town) -> None:
    for said in ("why?", "It was my brother", "hello?", "hello??"):
        await place.hear(said)
        await place.turn()

    assert place.said() == ["hello", "dialogue.shut_out", "dialogue.appeal.kept"]
    assert await appeals(place) == [(ReportState.OPEN, "It was my brother")]


@pytest.mark.parametrize(
    ("verdict", "told", "answer"),
    [
        (ReportState.APPROVED, "dialogue.appeal.approved", ["sell goats"]),
        (ReportState.REJECTED, "dialogue.appeal.rejected", []),
    ],
)
async def test_they_hear_what_staff_decided(
    place: Town, verdict: Verdict, told: str, answer: list[str]
) -> None:
    for said in ("why?", "It was my brother"):
        await place.hear(said)
        await place.turn()

    await decide(place, verdict)
    await place.turn()
    await place.hear("sell goats")
    await place.turn()

    assert place.said()[3:] == [told, *answer]


async def test_shut_out_again_may_appeal_again(place: Town) -> None:
    for said in ("why?", "It was my brother"):
        await place.hear(said)
        await place.turn()
    await decide(place, ReportState.APPROVED)
    await place.turn()
    await place.later(60)
    async with writing(place.engine) as connection:
        await connection.execute(update(Contact).values(blocked_at=place.clock()))

    await place.hear("again?")
    await place.turn()

    assert place.said()[-1] == "dialogue.shut_out"


async def employ_owner(place: Town) -> None:
    """Have somebody of the staff whose own WhatsApp number is known."""
    staff_id = new_id()
    owner = Staff(
        id=staff_id,
        merchant_id=place.account.merchant_id,
        name=place.vault.seal_text("staff.name", staff_id, "Nyasha"),
        role="owner",
        phone=place.vault.seal_text("staff.phone", staff_id, BEN),
        phone_hash="x",
        created_at=place.clock(),
    )
    async with AsyncSession(place.engine) as session, session.begin():
        session.add(owner)


async def heard_by_staff(place: Town) -> list[str]:
    """Return what is under way to the staff, as it will be said."""
    told = [
        msgspec.json.decode(place.vault.open("inbox.payload", one.id, one.payload), type=Tell)
        for one in await place.events()
        if one.kind == "tell" and one.payload is not None
    ]
    return [one.prompt.key for one in told if one.purpose == "staff"]


async def test_staff_hear_of_an_appeal_once(place: Town) -> None:
    await employ_owner(place)

    for said in ("why?", "It was my brother", "hello?"):
        await place.hear(said)
        await place.turn()

    assert await heard_by_staff(place) == ["staff.report"]


async def test_staff_hear_of_what_contacts_report_once(place: Town) -> None:
    await employ_owner(place)
    async with writing(place.engine) as connection:
        await connection.execute(update(Contact).values(blocked_at=None))

    for _ in range(2):
        await place.hear("report it")
        await place.turn()

    assert await heard_by_staff(place) == ["staff.report"]
