"""What comes in, in one shape for all channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

import msgspec

from sokoni.kit.ids import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookRequest:
    """What arrived, untouched. Meta signs the body; Twilio signs the public URL and the form."""

    url: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class Address(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a contact is reached. WhatsApp may hide the phone; both together name one contact."""

    user_id: str = ""
    """Business-scoped user id or chat id, never altered."""
    phone: PhoneNumber | None = None


class Medium(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file the contact sent, not fetched yet."""

    kind: str
    """image, video, audio, document or sticker."""
    id: str = ""
    """How the provider finds it again: an id, or its address."""
    mime_type: str = ""
    sha256: str = ""
    caption: str = ""
    filename: str = ""
    voice: bool = False


class Pin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""

    @property
    def words(self) -> str:
        """Return what can be read where there is no map."""
        where = f"{self.latitude}, {self.longitude}"
        return "\n".join(part for part in (self.name, self.address, where) if part)


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    retailer_id: str
    quantity: int
    price: Decimal
    """As the client claims it: never charged (reference/channels.md §1.8)."""
    currency: str


class SharedContact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str = ""
    phones: tuple[str, ...] = ()
    requested: bool = False
    """The answer to our request for the contact's own number."""


class Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="message"):
    """Something the contact said or did, in one shape for all channels."""

    provider_id: str
    """The inbox's idempotency key: providers deliver more than once."""
    sender: Address
    sent_at: datetime
    kind: str = "text"
    """text, choice, location, image, video, audio, document, sticker, contacts, order, form,
    reaction, edit, revoke, unsupported or ignored."""
    text: str = ""
    """What was typed, a caption, or the label of what was tapped."""
    choice_id: str = ""
    pin: Pin | None = None
    medium: Medium | None = None
    contacts: tuple[SharedContact, ...] = ()
    order: tuple[OrderLine, ...] = ()
    form: str = ""
    """JSON object that a native form returned."""
    product: str = ""
    """What it is about, by its number in the channel's own catalogue: they wrote from there."""
    reply_to: str = ""
    """Provider id of the message that this one answers, edits, revokes or reacts to."""
    sender_name: str = ""
    referral: str = ""
    """Where the contact came from: the advertisement's id."""
    forwarded: bool = False
    text_only: bool = False
    """The phone shows neither buttons nor lists: what may be picked has to be numbered."""


class Status(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="status"):
    """How far one of our messages got."""

    provider_id: str
    """Of the message that it is about."""
    status: str
    """taken, sent, delivered, read, played, failed, or one we do not know."""
    at: datetime
    outbox_id: str = ""
    error_code: str = ""
    error: str = ""
    error_kind: str = ""
    """`code` of the `SendError` that the refusal would have been, such as "channel_down"."""
    category: str = ""
    """Price category, where the provider names one."""
    billable: bool | None = None
    metered: bool = False
    """It is of a kind of which so many a month are free for each number."""


class Echo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="echo"):
    """Something the owner typed on their own phone to a contact."""

    provider_id: str
    recipient: Address
    sent_at: datetime
    text: str = ""
    kind: str = "text"


class AddressChange(msgspec.Struct, frozen=True, kw_only=True, tag="address_change"):
    """A contact has a new number or user id; `old` and `new` are one person."""

    provider_id: str
    old: Address
    new: Address
    sent_at: datetime


class Preference(msgspec.Struct, frozen=True, kw_only=True, tag="preference"):
    """The contact switched marketing messages off or on in the channel's own settings."""

    provider_id: str
    sender: Address
    marketing: bool
    sent_at: datetime


class TemplateNews(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="template"):
    """What the channel thinks of a template from now on; what is empty stays as it was."""

    provider_id: str
    name: str
    language: str
    """The channel's own code of it."""
    at: datetime
    approval: str = ""
    """APPROVED, REJECTED, PAUSED, DISABLED, or what else the channel calls it."""
    reason: str = ""
    category: str = ""
    quality: str = ""


class AccountNews(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="account"):
    """The channel stopped the business from sending, or lets it send again."""

    provider_id: str
    at: datetime
    stopped: str = ""
    """Why nothing can be sent; "" when it can again."""
    one_number: bool = False
    """It concerns this account alone, and no other of the business."""


class NumberNews(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="number"):
    """How far the channel trusts the numbers of a business from now on; what is empty stays."""

    provider_id: str
    at: datetime
    quality: str = ""
    """GREEN, YELLOW, RED, or what else the channel calls it."""
    daily_limit: int | None = None
    """So many contacts may be written to first within 24 hours; 0: any number."""
    restricted: str | None = None
    """Why nobody may be written to first; "": they may again."""
    until: datetime | None = None
    """When the restriction ends, where that is known."""


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag="notice"):
    """About the account itself (reviews, alerts): kept, and nothing more."""

    provider_id: str
    field: str
    value: msgspec.Raw = msgspec.Raw(b"{}")


class Unreadable(msgspec.Struct, frozen=True, kw_only=True, tag="unreadable"):
    """An item we could not make sense of: kept whole, shown to staff, never dropped."""

    raw: bytes
    """A body that holds it: a later version's `parse` may make sense of it."""
    reason: str = ""
    once: str = ""
    """Of all that share it the first is kept; "": whatever has other bytes is another."""


Inbound: TypeAlias = (
    Message
    | Status
    | Echo
    | AddressChange
    | Preference
    | TemplateNews
    | AccountNews
    | NumberNews
    | Notice
    | Unreadable
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Where a file that a contact sent is to be had: an address and what lets us in there."""

    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    """Who is shown the headers, wherever the address leads: names, or endings with a dot."""
    size: int = 0
    """In bytes, as the provider tells beforehand; 0 where it does not."""
    content: bytes | None = None
    """The file itself, of a channel that has it at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """One inbound item and the provider's key of the account it came to ("" = the webhook's own).

    `account_key` is, on WhatsApp, the phone number id, or the id of the business account for what
    concerns all its numbers: one webhook may mix several.
    """

    account_key: str
    item: Inbound
