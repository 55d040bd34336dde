"""How an outbound message looks to the contact: its words, choices, picture and link."""

from dataclasses import dataclass, field
from typing import Final

from sokoni.channels.outbound import (
    Buttons,
    CatalogueShown,
    ContactRequest,
    Content,
    Document,
    Image,
    LinkButton,
    Listing,
    LocationRequest,
    Option,
    Place,
    ProductShown,
    ProductsShown,
    Sms,
    Template,
    TemplateHeader,
    Text,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens a web address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appearance:
    """What there is to see of a message, whichever its kind."""

    kind: str
    """text, buttons, list, image, document, place, location_request, contact_request, link,
    template, sms, or, of the channel's own catalogue, product, product_list or catalogue."""
    text: str
    """Body, caption or rendered template."""
    choices: tuple[Option, ...] = ()
    image_url: str = ""
    document_url: str = ""
    document_name: str = ""
    link: Link | None = None
    options_label: str = field(default="")
    """Label of the button that opens a list."""


_PLAIN: Final = {
    Text: "text",
    LocationRequest: "location_request",
    ContactRequest: "contact_request",
    CatalogueShown: "catalogue",
    Sms: "sms",
}


def appearance(  # noqa: C901, PLR0911 - one per kind
    content: Content,
) -> Appearance:
    """Return what the contact sees of it."""
    match content:
        case Text() | LocationRequest() | ContactRequest() | CatalogueShown() | Sms():
            return Appearance(kind=_PLAIN[type(content)], text=content.body)
        case Buttons():
            return Appearance(
                kind="buttons",
                text=content.body,
                choices=content.options,
                image_url=content.image_url,
            )
        case Listing():
            return Appearance(
                kind="list",
                text=content.body,
                choices=content.options,
                options_label=content.label,
            )
        case ProductShown():
            return Appearance(kind="product", text=content.body, image_url=content.image_url)
        case ProductsShown():
            return Appearance(
                kind="product_list",
                text=content.body,
                choices=content.options,
                options_label=content.label,
            )
        case LinkButton():
            link = Link(content.label, content.url)
            return Appearance(kind="link", text=content.body, link=link)
        case Image() | Document():
            return _file(content)
        case Place(pin):
            return Appearance(kind="place", text=pin.words)
        case Template():
            return _template(content)


def _file(content: Image | Document) -> Appearance:
    if isinstance(content, Image):
        return Appearance(kind="image", text=content.caption, image_url=content.url)
    return Appearance(
        kind="document",
        text=content.caption,
        document_url=content.url,
        document_name=content.name,
    )


def _template(content: Template) -> Appearance:
    header = content.header or TemplateHeader()
    choices = tuple(
        Option(button.payload or button.title, button.title)
        for button in content.buttons
        if not button.url
    )
    links = [Link(button.title, button.url) for button in content.buttons if button.url]
    return Appearance(
        kind="template",
        text=content.rendered,
        choices=choices,
        image_url=header.image_url,
        document_url=header.document_url,
        document_name=header.document_name,
        link=links[0] if links else None,
    )
