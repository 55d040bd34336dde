"""A deal is what both sides say: in any order, at any time before it ends, and nothing else."""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.reviews.deals import DealGoneError, Deals, NewDeal, expire_deals
from sokoni.reviews.merging import merge_contacts
from sokoni.reviews.models import Deal, DealState, Review, Said
from sokoni.reviews.ratings import Ratings
from sokoni.testing.clock import NOON
from tests.conftest import THREE
from tests.reviews.factories import create_deal

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

MARKET: Final = MerchantId(uuid4())
SELLER, BUYER, STRANGER = (ContactId(new_id()) for _ in range(3))
DAYS: Final = 5
_STEPS: Final = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([SELLER, BUYER, STRANGER]), st.sampled_from([*Said][1:])),
        st.tuples(st.just("days"), st.integers(1, 4)),
        st.tuples(st.just("sweep"), st.none()),
        st.tuples(st.just("open"), st.none()),
    ),
    max_size=12,
)


def new_deal(subject: str = "1") -> NewDeal:
    return NewDeal(
        capability="market",
        subject=subject,
        thing="goats",
        provider_id=SELLER,
        customer_id=BUYER,
    )


def deals(session: AsyncSession, now: datetime = NOON) -> Deals:
    return Deals(session, MARKET, now)


async def standing(session: AsyncSession, who: ContactId) -> int:
    """Return how many deals speak for somebody."""
    return (await Ratings(session, Vault([b"k" * 32]), MARKET, NOON).standing(who)).deals


async def state(session: AsyncSession) -> str:
    found = select(Deal.state).where(Deal.merchant_id == MARKET)
    return (await session.scalars(found)).one()


@pytest.mark.parametrize("first", [SELLER, BUYER])
async def test_the_second_yes_makes_the_deal(session: AsyncSession, first: ContactId) -> None:
    deal = await deals(session).open(new_deal(), days=DAYS)
    second = BUYER if first == SELLER else SELLER

    one = await deals(session).answer(deal.id, first, Said.YES)
    assert (one.state, one.agreed_at) == (DealState.OPEN, None)
    both = await deals(session).answer(deal.id, second, Said.YES)

    assert (both.state, both.agreed_at) == (DealState.AGREED, NOON)
    assert (await standing(session, SELLER), await standing(session, BUYER)) == (1, 1)


async def test_one_yes_is_no_deal_and_ends(session: AsyncSession) -> None:
    deal = await deals(session).open(new_deal(), days=DAYS)
    await deals(session).answer(deal.id, SELLER, Said.YES)
    late = NOON + timedelta(days=DAYS)

    with pytest.raises(DealGoneError):
        await deals(session, late).answer(deal.id, BUYER, Said.YES)

    assert await standing(session, SELLER) == 0
    await expire_deals(await session.connection(), late)
    assert await state(session) == DealState.EXPIRED


async def test_deal_of_another_merchant_is_not_there(session: AsyncSession) -> None:
    deal = await deals(session).open(new_deal(), days=DAYS)
    rival = Deals(session, MerchantId(uuid4()), NOON)

    assert await rival.find(deal.id, SELLER) is None
    with pytest.raises(DealGoneError):
        await rival.answer(deal.id, SELLER, Said.YES)
    assert await standing(session, SELLER) == 0


async def test_subject_has_one_deal(session: AsyncSession) -> None:
    one = await deals(session).open(new_deal(), days=DAYS)
    await deals(session).answer(one.id, SELLER, Said.YES)

    again = await deals(session).open(new_deal(), days=DAYS)

    assert (again.id, again.provider_said) == (one.id, Said.YES)


async def test_one_person_deals_with_nobody(session: AsyncSession) -> None:
    await deals(session).open(new_deal(), days=DAYS)
    other = ContactId(new_id())
    moved = NewDeal(
        capability="market", subject="2", thing="maize", provider_id=other, customer_id=BUYER
    )
    kept = await deals(session).open(moved, days=DAYS)

    await merge_contacts(await session.connection(), SELLER, BUYER)

    assert list(await session.scalars(select(Deal.id))) == [kept.id]


async def test_two_who_rated_each_other_become_one_who_rated_nobody(session: AsyncSession) -> None:
    between = await create_deal(session, MARKET, SELLER, BUYER)
    kept = await create_deal(session, MARKET, SELLER, STRANGER)
    ratings = Ratings(session, Vault([b"k" * 32]), MARKET, NOON)
    for rater, deal in ((SELLER, between), (BUYER, between), (SELLER, kept)):
        await ratings.give(deal.id, rater, 5, "", days=14)

    await merge_contacts(await session.connection(), SELLER, BUYER)

    assert list(await session.scalars(select(Deal.id))) == [kept.id]
    [left] = (await session.execute(select(Review.rater_id, Review.rated_id))).all()
    assert tuple(left) == (BUYER, STRANGER)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=_STEPS)
async def test_only_two_who_both_say_yes_in_time_make_a_deal(
    session: AsyncSession, steps: list[tuple[object, object]]
) -> None:
    """Play any answers against a model of two answers and an end."""
    await session.execute(delete(Deal))
    now, ends = NOON, NOON + timedelta(days=DAYS)
    deal = await deals(session).open(new_deal(), days=DAYS)
    said = {SELLER: Said.NOTHING, BUYER: Said.NOTHING}
    agreed = False
    for who, what in steps:
        if who == "days":
            assert isinstance(what, int)
            now += timedelta(days=what)
        elif who == "sweep":
            await expire_deals(await session.connection(), now)
        elif who == "open":
            again = await deals(session, now).open(new_deal(), days=DAYS)
            assert again.id == deal.id
            if not agreed and now >= ends:
                ends, said = now + timedelta(days=DAYS), dict.fromkeys(said, Said.NOTHING)
        else:
            assert isinstance(what, Said)
            taken = who in said and not agreed and now < ends
            answering = deals(session, now).answer(deal.id, ContactId(who), what)  # type: ignore[arg-type]
            if not taken:
                with pytest.raises(DealGoneError):
                    await answering
                continue
            said[ContactId(who)] = what  # type: ignore[arg-type]
            agreed = set(said.values()) == {Said.YES}
            assert (await answering).state == (DealState.AGREED if agreed else DealState.OPEN)
        assert (await state(session) == DealState.AGREED) is agreed


async def test_answers_that_cross_make_one_deal(engine: AsyncEngine) -> None:
    async with writing(engine) as connection, AsyncSession(connection) as session:
        deal = await deals(session).open(new_deal(), days=DAYS)

    async def answer(who: ContactId) -> str:
        async with writing(engine) as connection, AsyncSession(connection) as session:
            return (await deals(session).answer(deal.id, who, Said.YES)).state

    answered = await asyncio.gather(answer(SELLER), answer(BUYER))

    assert sorted(answered) == [DealState.AGREED, DealState.OPEN]
