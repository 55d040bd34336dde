"""Which ways to send codes there are, by name: ours, and those that installed packages offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sokoni.connectors.codes import CodeWay, WayConfig
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
from sokoni.kit.registry import Adapters
from sokoni.verification.sandbox import SandboxConfig, SandboxWay

GROUP: Final = "sokoni.codes"
"""Entry points whose object is an `Adapter`, named as the merchant file names the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a way is reached with."""

    http: HttpClient
    clock: Clock


# The configuration comes from a row, so that its type is only known to the adapter.
Factory = Callable[[Any, Surroundings], CodeWay]


class WayUnknownNameError(AppError):
    """No way of this name is installed."""

    code = "code_way_unknown_name"
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How one way is configured and connected."""

    config: type[WayConfig]
    connect: Factory
    development_only: bool = False


ADAPTERS: Final[Mapping[str, Adapter]] = {
    "sandbox": Adapter(
        config=SandboxConfig,
        connect=lambda config, given: SandboxWay(),  # noqa: ARG005
        development_only=True,
    ),
}


class Registry(Adapters[Adapter]):
    """The ways by name."""

    kind = "way to send codes"
    group = GROUP
    ours = ADAPTERS
    unknown = WayUnknownNameError

    def configs_for(self, *, production: bool) -> Mapping[str, type[WayConfig]]:
        """Return the config model of each way that may be used there, to check files by."""
        adapters = {name: self.get(name) for name in self}
        return {
            name: one.config
            for name, one in adapters.items()
            if not (production and one.development_only)
        }
