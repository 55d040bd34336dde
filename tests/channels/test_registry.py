"""Which channels there are, and by which words."""

import pytest

from sokoni.channels.registry import Registry, UnknownChannelError
from sokoni.channels.simulator.config import SimulatorConfig
from sokoni.channels.twilio_whatsapp.config import TwilioWhatsAppConfig
from sokoni.channels.whatsapp_cloud.config import WhatsAppCloudConfig


@pytest.mark.parametrize(
    ("platform", "channel"),
    [
        ("whatsapp", "whatsapp_cloud"),
        ("twilio", "twilio_whatsapp"),
        ("simulator", "simulator"),
        ("pigeon", None),
    ],
)
def test_platform_word_names_a_channel(platform: str, channel: str | None) -> None:
    assert Registry().find_platform(platform) == channel


def test_config_models_are_known_by_channel() -> None:
    assert Registry.installed().configs() == {
        "whatsapp_cloud": WhatsAppCloudConfig,
        "twilio_whatsapp": TwilioWhatsAppConfig,
        "simulator": SimulatorConfig,
    }


def test_unknown_channel_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(
        UnknownChannelError, match="there are simulator, twilio_whatsapp, whatsapp_cloud"
    ):
        Registry().get("pigeon")


def test_only_signed_channels_are_for_production() -> None:
    registry = Registry()

    assert {name for name in registry if registry.get(name).development_only} == {"simulator"}
