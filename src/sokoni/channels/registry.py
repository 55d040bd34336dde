"""Which channels there are, by name: ours, and those that installed packages offer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sokoni.channels.base import Channel, ChannelConfig
from sokoni.channels.simulator.channel import SimulatorChannel
from sokoni.channels.simulator.config import SimulatorConfig
from sokoni.channels.twilio_whatsapp.channel import TwilioWhatsAppChannel
from sokoni.channels.twilio_whatsapp.config import TwilioWhatsAppConfig
from sokoni.channels.whatsapp_cloud.channel import WhatsAppCloudChannel
from sokoni.channels.whatsapp_cloud.config import WhatsAppCloudConfig
from sokoni.errors import AppError
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient
from sokoni.kit.registry import Adapters

GROUP: Final = "sokoni.channels"
"""Entry points whose object is an `Adapter`, named as the merchant file names the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a channel reaches its provider with, and where it is reached."""

    http: HttpClient
    clock: Clock
    webhook: str = ""
    """The account's address for the provider; "" where it is not known, and nothing is sent."""


# The configuration comes from a row, so that its type is only known to the adapter.
Factory = Callable[[Any, Surroundings], Channel]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What a provider wants to be told when its webhook was stored."""

    body: bytes = b'{"status":"success"}'
    kind: bytes = b"application/json"


class UnknownChannelError(AppError):
    """No channel of this name is installed."""

    code = "channel_unknown"
    http_status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """How one kind of channel is configured, connected and addressed."""

    config: type[ChannelConfig]
    connect: Factory
    platform: str
    """As in webhook URLs."""
    acknowledgement: Acknowledgement = Acknowledgement()
    names_account: bool = False
    """Unsigned bodies that name their account: any account of the platform may read them."""
    development_only: bool = False
    """Refused in production: it has no signature."""


ADAPTERS: Final[Mapping[str, Adapter]] = {
    "whatsapp_cloud": Adapter(
        config=WhatsAppCloudConfig,
        connect=lambda config, given: WhatsAppCloudChannel(config, given.http, given.clock),
        platform="whatsapp",
    ),
    "twilio_whatsapp": Adapter(
        config=TwilioWhatsAppConfig,
        connect=lambda config, given: TwilioWhatsAppChannel(
            config, given.http, given.clock, given.webhook
        ),
        platform="twilio",
        acknowledgement=Acknowledgement(b"<Response/>", b"text/xml"),
    ),
    "simulator": Adapter(
        config=SimulatorConfig,
        connect=lambda config, given: SimulatorChannel(config, given.clock),
        platform="simulator",
        names_account=True,
        development_only=True,
    ),
}


class Registry(Adapters[Adapter]):
    """The channels by name."""

    kind = "channel"
    group = GROUP
    ours = ADAPTERS
    unknown = UnknownChannelError

    def find_platform(self, platform: str) -> str | None:
        """Return the channel that a webhook URL's word stands for."""
        return next(
            (name for name, adapter in self._adapters.items() if adapter.platform == platform),
            None,
        )
