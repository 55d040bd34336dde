"""The contract every channel fulfils: what comes in, what goes out, and how a send can fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import ClassVar, Protocol, TypeAlias

import msgspec
from pydantic import BaseModel

from sokoni.errors import AppError
from sokoni.kit.ids import OutboxId, PhoneNumber, ProviderMessageId

# --- what can go wrong -----------------------------------------------------------------------


class InvalidSignatureError(AppError):
    code = "invalid_signature"
    http_status = 401


class UnreadableBodyError(AppError):
    """The signature is good, but nothing in the body can be read."""

    code = "unreadable_body"


class SendError(AppError):
    """The provider refused the message, and will refuse it again."""

    code = "send_refused"

    def __init__(self, message: str, *, provider_code: str = "") -> None:
        super().__init__(message)
        self.provider_code = provider_code


class TemporarySendError(SendError):
    """Not taken this time; safe to try again, at most `tries` times more where that is named."""

    code = "send_refused_for_now"

    def __init__(self, message: str, *, provider_code: str = "", tries: int | None = None) -> None:
        super().__init__(message, provider_code=provider_code)
        self.tries = tries


class ThrottledError(TemporarySendError):
    """Too fast for the number; `retry_after` is in seconds, 0 where the provider named none."""

    code = "send_throttled"

    def __init__(self, message: str, *, provider_code: str = "", retry_after: float = 0) -> None:
        super().__init__(message, provider_code=provider_code)
        self.retry_after = retry_after


class ContactThrottledError(ThrottledError):
    """Too fast for this one contact: others need not wait."""

    code = "send_contact_throttled"


class UnknownOutcomeError(SendError):
    """It may have been taken: wait for a delivery status before trying again."""

    code = "send_outcome_unknown"


class FileUnfetchedError(TemporarySendError):
    """The provider could not fetch our file: where it never can, a form without one may pass."""

    code = "send_file_unfetched"


class ChannelDownError(TemporarySendError):
    """The whole number cannot send until an operator mends it: nothing else is tried."""

    code = "channel_down"


class RecipientUnreachableError(SendError):
    """The address takes no messages."""

    code = "recipient_unreachable"


class OptedOutError(SendError):
    code = "contact_opted_out"


class ReplyWindowClosedError(SendError):
    """Too long since the contact wrote; only a template may be sent."""

    code = "reply_window_closed"


class TemplateUnusableError(SendError):
    """The provider does not let this template be sent: another may pass."""

    code = "template_unusable"


class NotRenderableError(SendError):
    """The provider rejects this form of the message: one step down the ladder may pass."""

    code = "send_not_renderable"


class MediumGoneError(AppError):
    """The provider has the file no longer, or never had it."""

    code = "medium_gone"


class MediumDelayedError(AppError):
    """The provider does not say where the file is, this time."""

    code = "medium_delayed"


# --- what comes in ---------------------------------------------------------------------------


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


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag="notice"):
    """About the account itself (quality, limits, reviews): kept, and nothing more."""

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


# --- what goes out ---------------------------------------------------------------------------


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing the contact may pick, already in their language."""

    id: str
    title: str
    description: str = ""
    product: str = ""
    """What it stands for, by its number in the channel's own catalogue."""


class Neutral(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message as the dialogue means it, before a channel's limits (reference §8.2)."""

    text: str
    options: tuple[Option, ...] = ()
    options_label: str = ""
    """Label of the button that opens a list."""
    reply_with_number: str = ""
    """Last line of a numbered menu, such as "Reply with a number."."""
    first: int = 1
    """The number of the first option, where others are told and numbered in the text."""
    more_label: str = ""
    """Label of the row that shows the next page."""
    numbered: bool = False
    """A fixed choice: one numbered text with all of it, the number stays the option's."""
    written: bool = False
    """Options shown as a list are written in the text, too: it opens only on a tap."""
    heading: str = ""
    """Stands over products of the channel's own catalogue: whose they are."""
    product: str = ""
    """What the text and the picture are about, by its number in the channel's own catalogue."""
    catalogue: bool = False
    """It leads into all there is, and so may open the channel's own catalogue."""
    image_url: str = ""
    document_url: str = ""
    document_name: str = ""
    link_url: str = ""
    link_label: str = ""
    ask_location: bool = False
    location_hint: str = ""
    """How to share a place by hand, said where the channel has no button for it."""
    ask_contact: bool = False
    """The text asks for the contact's phone number: a button may share it."""


class Text(msgspec.Struct, frozen=True, tag="text"):
    body: str


class Buttons(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="buttons"):
    body: str
    options: tuple[Option, ...]
    image_url: str = ""
    first: int = 1
    """The number of the first option, should they be shown as text."""


class Listing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="list"):
    body: str
    label: str
    options: tuple[Option, ...]
    first: int = 1
    """The number of the first option, should they be shown as text."""


class ProductShown(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="product"):
    """A product as the channel's own catalogue shows it: picture, name and price."""

    catalogue: str
    product: str
    body: str = ""
    image_url: str = ""
    """Our own picture of it, should the catalogue not have it."""


class ProductsShown(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="product_list"
):
    """Products of the channel's own catalogue, opened by a tap."""

    catalogue: str
    heading: str
    body: str
    label: str
    """Of the button that opens a list of `options`, should the catalogue not have them all."""
    options: tuple[Option, ...]
    first: int = 1
    """The number of the first option, should they be shown as text."""


