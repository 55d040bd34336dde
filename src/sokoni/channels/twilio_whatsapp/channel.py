"""One WhatsApp sender, reached through Twilio."""

from collections.abc import Mapping
from typing import ClassVar, Final
from urllib.parse import urlencode

import msgspec

from sokoni.channels import base, errors, inbound
from sokoni.channels.outbound import Outbound
from sokoni.channels.refusals import landed
from sokoni.channels.twilio_whatsapp import outbound, payloads
from sokoni.channels.twilio_whatsapp.config import PREFIX, TwilioWhatsAppConfig
from sokoni.channels.twilio_whatsapp.content import Contents, Shaped
from sokoni.channels.twilio_whatsapp.errors import refusal
from sokoni.channels.twilio_whatsapp.inbound import Reader
from sokoni.channels.twilio_whatsapp.signature import is_signed
from sokoni.kit.clock import Clock
from sokoni.kit.download import host_of
from sokoni.kit.http import HttpClient, Response, TransportError
from sokoni.kit.ids import ProviderMessageId

_FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
_JSON_BEGINS: Final = (b"{", b"[")
_TAKEN: Final = msgspec.json.Decoder(payloads.Taken)


class TwilioWhatsAppChannel:
    """Twilio's signed forms in, messages by its REST API out."""

    name: ClassVar[str] = "twilio_whatsapp"

    def __init__(
        self, config: TwilioWhatsAppConfig, http: HttpClient, clock: Clock, webhook: str = ""
    ) -> None:
        self._config = config
        self._secrets = tuple(token.get_secret_value().encode() for token in config.auth_tokens)
        self._headers = {**config.credentials, **_FORM}
        self._http = http
        self._webhook = webhook
        self._contents = Contents(config, http)
        self._reader = Reader(clock)
        self.limits = base.Limits(
            text=1600,
            button_id=200,
            image_buttons=False,
            document_caption=False,
            location_request=False,
            contact_request=False,
            per_second=config.rate,
        )

    def verify(self, request: inbound.WebhookRequest) -> None:
        """Raise `InvalidSignatureError` unless Twilio signed this address and this form."""
        if not is_signed(request, self._secrets):
            raise errors.InvalidSignatureError(self.name)

    def content(self, request: inbound.WebhookRequest) -> bytes:
        """Return the form with what the address adds to it: which message a status is about."""
        query = request.url.partition("?")[2].partition("#")[0].encode()
        if not query or request.body.lstrip()[:1] in _JSON_BEGINS:
            return request.body
        return request.body + b"&" + query

    def parse(self, body: bytes) -> list[inbound.Arrived]:
        """Return every item, or raise `UnreadableBodyError` where the body as a whole is none."""
        return self._reader.read(body)

    def challenge(self, query: Mapping[str, str]) -> str | None:  # noqa: ARG002 - the contract's
        """Twilio asks for none."""
        return None

    async def send(self, message: Outbound) -> base.Sent:
        """Hand the message to Twilio, or raise a `SendError`."""
        said = outbound.content(message.content)
        if not isinstance(said, Shaped):
            return await self._sent(message, said)
        sid, said = await self._contents.chosen(said)
        try:
            return await self._sent(message, outbound.named(sid, said.variables))
        except errors.TemplateUnusableError as error:
            # Somebody tidied up at Twilio: this one goes as text, the next finds it made anew.
            self._contents.forget(said, sid)
            raise errors.NotRenderableError(
                str(error), provider_code=error.provider_code
            ) from error

    async def mark_read(self, message: ProviderMessageId, *, typing: bool) -> None:
        """Show that an answer is being written, which marks as read too; never raise."""
        if not typing:
            # Twilio has no other way to mark as read (reference/channels.md §5.4).
            return
        body = {"channel": "WHATSAPP", "messageId": message}
        try:
            await self._http.request(
                "POST", self._config.typing_url, headers=self._config.credentials, json=body
            )
        except TransportError:
            # A courtesy: the conversation goes on without it.
            return

    async def locate(self, medium: inbound.Medium) -> inbound.Located:
        """Return the address that came with it; it leads on to where our credentials must not."""
        config = self._config
        return inbound.Located(
            url=medium.id,
            headers=config.credentials,
            hosts=frozenset({host_of(config.base_url)}),
        )

    async def _sent(self, message: Outbound, fields: outbound.Fields) -> base.Sent:
        form = {**self._envelope(message), **fields}
        response = await landed(
            self._http.request(
                "POST",
                self._config.messages_url,
                headers=self._headers,
                body=urlencode(form).encode(),
            )
        )
        if response.status >= 300:
            raise refusal(response)
        return base.Sent(_provider_id(response))

    def _envelope(self, message: Outbound) -> outbound.Fields:
        service = self._config.messaging_service_sid
        form = {"To": outbound.recipient(message.to)}
        form |= (
            {"MessagingServiceSid": service}
            if service
            else {"From": f"{PREFIX}{self._config.number}"}
        )
        if self._webhook:
            form["StatusCallback"] = f"{self._webhook}?outbox={message.outbox_id}"
        return form


def _provider_id(response: Response) -> ProviderMessageId:
    try:
        return ProviderMessageId(_TAKEN.decode(response.body).sid)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise errors.UnknownOutcomeError(f"{response.status} without an id") from error
