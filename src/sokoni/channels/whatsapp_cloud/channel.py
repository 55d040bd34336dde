"""One WhatsApp business number, reached through Meta's Cloud API."""

import hmac
from collections.abc import Iterator, Mapping
from typing import ClassVar, Final

import msgspec
from pydantic import SecretStr

from sokoni.channels import base, errors, inbound
from sokoni.channels.outbound import Outbound
from sokoni.channels.refusals import landed
from sokoni.channels.whatsapp_cloud import outbound, payloads
from sokoni.channels.whatsapp_cloud.catalogue import WhatsAppCatalogue
from sokoni.channels.whatsapp_cloud.config import WhatsAppCloudConfig
from sokoni.channels.whatsapp_cloud.errors import refusal
from sokoni.channels.whatsapp_cloud.inbound import Reader
from sokoni.channels.whatsapp_cloud.media import Whereabouts
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient, Response, TransportError
from sokoni.kit.ids import PhoneNumber, ProviderMessageId

_SIGNATURE_HEADER: Final = "x-hub-signature-256"
_TAKEN: Final = msgspec.json.Decoder(payloads.Sent)


class WhatsAppCloudChannel:
    """Meta's webhooks in, Graph API messages out."""

    name: ClassVar[str] = "whatsapp_cloud"

    def __init__(self, config: WhatsAppCloudConfig, http: HttpClient, clock: Clock) -> None:
        self._url = config.messages_url
        self._headers = config.headers
        self._secrets = tuple(_bytes(secret) for secret in config.app_secrets)
        self._verify_token = _bytes(config.verify_token)
        self._http = http
        self._whereabouts = Whereabouts(config, http)
        self._reader = Reader(clock, config.business())
        self.catalogue = WhatsAppCatalogue(config, http) if config.catalog_id else None
        self.limits = base.Limits(catalogue=config.catalog_id)

    def verify(self, request: inbound.WebhookRequest) -> None:
        """Raise `InvalidSignatureError` unless Meta signed exactly these bytes."""
        given = request.headers.get(_SIGNATURE_HEADER, "").strip().encode()
        if not any(hmac.compare_digest(ours, given) for ours in self._signatures(request.body)):
            raise errors.InvalidSignatureError(self.name)

    def content(self, request: inbound.WebhookRequest) -> bytes:
        """Return the body: it says all there is."""
        return request.body

    def parse(self, body: bytes) -> list[inbound.Arrived]:
        """Return every item, or raise `UnreadableBodyError` where the body as a whole is none."""
        return self._reader.read(body)

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Return what Meta wants echoed, None unless it knows our verify token."""
        given = query.get("hub.verify_token", "").encode()
        known = hmac.compare_digest(self._verify_token, given)
        if query.get("hub.mode") != "subscribe" or not known:
            return None
        return query.get("hub.challenge")

    async def send(self, message: Outbound) -> base.Sent:
        """Hand the message to Meta, or raise a `SendError`."""
        body = msgspec.json.encode(outbound.payload(message))
        response = await landed(
            self._http.request("POST", self._url, headers=self._headers, body=body)
        )
        if response.status >= 300:
            raise refusal(response)
        return _sent(response)

    async def locate(self, medium: inbound.Medium) -> inbound.Located:
        """Ask Meta where the file is."""
        return await self._whereabouts.of(medium)

    async def mark_read(self, message: ProviderMessageId, *, typing: bool) -> None:
        """Show that it was read, and that an answer is being written; never raise."""
        body = msgspec.json.encode(outbound.read_mark(message, typing=typing))
        try:
            await self._http.request("POST", self._url, headers=self._headers, body=body)
        except TransportError:
            # A courtesy: the conversation goes on without it (reference/channels.md §2.6).
            return

    def _signatures(self, body: bytes) -> Iterator[bytes]:
        for secret in self._secrets:
            yield b"sha256=" + hmac.digest(secret, body, "sha256").hex().encode()


def _sent(response: Response) -> base.Sent:
    try:
        taken = _TAKEN.decode(response.body)
        provider_id = ProviderMessageId(taken.messages[0].id)
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError) as error:
        raise errors.UnknownOutcomeError(f"{response.status} without an id") from error
    return base.Sent(provider_id, _address(taken))


def _address(taken: payloads.Sent) -> inbound.Address:
    """Return the addresses Meta really used: those of some countries are respelt."""
    if not taken.contacts:
        return inbound.Address()
    contact = taken.contacts[0]
    phone = PhoneNumber(f"+{contact.wa_id}") if contact.wa_id else None
    return inbound.Address(user_id=contact.user_id, phone=phone)


def _bytes(secret: SecretStr) -> bytes:
    return secret.get_secret_value().encode()