class CatalogueShown(msgspec.Struct, frozen=True, kw_only=True, tag="catalogue"):
    """Opens the whole of the channel's own catalogue."""

    catalogue: str
    body: str


class Image(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="image"):
    url: str
    caption: str = ""


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="document"):
    url: str
    name: str
    caption: str = ""


class Place(msgspec.Struct, frozen=True, tag="place"):
    """A point on the map, with its name and address where they are known."""

    pin: Pin


class LocationRequest(msgspec.Struct, frozen=True, tag="location_request"):
    body: str


class ContactRequest(msgspec.Struct, frozen=True, tag="contact_request"):
    """Asks the contact to share their own phone number."""

    body: str


class LinkButton(msgspec.Struct, frozen=True, kw_only=True, tag="link"):
    body: str
    label: str
    url: str


class TemplateHeader(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What varies at the head of a template: a word of its line, or a file by link."""

    text: str = ""
    name: str = ""
    """Of the variable that `text` fills, where the template's variables have names."""
    image_url: str = ""
    document_url: str = ""
    document_name: str = ""


class TemplateButton(msgspec.Struct, frozen=True, omit_defaults=True):
    title: str
    payload: str = ""
    """Comes back as the choice id of a quick reply."""
    url_suffix: str = ""
    """Fills the variable at the end of a link's address."""
    url: str = ""
    """The whole address that a link opens."""


class Template(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="template"):
    """An approved template with its variables filled; `rendered` is what the contact reads."""

    name: str
    language: str
    """The channel's own code of it."""
    header: TemplateHeader | None = None
    parameters: tuple[str, ...] = ()
    parameter_names: tuple[str, ...] = ()
    """Of the variables that `parameters` fill, where they have names and not numbers."""
    buttons: tuple[TemplateButton, ...] = ()
    """All of them, in the order in which they were approved."""
    rendered: str = ""


Content: TypeAlias = (
    Text
    | Buttons
    | Listing
    | ProductShown
    | ProductsShown
    | CatalogueShown
    | Image
    | Document
    | Place
    | LocationRequest
    | ContactRequest
    | LinkButton
    | Template
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message to hand to the provider. `outbox_id` comes back on its delivery statuses."""

    outbox_id: OutboxId
    to: Address
    content: Content
    reply_to: ProviderMessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a channel can show (reference §8.1). Lengths are in UTF-16 units."""

    text: int = 4096
    caption: int = 1024
    body: int = 1024
    """Body of an interactive message."""
    buttons: int = 3
    button_title: int = 20
    button_id: int = 256
    rows: int = 10
    row_title: int = 24
    row_description: int = 72
    row_id: int = 200
    list_label: int = 20
    image_buttons: bool = True
    """Whether a picture may stand above reply buttons."""
    document_caption: bool = True
    """Whether a document may have words below it."""
    link_button: bool = True
    location_request: bool = True
    contact_request: bool = True
    """Whether a button may ask for the contact's phone number."""
    catalogue: str = ""
    """The channel's own catalogue that is linked to the account; "": there is none."""
    products: int = 30
    """Of the catalogue, in one message."""
    heading: int = 60
    window_hours: int | None = 24
    """Free-form replies are allowed so long after the contact wrote; None: always."""
    per_second: float = 80
    statuses: bool = True

    def text_only(self) -> "Limits":
        """Return what is left for a phone that shows words, pictures and files alone."""
        return _text_only(self)


@cache
def _text_only(limits: Limits) -> Limits:
    return replace(
        limits,
        buttons=0,
        rows=0,
        link_button=False,
        location_request=False,
        contact_request=False,
        catalogue="",
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken by the provider, which is not delivered yet."""

    provider_id: ProviderMessageId
    address: Address = field(default_factory=Address)
    """Addresses of the contact that the answer revealed."""
    statuses: tuple[Status, ...] = ()
    """How far it got already, of a channel whose webhooks will never tell."""


class ChannelConfig(BaseModel, frozen=True, extra="forbid"):
    """What a merchant fills in. A subclass lists in `secrets` what no log may show."""

    secrets: ClassVar[frozenset[str]] = frozenset()

    def key(self) -> str:
        """Return how the provider's webhooks name this account."""
        raise TypeError(f"{type(self).__name__} names no key")

    def business(self) -> str:
        """Return how they name the business whose account it is, "" where they do not."""
        return ""


class Channel(Protocol):
    """One connected account of a channel."""

    name: ClassVar[str]
    limits: Limits

    def verify(self, request: WebhookRequest) -> None:
        """Raise `InvalidSignatureError` unless the provider signed exactly these bytes."""

    def content(self, request: WebhookRequest) -> bytes:
        """Return a body that says all that the request does, for `parse`, now or much later."""

    def parse(self, body: bytes) -> Sequence[Arrived]:
        """Return every item, or raise `UnreadableBodyError` where the body as a whole is none."""

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Return the answer to the provider's verification GET, None where it is not genuine."""

    async def send(self, message: Outbound) -> Sent:
        """Hand the message to the provider, or raise a `SendError`."""

    async def locate(self, medium: Medium) -> Located:
        """Say where a file is, or raise `MediumGoneError` or `MediumDelayedError`.

        Nothing is fetched here but what tells where it is: `media` downloads.
        """

    async def mark_read(self, message: ProviderMessageId, *, typing: bool) -> None:
        """Show the contact that it was read, and that an answer is being written. Never raises."""
