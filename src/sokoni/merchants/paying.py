"""How one merchant takes money: the accounts at gateways that its file names."""

import secrets
from collections.abc import Sequence
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.db.vault import Vault
from sokoni.kit.clock import Clock
from sokoni.kit.ids import MerchantId, new_id
from sokoni.merchants.changes import Change, Outcome, assign
from sokoni.merchants.file import DeclaredGateway, MerchantFile
from sokoni.merchants.models import PaymentAccount, PaymentAccountId

_PLACE: Final = "payment_accounts.config"
_TAKEN_OUT: Final = "taken out of the merchant file"


class PaymentAccounts:
    """One merchant's accounts at gateways. Flushes; whoever opened the session commits."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, clock: Clock
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._clock = clock

    async def all(self) -> Sequence[PaymentAccount]:
        """Return them in the order of the file, those taken out last."""
        mine = select(PaymentAccount).where(PaymentAccount.merchant_id == self._merchant_id)
        return (await self._session.scalars(mine.order_by(PaymentAccount.place))).all()

    async def apply(self, file: MerchantFile) -> list[Change]:
        """Make them as the file says; who is named no more stays, for what was paid there."""
        rows = {row.gateway: row for row in await self.all()}
        changes = []
        for place, said in enumerate(file.gateways):
            await self._check_free(file, said)
            changes.append(self._put(rows.pop(said.gateway, None), place, said))
        for row in rows.values():
            if row.paused_reason != _TAKEN_OUT:
                row.paused_reason = _TAKEN_OUT
                changes.append(Change(Outcome.PAUSED, f"payments by {row.gateway}"))
        return changes

    async def _check_free(self, file: MerchantFile, said: DeclaredGateway) -> None:
        """Refuse an account id that another account has."""
        if not said.account:
            return
        taken = select(PaymentAccount).where(PaymentAccount.account == said.account)
        row = await self._session.scalar(taken)
        mine = (self._merchant_id, said.gateway)
        if row is not None and (row.merchant_id, row.gateway) != mine:
            raise file.refuse(said.line, f"account {said.account}: another gateway's")

    def _put(self, row: PaymentAccount | None, place: int, said: DeclaredGateway) -> Change:
        what = f"payments by {said.gateway}"
        if row is None:
            self._session.add(self._new(place, said))
            return Change(Outcome.CREATED, what)
        values: dict[str, Any] = {"place": place, "paused_reason": ""}
        if said.account:
            values["account"] = said.account
        if orjson.loads(self._vault.open(_PLACE, row.id, row.config)) != said.config:
            values["config"] = self._sealed(row.id, said)
        return Change(assign(row, values), what)

    def _new(self, place: int, said: DeclaredGateway) -> PaymentAccount:
        row_id = PaymentAccountId(new_id())
        return PaymentAccount(
            id=row_id,
            merchant_id=self._merchant_id,
            gateway=said.gateway,
            account=said.account or secrets.token_urlsafe(24),
            place=place,
            config=self._sealed(row_id, said),
            paused_reason="",
            created_at=self._clock(),
        )

    def _sealed(self, row_id: PaymentAccountId, said: DeclaredGateway) -> bytes:
        return self._vault.seal(_PLACE, row_id, orjson.dumps(said.config))
