"""What goes out: as the dialogue means it, and as a channel is handed it."""

from dataclasses import dataclass
from typing import TypeAlias

import msgspec

from sokoni.channels.inbound import Address, Pin
from sokoni.kit.ids import OutboxId, ProviderMessageId


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


class Sms(msgspec.Struct, frozen=True, kw_only=True, tag="sms"):
    """What a simulated phone shows as an SMS, for those who try a merchant out.

    Other channels say it in words.
    """

    to: str
    body: str


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
    | Sms
    | Template
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One message to hand to the provider. `outbox_id` comes back on its delivery statuses."""

    outbox_id: OutboxId
    to: Address
    content: Content
    reply_to: ProviderMessageId | None = None
