"""What a merchant's file names one by one, each with settings of its own, kept sealed."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Final, Generic, TypeVar

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId, new_id
from sokoni.merchants.changes import Change, Outcome, assign
from sokoni.merchants.file import DeclaredGateway, DeclaredWay, MerchantFile
from sokoni.merchants.models import CodeAccount, PaymentAccount

R = TypeVar("R", CodeAccount, PaymentAccount)
D = TypeVar("D", DeclaredWay, DeclaredGateway)
_TAKEN_OUT: Final = "taken out of the merchant file"


class NamedAccounts(ABC, Generic[R, D]):
    """One merchant's, each name once. Flushes; whoever opened the session commits."""

    model: ClassVar[type[Any]]
    named: ClassVar[str]
    """The column, and the field of the file's entry, that has the name."""
    does: ClassVar[str]
    """What is told of a change before the name: "payments by"."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, clock: Clock
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._clock = clock

    async def all(self) -> Sequence[R]:
        """Return them in the order of the file, those taken out last."""
        mine = select(self.model).where(self.model.merchant_id == self._merchant_id)
        return (await self._session.scalars(mine.order_by(self.model.place))).all()

    async def apply(self, file: MerchantFile) -> list[Change]:
        """Make them as the file says; what is named no more is used no more, and stays."""
        rows = {str(getattr(row, self.named)): row for row in await self.all()}
        changes = []
        for place, said in enumerate(self._declared(file)):
            await self._check(file, said)
            changes.append(self._put(rows.pop(getattr(said, self.named), None), place, said))
        for name, row in rows.items():
            if row.paused_reason != _TAKEN_OUT:
                row.paused_reason = _TAKEN_OUT
                changes.append(Change(Outcome.PAUSED, f"{self.does} {name}"))
        return changes

    @abstractmethod
    def _declared(self, file: MerchantFile) -> Sequence[D]:
        """Return the file's entries, in its order."""

    async def _check(self, file: MerchantFile, said: D) -> None:
        """Refuse the file where an entry cannot be had, with its line."""

    @abstractmethod
    def _told(self, said: D, *, new: bool) -> dict[str, Any]:
        """Return the columns besides that the file's entry says something of."""

    def _put(self, row: R | None, place: int, said: D) -> Change:
        what = f"{self.does} {getattr(said, self.named)}"
        if row is None:
            self._session.add(self._new(place, said))
            return Change(Outcome.CREATED, what)
        values = {"place": place, "paused_reason": "", **self._told(said, new=False)}
        if orjson.loads(self._vault.open(self._sealed_at, row.id, row.config)) != said.config:
            values["config"] = self._sealed(row.id, said)
        return Change(assign(row, values), what)

    def _new(self, place: int, said: D) -> R:
        row_id = new_id()
        row: R = self.model(
            id=row_id,
            merchant_id=self._merchant_id,
            place=place,
            config=self._sealed(row_id, said),
            paused_reason="",
            created_at=self._clock(),
            **{self.named: getattr(said, self.named)},
            **self._told(said, new=True),
        )
        return row

    @property
    def _sealed_at(self) -> str:
        return f"{self.model.__tablename__}.config"

    def _sealed(self, row_id: Any, said: D) -> bytes:  # noqa: ANN401 - any id of a row
        return self._vault.seal(self._sealed_at, row_id, orjson.dumps(said.config))
