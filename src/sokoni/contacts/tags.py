"""Tags: words that staff give contacts, to find them by."""

import re
from collections.abc import Sequence
from typing import Final, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.contacts.models import ContactTag
from sokoni.db.session import insert_once, rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId

_TAGS: Final = cast("Table", ContactTag.__table__)
_TAG: Final = re.compile(r"[\w][\w .:-]{0,38}[\w]|\w", re.UNICODE)


class TagRefusedError(AppError):
    """A tag is a word or a few, of at most 40 letters."""

    code = "tag_refused"
    http_status = 422


def read_tag(said: str) -> str:
    """Return the tag as it is kept, or raise `TagRefusedError`."""
    tag = " ".join(said.split()).casefold()
    if not _TAG.fullmatch(tag):
        raise TagRefusedError(said)
    return tag


async def tag(
    connection: AsyncConnection, merchant_id: MerchantId, contact_id: ContactId, said: str
) -> bool:
    """Give a contact a tag; return whether it is new to them."""
    row = {"merchant_id": merchant_id, "contact_id": contact_id, "tag": read_tag(said)}
    had = row["tag"] in await tags_of(connection, merchant_id, contact_id)
    await insert_once(connection, _TAGS, [row])
    return not had


async def untag(
    connection: AsyncConnection, merchant_id: MerchantId, contact_id: ContactId, said: str
) -> bool:
    """Take a tag from a contact; return whether they had it."""
    mine = delete(ContactTag).where(
        ContactTag.merchant_id == merchant_id,
        ContactTag.contact_id == contact_id,
        ContactTag.tag == read_tag(said),
    )
    return bool(await rows_changed(connection, mine))


async def tags_of(
    session: AsyncSession | AsyncConnection, merchant_id: MerchantId, contact_id: ContactId
) -> Sequence[str]:
    """Return a contact's tags, in the order of the alphabet."""
    mine = select(ContactTag.tag).where(
        ContactTag.merchant_id == merchant_id, ContactTag.contact_id == contact_id
    )
    return sorted(await session.scalars(mine))


async def move_tags(
    connection: AsyncConnection, others: Sequence[ContactId], kept: ContactId
) -> None:
    """Give the kept contact what the others are tagged with."""
    theirs = select(ContactTag.merchant_id, ContactTag.tag).where(
        ContactTag.contact_id.in_(others)
    )
    rows = {(row.merchant_id, row.tag) for row in await connection.execute(theirs)}
    moved = [{"merchant_id": one, "contact_id": kept, "tag": tag} for one, tag in sorted(rows)]
    await insert_once(connection, _TAGS, moved)
    await connection.execute(delete(ContactTag).where(ContactTag.contact_id.in_(others)))
