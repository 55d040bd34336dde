"""What a contact said last counts, whoever wrote it down and whenever."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from sokoni.contacts.consent import (
    MARKETING,
    MESSAGES,
    Agreed,
    agreeing,
    history,
    record,
    wants_to_hear,
)
from sokoni.contacts.models import Contact
from sokoni.contacts.register import contact_of_phone
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, PhoneNumber, new_id
from sokoni.testing.clock import NOON
from tests.conftest import THREE

SHOP: Final = MerchantId(new_id())
DAY: Final = timedelta(days=1)
_Word: TypeAlias = tuple[str, bool, str, int]
"""Purpose, yes or no, source, and on which day it was said."""


async def contact(connection: AsyncConnection, vault: Vault, nth: int = 0) -> ContactId:
    phone = PhoneNumber(f"+2637{nth:08}")
    return await contact_of_phone(connection, vault, SHOP, phone, NOON)


def said(who: ContactId, word: _Word) -> Agreed:
    purpose, yes, source, day = word
    return Agreed(
        merchant_id=SHOP,
        contact_id=who,
        purpose=purpose,
        given=yes,
        source=source,
        wording=f"day {day}" if yes else "",
        at=NOON + day * DAY,
    )


async def stops(
    connection: AsyncConnection, who: ContactId
) -> tuple[datetime | None, datetime | None]:
    columns = select(Contact.opted_out_at, Contact.marketing_stopped_at)
    row = (await connection.execute(columns.where(Contact.id == who))).one()
    return row.opted_out_at, row.marketing_stopped_at


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_an_older_yes_does_not_undo_a_stop(engine: AsyncEngine, vault: Vault) -> None:
    async with writing(engine) as connection:
        who = await contact(connection, vault)
        await record(connection, vault, said(who, (MESSAGES, False, "chat", 5)))
        await record(connection, vault, said(who, (MESSAGES, True, "import", 2)))
        await record(connection, vault, said(who, (MARKETING, True, "import", 2)))
        before = await stops(connection, who)
        allowed = list(await connection.scalars(agreeing(SHOP, MARKETING)))
        unasked = list(await connection.scalars(agreeing(SHOP, MESSAGES)))

        await record(connection, vault, said(who, (MESSAGES, True, "chat", 6)))
        after = await stops(connection, who)

    assert before == (NOON + 5 * DAY, None)
    assert (allowed, unasked) == ([who], [])
    assert after == (None, None)


async def test_what_was_stopped_at_the_channel_is_taken_back_only_there(
    engine: AsyncEngine, vault: Vault
) -> None:
    async with writing(engine) as connection:
        who = await contact(connection, vault)
        for day, source in enumerate(("channel", "chat", "staff")):
            word = (MARKETING, source != "channel", source, day)
            await record(connection, vault, said(who, word))
        still = await stops(connection, who)
        await record(connection, vault, said(who, (MARKETING, True, "channel", 4)))
        after = await stops(connection, who)

    assert still == (None, NOON)
    assert after == (None, None)


async def test_the_same_again_is_written_once_and_other_words_are_kept(
    engine: AsyncEngine, vault: Vault
) -> None:
    words = [(MARKETING, True, "api", 1), (MARKETING, True, "api", 1), (MARKETING, True, "api", 3)]
    async with writing(engine) as connection:
        who = await contact(connection, vault)
        new = [await record(connection, vault, said(who, word)) for word in words]
    async with AsyncSession(engine) as session:
        book = await history(session, vault, SHOP, who)
        others = await history(session, vault, MerchantId(new_id()), who)

    assert new == [True, False, True]
    assert [(one.source, one.wording) for one in book] == [("api", "day 1"), ("api", "day 3")]
    assert others == []


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.lists(
        st.tuples(
            st.sampled_from([MESSAGES, MARKETING]),
            st.booleans(),
            st.sampled_from(["chat", "import", "staff"]),
            st.integers(0, 6),
        ),
        max_size=7,
        unique_by=lambda word: (word[0], word[3]),
    )
)
async def test_the_latest_word_decides_in_whatever_order_it_is_written_down(
    words: Sequence[_Word], engine: AsyncEngine, vault: Vault
) -> None:
    async with writing(engine) as connection:
        who = await contact(connection, vault, new_id().int % 10**8)
        for word in words:
            await record(connection, vault, said(who, word))
        stopped = await stops(connection, who)
        agreeing_to = {
            purpose: who in list(await connection.scalars(agreeing(SHOP, purpose)))
            for purpose in (MESSAGES, MARKETING)
        }
    async with AsyncSession(engine) as session:
        wants = await wants_to_hear(session, SHOP, who)

    ordered = sorted(words, key=lambda word: word[3])
    latest = {purpose: yes for purpose, yes, _, _ in ordered}
    assert agreeing_to == {one: latest.get(one, False) for one in (MESSAGES, MARKETING)}
    assert [at is not None for at in stopped] == [
        latest.get(one) is False for one in (MESSAGES, MARKETING)
    ]
    assert wants is latest.get(MARKETING, latest.get(MESSAGES, False))
