"""Lowers what the dialogue means to what a channel can show (reference/channels.md §8.2).

One message wherever the limits allow: reply buttons, else a list, else numbered text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sokoni.channels.base import Limits
from sokoni.channels.errors import FileUnfetchedError, NotRenderableError
from sokoni.channels.fitting import one_line, unique
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
    Neutral,
    Option,
    Place,
    ProductShown,
    ProductsShown,
    Text,
)
from sokoni.channels.rungs import (
    NO_WORDS,
    choosing,
    contact_asked,
    joined,
    linked,
    menu_text,
    menu_within,
    with_address,
    without_options,
)
from sokoni.channels.shelf import from_catalogue
from sokoni.kit.text import shortened

PAGE: Final = "page:"
"""Beginning of the id of the row that shows another page: `page:2`."""

SIMPLER_HELPS: Final = (NotRenderableError, FileUnfetchedError)
"""Refusals after which a simpler form may pass; of a file once nothing is tried any more."""

_NUMBERED_AT_ONCE: Final = 10
_NUMBERED_PAGE: Final = 8


@dataclass(frozen=True, slots=True)
class Room:
    """How many options one message shows: all of them, or so many and a row that leads on."""

    at_once: int
    paged: int

    @classmethod
    def of(cls, limits: Limits) -> "Room":
        if limits.rows > 1:
            return cls(max(limits.rows, limits.buttons), limits.rows - 1)
        return cls(max(_NUMBERED_AT_ONCE, limits.buttons), _NUMBERED_PAGE)


@dataclass(frozen=True, slots=True)
class Lowered:
    """What to send, in order, and what a typed number or label means."""

    contents: tuple[Content, ...]
    offered: tuple[Option, ...] = ()
    """In the order shown, so that "2" is the second; the row to the next page included."""


def lower(neutral: Neutral, limits: Limits, page: int = 1) -> Lowered:
    """Lower the message; `page` of its options counts from 1 and stays within what exists."""
    if not neutral.options:
        return Lowered(without_options(neutral, limits))
    options = _page(neutral, limits, page)
    spoken = linked(neutral)
    if neutral.ask_contact and limits.contact_request:
        menu = menu_text(spoken, options, neutral.first)
        return Lowered(contact_asked(neutral, menu, limits), options)
    shown = from_catalogue(neutral, spoken, options, limits) if limits.catalogue else ()
    if shown:
        return Lowered(shown, options)
    return Lowered(choosing(neutral, spoken, options, limits), options)


def step_down(  # noqa: C901, PLR0911 - one per kind
    content: Content, limits: Limits
) -> Content | None:
    """Return the simpler form of what a provider refused to show, None where there is none."""
    match content:
        case Buttons():
            body = joined(content.body, content.image_url)
            return Text(menu_within(body, content.options, limits.text, content.first))
        case Listing():
            return Text(menu_within(content.body, content.options, limits.text, content.first))
        case ProductsShown():
            return _listed(content, limits)
        case ProductShown(image_url=image) if image:
            return Image(url=image, caption=shortened(content.body, limits.caption))
        case ProductShown() | CatalogueShown():
            return Text(content.body)
        case LocationRequest() | ContactRequest():
            return Text(shortened(content.body, limits.text))
        case LinkButton():
            return with_address(content.body, content.url, limits)
        case Image() | Document():
            return with_address(content.caption, content.url, limits)
        case Place(pin):
            return Text(pin.words)
        case _:
            return None


def _listed(content: ProductsShown, limits: Limits) -> Content:
    """List the products by our own words; the body names and numbers them already."""
    if limits.rows < len(content.options):
        return Text(content.body)
    return Listing(
        body=content.body, label=content.label, options=content.options, first=content.first
    )


# --- options: which of them, and under which titles -------------------------------------------


def _page(neutral: Neutral, limits: Limits, page: int) -> tuple[Option, ...]:
    options = _titled(neutral.options)
    room = Room.of(limits)
    if neutral.numbered or len(options) <= room.at_once:
        return options
    # One row leads on; the last page needs none.
    size = room.paged
    last = -(-(len(options) - size - 1) // size) + 1
    page = min(max(page, 1), last)
    start = (page - 1) * size
    if page == last:
        return options[start:]
    more = Option(f"{PAGE}{page + 1}", neutral.more_label or NO_WORDS)
    return _titled((*options[start : start + size], more))


def _titled(options: Sequence[Option]) -> tuple[Option, ...]:
    """Put titles on one line and tell equal ones apart, so that a typed label names one."""
    titles = unique([one_line(option.title) or option.id for option in options])
    return tuple(
        Option(option.id, title, one_line(option.description), option.product)
        for option, title in zip(options, titles, strict=True)
    )
