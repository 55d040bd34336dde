"""Every store keeps, gives back and forgets; a bucket takes only what is signed."""

import stat
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from sokoni.kit.http import ReqwestClient
from sokoni.kit.ids import new_id
from sokoni.media.models import MediaId
from sokoni.media.stores.base import Store, StoreAwayError
from sokoni.media.stores.folder import FolderStore
from sokoni.media.stores.s3 import S3Store
from sokoni.media.stores.signing import SigningKey, signed
from sokoni.testing.clock import StoppedClock
from sokoni.testing.fake_s3 import FakeS3, fake_s3


def key(secret: str = "fake-secret", access: str = "fake-access") -> SigningKey:  # noqa: S107
    return SigningKey(access_key=access, secret_key=SecretStr(secret), region="af-south-1")


@pytest.fixture(params=["folder", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    if request.param == "folder":
        yield FolderStore(tmp_path / "not" / "there" / "yet")
        return
    async with AsyncExitStack() as stack:
        bucket = await stack.enter_async_context(fake_s3())
        http = await stack.enter_async_context(ReqwestClient())
        yield S3Store(bucket.url, key(), http, StoppedClock())


async def test_content_comes_back(store: Store) -> None:
    one, other = MediaId(new_id()), MediaId(new_id())

    await store.put(one, b"first")
    await store.put(other, b"second")
    await store.put(one, b"first again")

    assert await store.get(one) == b"first again"
    assert await store.get(other) == b"second"
    assert await store.get(MediaId(new_id())) is None


async def test_content_is_forgotten_once_and_again(store: Store) -> None:
    one, other = MediaId(new_id()), MediaId(new_id())
    await store.put(one, b"first")
    await store.put(other, b"second")

    await store.delete(one)
    await store.delete(one)

    assert await store.get(one) is None
    assert await store.get(other) == b"second"


async def test_files_are_for_the_server_alone_and_never_run(tmp_path: Path) -> None:
    media_id = MediaId(new_id())

    await FolderStore(tmp_path / "media").put(media_id, b"content")

    assert modes(tmp_path) == {"media": 0o700, media_id.hex[-2:]: 0o700, media_id.hex: 0o600}


async def test_folder_that_takes_nothing_is_away(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("in the way")
    store, media_id = FolderStore(tmp_path / "media"), MediaId(new_id())

    for act in (store.put(media_id, b"x"), store.get(media_id), store.delete(media_id)):
        with pytest.raises(StoreAwayError):
            await act


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")}


async def bucket_refuses(bucket: FakeS3, signing: SigningKey) -> None:
    async with ReqwestClient() as http:
        store, media_id = S3Store(bucket.url, signing, http, StoppedClock()), MediaId(new_id())
        for act in (store.put(media_id, b"x"), store.get(media_id), store.delete(media_id)):
            with pytest.raises(StoreAwayError):
                await act
    assert bucket.objects == {}


@pytest.mark.parametrize("signing", [key(secret="guessed"), key(access="nobody")])
async def test_bucket_opens_to_its_key_alone(signing: SigningKey) -> None:
    async with fake_s3() as bucket:
        await bucket_refuses(bucket, signing)


async def test_bucket_that_does_not_answer_is_away() -> None:
    async with fake_s3() as bucket:
        bucket.away = True
        await bucket_refuses(bucket, key())
    await bucket_refuses(bucket, key())


def test_signature_is_that_of_amazons_own_example() -> None:
    """See "Signature Calculations for the Authorization Header" in Amazon's S3 reference."""
    example = SigningKey(
        access_key="AKIAIOSFODNN7EXAMPLE",
        secret_key=SecretStr("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        region="us-east-1",
    )

    headers = signed(
        example,
        method="GET",
        url="https://examplebucket.s3.amazonaws.com/test.txt",
        body=b"",
        at=datetime(2013, 5, 24, tzinfo=UTC),
        headers={"range": "bytes=0-9"},
    )

    assert headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_host_is_signed_as_it_is_called() -> None:
    plain, written = (
        signed(key(), method="GET", url=url, body=b"", at=datetime(2026, 3, 2, tzinfo=UTC))
        for url in ("https://bucket.example/1", "https://Bucket.example:443/1")
    )

    assert plain == written
