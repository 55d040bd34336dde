"""WhatsApp's own formatting: *bold*, _italic_, ~struck~, ```code``` and web addresses."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

_STYLES: Final = {"*": "bold", "_": "italic", "~": "struck"}
_LONGEST: Final = 1000
"""Characters that a pair of marks may be apart: a text full of lone marks stays cheap."""
_CODE: Final = re.compile(rf"```(?=\S)((?s:.){{1,{_LONGEST}}}?)```")
_WEB: Final = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)\]*_~]")
_PAIR: Final = re.compile(
    rf"(?<!\w)(?P<mark>[*_~])(?=[^\s*_~]|[*_~]\S)(?P<inside>.{{1,{_LONGEST}}}?)(?<=\S)(?P=mark)(?!\w)"
)


class Run(NamedTuple):
    """A piece of text that looks the same throughout."""

    text: str
    styles: frozenset[str] = frozenset()
    """bold, italic, struck, code"""
    url: str = ""


def runs(text: str) -> Sequence[Run]:
    """Cut the text into runs; marks without a partner stay what they are."""
    return tuple(_code(text))


def _code(text: str) -> Iterator[Run]:
    end = 0
    for found in _CODE.finditer(text):
        yield from _linked(text[end : found.start()], frozenset())
        yield Run(found[1], frozenset({"code"}))
        end = found.end()
    yield from _linked(text[end:], frozenset())


def _linked(text: str, styles: frozenset[str]) -> Iterator[Run]:
    end = 0
    for found in _WEB.finditer(text):
        yield from _styled(text[end : found.start()], styles)
        yield Run(found[0], styles, url=found[0])
        end = found.end()
    yield from _styled(text[end:], styles)


def _styled(text: str, styles: frozenset[str]) -> Iterator[Run]:
    end = 0
    for found in _PAIR.finditer(text):
        if found.start() > end:
            yield Run(text[end : found.start()], styles)
        style = _STYLES[found["mark"]]
        if style in styles:
            yield Run(found[0], styles)
        else:
            yield from _styled(found["inside"], styles | {style})
        end = found.end()
    if end < len(text):
        yield Run(text[end:], styles)
