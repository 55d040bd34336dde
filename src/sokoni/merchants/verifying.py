"""How one merchant sends codes: the ways that its file names."""

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId, new_id
from sokoni.merchants.changes import Change, Outcome, assign
from sokoni.merchants.file import DeclaredWay, MerchantFile
from sokoni.merchants.models import CodeAccount, CodeAccountId

_PLACE: Final = "code_accounts.config"
_TAKEN_OUT: Final = "taken out of the merchant file"


class CodeAccounts:
    """One merchant's ways. Flushes; whoever opened the session commits."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, clock: Clock
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._clock = clock

    async def all(self) -> Sequence[CodeAccount]:
        mine = select(CodeAccount).where(CodeAccount.merchant_id == self._merchant_id)
        return (await self._session.scalars(mine.order_by(CodeAccount.place))).all()

    async def apply(self, file: MerchantFile) -> list[Change]:
        """Make them as the file says; one that is named no more sends nothing, and stays."""
        rows = {row.way: row for row in await self.all()}
        changes = [
            self._put(rows.pop(said.way, None), place, said)
            for place, said in enumerate(file.ways)
        ]
        for row in rows.values():
            if row.paused_reason != _TAKEN_OUT:
                row.paused_reason = _TAKEN_OUT
                changes.append(Change(Outcome.PAUSED, f"codes by {row.way}"))
        return changes

    def _put(self, row: CodeAccount | None, place: int, said: DeclaredWay) -> Change:
        what = f"codes by {said.way}"
        if row is None:
            self._session.add(self._new(place, said))
            return Change(Outcome.CREATED, what)
        outcome = assign(row, {"place": place, "paused_reason": ""})
        if orjson.loads(self._vault.open(_PLACE, row.id, row.config)) != said.config:
            row.config = self._sealed(row.id, said)
            outcome = Outcome.UPDATED
        return Change(outcome, what)

    def _new(self, place: int, said: DeclaredWay) -> CodeAccount:
        row_id = CodeAccountId(new_id())
        return CodeAccount(
            id=row_id,
            merchant_id=self._merchant_id,
            way=said.way,
            place=place,
            config=self._sealed(row_id, said),
            paused_reason="",
            created_at=self._clock(),
        )

    def _sealed(self, row_id: CodeAccountId, said: DeclaredWay) -> bytes:
        return self._vault.seal(_PLACE, row_id, orjson.dumps(said.config))
