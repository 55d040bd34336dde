"""A merchant's template rows are what its file declares."""

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId, new_id
from sokoni.merchants.changes import Outcome
from sokoni.merchants.declared import (
    Approval,
    Category,
    DeclaredHeader,
    DeclaredTemplate,
    HeaderKind,
)
from sokoni.messaging.declared_templates import declare_templates
from sokoni.messaging.models import Template
from sokoni.testing.clock import StoppedClock
from tests.conftest import THREE

MERCHANT = MerchantId(new_id())
SOLD = DeclaredTemplate(
    channel=("pigeon",),
    purpose="stall.sold",
    language="en",
    name="sold_en",
    category=Category.UTILITY,
    body="{{1}} was sold.",
    variables=("thing",),
    buttons={"yes": "Good", "no": "Not mine"},
)


async def declare(session: AsyncSession, *declared: DeclaredTemplate) -> list[Outcome]:
    changes = await declare_templates(session, MERCHANT, declared)
    return [change.outcome for change in changes]


async def row(session: AsyncSession) -> Template:
    return (await session.scalars(select(Template))).one()


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_templates_are_declared_once(session: AsyncSession) -> None:
    assert await declare(session, SOLD) == [Outcome.CREATED]
    assert await declare(session, SOLD) == [Outcome.UNCHANGED]

    made = await row(session)
    assert (made.variables, made.code, made.header) == ("thing", "en", None)
    assert made.buttons == [
        {"title": "Good", "choice": "yes"},
        {"title": "Not mine", "choice": "no"},
    ]
    assert (made.category, made.approval) == ("UTILITY", "APPROVED")


async def test_one_template_may_stand_for_several_channels(session: AsyncSession) -> None:
    both = SOLD.model_copy(update={"channel": ("pigeon", "house")})

    assert await declare(session, both) == [Outcome.CREATED, Outcome.CREATED]
    assert await declare(session, SOLD) == [Outcome.UNCHANGED, Outcome.REMOVED]


async def test_the_channels_verdict_stays_unless_the_file_names_one(session: AsyncSession) -> None:
    await declare(session, SOLD)
    (await row(session)).approval = "PAUSED"

    assert await declare(session, SOLD) == [Outcome.UNCHANGED]
    assert (await row(session)).approval == "PAUSED"
    changed = SOLD.model_copy(update={"approval": Approval.APPROVED})
    assert await declare(session, changed) == [Outcome.UPDATED]


async def test_a_template_that_is_declared_pending_waits_for_the_channels_word(
    session: AsyncSession, clock: StoppedClock
) -> None:
    pending = SOLD.model_copy(update={"approval": Approval.PENDING})
    await declare(session, pending)
    made = await row(session)
    assert made.approval == "PENDING"
    made.approval, made.judged_at = "APPROVED", clock()

    assert await declare(session, pending) == [Outcome.UNCHANGED]

    assert (await row(session)).approval == "APPROVED"


async def test_the_channels_category_stays_unless_the_file_names_one(
    session: AsyncSession,
) -> None:
    plain = SOLD.model_copy(update={"category": None})
    await declare(session, plain)
    assert (await row(session)).category == "UTILITY"
    (await row(session)).category = "MARKETING"

    assert await declare(session, plain) == [Outcome.UNCHANGED]
    assert await declare(session, SOLD) == [Outcome.UPDATED]
    assert (await row(session)).category == "UTILITY"


async def test_a_head_that_the_file_drops_is_gone(session: AsyncSession) -> None:
    header = DeclaredHeader(kind=HeaderKind.IMAGE)
    await declare(session, SOLD.model_copy(update={"header": header, "code": "en_US"}))
    assert (await row(session)).header == {"kind": "image"}
    assert (await row(session)).code == "en_US"

    assert await declare(session, SOLD) == [Outcome.UPDATED]
    assert (await row(session)).header is None


async def test_a_template_that_the_file_drops_is_gone(session: AsyncSession) -> None:
    await declare(session, SOLD)
    other = MerchantId(new_id())
    await declare_templates(session, other, [SOLD])

    assert await declare(session) == [Outcome.REMOVED]

    assert (await row(session)).merchant_id == other
