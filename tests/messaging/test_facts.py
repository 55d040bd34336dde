"""What an audience may ask for finds those of whom it is true, and nobody of another merchant."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.bootstrap import CAPABILITIES
from sokoni.contacts.consent import MESSAGES, Agreed, record
from sokoni.contacts.facts import FACTS as OF_CONTACTS
from sokoni.contacts.facts import FactKind, FactRefusedError
from sokoni.contacts.models import Contact
from sokoni.contacts.one_person import become_one
from sokoni.contacts.tags import tag, tags_of, untag
from sokoni.db.vault import Vault
from sokoni.db.writing import writing
from sokoni.kit.ids import AccountId, ContactId, MerchantId, new_id
from sokoni.messaging.facts import FACTS as OF_CONVERSATIONS
from sokoni.messaging.models import Conversation
from sokoni.messaging.seats import new_conversation
from sokoni.testing.clock import NOON

HERE = MerchantId(new_id())
THERE = MerchantId(new_id())
FACTS = {
    **OF_CONTACTS,
    **OF_CONVERSATIONS,
    **{name: fact for one in CAPABILITIES for name, fact in one.facts.items()},
}


async def _contact(
    engine: AsyncEngine, merchant_id: MerchantId = HERE, *, language: str = "en", days: int = 100
) -> ContactId:
    contact_id = ContactId(new_id())
    async with writing(engine) as connection:
        row = {
            "id": contact_id,
            "merchant_id": merchant_id,
            "language": language,
            "name_given": False,
            "created_at": NOON - timedelta(days=days),
        }
        await connection.execute(insert(Contact).values(row))
    return contact_id


async def _found(engine: AsyncEngine, name: str, *wanted: str) -> set[ContactId]:
    FACTS[name].check(name, wanted)
    async with engine.connect() as connection:
        return set(await connection.scalars(FACTS[name].people(HERE, wanted, NOON)))


async def test_language_age_and_tags_find_whom_they_are_true_of(engine: AsyncEngine) -> None:
    ana = await _contact(engine, language="sn", days=3)
    ben = await _contact(engine, language="nd")
    stranger = await _contact(engine, THERE, language="sn", days=3)
    async with writing(engine) as connection:
        await tag(connection, HERE, ben, " VIP  buyers ")
        await tag(connection, THERE, stranger, "vip buyers")

    assert await _found(engine, "language", "sn", "ar") == {ana}
    assert await _found(engine, "created", "7") == {ana}
    assert await _found(engine, "tag", "vip buyers") == {ben}


async def test_consent_counts_as_it_last_was(engine: AsyncEngine, vault: Vault) -> None:
    ana, ben = await _contact(engine), await _contact(engine)
    async with writing(engine) as connection:
        for who, steps in ((ana, (True, False, True)), (ben, (True, False))):
            for day, given in enumerate(steps):
                at = NOON - timedelta(days=9 - day)
                said = Agreed(
                    merchant_id=HERE,
                    contact_id=who,
                    purpose=MESSAGES,
                    wording="",
                    at=at,
                    given=given,
                    source="staff",
                )
                await record(connection, vault, said)

    assert await _found(engine, "consent") == {ana}


async def test_who_wrote_of_late_is_found(engine: AsyncEngine) -> None:
    ana, ben = await _contact(engine), await _contact(engine)
    async with writing(engine) as connection:
        for who, days in ((ana, 1), (ben, 9)):
            row = new_conversation(HERE, AccountId(new_id()), who, NOON)
            await connection.execute(insert(Conversation).values(row))
            wrote = update(Conversation).where(Conversation.id == row["id"])
            last = NOON - timedelta(days=days)
            await connection.execute(wrote.values(last_inbound_at=last))

    assert await _found(engine, "heard", "7") == {ana}


async def test_every_fact_can_be_asked_and_finds_nobody_where_nobody_is(
    engine: AsyncEngine,
) -> None:
    for name, fact in FACTS.items():
        wanted: Sequence[str] = {
            FactKind.FLAG: (),
            FactKind.DAYS: ("30",),
            FactKind.WORDS: fact.choices or ("anything",),
        }[fact.kind]

        assert await _found(engine, name, *wanted) == set(), name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("consent", ("yes",)),
        ("created", ()),
        ("created", ("-3",)),
        ("created", ("soon",)),
        ("language", ()),
        ("booking.role", ("king",)),
    ],
)
def test_values_that_a_fact_does_not_take_are_refused(name: str, wanted: Sequence[str]) -> None:
    with pytest.raises(FactRefusedError):
        FACTS[name].check(name, wanted)


async def test_tags_of_one_person_come_together(engine: AsyncEngine, vault: Vault) -> None:
    ana, again = await _contact(engine), await _contact(engine)
    async with writing(engine) as connection:
        for who, name in ((ana, "vip"), (again, "vip"), (again, "late")):
            await tag(connection, HERE, who, name)
        await become_one(connection, vault, [again], ana)

        assert await tags_of(connection, HERE, ana) == ["late", "vip"]
        assert await tags_of(connection, HERE, again) == []
        assert await untag(connection, HERE, ana, "Late")
        assert not await untag(connection, HERE, ana, "late")
