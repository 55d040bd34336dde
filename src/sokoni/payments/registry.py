"""Which gateways there are, by name: ours, and those that installed packages offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pkgutil import resolve_name
from typing import Any, Final

from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
from sokoni.kit.registry import Adapters
from sokoni.payments.base import Gateway, GatewayConfig
from sokoni.payments.cod.config import CodConfig
from sokoni.payments.cod.gateway import CodGateway
from sokoni.payments.sandbox.config import SandboxConfig
from sokoni.payments.sandbox.gateway import SandboxGateway
from sokoni.payments.stripe.config import StripeConfig

GROUP: Final = "sokoni.payments"
"""Entry points whose object is an `Adapter`, named as the merchant file names the gateway."""

_STRIPE: Final = "sokoni.payments.stripe.gateway:StripeGateway"
"""Read when a merchant wants it: the SDK takes a second and 30 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a gateway is reached with, and where we are."""

    http: HttpClient
    clock: Clock
    public_url: str
    account: str = ""
    """The unguessable name of the merchant's account."""

    def told(self, account: str) -> "Surroundings":
        return replace(self, account=account)


# The configuration comes from a row, so that its type is only known to the adapter.
Factory = Callable[[Any, Surroundings], Gateway]


class GatewayUnknownNameError(AppError):
    """No gateway of this name is installed."""

    code = "gateway_unknown_name"
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How one kind of gateway is configured and connected."""

    config: type[GatewayConfig]
    connect: Factory
    allowed: Callable[[Any], bool] = lambda _: True
    """Tells by its settings whether it may work in production."""


ADAPTERS: Final[Mapping[str, Adapter]] = {
    "sandbox": Adapter(
        config=SandboxConfig,
        connect=lambda config, given: SandboxGateway(
            config, given.clock, given.public_url, given.account
        ),
        allowed=lambda config: bool(config.in_production),
    ),
    "stripe": Adapter(
        config=StripeConfig,
        connect=lambda config, given: resolve_name(_STRIPE)(config, given.http, given.clock),
    ),
    "cod": Adapter(config=CodConfig, connect=lambda config, given: CodGateway(config)),  # noqa: ARG005
}


class Registry(Adapters[Adapter]):
    """The gateways by name."""

    kind = "gateway"
    group = GROUP
    ours = ADAPTERS
    unknown = GatewayUnknownNameError
