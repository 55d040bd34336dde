"""Lowers what the dialogue means to what a channel can show (reference/channels.md §8.2).

One message wherever the limits allow: reply buttons, else a list, else numbered text.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from sokoni.channels.base import (
    Buttons,
    ContactRequest,
    Content,
    Document,
    FileUnfetchedError,
    Image,
    Limits,
    LinkButton,
    Listing,
    LocationRequest,
    Neutral,
    NotRenderableError,
    Option,
    Place,
    Text,
)
from sokoni.channels.fitting import one_line, split, tail, unique
from sokoni.kit.text import shortened, units

PAGE: Final = "page:"
"""Beginning of the id of the row that shows another page: `page:2`."""

SIMPLER_HELPS: Final = (NotRenderableError, FileUnfetchedError)
"""Refusals after which a simpler form may pass; of a file once nothing is tried any more."""

_NUMBERED_AT_ONCE: Final = 10
_NUMBERED_PAGE: Final = 8
_NO_WORDS: Final = "…"
_DASH: Final = " \N{EN DASH} "


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
        return Lowered(_plain(neutral, limits))
    options = _page(neutral, limits, page)
    spoken = _linked(neutral)
    if neutral.ask_contact and limits.contact_request:
        menu = _menu(spoken, options, neutral.first)
        return Lowered(_contact(neutral, menu, limits), options)
    if not neutral.numbered and _fit_buttons(options, limits):
        return Lowered(_buttons(neutral, spoken, options, limits), options)
    if not neutral.numbered and _fit_list(options, limits):
        return Lowered(_list(neutral, spoken, options, limits), options)
    return Lowered(_numbered(neutral, spoken, options, limits), options)


def step_down(content: Content, limits: Limits) -> Content | None:  # noqa: PLR0911 - one per kind
    """Return the simpler form of what a provider refused to show, None where there is none."""
    match content:
        case Buttons():
            body = _lines(content.body, content.image_url)
            return Text(_menu_within(body, content.options, limits.text, content.first))
        case Listing():
            return Text(_menu_within(content.body, content.options, limits.text, content.first))
        case LocationRequest() | ContactRequest():
            return Text(shortened(content.body, limits.text))
        case LinkButton():
            return _with_address(content.body, content.url, limits)
        case Image() | Document():
            return _with_address(content.caption, content.url, limits)
        case Place(pin):
            return Text(pin.words)
        case _:
            return None


def _with_address(words: str, url: str, limits: Limits) -> Text:
    """Write the address below the words: whole, since a part of it leads nowhere."""
    room = limits.text - units(url) - 1
    return Text(_lines(shortened(words, room) if room > 0 else "", url))


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
    more = Option(f"{PAGE}{page + 1}", neutral.more_label or _NO_WORDS)
    return _titled((*options[start : start + size], more))


def _titled(options: Sequence[Option]) -> tuple[Option, ...]:
    """Put titles on one line and tell equal ones apart, so that a typed label names one."""
    titles = unique([one_line(option.title) or option.id for option in options])
    return tuple(
        Option(option.id, title, one_line(option.description))
        for option, title in zip(options, titles, strict=True)
    )


def _fit_buttons(options: Sequence[Option], limits: Limits) -> bool:
    return len(options) <= limits.buttons and all(
        not option.description
        and units(option.title) <= limits.button_title
        and units(option.id) <= limits.button_id
        for option in options
    )


def _fit_list(options: Sequence[Option], limits: Limits) -> bool:
    return len(options) <= limits.rows and all(
        units(option.id) <= limits.row_id for option in options
    )


# --- the rungs --------------------------------------------------------------------------------


def _buttons(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    before, body = _parted(spoken, neutral.options_label, limits)
    alone = before or neutral.document_url or not limits.image_buttons
    image = "" if alone else neutral.image_url
    ahead = _ahead(neutral, before, limits, shown=bool(image))
    buttons = Buttons(body=body, options=tuple(options), image_url=image, first=neutral.first)
    return (*ahead, buttons)


def _list(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    rows, whole = _rows(options, limits)
    if neutral.written or not whole:
        # What no row can hold is said in full above the list, and what is to be seen at once.
        spoken = _lines(spoken, _menu("", options, neutral.first), gap="\n\n")
    before, body = _parted(spoken, neutral.options_label, limits)
    label = shortened(one_line(neutral.options_label) or _NO_WORDS, limits.list_label)
    listing = Listing(body=body, label=label, options=rows, first=neutral.first)
    return (*_ahead(neutral, before, limits), listing)


def _rows(options: Sequence[Option], limits: Limits) -> tuple[tuple[Option, ...], bool]:
    """Return the rows, and whether they say all that the options say."""
    titles = unique([option.title for option in options], limits.row_title)
    full = [_told(option, title) for option, title in zip(options, titles, strict=True)]
    rows = tuple(
        Option(option.id, title, shortened(text, limits.row_description))
        for option, title, text in zip(options, titles, full, strict=True)
    )
    return rows, all(units(text) <= limits.row_description for text in full)


def _told(option: Option, title: str) -> str:
    """Return the description, led by the whole title where the row's own is cut."""
    if title == option.title:
        return option.description
    return _DASH.join(filter(None, (option.title, option.description)))


