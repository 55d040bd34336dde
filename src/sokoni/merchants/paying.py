"""How one merchant takes money: the accounts at gateways that its file names."""

import secrets
from collections.abc import Sequence
from typing import Any, ClassVar

from sqlalchemy import select
from typing_extensions import override

from sokoni.merchants.file import DeclaredGateway, MerchantFile
from sokoni.merchants.models import PaymentAccount
from sokoni.merchants.named import NamedAccounts


class PaymentAccounts(NamedAccounts[PaymentAccount, DeclaredGateway]):
    """One merchant's accounts at gateways; who is named no more stays, for what was paid there."""

    model: ClassVar[type[PaymentAccount]] = PaymentAccount
    named: ClassVar[str] = "gateway"
    does: ClassVar[str] = "payments by"

    @override
    def _declared(self, file: MerchantFile) -> Sequence[DeclaredGateway]:
        return file.gateways

    @override
    async def _check(self, file: MerchantFile, said: DeclaredGateway) -> None:
        """Refuse an account id that another account has."""
        if not said.account:
            return
        taken = select(PaymentAccount).where(PaymentAccount.account == said.account)
        row = await self._session.scalar(taken)
        mine = (self._merchant_id, said.gateway)
        if row is not None and (row.merchant_id, row.gateway) != mine:
            raise file.refuse(said.line, f"account {said.account}: another gateway's")

    @override
    def _told(self, said: DeclaredGateway, *, new: bool) -> dict[str, Any]:
        if said.account:
            return {"account": said.account}
        return {"account": secrets.token_urlsafe(24)} if new else {}
