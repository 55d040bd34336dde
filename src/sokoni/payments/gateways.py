"""The gateways that merchants offer, read from their rows and kept in memory."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog
from pydantic import ValidationError
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.engine import READING
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
from sokoni.kit.ids import MerchantId
from sokoni.kit.money import Money
from sokoni.merchants.models import PaymentAccount
from sokoni.payments.base import Capabilities, Gateway, Known, Order
from sokoni.payments.models import Payment
from sokoni.payments.registry import GatewayUnknownNameError, Registry, Surroundings

PLACE: Final = "payment_accounts.config"
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveGateway:
    """One merchant's account at a gateway, ready to be asked."""

    merchant_id: MerchantId
    name: str
    gateway: Gateway
    account: str
    """Unguessable: ends the address for gateways that know only one."""
    public_url: str

    @property
    def can(self) -> Capabilities:
        return self.gateway.capabilities()

    def order(self, payment: Payment, *, description: str, language: str) -> Order:
        """Return what the gateway is asked to have paid. The same attempt has the same key."""
        address = callback_address(self.public_url, self.name, payment.token)
        return Order(
            payment_id=payment.id,
            money=payment.money,
            reference=payment.reference,
            description=description,
            idempotency_key=f"pay-{payment.id.hex}-cs-{payment.attempt}",
            callback=address,
            back=address,
            expires_at=payment.expires_at,
            language=language,
        )


def known_of(payment: Payment) -> Known:
    """Return a payment as its gateway is asked about it."""
    return Known(
        payment_id=payment.id,
        money=payment.money,
        reference=payment.reference,
        provider_id=payment.provider_id,
        transaction=payment.transaction_id,
        token=payment.token,
    )


def callback_address(public_url: str, gateway: str, token: str) -> str:
    """Return where a gateway tells us of a payment, or of all of an account."""
    return f"{public_url.rstrip('/')}/payments/{gateway}/callback/{token}"


class Offered(Protocol):
    """What a merchant takes money by."""

    def of(self, merchant_id: MerchantId) -> Sequence[LiveGateway]:
        """Return the merchant's gateways, the default first."""

    def find(self, merchant_id: MerchantId, name: str) -> LiveGateway | None: ...


class NoGateways:
    """Nobody takes money."""

    def of(self, merchant_id: MerchantId) -> Sequence[LiveGateway]:  # noqa: ARG002
        return ()

    def find(self, merchant_id: MerchantId, name: str) -> LiveGateway | None:  # noqa: ARG002
        return None


def default_for(offered: Sequence[LiveGateway], money: Money) -> LiveGateway | None:
    """Return the first gateway with which so much can be paid."""
    return next((one for one in offered if one.can.takes(money)), None)


class GatewayBook:
    """Finds gateways. `refresh` reads all rows anew, as for channel accounts."""

    def __init__(  # noqa: PLR0913 -- its collaborators, each by name
        self,
        engine: AsyncEngine,
        vault: Vault,
        registry: Registry,
        http: HttpClient,
        clock: Clock,
        *,
        public_url: str,
        production: bool = False,
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._registry = registry
        self._surroundings = Surroundings(http=http, clock=clock, public_url=public_url)
        self._production = production
        self._sealed: dict[Any, tuple[Any, LiveGateway]] = {}
        self._by_merchant: Mapping[MerchantId, Sequence[LiveGateway]] = {}
        self._all: Sequence[LiveGateway] = ()

    def of(self, merchant_id: MerchantId) -> Sequence[LiveGateway]:
        return self._by_merchant.get(merchant_id, ())

    def find(self, merchant_id: MerchantId, name: str) -> LiveGateway | None:
        return next((one for one in self.of(merchant_id) if one.name == name), None)

    async def by_account(self, name: str, account: str) -> LiveGateway | None:
        """Return whose account an address names."""
        return next((one for one in self._all if (one.name, one.account) == (name, account)), None)

    async def refresh(self) -> None:
        """Read all rows; one that did not change keeps its gateway."""
        mine = select(PaymentAccount.__table__).where(PaymentAccount.paused_reason == "")
        async with self._engine.connect() as connection:
            await connection.execution_options(**{READING: True})
            rows = (await connection.execute(mine.order_by(PaymentAccount.place))).all()
        offered: dict[MerchantId, list[LiveGateway]] = defaultdict(list)
        for row in rows:
            live = self._live(row)
            if live is not None:
                offered[row.merchant_id].append(live)
        self._by_merchant = offered
        self._all = [live for theirs in offered.values() for live in theirs]

    def _live(self, row: Row[Any]) -> LiveGateway | None:
        """Return the gateway as it was opened before, while its row did not change."""
        as_it_is = (row.account, row.config)
        before = self._sealed.get(row.id)
        if before is not None and before[0] == as_it_is:
            return before[1]
        live = self._opened(row)
        if live is not None:
            self._sealed[row.id] = (as_it_is, live)
        return live

    def _opened(self, row: Row[Any]) -> LiveGateway | None:
        """Open the account. One that cannot be read must not take the others with it."""
        try:
            adapter = self._registry.get(row.gateway)
            config = adapter.config.model_validate_json(
                self._vault.open(PLACE, row.id, row.config)
            )
            if self._production and not adapter.allowed(config):
                return None
            gateway = adapter.connect(config, self._surroundings.told(row.account))
        except (
            ValidationError,
            GatewayUnknownNameError,
            KeyUnknownError,
            TamperedError,
        ) as error:
            # Not the error's text: pydantic repeats the value, which may be a secret.
            _log.error("gateway_unusable", account=str(row.id), error=type(error).__name__)
            return None
        return LiveGateway(
            merchant_id=row.merchant_id,
            name=row.gateway,
            gateway=gateway,
            account=row.account,
            public_url=self._surroundings.public_url,
        )
