"""The parts of Twilio's forms and answers that we read. Everything else is ignored on purpose."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Form(msgspec.Struct, frozen=True, gc=False, rename="pascal"):
    """What a webhook says: of a message that came in, or of how far one of ours got."""

    message_sid: str = ""
    account_sid: str = ""
    sender: str = msgspec.field(name="From", default="")
    recipient: str = msgspec.field(name="To", default="")
    external_user_id: str = ""
    wa_id: str = ""
    profile_name: str = ""
    body: str = ""
    message_type: str = ""
    num_media: str = ""
    latitude: str = ""
    longitude: str = ""
    address: str = ""
    label: str = ""
    button_text: str = ""
    button_payload: str = ""
    list_id: str = ""
    list_title: str = ""
    original_replied_message_sid: str = ""
    forwarded: str = ""
    frequently_forwarded: str = ""
    referral_source_id: str = ""
    referral_ctwa_clid: str = ""
    message_status: str = ""
    error_code: str = ""
    error_message: str = ""
    outbox: str = msgspec.field(name="outbox", default="")
    """Ours: from the query of the address that a message names for its statuses."""


class Refusal(msgspec.Struct, frozen=True, gc=False):
    code: int = 0
    message: str = ""


class Taken(msgspec.Struct, frozen=True, gc=False):
    """The answer to a message that was taken."""

    sid: str


class Content(msgspec.Struct, frozen=True, gc=False):
    """Content that the account keeps."""

    sid: str
    friendly_name: str | None = None


class PageMeta(msgspec.Struct, frozen=True, gc=False):
    next_page_url: str | None = None


class ContentPage(msgspec.Struct, frozen=True, gc=False):
    contents: list[Content] = []
    meta: PageMeta = PageMeta()


Types = Mapping[str, Mapping[str, Any]]
"""A content's types by their names, texts with `{{1}}` for each variable."""
