"""Two contacts turned out to be one person: what the first registered is the second's."""

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from sokoni.capabilities.onboarding.models import Entry, EntryFact
from sokoni.capabilities.onboarding.service.book import DONE
from sokoni.kit.ids import ContactId


async def merge_contacts(connection: AsyncConnection, gone: ContactId, kept: ContactId) -> None:
    """Move registrations; of two of a kind that which is done stays, else the kept contact's."""
    statement = select(Entry.id, Entry.contact_id, Entry.registration, Entry.state)
    both = statement.where(Entry.contact_id.in_([gone, kept])).order_by(Entry.id)
    rows = (await connection.execute(both.with_for_update())).all()
    own = {row.registration: row for row in rows if row.contact_id == kept}
    for row in (row for row in rows if row.contact_id == gone):
        mine = own.get(row.registration)
        loser = None
        if mine is not None:
            loser = mine if row.state in DONE and mine.state not in DONE else row
            await connection.execute(
                delete(EntryFact).where(EntryFact.registration_id == loser.id)
            )
            await connection.execute(delete(Entry).where(Entry.id == loser.id))
        if loser is not row:
            for model, which in (
                (EntryFact, EntryFact.registration_id == row.id),
                (Entry, Entry.id == row.id),
            ):
                await connection.execute(update(model).where(which).values(contact_id=kept))