def _numbered(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    menu = _lines(_menu(spoken, options, neutral.first), neutral.reply_with_number, gap="\n\n")
    return _plain(_said(neutral, menu), limits)


def _menu(body: str, options: Sequence[Option], first: int) -> str:
    lines = [_line(number, option) for number, option in enumerate(options, first)]
    return _lines(body, "\n".join(lines), gap="\n\n")


def _line(number: int, option: Option) -> str:
    return f"{number}. " + _DASH.join(filter(None, (option.title, option.description)))


def _menu_within(body: str, options: Sequence[Option], limit: int, first: int) -> str:
    """Write the menu within `limit`: first without descriptions, then with a shorter body."""
    menu = _menu(body, options, first)
    if units(menu) <= limit:
        return menu
    bare = [Option(option.id, option.title) for option in options]
    rest = limit - units(_menu("", bare, first)) - 2
    return shortened(_menu(shortened(body, max(rest, 1)), bare, first), limit)


# --- around the options -----------------------------------------------------------------------


def _parted(text: str, label: str, limits: Limits) -> tuple[str, str]:
    """Part a text too long for an interactive body: what goes first, and the body itself."""
    text = text.strip() or shortened(label, limits.body) or _NO_WORDS
    return ("", text) if units(text) <= limits.body else tail(text, limits.body)


def _ahead(
    neutral: Neutral, before: str, limits: Limits, *, shown: bool = False
) -> tuple[Content, ...]:
    """Return what goes ahead of a menu: the files that it cannot show, and a long beginning."""
    image = "" if shown else neutral.image_url
    if not (before or image or neutral.document_url):
        return ()
    files = Neutral(
        text=before,
        image_url=image,
        document_url=neutral.document_url,
        document_name=neutral.document_name,
    )
    return _plain(files, limits)


def _plain(neutral: Neutral, limits: Limits) -> tuple[Content, ...]:
    """Lower a message without options: a file with a caption, a native request, or text."""
    if neutral.ask_contact and limits.contact_request:
        return _contact(neutral, _linked(neutral), limits)
    if neutral.image_url or neutral.document_url:
        return _files(neutral, limits)
    if neutral.ask_location and not neutral.link_url:
        return _location(neutral, limits)
    if neutral.link_url and neutral.link_label and limits.link_button:
        words = _lines(neutral.text, _hint(neutral))
        before, body = _parted(words, neutral.link_label, limits)
        label = shortened(one_line(neutral.link_label), limits.button_title)
        button = LinkButton(body=body, label=label, url=neutral.link_url)
        return (*_texts(before, limits), button)
    return _texts(_linked(neutral), limits)


def _location(neutral: Neutral, limits: Limits) -> tuple[Content, ...]:
    if not limits.location_request:
        return _texts(_lines(neutral.text, neutral.location_hint), limits)
    before, body = _parted(neutral.text, neutral.location_hint, limits)
    return (*_texts(before, limits), LocationRequest(body))


def _contact(neutral: Neutral, spoken: str, limits: Limits) -> tuple[Content, ...]:
    """Ask for the number by the channel's button, which has no room for others beside it."""
    before, body = _parted(spoken, "", limits)
    return (*_ahead(neutral, before, limits), ContactRequest(body))


def _files(neutral: Neutral, limits: Limits) -> tuple[Content, ...]:
    text = _linked(neutral)
    captioned = limits.document_caption or not neutral.document_url
    caption = text if captioned and units(text) <= limits.caption else ""
    files: list[Content] = []
    if neutral.document_url:
        name = neutral.document_name or neutral.document_url.rpartition("/")[2]
        files.append(Document(url=neutral.document_url, name=name, caption=caption))
    if neutral.image_url:
        mine = "" if files else caption
        files.insert(0, Image(url=neutral.image_url, caption=mine))
    return tuple(files) if caption else (*files, *_texts(text, limits))


def _linked(neutral: Neutral) -> str:
    """Return the text with its link, and the hint on places, each on a line of its own."""
    return _lines(neutral.text, _hint(neutral), neutral.link_url)


def _hint(neutral: Neutral) -> str:
    return neutral.location_hint if neutral.ask_location else ""


def _said(neutral: Neutral, text: str) -> Neutral:
    """Return the message with all it says in `text`, and only its files beside it."""
    return msgspec.structs.replace(
        neutral,
        text=text,
        options=(),
        link_url="",
        link_label="",
        ask_location=False,
        ask_contact=False,
    )


def _texts(text: str, limits: Limits) -> tuple[Content, ...]:
    return tuple(Text(part) for part in split(text.strip(), limits.text))


def _lines(*parts: str, gap: str = "\n") -> str:
    return gap.join(part for part in parts if part)
