"""What a contact sent comes into the store plain, or is refused by a name that says why."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from msgspec import structs
from PIL import Image
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.channels.inbound import Medium
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, new_id
from sokoni.media.errors import (
    FileDelayedError,
    FileGoneError,
    FileTooLargeError,
    FileTypeRefusedError,
)
from sokoni.media.fetching import Fetch
from sokoni.media.kinds import FileKind
from sokoni.media.references import FileRef
from sokoni.testing.clock import StoppedClock
from sokoni.testing.graph_media import GraphFile
from sokoni.testing.pictures import CAMERA, photo
from tests.media.studio import SHOP, UNUSED, Studio, studio

PDF = b"%PDF-1.7\n1 0 obj"


async def nothing_is_kept(place: Studio, fetch: Fetch) -> None:
    assert await place.archive.find(fetch.id) is None
    assert place.on_disk() == {}


async def refused(place: Studio, fetch: Fetch, error: type[Exception]) -> None:
    with pytest.raises(error):
        await place.fetcher.fetch(fetch)
    await nothing_is_kept(place, fetch)


async def test_photo_is_fetched_made_plain_and_sealed(place: Studio) -> None:
    fetch = place.fetch(photo())

    ref = await place.fetcher.fetch(fetch)

    assert ref == FileRef(fetch.id, "image/jpeg")
    content = await place.archive.content(ref.id)
    assert content is not None
    with Image.open(BytesIO(content)) as image:
        assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (400, 300), {})
    row = await place.row(ref.id)
    assert row is not None
    assert (row.merchant_id, row.contact_id) == (SHOP, place.contact_id)
    assert (row.size, row.width, row.height) == (len(content), 400, 300)
    assert row.expires_at == place.clock() + UNUSED
    (sealed,) = place.on_disk().values()
    assert content[:100] not in sealed
    assert CAMERA.encode() not in sealed


async def test_fetching_again_makes_no_second_file(place: Studio) -> None:
    fetch = place.fetch(photo())

    assert await place.fetcher.fetch(fetch) == await place.fetcher.fetch(fetch)

    assert place.graph.media.downloads == 1
    assert len(place.on_disk()) == 1


@pytest.mark.parametrize("content", [PDF, photo(kind="PNG")])
async def test_document_may_be_a_pdf_or_a_picture_of_the_paper(
    place: Studio, content: bytes
) -> None:
    ref = await place.fetcher.fetch(place.fetch(content, FileKind.DOCUMENT))

    kept = await place.archive.content(ref.id)
    assert (ref.mime_type, kept == content) == (
        ("application/pdf", True) if content is PDF else ("image/jpeg", False)
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        PDF,
        b"MZ\x90\x00 a program",
        b"<html><script>alert(1)</script>",
        b"GIF89a<script>alert(1)</script>",
        b"OggS voice",
        photo()[:300],
    ],
)
async def test_what_only_calls_itself_a_picture_is_refused(place: Studio, content: bytes) -> None:
    fetch = place.fetch(GraphFile(content=content, mime_type="image/jpeg"))

    await refused(place, fetch, FileTypeRefusedError)


async def test_picture_of_fifty_megabytes_is_refused_before_it_is_downloaded(
    place: Studio,
) -> None:
    await refused(place, place.fetch(photo() + bytes(50_000_000)), FileTooLargeError)

    assert place.graph.media.downloads == 0


async def test_picture_that_is_said_to_be_small_is_cut_off(place: Studio) -> None:
    lying = GraphFile(content=photo() + bytes(50_000_000), told_size=1000)

    await refused(place, place.fetch(lying), FileTooLargeError)

    assert place.graph.media.downloads == 1


async def test_document_may_be_larger_than_a_picture(place: Studio) -> None:
    large = PDF + bytes(150_000)

    await place.fetcher.fetch(place.fetch(large, FileKind.DOCUMENT))
    with pytest.raises(FileTooLargeError):
        await place.fetcher.fetch(place.fetch(large))


async def test_picture_of_too_many_dots_is_refused(place: Studio) -> None:
    await refused(place, place.fetch(photo(2000, 501)), FileTooLargeError)


@pytest.mark.parametrize(
    "leads_to",
    [
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.2/",
        "https://localhost/",
        "https://[::1]/",
        "http://10.0.0.1/",
        "file:///etc/passwd",
    ],
)
async def test_host_that_leads_to_a_private_address_is_not_followed(
    place: Studio, leads_to: str
) -> None:
    file = GraphFile(content=photo(), leads_to=leads_to)

    await refused(place, place.fetch(file), FileGoneError)

    assert place.graph.media.downloads == 1


async def test_provider_at_a_private_address_must_be_allowed(
    engine: AsyncEngine, vault: Vault, clock: StoppedClock, tmp_path: Path
) -> None:
    async with studio(engine, vault, clock, tmp_path, private_hosts=frozenset()) as place:
        await refused(place, place.fetch(photo()), FileGoneError)

        assert place.graph.media.downloads == 0


async def test_file_that_the_provider_does_not_know_is_gone(place: Studio) -> None:
    unknown = replace(place.fetch(photo()), medium=Medium(kind="image", id="404"))

    await refused(place, unknown, FileGoneError)


async def test_file_of_an_account_that_is_no_more_is_gone(place: Studio) -> None:
    gone = replace(place.fetch(photo()), account_id=AccountId(new_id()))

    await refused(place, gone, FileGoneError)


async def test_wrong_token_may_be_mended(place: Studio) -> None:
    place.graph.tokens = frozenset({"another-token"})

    await refused(place, place.fetch(photo()), FileDelayedError)


async def test_address_that_ended_is_asked_for_anew(place: Studio) -> None:
    fetch = place.fetch(photo())
    place.graph.media.life = timedelta(0)
    with pytest.raises(FileDelayedError):
        await place.fetcher.fetch(fetch)

    place.graph.media.life = timedelta(minutes=5)

    assert await place.fetcher.fetch(fetch) == FileRef(fetch.id)


async def test_another_file_than_the_one_that_was_sent_is_not_taken(place: Studio) -> None:
    fetch, other = place.fetch(photo()), place.fetch(photo(300, 300))
    swapped = structs.replace(fetch.medium, sha256=other.medium.sha256)

    await refused(place, replace(fetch, medium=swapped), FileDelayedError)


@pytest.mark.parametrize("told", ["", "5Hf0=", "no digest", "é"])
async def test_digest_that_is_none_is_not_compared(place: Studio, told: str) -> None:
    fetch = place.fetch(photo())

    ref = await place.fetcher.fetch(
        replace(fetch, medium=structs.replace(fetch.medium, sha256=told))
    )

    assert ref == FileRef(fetch.id)


async def test_store_that_is_away_may_come_back(place: Studio) -> None:
    fetch = place.fetch(photo())
    place.folder.write_text("in the way")
    with pytest.raises(FileDelayedError):
        await place.fetcher.fetch(fetch)
    assert await place.archive.find(fetch.id) is None

    place.folder.unlink()

    assert await place.fetcher.fetch(fetch) == FileRef(fetch.id)
    assert await place.archive.find(fetch.id) is not None
