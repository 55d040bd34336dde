"""Which gateways there are, by name: ours, and those that installed packages offer."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pkgutil import resolve_name
from typing import Any, Final

from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
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


class Registry:
    """The adapters by name."""

    def __init__(self, adapters: Mapping[str, Adapter] = ADAPTERS) -> None:
        self._adapters = dict(adapters)

    @classmethod
    def installed(cls) -> "Registry":
        """Return ours and those of installed packages; ours keep their names."""
        offered = {point.name: point.load() for point in entry_points(group=GROUP)}
        return cls({**offered, **ADAPTERS})

    def __iter__(self) -> Iterator[str]:
        return iter(self._adapters)

    def get(self, gateway: str) -> Adapter:
        """Return the adapter, or raise `GatewayUnknownNameError`."""
        try:
            return self._adapters[gateway]
        except KeyError:
            known = ", ".join(sorted(self._adapters))
            raise GatewayUnknownNameError(f"no gateway {gateway!r}; there are {known}") from None

    def configs(self) -> Mapping[str, type[GatewayConfig]]:
        """Return the config model of each gateway, to check merchant files by."""
        return {name: adapter.config for name, adapter in self._adapters.items()}
