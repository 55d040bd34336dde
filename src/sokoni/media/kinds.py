"""What files may be, told by their bytes alone."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

JPEG: Final = "image/jpeg"
PDF: Final = "application/pdf"
VCARD: Final = "text/vcard"

_BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", PDF),
)
_PICTURES: Final = frozenset({JPEG, "image/png", "image/gif", "image/webp"})


class FileKind(StrEnum):
    """What somebody asks for."""

    IMAGE = "image"
    DOCUMENT = "document"
    """A PDF, or a picture of the paper."""
    CARD = "card"
    """A contact of somebody's: read, and never kept."""

    def takes(self, mime_type: str) -> bool:
        return mime_type in _TAKEN[self]


_TAKEN: Final[Mapping[FileKind, frozenset[str]]] = {
    FileKind.IMAGE: _PICTURES,
    FileKind.DOCUMENT: _PICTURES | {PDF},
    FileKind.CARD: frozenset({VCARD}),
}

ENDINGS: Final[Mapping[str, str]] = {JPEG: "jpg", PDF: "pdf"}
"""Of the types that are stored: pictures become JPEG."""


def sniffed(content: bytes) -> str:
    """Return the type that the first bytes tell, "" for one that nobody asks for."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[:64].lstrip(b"\xef\xbb\xbf\r\n ")[:11].upper() == b"BEGIN:VCARD":
        return VCARD
    known = (kind for beginning, kind in _BEGINNINGS if content.startswith(beginning))
    return next(known, "")


def is_picture(mime_type: str) -> bool:
    return mime_type in _PICTURES
