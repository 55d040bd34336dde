"""Draws pictures of the demo shop's things: no photographs, but they tell one from another."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from sokoni.demo.drawing.choosing import BY_SHELF, BY_WORD, Pictogram
from sokoni.demo.drawing.groceries import bag
from sokoni.demo.drawing.pen import DARK, WHITE, Colour, Pen, named, shade
from sokoni.media.pictures import Picture

SIDE: Final = 400
_FINER: Final = 2
"""Drawn so many times as large, and made smaller: so edges are smooth."""
_QUALITY: Final = 82
_COLOURS: Final = {
    "navy": "#2f3f73",
    "khaki": "#b5a36a",
    "burgundy": "#7b2738",
    "clear": "#c9dbe6",
    "grey": "#8d949e",
    "white": "#e9ebee",
    "black": "#3a3d44",
    "blue": "#3d74c2",
    "red": "#cf4b43",
    "green": "#4c9a5b",
    "brown": "#8a5f3c",
    "pink": "#e189a7",
    "yellow": "#eec34b",
    "orange": "#ea8b3b",
    "purple": "#8259a8",
}
_TINTS: Final = (
    ("banana|lemon|honey|sunflower|mango|cheese", "yellow"),
    ("orange|peach", "orange"),
    ("tomato|chilli|beef|peri-peri", "red"),
    ("strawberry|guava", "pink"),
    ("potatoes|chocolate|cocoa|brown", "brown"),
    ("onions|blackberry", "purple"),
    ("mint|aloe|lime|apple", "green"),
    ("navy|red|green|white|grey|black|blue", ""),
)
"""What words of a name say of the colour; "": the word itself."""
_BRANDS: Final = (
    "#c5523f", "#3f7fbf", "#4f9b63", "#d79a35", "#7c62ad", "#2f9b98", "#b5678c", "#a3703f",
)  # fmt: skip
_WALLS: Final = {
    "drinks": "#f6ead9",
    "food": "#f8efd4",
    "household": "#e0eef2",
    "care": "#f7e3ea",
    "stationery": "#e8e6f5",
    "clothes": "#e6eee0",
    "electronics": "#e3e8ee",
}
_PLAIN: Final = "#eeeeee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is drawn."""

    name: str
    brand: str = ""
    shelf: str = ""
    colour: str = ""
    """By its name; "": one that its brand always has."""


def drawn(subject: Subject) -> Picture:
    """Return a small JPEG, the same for the same subject."""
    finer = SIDE * _FINER
    image = Image.new("RGB", (finer, finer), _wall(subject))
    draw = ImageDraw.Draw(image)
    draw.ellipse((0.2 * finer, 0.1 * finer, 0.8 * finer, 0.7 * finer), WHITE)
    unit = finer / 100
    pictogram_of(subject)(Pen(draw, unit * 0.46, (27 * unit, 17 * unit)), _colour(subject))
    image = image.reduce(_FINER)
    _write(ImageDraw.Draw(image), subject)
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Picture(out.getvalue(), SIDE, SIDE)


def pictogram_of(subject: Subject) -> Pictogram:
    """Return the first that a word of the name asks for, else its shelf's."""
    name = subject.name.casefold()
    found = next((one for words, one in BY_WORD if re.search(rf"\b(?:{words})", name)), None)
    if found is not None:
        return found
    paths = [path for path in BY_SHELF if subject.shelf.startswith(path)]
    return BY_SHELF[max(paths, key=len)] if paths else bag


def _wall(subject: Subject) -> Colour:
    return named(_WALLS.get(subject.shelf.partition("/")[0], _PLAIN))


def _colour(subject: Subject) -> Colour:
    known = _COLOURS.get(subject.colour.casefold() or _tint(subject.name.casefold()))
    place = zlib.crc32((subject.brand or subject.name).encode()) % len(_BRANDS)
    return named(known or _BRANDS[place])


def _tint(name: str) -> str:
    """Return the colour that the name speaks of, "" for none. A colour's own name comes first."""
    for words, colour in (_TINTS[-1], *_TINTS):
        found = re.search(rf"\b(?:{words})(?:s|es)?\b", name)
        if found is not None:
            return colour or found[0]
    return ""


def _write(draw: ImageDraw.ImageDraw, subject: Subject) -> None:
    """Write the brand, and below it the name in two lines at most."""
    middle, name = SIDE / 2, subject.name.removeprefix(subject.brand).strip()
    if subject.brand:
        soft = shade(DARK, 1.8)
        draw.text((middle, 302), subject.brand, soft, _font("Regular", 19), anchor="mm")
    if subject.colour:
        name = f"{name}, {subject.colour}"
    lines = _lines(name, SIDE - 40)
    for place, line in enumerate(lines):
        top = 340 + (place * 2 - len(lines) + 1) * 15
        draw.text((middle, top), line, DARK, _font("Bold", 25), anchor="mm")


def _lines(name: str, width: float) -> Sequence[str]:
    font = _font("Bold", 25)
    if font.getlength(name) <= width:
        return [name]
    words = name.split()
    places = range(1, len(words))
    cut = min(
        places,
        key=lambda place: max(
            font.getlength(" ".join(words[:place])), font.getlength(" ".join(words[place:]))
        ),
        default=1,
    )
    return [" ".join(words[:cut]), " ".join(words[cut:])]


@cache
def _font(style: str, size: int) -> ImageFont.FreeTypeFont:
    content = (files("sokoni") / "media" / "fonts" / f"NotoSans-{style}.ttf").read_bytes()
    return ImageFont.truetype(BytesIO(content), size)
