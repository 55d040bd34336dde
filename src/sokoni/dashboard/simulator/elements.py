"""Plain HTML elements. Words become text nodes, addresses become attributes: never markup."""

from typing import Final
from urllib.parse import urlsplit

from nicegui import ui
from nicegui.elements.mixins.text_element import TextElement

_WEB: Final = frozenset({"http", "https"})


def box(tag: str = "div", classes: str = "", **attributes: str) -> ui.element:
    """Return an element to fill."""
    return _with(ui.element(tag), classes, attributes)


def words(text: str, tag: str = "div", classes: str = "", **attributes: str) -> TextElement:
    """Return an element that shows the text as it is."""
    made = TextElement(tag=tag, text=text)
    _with(made, classes, attributes)
    return made


def link(text: str, url: str, classes: str = "") -> TextElement:
    """Return a link to the web; whatever else the address may be is shown as words."""
    if not is_web(url):
        return words(f"{text} ({url})" if text != url else text, "span", classes)
    return words(text, "a", classes, href=url, target="_blank", rel="noopener noreferrer nofollow")


def is_web(url: str) -> bool:
    """Tell whether a browser may open the address (`javascript:` is one that it may not)."""
    try:
        return urlsplit(url).scheme.lower() in _WEB
    except ValueError:
        return False


def _with(made: ui.element, classes: str, attributes: dict[str, str]) -> ui.element:
    for name, value in attributes.items():
        # A trailing underscore keeps a name from being Python's own.
        made.props[name.rstrip("_").replace("_", "-")] = value
    return made.classes(classes)
