"""Papers as PDFs, in every script that we speak, the same each time.

Fonts ship with us (Noto, SIL Open Font License): Latin, Arabic and Devanagari are shaped by
HarfBuzz. What no font of ours has is drawn as a mark, and never left out.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import FontFace, TTFFont

_FONTS: Final = Path(__file__).with_name("fonts")
_FACE: Final = "Noto"
_OTHERS: Final = {
    "NotoArabic": ("NotoNaskhArabic", range(0x600, 0x780)),
    "NotoDevanagari": ("NotoSansDevanagari", range(0x900, 0x980)),
}
"""By face: its file, and the letters for which it is opened."""
_MARK: Final = "\ufffd"
_A5: Final = (148, 210)
_SMALL: Final = 10
_LARGE: Final = 18
_LINE: Final = 6
"""Millimetres."""
_GREY: Final = 110


class PdfPaper:
    """One page of A5 after the other, written from the top; see `Paper`."""

    def __init__(self, title: str, at: datetime, *, rightwards: bool) -> None:
        self._pdf = FPDF(format=_A5)
        self._near = Align.L if rightwards else Align.R
        self._far = Align.R if rightwards else Align.L
        self._rightwards = rightwards
        self._pdf.set_title(title)
        self._pdf.set_creation_date(at)
        self._pdf.set_margin(14)
        self._faces: list[str] = []
        self._drawn: set[int] = set()
        self._open(_FACE, "NotoSans-Regular")
        self._open(_FACE, "NotoSans-Bold", "B")
        self._pdf.set_text_shaping(use_shaping_engine=True)
        self._pdf.add_page()

    def heading(self, text: str) -> None:
        self._write(text, "B", _LARGE, self._near)
        self._pdf.ln(1)

    def line(self, text: str, *, bold: bool = False, grey: bool = False) -> None:
        if grey:
            self._pdf.set_text_color(_GREY)
        self._write(text, "B" if bold else "", _SMALL, self._near)
        self._pdf.set_text_color(0)

    def space(self) -> None:
        self._pdf.ln(_LINE / 2)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
        align = [self._near, *([self._far] * (len(widths) - 1))]
        if not self._rightwards:
            rows, widths, align = [row[::-1] for row in rows], widths[::-1], align[::-1]
        self._font("", _SMALL)
        with self._pdf.table(
            borders_layout="SINGLE_TOP_LINE",
            col_widths=tuple(widths),
            text_align=tuple(align),
            line_height=_LINE,
            headings_style=FontFace(emphasis="BOLD"),
        ) as table:
            for row in rows:
                cells = table.row()
                for text in row:
                    cells.cell(self._drawable(text))

    def sums(self, rows: Sequence[tuple[str, str]]) -> None:
        for at, (name, amount) in enumerate(rows, start=1):
            self._font("B" if at == len(rows) else "", _SMALL)
            half = self._pdf.epw / 2
            pair = (name, self._near), (amount, self._far)
            first, second = pair if self._rightwards else pair[::-1]
            self._pdf.cell(half, _LINE, self._drawable(first[0]), align=first[1])
            figure = self._drawable(second[0])
            self._pdf.cell(
                half, _LINE, figure, align=second[1], new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )

    def bytes(self) -> bytes:
        return bytes(self._pdf.output())

    def _drawable(self, text: str) -> str:
        """Open what fonts the text wants; mark letters that none has."""
        for face, (name, letters) in _OTHERS.items():
            if face not in self._faces and any(ord(letter) in letters for letter in text):
                self._open(face, f"{name}-Regular")
                self._faces.append(face)
                self._pdf.set_fallback_fonts(self._faces, exact_match=False)
        return "".join(one if self._draws(one) else _MARK for one in text)

    def _draws(self, letter: str) -> bool:
        return ord(letter) in self._drawn or unicodedata.category(letter) == "Cf"

    def _open(self, face: str, name: str, style: str = "") -> None:
        self._pdf.add_font(face, style, _FONTS / f"{name}.ttf")
        font = self._pdf.fonts[f"{face.lower()}{style}"]
        if isinstance(font, TTFFont):
            self._drawn |= font.cmap.keys()

    def _write(self, text: str, style: str, size: int, align: Align) -> None:
        self._font(style, size)
        self._pdf.multi_cell(
            0,
            _LINE * size / _SMALL,
            self._drawable(text),
            align=align,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def _font(self, style: str, size: int) -> None:
        self._pdf.set_font(_FACE, style, size)
