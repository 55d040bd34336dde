"""Of contacts who registered: what is exported and erased, and what stays where two are one."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.onboarding.erasing import erase_contact
from sokoni.capabilities.onboarding.exporting import export
from sokoni.capabilities.onboarding.merging import merge_contacts
from sokoni.db.writing import writing
from tests.capabilities.onboarding.bazaar import RAHUL, Desk
from tests.conftest import THREE


async def test_what_is_exported_is_the_contacts_own(bazaar: Desk) -> None:
    await bazaar.register()
    await bazaar.tell("Hi", "Rahul Verma", "IT", who=RAHUL)
    priya, _ = await bazaar.entries()

    async with AsyncSession(bazaar.app.engine) as session:
        kept = await export(session, bazaar.merchant_id, priya.contact_id)

    assert [one["reference"] for one in kept["registrations"]] == [priya.reference]
    assert {one["slot"]: one["value"] for one in kept["registration_facts"]} == {
        "sector": "textile",
        "pincode": "400001",
    }


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_what_is_erased_is_the_contacts_own(bazaar: Desk) -> None:
    await bazaar.register()
    await bazaar.tell("Hi", "Rahul Verma", "IT", who=RAHUL)
    priya, rahul = await bazaar.entries()

    async with writing(bazaar.app.engine) as connection:
        await erase_contact(connection, bazaar.merchant_id, priya.contact_id, bazaar.clock())

    assert [one.id for one in await bazaar.entries()] == [rahul.id]
    assert await bazaar.facts() == {"sector": "technology"}


@pytest.mark.parametrize("database_url", THREE, indirect=True)
async def test_of_two_registrations_of_one_person_the_finished_one_stays(bazaar: Desk) -> None:
    await bazaar.register()
    await bazaar.tell("Hi", "Rahul Verma", "IT", who=RAHUL)
    done, begun = await bazaar.entries()

    async with writing(bazaar.app.engine) as connection:
        await merge_contacts(connection, done.contact_id, begun.contact_id)

    (left,) = await bazaar.entries()
    assert (left.id, left.contact_id, left.state) == (done.id, begun.contact_id, "completed")
    assert await bazaar.facts() == {"sector": "textile", "pincode": "400001"}


async def test_of_two_that_are_not_finished_the_kept_contacts_stays(bazaar: Desk) -> None:
    await bazaar.tell("Hi", "Priya Sharma")
    await bazaar.tell("Hi", "Rahul Verma", "IT", who=RAHUL)
    gone, kept = await bazaar.entries()

    async with writing(bazaar.app.engine) as connection:
        await merge_contacts(connection, gone.contact_id, kept.contact_id)

    assert [one.id for one in await bazaar.entries()] == [kept.id]
