"""Captured bodies, and a channel to read them with."""

from pathlib import Path
from typing import Final

from sokoni.channels.inbound import Address
from sokoni.channels.twilio_whatsapp.channel import TwilioWhatsAppChannel
from sokoni.channels.twilio_whatsapp.config import TwilioWhatsAppConfig
from sokoni.kit.http import HttpClient, Response
from sokoni.kit.ids import PhoneNumber
from sokoni.testing.clock import StoppedClock

PAYLOADS: Final = Path(__file__).parent / "payloads"
ACCOUNT: Final = "AC00000000000000000000000000000001"
NUMBER: Final = "+14155238886"
KEY: Final = f"{ACCOUNT}/{NUMBER}"
WEBHOOK: Final = "https://shop.example.com/webhook/twilio/k3v9"
RUDO: Final = Address(phone=PhoneNumber("+263771000001"))


class NoNetwork:
    """For tests that send nothing."""

    async def request(self, *_: object, **__: object) -> Response:
        raise AssertionError("nothing may be sent")

    async def close(self) -> None: ...


def config(url: str = "", **more: object) -> TwilioWhatsAppConfig:
    """Return a number's settings; `url` stands for all of Twilio's."""
    names = ("base_url", "content_base_url", "messaging_base_url")
    return TwilioWhatsAppConfig.model_validate(
        {
            "account_sid": ACCOUNT,
            "auth_tokens": ["fake-auth-token", "twilio-token-123"],
            "number": NUMBER,
            **(dict.fromkeys(names, url) if url else {}),
            **more,
        }
    )


def channel(
    http: HttpClient | None = None, url: str = "", **more: object
) -> TwilioWhatsAppChannel:
    return TwilioWhatsAppChannel(config(url, **more), http or NoNetwork(), StoppedClock(), WEBHOOK)


def captured(name: str) -> bytes:
    """Return a body; the file has a field a line."""
    return b"&".join((PAYLOADS / f"{name}.form").read_bytes().split())
