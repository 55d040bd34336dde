"""Pictures as phones send them, with all that cameras write into them."""

from io import BytesIO
from typing import Final

from PIL import Image

CAMERA: Final = "Spy Camera 1"
_ORIENTATION: Final = 0x0112
_MAKE: Final = 0x010F
_GPS: Final = 0x8825
_LATITUDE: Final = {1: "S", 2: (17.0, 49.0, 12.0), 3: "E", 4: (31.0, 3.0, 0.0)}


def photo(width: int = 400, height: int = 300, *, kind: str = "JPEG", turned: int = 1) -> bytes:
    """Return a picture, its left half red and its right half blue, taken in Harare.

    `turned` is how the camera was held, as EXIF numbers it.
    """
    image = Image.new("RGB", (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[_MAKE] = CAMERA
    exif[_ORIENTATION] = turned
    exif.get_ifd(_GPS).update(_LATITUDE)
    out = BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()
