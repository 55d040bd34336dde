"""Webhooks as Meta would send them: bodies of one number, signed with its app's secret."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypedDict, Unpack

import msgspec

from sokoni.kit.clock import Clock, utc_now
from sokoni.kit.ids import new_id

Part = dict[str, Any]

_BUSINESS: Final = "263242700000"
_ACCOUNT: Final = "990011"
_PRICED: Final = frozenset({"sent", "delivered"})
"""Statuses that say what their message costs: those of one message say it twice."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A body and the headers it comes with."""

    body: bytes
    headers: Mapping[str, str]


class Common(TypedDict, total=False):
    """What every message may have besides its content."""

    id: str
    name: str
    """The sender's profile name."""
    reply_to: str
    product: str
    """Retailer id of the product from which the sender wrote."""


def signed(body: bytes, app_secret: str) -> Signed:
    digest = hmac.digest(app_secret.encode(), body, "sha256").hex()
    return Signed(
        body,
        {"content-type": "application/json", "x-hub-signature-256": f"sha256={digest}"},
    )


class MetaWebhooks:
    """Builds what arrives for one number. A sender is a phone, or a user id that hides it."""

    def __init__(self, phone_number_id: str, app_secret: str, *, clock: Clock = utc_now) -> None:
        self.phone_number_id = phone_number_id
        self._app_secret = app_secret
        self._clock = clock

    def text(self, sender: str, body: str, **common: Unpack[Common]) -> Signed:
        return self.message(sender, "text", {"body": body}, **common)

    def button_reply(
        self, sender: str, choice_id: str, title: str, **common: Unpack[Common]
    ) -> Signed:
        tapped = {"id": choice_id, "title": title}
        return self._reply(sender, "button_reply", tapped, common)

    def list_reply(
        self, sender: str, choice_id: str, title: str, **common: Unpack[Common]
    ) -> Signed:
        return self._reply(sender, "list_reply", {"id": choice_id, "title": title}, common)

    def template_reply(
        self, sender: str, payload: str, text: str, **common: Unpack[Common]
    ) -> Signed:
        return self.message(sender, "button", {"payload": payload, "text": text}, **common)

    def location(
        self, sender: str, latitude: float, longitude: float, **common: Unpack[Common]
    ) -> Signed:
        place = {"latitude": latitude, "longitude": longitude}
        return self.message(sender, "location", place, **common)

    def contact(
        self, sender: str, phone: str, *, requested: bool = True, **common: Unpack[Common]
    ) -> Signed:
        """Return a shared contact: the answer to a request for the number, or a card."""
        digits = phone.removeprefix("+")
        card = {
            "name": {"formatted_name": common.get("name", "")},
            "phones": [{"phone": phone, "wa_id": digits, "type": "CELL"}],
            "origin": "contact_request" if requested else "other",
        }
        return self.message(sender, "contacts", [card], **common)

    def image(
        self,
        sender: str,
        *,
        caption: str = "",
        file: Mapping[str, str] | None = None,
        **common: Unpack[Common],
    ) -> Signed:
        """Return a picture; `file` as `GraphMedia` describes one that can be fetched."""
        nowhere = {"id": str(new_id().int % 10**16), "mime_type": "image/jpeg", "sha256": "5Hf0="}
        captioned = {"caption": caption} if caption else {}
        return self.message(sender, "image", {**(file or nowhere), **captioned}, **common)

    def message(self, sender: str, kind: str, content: object, **common: Unpack[Common]) -> Signed:
        """Return a message of any type; `content` is the object named after it."""
        who = _sender(sender)
        message = {
            **({"from": who["wa_id"]} if "wa_id" in who else {"from_user_id": who["user_id"]}),
            "id": common.get("id") or f"wamid.{new_id().hex}",
            "timestamp": self._timestamp(),
            "type": kind,
            kind: content,
        }
        if "reply_to" in common:
            message["context"] = {"from": _BUSINESS, "id": common["reply_to"]}
        if "product" in common:
            product = {"catalog_id": "1", "product_retailer_id": common["product"]}
            context = {"from": _BUSINESS, "id": "wamid.catalogue"}
            message["context"] = {**context, "referred_product": product}
        contact = {**who, "profile": {"name": common.get("name", "")}}
        return self.value(contacts=[contact], messages=[message])

    def status(
        self,
        name: str,
        provider_id: str,
        *,
        outbox_id: str = "",
        recipient: str = "",
        code: int | None = None,
    ) -> Signed:
        """Return a delivery status; a code makes its error."""
        status: Part = {"id": provider_id, "status": name, "timestamp": self._timestamp()}
        if recipient:
            status["recipient_id"] = recipient.removeprefix("+")
        if outbox_id:
            status["biz_opaque_callback_data"] = outbox_id
        if code is not None:
            status["errors"] = [{"code": code, "title": "Refused"}]
        if name in _PRICED:
            status["pricing"] = {"pricing_model": "PMP", "type": "regular", "category": "service"}
        return self.value(statuses=[status])

    def template_update(self, name: str, language: str, event: str, reason: str = "") -> Signed:
        """Return what Meta thinks of a template from now on."""
        told = {
            "event": event,
            "message_template_name": name,
            "message_template_language": language,
            "reason": reason or "NONE",
        }
        return self.news("message_template_status_update", told)

    def news(self, field: str, value: Part) -> Signed:
        """Return what concerns the business account, and no number of it."""
        entry = {
            "id": _ACCOUNT,
            "time": int(self._clock().timestamp()),
            "changes": [{"field": field, "value": value}],
        }
        return self.body({"object": "whatsapp_business_account", "entry": [entry]})

    def value(self, field: str = "messages", **parts: Any) -> Signed:  # noqa: ANN401 - any JSON
        """Return a webhook of one change."""
        metadata = {
            "display_phone_number": _BUSINESS,
            "phone_number_id": self.phone_number_id,
        }
        value = {"messaging_product": "whatsapp", "metadata": metadata, **parts}
        entry = {"id": _ACCOUNT, "changes": [{"field": field, "value": value}]}
        return self.body({"object": "whatsapp_business_account", "entry": [entry]})

    def body(self, envelope: object) -> Signed:
        return signed(msgspec.json.encode(envelope), self._app_secret)

    def _reply(self, sender: str, kind: str, tapped: Part, common: Common) -> Signed:
        return self.message(sender, "interactive", {"type": kind, kind: tapped}, **common)

    def _timestamp(self) -> str:
        return str(int(self._clock().timestamp()))


def _sender(sender: str) -> Part:
    digits = sender.removeprefix("+")
    return {"wa_id": digits} if digits.isdigit() else {"user_id": sender}
