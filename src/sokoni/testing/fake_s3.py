"""A bucket on loopback that takes only what is signed for it."""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sokoni.testing.loopback import Answered, Asked, serving

_AUTHORIZATION: Final = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/(?P<scope>[^,]+), ?"
    r"SignedHeaders=(?P<names>[^,]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)
_MUST_BE_SIGNED: Final = frozenset({"host", "x-amz-content-sha256", "x-amz-date"})
_NOT_THERE: Final = Answered(404, b"<Error><Code>NoSuchKey</Code></Error>")
_FORGED: Final = Answered(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")


class FakeS3:
    """Take it from `fake_s3`."""

    def __init__(self, *, access_key: str, secret_key: str, region: str, bucket: str) -> None:
        self.objects: dict[str, bytes] = {}
        self.url = ""
        self.away = False
        self._access_key = access_key
        self._secret_key = secret_key
        self._region = region
        self._bucket = bucket

    def answer(self, asked: Asked) -> Answered:
        if self.away:
            return Answered(503)
        if not self._is_signed(asked):
            return _FORGED
        bucket, _, name = asked.path.removeprefix("/").partition("/")
        if bucket != self._bucket:
            return Answered(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        return self._done(asked, name)

    def _done(self, asked: Asked, name: str) -> Answered:
        match asked.method:
            case "PUT":
                self.objects[name] = asked.body
                return Answered()
            case "GET" if name in self.objects:
                return Answered(body=self.objects[name])
            case "DELETE":
                self.objects.pop(name, None)
                return Answered(204)
            case _:
                return _NOT_THERE

    def _is_signed(self, asked: Asked) -> bool:
        found = _AUTHORIZATION.fullmatch(asked.headers.get("authorization", ""))
        if found is None or found["key"] != self._access_key:
            return False
        names, scope = found["names"].split(";"), found["scope"].split("/")
        whole = names == sorted(names) and set(names) >= _MUST_BE_SIGNED
        dated = asked.headers["x-amz-date"].startswith(scope[0])
        if not whole or not dated or scope[1:] != [self._region, "s3", "aws4_request"]:
            return False
        if asked.headers["x-amz-content-sha256"] != hashlib.sha256(asked.body).hexdigest():
            return False
        ours = self._signature(asked, names, scope)
        return hmac.compare_digest(ours, found["signature"])

    def _signature(self, asked: Asked, names: list[str], scope: list[str]) -> str:
        """Go the way of the documentation: canonical request, string to sign, derived key."""
        headers = [f"{name}:{asked.headers.get(name, '')}" for name in names]
        digest = asked.headers["x-amz-content-sha256"]
        lines = [asked.method, asked.path, "", *headers, "", ";".join(names), digest]
        hashed = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        moment = asked.headers["x-amz-date"]
        wanted = "\n".join(["AWS4-HMAC-SHA256", moment, "/".join(scope), hashed])
        key = f"AWS4{self._secret_key}".encode()
        for part in (*scope, wanted):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key.hex()


@asynccontextmanager
async def fake_s3(
    *,
    access_key: str = "fake-access",
    secret_key: str = "fake-secret",  # noqa: S107 - of the fake
    region: str = "af-south-1",
    bucket: str = "sokoni-media",
) -> AsyncIterator[FakeS3]:
    """Serve a bucket until the block ends; its `url` is the bucket's."""
    fake = FakeS3(access_key=access_key, secret_key=secret_key, region=region, bucket=bucket)
    async with serving(fake.answer) as url:
        fake.url = f"{url}/{bucket}"
        yield fake
