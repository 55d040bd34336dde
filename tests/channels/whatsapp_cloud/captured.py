"""Captured bodies, and a channel to read them with."""

from pathlib import Path
from typing import Final

from sokoni.channels.inbound import Address
from sokoni.channels.whatsapp_cloud.channel import WhatsAppCloudChannel
from sokoni.channels.whatsapp_cloud.config import WhatsAppCloudConfig
from sokoni.kit.http import HttpClient, Response
from sokoni.kit.ids import PhoneNumber
from sokoni.testing.clock import StoppedClock

PAYLOADS: Final = Path(__file__).parent / "payloads"
NUMBER: Final = "880011223344556"
RUDO: Final = Address(user_id="ZW.4KX09QF2B7", phone=PhoneNumber("+263771000001"))


class NoNetwork:
    """For tests that send nothing."""

    async def request(self, *_: object, **__: object) -> Response:
        raise AssertionError("nothing may be sent")

    async def close(self) -> None: ...


def config(**more: object) -> WhatsAppCloudConfig:
    return WhatsAppCloudConfig.model_validate(
        {
            "phone_number_id": NUMBER,
            "access_token": "token",
            "app_secrets": ["new", "app-secret-123"],
            "verify_token": "hush",
            **more,
        }
    )


def channel(
    http: HttpClient | None = None, base_url: str = "", **more: object
) -> WhatsAppCloudChannel:
    settings = config(base_url=base_url, **more) if base_url else config(**more)
    return WhatsAppCloudChannel(settings, http or NoNetwork(), StoppedClock())


def captured(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()
