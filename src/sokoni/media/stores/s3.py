"""A bucket of Amazon S3, or of anything that speaks its language (MinIO, Garage, R2…)."""

from typing import Final

from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient, Response, TransportError
from sokoni.media.models import MediaId
from sokoni.media.stores.base import StoreAwayError
from sokoni.media.stores.signing import SigningKey, signed

_SECONDS: Final = 30.0
_OK: Final = 200
_NOT_THERE: Final = 404
_DELETED: Final = frozenset({200, 204, _NOT_THERE})


class S3Store:
    """An object by its id. `url` is the bucket's, its name in the host or in the path."""

    def __init__(self, url: str, key: SigningKey, http: HttpClient, clock: Clock) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._http = http
        self._clock = clock

    async def put(self, media_id: MediaId, sealed: bytes) -> None:
        answer = await self._asked("PUT", media_id, sealed)
        if answer.status != _OK:
            raise StoreAwayError(f"PUT {answer.status}")

    async def get(self, media_id: MediaId) -> bytes | None:
        answer = await self._asked("GET", media_id)
        if answer.status == _NOT_THERE:
            return None
        if answer.status != _OK:
            raise StoreAwayError(f"GET {answer.status}")
        return answer.body

    async def delete(self, media_id: MediaId) -> None:
        answer = await self._asked("DELETE", media_id)
        if answer.status not in _DELETED:
            raise StoreAwayError(f"DELETE {answer.status}")

    async def _asked(self, method: str, media_id: MediaId, body: bytes = b"") -> Response:
        url = f"{self._url}/{media_id.hex}"
        headers = signed(self._key, method=method, url=url, body=body, at=self._clock())
        try:
            return await self._http.request(
                method, url, headers=headers, body=body or None, timeout=_SECONDS
            )
        except TransportError as error:
            raise StoreAwayError(str(error)) from error
