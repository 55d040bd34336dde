"""Our own code in WhatsApp's authentication template, with its button that copies it."""

from typing import ClassVar, Literal, Protocol

from sokoni.connectors.codes import CodeUnknownError, Sending, Sent, Verdict, WayConfig
from sokoni.kit.ids import PhoneNumber


class WhatsAppCodesConfig(WayConfig):
    """The template stands among the merchant's, with the purpose `verification.sms`."""

    channel: Literal["whatsapp_cloud", "twilio_whatsapp"] = "whatsapp_cloud"
    """By which of the merchant's numbers it goes: the first on this channel."""


class TemplatePost(Protocol):
    """Sends approved templates past the log: a code is for nobody but who gets it."""

    async def send(self, sending: Sending, channel: str) -> str:
        """Return the channel's id of the message, or raise a `CodeError`."""


class WhatsAppWay:
    """Needs a phone number: WhatsApp sends no codes to who hides theirs."""

    name: ClassVar[str] = "whatsapp"
    checks = False
    keyed = False

    def __init__(self, config: WhatsAppCodesConfig, post: TemplatePost) -> None:
        self._config = config
        self._post = post

    async def send(self, sending: Sending) -> Sent:
        return Sent(provider_id=await self._post.send(sending, self._config.channel))

    async def check(self, number: PhoneNumber, provider_id: str, code: str, key: str) -> Verdict:  # noqa: ARG002
        raise CodeUnknownError("a template checks nothing")
