"""Files are kept as long as something uses them, and gone with the contact they came from."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from typing_extensions import override

from sokoni.contacts.models import Contact
from sokoni.db.vault import TamperedError
from sokoni.db.writing import writing
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.media.archive import Archive, NewFile, erase, erase_all, move
from sokoni.media.errors import FileGoneError
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.media.shelf import Shelf
from sokoni.media.stores.base import StoreAwayError
from sokoni.media.stores.folder import FolderStore
from tests.conftest import THREE
from tests.media.studio import SHOP, UNUSED, Studio

pytestmark = pytest.mark.parametrize("database_url", THREE, indirect=True)

CONTENT = b"\xff\xd8\xff content"
OTHER_SHOP = MerchantId(new_id())


def new_file(place: Studio) -> NewFile:
    return NewFile(
        id=MediaId(new_id()),
        merchant_id=SHOP,
        contact_id=place.contact_id,
        mime_type="image/jpeg",
        content=CONTENT,
    )


async def kept(place: Studio) -> FileRef:
    return await place.archive.keep(new_file(place))


async def used(place: Studio, ref: FileRef, merchant_id: MerchantId = SHOP) -> None:
    async with AsyncSession(place.engine) as session, session.begin():
        await Shelf(session, merchant_id).keep(ref, place.clock())


async def can_be_had(place: Studio, ref: FileRef) -> bool:
    async with AsyncSession(place.engine) as session:
        on_shelf = await Shelf(session, SHOP).find(ref.id, place.clock())
    found = await place.archive.find(ref.id)
    assert (found is not None) == (on_shelf is not None)
    return found is not None


async def cleared(place: Studio) -> None:
    assert not await place.archive.clear(place.clock())


class Moody(FolderStore):
    """A folder that is away when it is told to be."""

    away = False

    @override
    async def delete(self, media_id: MediaId) -> None:
        if self.away:
            raise StoreAwayError("away")
        await super().delete(media_id)


class Erasing(FolderStore):
    """A folder that is slow, so that the contact is erased meanwhile."""

    place: Studio

    @override
    async def put(self, media_id: MediaId, sealed: bytes) -> None:
        await super().put(media_id, sealed)
        async with writing(self.place.engine) as connection:
            await erase(connection, self.place.contact_id, self.place.clock())


class Died(BaseException):
    """Stands for the end of the process."""


class Dying(FolderStore):
    """A folder whose process ends as soon as it has the content."""

    @override
    async def put(self, media_id: MediaId, sealed: bytes) -> None:
        await super().put(media_id, sealed)
        raise Died


async def test_file_is_had_by_its_id(place: Studio) -> None:
    ref = await kept(place)

    found = await place.archive.find(ref.id)

    assert found is not None
    assert (found.ref, found.size) == (ref, len(CONTENT))
    assert await place.archive.content(ref.id) == CONTENT
    assert await place.archive.find(MediaId(new_id())) is None
    assert await place.archive.content(MediaId(new_id())) is None


async def test_content_of_one_file_opens_as_no_other(place: Studio) -> None:
    one, other = await kept(place), await kept(place)
    paths = {path.name: path for path in place.folder.rglob("*") if path.is_file()}

    paths[one.id.hex].replace(paths[other.id.hex])

    with pytest.raises(TamperedError):
        await place.archive.content(other.id)


async def test_file_that_nothing_uses_expires(place: Studio) -> None:
    ref = await kept(place)

    place.clock.advance(UNUSED - timedelta(seconds=1))
    await cleared(place)
    assert await can_be_had(place, ref)

    place.clock.advance(timedelta(seconds=1))
    assert not await can_be_had(place, ref)
    await cleared(place)
    assert await place.row(ref.id) is None
    assert place.on_disk() == {}


async def test_file_in_use_stays_until_it_is_let_go(place: Studio) -> None:
    ref = await kept(place)
    await used(place, ref)
    place.clock.advance(10 * UNUSED)
    await cleared(place)
    assert await can_be_had(place, ref)

    async with AsyncSession(place.engine) as session, session.begin():
        await Shelf(session, SHOP).release(ref.id, place.clock())

    assert await can_be_had(place, ref)  # a message that shows it may be on its way
    place.clock.advance(timedelta(days=1))
    await cleared(place)
    assert place.on_disk() == {}


async def test_letting_go_does_not_lengthen_a_life(place: Studio) -> None:
    ref = await kept(place)
    place.clock.advance(UNUSED - timedelta(hours=1))

    async with AsyncSession(place.engine) as session, session.begin():
        await Shelf(session, SHOP).release(ref.id, place.clock())

    place.clock.advance(timedelta(hours=1))
    assert not await can_be_had(place, ref)


async def test_file_of_another_merchant_cannot_be_used(place: Studio) -> None:
    ref = await kept(place)

    with pytest.raises(FileGoneError):
        await used(place, ref, OTHER_SHOP)

    async with AsyncSession(place.engine) as session:
        assert await Shelf(session, OTHER_SHOP).find(ref.id, place.clock()) is None
    place.clock.advance(UNUSED)
    assert not await can_be_had(place, ref)


async def test_file_that_expired_cannot_be_used_again(place: Studio) -> None:
    ref = await kept(place)
    place.clock.advance(UNUSED)

    with pytest.raises(FileGoneError):
        await used(place, ref)


async def test_contact_takes_their_files_along(place: Studio) -> None:
    unused, in_use = await kept(place), await kept(place)
    await used(place, in_use)
    place_contact, place.contact_id = place.contact_id, ContactId(new_id())
    async with AsyncSession(place.engine) as session, session.begin():
        session.add(Contact(id=place.contact_id, merchant_id=SHOP, created_at=place.clock()))
    anothers = await kept(place)

    async with writing(place.engine) as connection:
        await erase(connection, place_contact, place.clock())

    assert not await can_be_had(place, unused)
    assert not await can_be_had(place, in_use)
    await cleared(place)
    assert list(place.on_disk()) == [anothers.id.hex]


async def test_files_of_a_merchant_go_with_its_data(place: Studio) -> None:
    ref = await kept(place)
    await used(place, ref)

    async with writing(place.engine) as connection:
        await erase_all(connection, OTHER_SHOP, place.clock())
    assert await can_be_had(place, ref)
    async with writing(place.engine) as connection:
        await erase_all(connection, SHOP, place.clock())

    await cleared(place)
    assert place.on_disk() == {}


async def test_file_of_a_contact_erased_while_it_was_fetched_is_not_kept(place: Studio) -> None:
    store = Erasing(place.folder)
    store.place = place
    archive, file = Archive(place.engine, place.vault, place.clock, store, UNUSED), new_file(place)

    with pytest.raises(FileGoneError):
        await archive.keep(file)

    assert place.on_disk() == {}
    assert await archive.find(file.id) is None


async def test_contact_who_turned_out_to_be_another_takes_their_files_there(place: Studio) -> None:
    before, target = await kept(place), ContactId(new_id())
    async with writing(place.engine) as connection:
        await move(connection, place.contact_id, target)
        merged = update(Contact).where(Contact.id == place.contact_id)
        await connection.execute(merged.values(merged_into=target))

    late = await kept(place)

    rows = [await place.row(ref.id) for ref in (before, late)]
    assert [row.contact_id for row in rows if row is not None] == [target, target]


async def test_what_the_store_does_not_delete_is_deleted_later(place: Studio) -> None:
    store = Moody(place.folder)
    archive = Archive(place.engine, place.vault, place.clock, store, UNUSED)
    ref = await archive.keep(new_file(place))
    place.clock.advance(UNUSED)

    store.away = True
    assert not await archive.clear(place.clock())
    assert await place.row(ref.id) is not None
    assert len(place.on_disk()) == 1

    store.away = False
    assert not await archive.clear(place.clock())
    assert await place.row(ref.id) is None
    assert place.on_disk() == {}


async def test_what_a_dead_process_left_is_taken_up_or_cleared(place: Studio) -> None:
    dying = Archive(place.engine, place.vault, place.clock, Dying(place.folder), UNUSED)
    again, never = new_file(place), new_file(place)
    for file in (again, never):
        with pytest.raises(Died):
            await dying.keep(file)
    assert await place.archive.find(again.id) is None
    assert len(place.on_disk()) == 2

    await used(place, await place.archive.keep(again))
    place.clock.advance(UNUSED)
    await cleared(place)

    assert await place.archive.content(again.id) == CONTENT
    assert list(place.on_disk()) == [again.id.hex]


async def test_content_that_never_arrived_is_cleared_too(place: Studio) -> None:
    file = new_file(place)
    place.folder.write_text("in the way")
    with pytest.raises(StoreAwayError):
        await place.archive.keep(file)
    assert await place.archive.find(file.id) is None

    place.folder.unlink()
    place.clock.advance(UNUSED)
    await cleared(place)

    assert await place.row(file.id) is None
