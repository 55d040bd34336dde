"""Lines of a text file, whatever it was saved as: also where two programs wrote parts of it."""

import io
from collections.abc import Iterator
from typing import BinaryIO, Final

_MARK: Final = b"\xef\xbb\xbf"
_WIDE: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_LOOKED_AT: Final = 64


def lines_of(file: BinaryIO) -> Iterator[str]:
    """Yield the lines with their ends as they are, a part of the file at a time."""
    wide = _wide(file)
    # Else as single bytes: each line then tells by itself what it was written in.
    text = io.TextIOWrapper(file, wide or "latin-1", errors="replace", newline="")
    try:
        if wide:
            yield from text
        else:
            yield from map(_decoded, text)
    finally:
        # The file is its owner's to close.
        text.detach()


def _decoded(line: str) -> str:
    """Read UTF-8, or else what Windows writes."""
    data = line.encode("latin-1").removeprefix(_MARK)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


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
