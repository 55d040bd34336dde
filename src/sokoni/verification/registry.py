"""Which ways to send codes there are, by name: ours, and those that installed packages offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sokoni.connectors.auth_api.client import AuthApi
from sokoni.connectors.auth_api.config import AuthApiConfig
from sokoni.connectors.codes import CodeWay, WayConfig
from sokoni.connectors.twilio_codes.config import TwilioSmsConfig, TwilioVerifyConfig
from sokoni.connectors.twilio_codes.ways import TwilioSms, TwilioVerify
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
from sokoni.kit.registry import Adapters
from sokoni.verification.sandbox import SandboxConfig, SandboxWay
from sokoni.verification.whatsapp import TemplatePost, WhatsAppCodesConfig, WhatsAppWay

GROUP: Final = "sokoni.codes"
"""Entry points whose object is an `Adapter`, named as the merchant file names the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a way is reached with."""

    http: HttpClient
    clock: Clock
    templates: TemplatePost


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
    "whatsapp": Adapter(
        config=WhatsAppCodesConfig,
        connect=lambda config, given: WhatsAppWay(config, given.templates),
    ),
    "twilio_verify": Adapter(
        config=TwilioVerifyConfig,
        connect=lambda config, given: TwilioVerify(config, given.http, given.clock),
    ),
    "twilio_sms": Adapter(
        config=TwilioSmsConfig,
        connect=lambda config, given: TwilioSms(config, given.http, given.clock),
    ),
    "auth_api": Adapter(
        config=AuthApiConfig,
        connect=lambda config, given: AuthApi(config, given.http, given.clock),
    ),
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
