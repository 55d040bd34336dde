"""The forms that a menu and what stands around it can take, within a channel's limits."""

from collections.abc import Sequence
from typing import Final

import msgspec

from sokoni.channels.base import Limits
from sokoni.channels.fitting import one_line, split, tail, unique
from sokoni.channels.outbound import (
    Buttons,
    ContactRequest,
    Content,
    Document,
    Image,
    LinkButton,
    Listing,
    LocationRequest,
    Neutral,
    Option,
    Text,
)
from sokoni.kit.text import RIGHT_TO_LEFT_MARK, runs_from_right, shortened, units

NO_WORDS: Final = "…"
_DASH: Final = " \N{EN DASH} "


def choosing(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    """Show what may be chosen: as buttons, else as a list, else numbered."""
    if not neutral.numbered and _fit_buttons(options, limits):
        return _buttons(neutral, spoken, options, limits)
    if not neutral.numbered and fit_list(options, limits):
        return _list(neutral, spoken, options, limits)
    return _numbered(neutral, spoken, options, limits)


def _fit_buttons(options: Sequence[Option], limits: Limits) -> bool:
    return len(options) <= limits.buttons and all(
        not option.description
        and units(option.title) <= limits.button_title
        and units(option.id) <= limits.button_id
        for option in options
    )


def fit_list(options: Sequence[Option], limits: Limits) -> bool:
    return len(options) <= limits.rows and all(
        units(option.id) <= limits.row_id for option in options
    )


# --- the rungs --------------------------------------------------------------------------------


def _buttons(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    before, body = parted(spoken, neutral.options_label, limits)
    alone = before or neutral.document_url or not limits.image_buttons
    image = "" if alone else neutral.image_url
    ahead = ahead_of(neutral, before, limits, shown=bool(image))
    buttons = Buttons(body=body, options=tuple(options), image_url=image, first=neutral.first)
    return (*ahead, buttons)


def _list(
    neutral: Neutral, spoken: str, options: Sequence[Option], limits: Limits
) -> tuple[Content, ...]:
    rows, whole = rows_of(options, limits)
    if neutral.written or not whole:
        # What no row can hold is said in full above the list, and what is to be seen at once.
        spoken = joined(spoken, menu_text("", options, neutral.first), gap="\n\n")
    before, body = parted(spoken, neutral.options_label, limits)
    label = list_label(neutral, limits)
    listing = Listing(body=body, label=label, options=rows, first=neutral.first)
    return (*ahead_of(neutral, before, limits), listing)


def list_label(neutral: Neutral, limits: Limits) -> str:
    return shortened(one_line(neutral.options_label) or NO_WORDS, limits.list_label)


def rows_of(options: Sequence[Option], limits: Limits) -> tuple[tuple[Option, ...], bool]:
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
    menu = joined(menu_text(spoken, options, neutral.first), neutral.reply_with_number, gap="\n\n")
    return without_options(_said(neutral, menu), limits)


def menu_text(body: str, options: Sequence[Option], first: int) -> str:
    # In a text from the right a number stands right of its option, whatever that is written in.
    mark = RIGHT_TO_LEFT_MARK if runs_from_right(body) else ""
    lines = [mark + _line(number, option) for number, option in enumerate(options, first)]
    return joined(body, "\n".join(lines), gap="\n\n")


def _line(number: int, option: Option) -> str:
    return f"{number}. " + _DASH.join(filter(None, (option.title, option.description)))


def menu_within(body: str, options: Sequence[Option], limit: int, first: int) -> str:
    """Write the menu within `limit`: first without descriptions, then with a shorter body."""
    menu = menu_text(body, options, first)
    if units(menu) <= limit:
        return menu
    bare = [Option(option.id, option.title) for option in options]
    rest = limit - units(menu_text("", bare, first)) - 2
    return shortened(menu_text(shortened(body, max(rest, 1)), bare, first), limit)


def with_address(words: str, url: str, limits: Limits) -> Text:
    """Write the address below the words: whole, since a part of it leads nowhere."""
    room = limits.text - units(url) - 1
    return Text(joined(shortened(words, room) if room > 0 else "", url))


# --- around the options -----------------------------------------------------------------------


def parted(text: str, label: str, limits: Limits) -> tuple[str, str]:
    """Part a text too long for an interactive body: what goes first, and the body itself."""
    text = text.strip() or shortened(label, limits.body) or NO_WORDS
    return ("", text) if units(text) <= limits.body else tail(text, limits.body)


def ahead_of(
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
    return without_options(files, limits)


def without_options(neutral: Neutral, limits: Limits) -> tuple[Content, ...]:
    """Lower a message without options: a file with a caption, a native request, or text."""
    if neutral.ask_contact and limits.contact_request:
        return contact_asked(neutral, linked(neutral), limits)
    if neutral.image_url or neutral.document_url:
        return _files(neutral, limits)
    if neutral.ask_location and not neutral.link_url:
        return _location(neutral, limits)
    if neutral.link_url and neutral.link_label and limits.link_button:
        words = joined(neutral.text, _hint(neutral))
        before, body = parted(words, neutral.link_label, limits)
        label = shortened(one_line(neutral.link_label), limits.button_title)
        button = LinkButton(body=body, label=label, url=neutral.link_url)
        return (*texts(before, limits), button)
    return texts(linked(neutral), limits)


def _location(neutral: Neutral, limits: Limits) -> tuple[Content, ...]:
    if not limits.location_request:
        return texts(joined(neutral.text, neutral.location_hint), limits)
    before, body = parted(neutral.text, neutral.location_hint, limits)
    return (*texts(before, limits), LocationRequest(body))


def contact_asked(neutral: Neutral, spoken: str, limits: Limits) -> tuple[Content, ...]:
    """Ask for the number by the channel's button, which has no room for others beside it."""
    before, body = parted(spoken, "", limits)
    return (*ahead_of(neutral, before, limits), ContactRequest(body))


def _files(neutral: Neutral, limits: Limits) -> tuple[Content, ...]:
    text = linked(neutral)
    captioned = limits.document_caption or not neutral.document_url
    caption = text if captioned and units(text) <= limits.caption else ""
    files: list[Content] = []
    if neutral.document_url:
        name = neutral.document_name or neutral.document_url.rpartition("/")[2]
        files.append(Document(url=neutral.document_url, name=name, caption=caption))
    if neutral.image_url:
        mine = "" if files else caption
        files.insert(0, Image(url=neutral.image_url, caption=mine))
    return tuple(files) if caption else (*files, *texts(text, limits))


def linked(neutral: Neutral) -> str:
    """Return the text with its link, and the hint on places, each on a line of its own."""
    return joined(neutral.text, _hint(neutral), neutral.link_url)


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


def texts(text: str, limits: Limits) -> tuple[Content, ...]:
    return tuple(Text(part) for part in split(text.strip(), limits.text))


def joined(*parts: str, gap: str = "\n") -> str:
    return gap.join(part for part in parts if part)
