"""Makes a plain JPEG of a picture that a stranger sent, in a process that may be lost.

Run by its path, so that it shares nothing with the server: the picture comes in by stdin, `picture
WIDTH HEIGHT` and a JPEG on the next line go out, or one of the words below. What the picture
carries besides (place, camera, comments, a second picture) is left behind.
"""

import contextlib
import io
import os
import resource
import sys
import warnings
from typing import Final

from PIL import Image, ImageOps

_FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP")
_QUALITY: Final = 85
_MEMORY: Final = 1 << 30
_SECONDS: Final = 20
_BOMBS: Final = (Image.DecompressionBombWarning, Image.DecompressionBombError)


def main() -> None:
    most_pixels, longest_side = map(int, sys.argv[1:])
    _confine()
    Image.MAX_IMAGE_PIXELS = most_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read(), longest_side))


def _confine() -> None:
    """Keep a picture that is made to do harm from more memory, time and disk than it needs."""
    os.nice(10)
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):  # not every system has each of them
            resource.setrlimit(what, (most, most))


def _answer(content: bytes, longest_side: int) -> bytes:
    try:
        picture = _plain(content, longest_side)
    except _BOMBS:
        return b"too_large"
    except Exception:  # noqa: BLE001 -- decoders raise all there is: it is no picture
        return b"no_picture"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return b"picture %d %d\n" % picture.size + out.getvalue()


def _plain(content: bytes, longest_side: int) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        # A photo is unpacked no larger than needed: that is quicker and takes less memory.
        image.draft("RGB", (longest_side, longest_side))
        image.thumbnail((longest_side, longest_side))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    plain = Image.new("RGB", upright.size, "white")
    plain.paste(upright, mask=upright)
    return plain


if __name__ == "__main__":
    main()
