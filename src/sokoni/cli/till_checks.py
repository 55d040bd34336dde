"""Looks at how a merchant takes money."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import orjson
from pydantic import ValidationError

from sokoni.cli.findings import Finding, advice, good, unusable, wrong
from sokoni.db.vault import KeyUnknownError, TamperedError, Vault
from sokoni.kit.clock import utc_now
from sokoni.kit.http import NotSentError, Response
from sokoni.kit.money import Money
from sokoni.merchants.models import Merchant, PaymentAccount
from sokoni.payments.base import GatewayConfig
from sokoni.payments.gateways import PLACE
from sokoni.payments.registry import Adapter, GatewayUnknownNameError, Registry, Surroundings

_SUM: Final = Decimal(20)
"""Something that nearly everything costs, in money of nearly everywhere."""


class _Nobody:
    """Asks nobody: what a gateway can do, it knows itself."""

    async def request(
        self,
        method: str,  # noqa: ARG002
        url: str,  # noqa: ARG002
        *,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
        body: bytes | None = None,  # noqa: ARG002
        json: object = None,  # noqa: ARG002
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> Response:
        raise NotSentError("nobody is asked here")

    async def close(self) -> None:
        pass


def till_findings(
    tills: Sequence[PaymentAccount], merchant: Merchant, vault: Vault, *, production: bool
) -> Iterator[Finding]:
    """Say what there is to say of a merchant's gateways."""
    offered = [till for till in tills if not till.paused_reason]
    for till in offered:
        yield from _till(till, merchant, vault, production=production)


def _till(
    till: PaymentAccount, merchant: Merchant, vault: Vault, *, production: bool
) -> Iterator[Finding]:
    name = f"{merchant.slug}, payments by {till.gateway}"
    try:
        adapter = Registry.installed().get(till.gateway)
        stored = vault.open(PLACE, till.id, till.config)
        config = adapter.config.model_validate(orjson.loads(stored))
    except (GatewayUnknownNameError, KeyUnknownError, TamperedError, ValidationError) as error:
        yield unusable(name, "gateway", error)
    else:
        yield from _config(name, merchant, adapter, config, production=production)


def _config(
    name: str, merchant: Merchant, adapter: Adapter, config: GatewayConfig, *, production: bool
) -> Iterator[Finding]:
    if production and not adapter.allowed(config):
        yield wrong(f"{name}: no money moves there; it is not offered in production.")
        return
    base_url = str(getattr(config, "base_url", ""))
    if production and base_url.startswith("http://"):
        yield wrong(f"{name}: {base_url} is not encrypted, and is sent the secret key.")
    surroundings = Surroundings(http=_Nobody(), clock=utc_now, public_url="", account="")
    can = adapter.connect(config, surroundings).capabilities()
    if not can.takes(Money(_SUM, merchant.currency)):
        yield advice(f"{name}: it does not take {_SUM} {merchant.currency}.")
    if can.test and production:
        yield advice(f"{name}: it is in test mode, no real money moves.")
    yield good(f"{name}: configured.")
