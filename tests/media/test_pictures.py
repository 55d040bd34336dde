"""Pictures are made anew: nothing is left but what there is to see, and none does harm."""

import asyncio
import struct
import zlib
from io import BytesIO
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from sokoni.media.errors import FileTooLargeError, FileTypeRefusedError
from sokoni.media.pictures import Pictures
from sokoni.testing.pictures import CAMERA, photo

PICTURES = Pictures(most_pixels=2_000_000, longest_side=600)


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def saved(image: Image.Image, kind: str, **more: Any) -> bytes:  # noqa: ANN401 - the format's
    out = BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def colours(image: Image.Image, places: list[tuple[int, int]]) -> list[str]:
    red, _, blue = image.split()
    return ["red" if dot(red, place) > dot(blue, place) else "blue" for place in places]


def dot(band: Image.Image, place: tuple[int, int]) -> int:
    return band.tobytes()[place[1] * band.width + place[0]]


def png(width: int, height: int, rows: bytes) -> bytes:
    """Return a PNG that says what it likes of its size."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
async def test_picture_loses_place_and_camera(kind: str) -> None:
    taken = photo(kind=kind)
    assert CAMERA.encode() in taken
    assert opened(taken).getexif().get_ifd(0x8825)

    picture = await PICTURES.plain(taken)

    plain = opened(picture.content)
    assert (plain.format, plain.mode, plain.size) == ("JPEG", "RGB", (400, 300))
    assert (picture.width, picture.height) == (400, 300)
    assert not plain.getexif()
    assert set(plain.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert CAMERA.encode() not in picture.content


async def test_comments_colours_and_what_is_hidden_behind_the_end_are_left_behind() -> None:
    image = Image.new("RGB", (40, 30))
    taken = saved(image, "JPEG", comment=b"call +263771000001", icc_profile=b"p" * 300) + b"hidden"

    picture = await PICTURES.plain(taken)

    assert b"+263771000001" not in picture.content
    assert b"hidden" not in picture.content
    assert "icc_profile" not in opened(picture.content).info


async def test_picture_stands_upright() -> None:
    picture = await PICTURES.plain(photo(400, 300, turned=6))

    plain = opened(picture.content)
    assert plain.size == (300, 400)
    assert colours(plain, [(150, 50), (150, 350)]) == ["red", "blue"]


async def test_large_picture_is_made_smaller_and_keeps_its_shape() -> None:
    picture = await PICTURES.plain(photo(1500, 1000))

    assert (picture.width, picture.height) == (600, 400)


async def test_what_shows_through_becomes_white() -> None:
    clear = saved(Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "PNG")

    picture = await PICTURES.plain(clear)

    assert opened(picture.content).getextrema() == ((255, 255),) * 3


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "I;16"])
async def test_picture_of_few_or_other_colours_is_taken(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"

    picture = await PICTURES.plain(saved(Image.new(mode, (30, 20)), kind))

    assert opened(picture.content).mode == "RGB"


async def test_moving_picture_stands_still() -> None:
    frames = [Image.new("P", (30, 20), colour) for colour in (1, 2, 3)]
    moving = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

    picture = await PICTURES.plain(moving)

    assert opened(picture.content).size == (30, 20)


async def test_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = png(60_000, 60_000, b"\0" * 1_000_000)
    assert len(bomb) < 2000

    with pytest.raises(FileTooLargeError):
        await PICTURES.plain(bomb)


@pytest.mark.parametrize(("width", "height"), [(2000, 1001), (2_100_000, 1)])
async def test_more_dots_than_allowed_are_refused(width: int, height: int) -> None:
    with pytest.raises(FileTooLargeError):
        await PICTURES.plain(png(width, height, b"\0" * (width + 1) * height))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        photo()[:200],
        photo(kind="PNG")[:200],
        saved(Image.new("RGB", (10, 10)), "TIFF"),
        saved(Image.new("RGB", (10, 10)), "BMP"),
        saved(Image.new("RGB", (10, 10)), "ICO"),
        png(1000, 1000, b"\0" * 10),
    ],
)
async def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(FileTypeRefusedError):
        await PICTURES.plain(content)


async def test_the_loop_goes_on_while_a_picture_is_made() -> None:
    large = photo(1500, 1300)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(PICTURES.plain(large) for _ in range(3)))
    ticking.cancel()

    assert ticks > 20


async def test_no_process_is_left_when_nobody_waits_any_more() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await PICTURES.plain(photo(1500, 1300))

    running = [child.cmdline() for child in psutil.Process().children()]
    assert [line for line in running if any("reencoding" in word for word in line)] == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
async def test_spoilt_picture_is_a_picture_or_refused(data: st.DataObject) -> None:
    content = bytearray(photo(60, 40, kind=data.draw(st.sampled_from(["JPEG", "PNG", "WEBP"]))))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), min_size=1, max_size=6)):
        content[place] = data.draw(st.integers(0, 255))

    try:
        picture = await PICTURES.plain(bytes(content))
    except (FileTooLargeError, FileTypeRefusedError):
        return
    assert opened(picture.content).format == "JPEG"
