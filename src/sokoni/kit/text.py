"""Text as WhatsApp counts it, and text made safe to keep."""

import re
import unicodedata
from typing import Final

# NUL breaks PostgreSQL's text; the rest are invisible and carry nothing a person wrote.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff]")
_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_ISOLATED: Final = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
RIGHT_TO_LEFT_MARK: Final = "\u200f"
_LONE_SURROGATE: Final = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """Drop what no person typed and no database keeps: controls and lone surrogates."""
    return _LONE_SURROGATE.sub("\ufffd", _CONTROL.sub("", text))


def without_bidi(text: str) -> str:
    """Drop direction marks, so that a number pasted from Arabic text reads as a number."""
    return _BIDI.sub("", text)


def runs_from_right(text: str) -> bool:
    """Tell whether the first letter that has a direction runs from the right, isolates aside."""
    if text.isascii():
        return False
    for letter in _ISOLATED.sub("", text):
        way = unicodedata.bidirectional(letter)
        if way in {"L", "R", "AL"}:
            return way != "L"
    return False


def from_right(text: str) -> str:
    """Mark each line that would not run from the right by itself, where any other does."""
    if not any(runs_from_right(line) for line in text.split("\n")):
        return text
    return "\n".join(
        RIGHT_TO_LEFT_MARK + line if line and not runs_from_right(line) else line
        for line in text.split("\n")
    )


def one_line(text: str) -> str:
    """Return the text on one line: a name with lines of its own could speak for somebody else."""
    return " ".join(without_bidi(clean(text)).split())


def units(text: str) -> int:
    """Count UTF-16 units: the larger of the two ways in which WhatsApp may count."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shortened(text: str, limit: int) -> str:
    """Cut to `limit` UTF-16 units on a word boundary where there is one, ending in `…`."""
    if units(text) <= limit:
        return text
    kept = _cut(text, limit - 1)
    head, space, _ = kept.rpartition(" ")
    return (head if space and len(head) >= len(kept) // 2 else kept).rstrip(" ,.;:-") + "…"


def _cut(text: str, limit: int) -> str:
    used = 0
    for place, letter in enumerate(text):
        used += 2 if ord(letter) > 0xFFFF else 1
        if used > limit:
            return text[: _boundary(text, place)]
    return text


def _boundary(text: str, place: int) -> int:
    """Step back so that no combining mark or joined emoji loses its beginning."""
    while place and (unicodedata.combining(text[place]) or _joins(text, place)):
        place -= 1
    return place


def _joins(text: str, place: int) -> bool:
    return "\u200d" in (text[place], text[place - 1]) or text[place] == "\ufe0f"
