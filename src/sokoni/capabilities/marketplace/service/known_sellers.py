"""Sellers as buyers know them: found by the name that is shown, while they can be reached."""

from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Row, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Seller, SellerId
from sokoni.capabilities.marketplace.service.offers import CONTACTS, REACHABLE
from sokoni.contacts.directory import opened_name
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.language.words import words_of

_SELLERS: Final = cast("Table", Seller.__table__)
_LOOKED_AT: Final = 5000
"""Names stand sealed, and each is opened to be compared: so many of the newest sellers."""


@dataclass(frozen=True, slots=True)
class KnownSeller:
    """What everybody may know of a seller; how they are reached is not among it."""

    id: SellerId
    contact_id: ContactId
    name: str
    place: str


class KnownSellers:
    """One merchant's sellers who are neither shut out nor have stopped all messages."""

    def __init__(self, session: AsyncSession, vault: Vault, merchant_id: MerchantId) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id

    async def called(self, name: str) -> list[KnownSeller]:
        """Return those whose names have all these words; of just this name only, if any are."""
        wanted = _words(name)
        rows = await self._session.execute(
            self._reachable()
            .where(CONTACTS.c.name.is_not(None))
            .order_by(_SELLERS.c.id.desc())
            .limit(_LOOKED_AT)
        )
        found = [one for one in map(self._opened, rows) if wanted and wanted <= _words(one.name)]
        return [one for one in found if _words(one.name) == wanted] or found

    async def find(self, seller_id: SellerId) -> KnownSeller | None:
        row = (
            await self._session.execute(self._reachable().where(_SELLERS.c.id == seller_id))
        ).one_or_none()
        return None if row is None else self._opened(row)

    async def of(self, contact_id: ContactId) -> KnownSeller | None:
        """Return the contact as a seller."""
        row = (
            await self._session.execute(
                self._reachable().where(_SELLERS.c.contact_id == contact_id)
            )
        ).one_or_none()
        return None if row is None else self._opened(row)

    def _opened(self, row: Row[*tuple[Any, ...]]) -> KnownSeller:
        name = opened_name(self._vault, row.contact_id, row.name)
        return KnownSeller(row.id, row.contact_id, name, row.place_name)

    def _reachable(self) -> Select[*tuple[Any, ...]]:
        """Scope of every query here."""
        columns = (_SELLERS.c.id, _SELLERS.c.contact_id, _SELLERS.c.place_name, CONTACTS.c.name)
        return (
            select(*columns)
            .join_from(_SELLERS, CONTACTS, CONTACTS.c.id == _SELLERS.c.contact_id)
            .where(_SELLERS.c.merchant_id == self._merchant_id, *REACHABLE)
        )


def _words(name: str) -> frozenset[str]:
    return frozenset(token.folded for token in words_of(name).tokens if token.is_word)
