"""Whom a contact had before: remembered, and shown first where they come."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.flows.book import BookFlow
from sokoni.capabilities.booking.machine import Move
from sokoni.capabilities.booking.models import Provider
from sokoni.kit.ids import ContactId, new_id
from sokoni.language.reading import KnownPlace
from sokoni.messaging.prompts import Worded
from tests.capabilities.booking.factories import (
    AVONDALE,
    BULAWAYO,
    HARARE,
    MBARE,
    at,
    bookings,
    context_of,
    create_provider,
    job,
)
from tests.conftest import THREE

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)


async def had(session: AsyncSession, me: ContactId, provider: Provider, how: Move) -> None:
    asked = await bookings(session).ask(provider, job(at(15), me))
    await bookings(session).move(asked.id, provider.contact_id, how)


async def shown(session: AsyncSession, me: ContactId, place: KnownPlace) -> list[tuple[str, str]]:
    """Return who is offered, and as what."""
    known = {"service": "plumber", "place": place}
    choices = await BookFlow(context_of(session, me)).choices("provider", known)
    described = [one.description for one in choices]
    assert all(isinstance(one, Worded) for one in described)
    return [
        (str(one.label), one.description.key.rpartition(".")[2])
        for one in choices
        if isinstance(one.description, Worded)
    ]


async def test_whom_one_had_before_is_shown_first(session: AsyncSession) -> None:
    me = ContactId(new_id())
    far = await create_provider(session, name="Far", base=MBARE)
    await create_provider(session, name="Near", base=AVONDALE)
    assert [name for name, _ in await shown(session, me, AVONDALE)] == ["Near", "Far"]

    await had(session, me, far, Move.ACCEPT)

    assert await shown(session, me, AVONDALE) == [("Far", "before"), ("Near", "line")]
    stranger = ContactId(new_id())
    assert await shown(session, stranger, AVONDALE) == [("Near", "line"), ("Far", "line")]


async def test_who_never_came_is_shown_like_anybody(session: AsyncSession) -> None:
    me = ContactId(new_id())
    far = await create_provider(session, name="Far", base=MBARE)
    await create_provider(session, name="Near", base=AVONDALE)

    await had(session, me, far, Move.DECLINE)

    assert await shown(session, me, AVONDALE) == [("Near", "line"), ("Far", "line")]


async def test_whom_one_had_elsewhere_is_shown_only_where_they_come(
    session: AsyncSession,
) -> None:
    me = ContactId(new_id())
    harare = await create_provider(session, name="Harare")
    await create_provider(session, name="Bulawayo", areas=(BULAWAYO,), base=BULAWAYO)

    await had(session, me, harare, Move.ACCEPT)

    assert await shown(session, me, BULAWAYO) == [("Bulawayo", "line")]
    assert await shown(session, me, HARARE) == [("Harare", "before")]
