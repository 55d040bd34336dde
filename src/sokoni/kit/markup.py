"""Words out of HTML, as web shops keep their descriptions: no tags, no scripts, no entities."""

import re
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

_APART: Final = frozenset(
    [
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure"),
        *("figcaption", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"),
        *("li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"),
    ]
)
"""Elements that begin a line of their own."""
_UNSEEN: Final = frozenset(
    ["head", "iframe", "noscript", "object", "script", "style", "svg", "template", "title"]
)
_SPACE: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[\s]*")


def plain_text(markup: str) -> str:
    """Return what a reader of the page would see, a line for each paragraph and each item."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return _LINES.sub("\n", _SPACE.sub(" ", "".join(reader.seen))).strip()


class _Reader(HTMLParser):
    """Gathers the text between tags; what is not closed ends where the page does."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.seen: list[str] = []
        self._unseen = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _APART:
            self.seen.append("\n- " if tag == "li" else "\n")
        elif tag in {"td", "th"}:
            self.seen.append(" ")

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _APART:
            self.seen.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag in _APART:
            self.seen.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.seen.append(data)
