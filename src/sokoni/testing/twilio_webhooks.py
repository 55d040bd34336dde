"""Webhooks as Twilio would post them: forms about one message, signed with the account's token."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1, sha256
from typing import Final, TypedDict, Unpack
from urllib.parse import urlencode

from sokoni.kit.ids import new_id

PREFIX: Final = "whatsapp:"
_FORM: Final = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Posted:
    """A request of Twilio's."""

    url: str
    """As Twilio calls it, which is what it signs."""
    body: bytes
    headers: Mapping[str, str]


class Common(TypedDict, total=False):
    """What every message may have besides its content."""

    id: str
    name: str
    """The sender's profile name."""
    reply_to: str


def signed_form(url: str, form: Mapping[str, str], auth_token: str) -> Posted:
    """Return a form, signed with all of its fields."""
    text = url + "".join(name + form[name] for name in sorted(form))
    headers = {
        "content-type": _FORM,
        "x-twilio-signature": _signature(text, auth_token),
        "i-twilio-idempotency-token": new_id().hex,
    }
    return Posted(url, urlencode(form).encode(), headers)


def signed_json(url: str, body: bytes, auth_token: str) -> Posted:
    """Return a body that is no form: the address holds its hash, and is signed alone."""
    mark = "&" if "?" in url else "?"
    url = f"{url}{mark}bodySHA256={sha256(body).hexdigest()}"
    headers = {
        "content-type": "application/json",
        "x-twilio-signature": _signature(url, auth_token),
    }
    return Posted(url, body, headers)


class TwilioWebhooks:
    """Builds what one number's webhook is posted. A sender is a phone, or a hidden user id."""

    def __init__(self, account_sid: str, auth_token: str, number: str, url: str) -> None:
        self.account_sid = account_sid
        self.number = number
        self._auth_token = auth_token
        self._url = url

    def text(self, sender: str, body: str, **common: Unpack[Common]) -> Posted:
        return self.message(sender, {"MessageType": "text", "Body": body}, **common)

    def button_reply(
        self, sender: str, choice_id: str, title: str, **common: Unpack[Common]
    ) -> Posted:
        tapped = {"ButtonText": title, "ButtonPayload": choice_id, "Body": title}
        return self.message(sender, {"MessageType": "button", **tapped}, **common)

    def list_reply(
        self, sender: str, choice_id: str, title: str, **common: Unpack[Common]
    ) -> Posted:
        tapped = {"ListId": choice_id, "ListTitle": title, "Body": title}
        return self.message(sender, {"MessageType": "interactive", **tapped}, **common)

    def location(
        self, sender: str, latitude: float, longitude: float, **common: Unpack[Common]
    ) -> Posted:
        place = {"Latitude": str(latitude), "Longitude": str(longitude), "Body": ""}
        return self.message(sender, {"MessageType": "location", **place}, **common)

    def media(
        self,
        sender: str,
        files: Sequence[tuple[str, str]],
        *,
        kind: str = "image",
        caption: str = "",
        **common: Unpack[Common],
    ) -> Posted:
        """Return files, each as its address and its content type."""
        fields = {"MessageType": kind, "Body": caption, "NumMedia": str(len(files))}
        for place, (url, mime_type) in enumerate(files):
            fields |= {f"MediaUrl{place}": url, f"MediaContentType{place}": mime_type}
        return self.message(sender, fields, **common)

    def message(self, sender: str, fields: Mapping[str, str], **common: Unpack[Common]) -> Posted:
        """Return a message that came in, with these fields besides the usual ones."""
        sid = common.get("id") or f"SM{new_id().hex}"
        quoted = {"OriginalRepliedMessageSid": common["reply_to"]} if "reply_to" in common else {}
        usual = {
            "MessageSid": sid,
            "SmsMessageSid": sid,
            "SmsSid": sid,
            "SmsStatus": "received",
            "NumMedia": "0",
            "NumSegments": "1",
            "ProfileName": common.get("name", ""),
            "From": f"{PREFIX}{sender}",
            "To": f"{PREFIX}{self.number}",
            "ApiVersion": "2010-04-01",
            **_who(sender),
        }
        return self.form({**usual, **fields, **quoted})

    def form(self, fields: Mapping[str, str]) -> Posted:
        """Return any form about this account."""
        told = {"AccountSid": self.account_sid, **fields}
        return signed_form(self._url, told, self._auth_token)

    def status(self, name: str, sid: str, to: str, *, callback: str, code: int = 0) -> Posted:
        """Return how far a message got, to the address that it named."""
        form = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "MessageSid": sid,
            "SmsSid": sid,
            "MessageStatus": name,
            "SmsStatus": name,
            "From": f"{PREFIX}{self.number}",
            "To": f"{PREFIX}{to}",
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": to,
            "ChannelInstallSid": "XE00000000000000000000000000000001",
        }
        if name == "read":
            form["EventType"] = "READ"
        if code:
            form |= {"ErrorCode": str(code), "ErrorMessage": "Refused"}
        return signed_form(callback, form, self._auth_token)


def _who(sender: str) -> dict[str, str]:
    digits = sender.removeprefix("+")
    if digits.isdigit():
        return {"WaId": digits}
    return {"ExternalUserId": f"{PREFIX}{sender}"}


def _signature(text: str, auth_token: str) -> str:
    return b64encode(hmac.new(auth_token.encode(), text.encode(), sha1).digest()).decode()
