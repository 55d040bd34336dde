"""The pictures that simulated phones send: a plain colour, told by the file's name."""

import hashlib
import struct
import zlib
from typing import Final

_WIDTH: Final = 480
_HEIGHT: Final = 360
_HEAD: Final = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)


def picture(name: str) -> bytes:
    """Return a PNG; the same name makes the same picture."""
    colour = hashlib.sha256(name.encode()).digest()[:3]
    rows = (b"\0" + colour * _WIDTH) * _HEIGHT
    chunks = ((b"IHDR", _HEAD), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
