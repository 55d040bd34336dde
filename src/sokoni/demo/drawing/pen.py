"""A pen for flat pictures, in a square of 100 by 100."""

import colorsys
from typing import Final

from PIL import ImageColor, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]

WHITE: Final[Colour] = (255, 255, 255)
DARK: Final[Colour] = (52, 58, 70)
METAL: Final[Colour] = (172, 180, 190)
WOOD: Final[Colour] = (184, 134, 84)
LEAF: Final[Colour] = (98, 160, 84)


def shade(colour: Colour, factor: float) -> Colour:
    """Return the colour lighter (more than 1) or darker."""
    hue, light, full = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    light = min(light * factor, 0.97)
    red, green, blue = colorsys.hls_to_rgb(hue, light, full)
    return round(red * 255), round(green * 255), round(blue * 255)


def named(colour: str) -> Colour:
    """Return a colour by its name or number."""
    red, green, blue = ImageColor.getrgb(colour)[:3]
    return red, green, blue


class Pen:
    """Draws on a picture in units of its hundredth part."""

    def __init__(self, draw: ImageDraw.ImageDraw, scale: float, at: Point) -> None:
        self._draw = draw
        self._scale = scale
        self._at = at

    def _to(self, *points: Point) -> list[Point]:
        left, top = self._at
        return [(left + x * self._scale, top + y * self._scale) for x, y in points]

    def box(
        self,
        one: Point,
        other: Point,
        colour: Colour,
        corner: float = 0,
        line: Colour | None = None,
    ) -> None:
        """Draw a rectangle, its corners rounded."""
        radius, width = corner * self._scale, round(1.6 * self._scale)
        if line is None:
            self._draw.rounded_rectangle(self._to(one, other), radius, colour)
        else:
            self._draw.rounded_rectangle(self._to(one, other), radius, colour, line, width)

    def oval(self, one: Point, other: Point, colour: Colour) -> None:
        self._draw.ellipse(self._to(one, other), colour)

    def shape(self, *points: Point, colour: Colour) -> None:
        self._draw.polygon(self._to(*points), colour)

    def line(self, *points: Point, colour: Colour, width: float = 3) -> None:
        """Draw a line with round ends."""
        thick = width * self._scale
        self._draw.line(self._to(*points), colour, round(thick), joint="curve")
        for x, y in self._to(points[0], points[-1]):
            half = thick / 2
            self._draw.ellipse((x - half, y - half, x + half, y + half), colour)

    def arc(
        self, one: Point, other: Point, turn: tuple[float, float], colour: Colour, width: float = 4
    ) -> None:
        """Draw a part of an oval's edge, in degrees from the right, clockwise."""
        self._draw.arc(self._to(one, other), *turn, colour, round(width * self._scale))


def label(pen: Pen, one: Point, other: Point, colour: Colour) -> None:
    """Stick a label on it."""
    pen.box(one, other, WHITE, 3)
    (left, top), (right, bottom) = one, other
    middle = (top + bottom) / 2
    pen.line((left + 5, middle - 3), (right - 5, middle - 3), colour=colour, width=3)
    pen.line((left + 9, middle + 4), (right - 9, middle + 4), colour=shade(colour, 1.4), width=2)
