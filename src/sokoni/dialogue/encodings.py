"""Lines of a text file, whatever it was saved as: also where two programs wrote parts of it."""

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

_MARK: Final = b"\xef\xbb\xbf"
_WIDE: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LOOKED_AT: Final = 64
_EUROPEAN: Final = "cp1252"
_ARABIC: Final = "cp1256"
"""It has the letters of French at the same places."""
_ARABIC_WORD: Final = re.compile(rb"[\xc0-\xd6\xd8-\xdf\xe1\xe3-\xe6\xec\xed]{3,}")
"""No European word has three letters with accents on end."""


def lines_of(file: BinaryIO, encoding: str = "") -> Iterator[str]:
    """Yield the lines with their ends as they are, a part of the file at a time.

    `encoding`: what all of it was written in, where somebody knows.
    """
    whole = encoding or _wide(file)
    # Else as single bytes: each line then tells by itself what it was written in.
    text = io.TextIOWrapper(file, whole or "latin-1", errors="replace", newline="")
    try:
        if whole:
            yield from text
        else:
            yield from map(_Decoder().line, text)
    finally:
        # The file is its owner's to close, who may have done so before all of it was read.
        if not file.closed:
            text.detach()


class _Decoder:
    """Reads UTF-8, or else what Windows writes in Europe and, once a line shows it, in Arabic."""

    def __init__(self) -> None:
        self._page = _EUROPEAN

    def line(self, line: str) -> str:
        data = line.encode("latin-1").removeprefix(_MARK)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            if _ARABIC_WORD.search(data):
                self._page = _ARABIC
            return data.decode(self._page, "replace")


def _wide(file: BinaryIO) -> str:
    """Return the encoding of two bytes a letter, by its mark or by the zeros of a header."""
    start = file.read(_LOOKED_AT)
    file.seek(0)
    if start[:2] in _WIDE:
        return _WIDE[start[:2]]
    size = len(start) // 2
    if size and start[1::2].count(0) == size:
        return "utf-16-le"
    return "utf-16-be" if size and start[::2].count(0) >= size else ""
