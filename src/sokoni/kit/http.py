"""One async HTTP client for everything outside: fast, bounded, and clear about what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol, Self

import msgspec
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    DetailedPyreqwestError,
    PoolTimeoutError,
    PyreqwestError,
)
from pyreqwest.request import ConsumedRequest

from sokoni.kit.cancelling import cancellable

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 10.0
IN_FLIGHT: Final = 256

_JSON: Final = {"content-type": "application/json"}


class TransportError(Exception):
    """No answer came. Which child it is says whether the other side may have acted."""


class NotSentError(TransportError):
    """The request never left us: trying again cannot do anything twice."""


class OutcomeUnknownError(TransportError):
    """The request may have arrived, and its answer was lost."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer of any status, read to its end."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""


class HttpClient(Protocol):
    """What adapters ask for. `json` is encoded here; it and `body` exclude each other."""

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json: object = None,
        timeout: float | None = None,  # noqa: ASYNC109 - kept by the client's own deadline
    ) -> Response:
        """Return the answer, or raise `NotSentError` or `OutcomeUnknownError`.

        Redirects are answers like any other: none is followed.
        """

    async def close(self) -> None:
        """End the connections that are kept open."""


class ReqwestClient:
    """Connections are kept and reused; `in_flight` requests run at once, the rest wait."""

    def __init__(
        self,
        *,
        connect: float = CONNECT_SECONDS,
        total: float = TOTAL_SECONDS,
        in_flight: int = IN_FLIGHT,
    ) -> None:
        self._client = _build(connect, total, in_flight)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._client.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json: object = None,
        timeout: float | None = None,  # noqa: ASYNC109 - kept by the client's own deadline
    ) -> Response:
        request = self._request(method, url, headers, _encoded(body, json), timeout)
        try:
            answer = await cancellable(request.send())
            content = await cancellable(answer.bytes())
        except PyreqwestError as error:
            raise _lost(error) from error
        return Response(answer.status, dict(answer.headers.items()), content.to_bytes())

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        content: tuple[bytes, Mapping[str, str]] | None,
        seconds: float | None,
    ) -> ConsumedRequest:
        try:
            builder = self._client.request(method, url)
            if content is not None:
                builder = builder.body_bytes(content[0]).headers(content[1])
            if headers:
                builder = builder.headers(headers)
            if seconds is not None:
                builder = builder.timeout(timedelta(seconds=seconds))
            return builder.build()
        except (ValueError, BuilderError) as error:
            raise NotSentError(f"no request can be made of it: {error}") from error


def _build(connect: float, total: float, in_flight: int) -> Client:
    return (
        ClientBuilder()
        .connect_timeout(timedelta(seconds=connect))
        .timeout(timedelta(seconds=total))
        .pool_timeout(timedelta(seconds=total))
        .max_connections(in_flight)
        .pool_max_idle_per_host(in_flight)
        .follow_redirects(enable=False)
        .referer(enable=False)
        .user_agent("sokoni")
        # What the environment names is bootstrap's affair, and loopback must stay direct.
        .no_proxy()
        .build()
    )


def _encoded(body: bytes | None, json: object) -> tuple[bytes, Mapping[str, str]] | None:
    if json is not None:
        return msgspec.json.encode(json), _JSON
    return None if body is None else (body, {})


def _lost(error: PyreqwestError) -> TransportError:
    kind = NotSentError if _never_left(error) else OutcomeUnknownError
    return kind(f"{type(error).__name__}: {_deepest(error)}")


def _never_left(error: PyreqwestError) -> bool:
    """Tell by the causes: the class says ConnectError also when a request was taken and cut."""
    if isinstance(error, PoolTimeoutError):
        return True
    return any(cause == "client error (Connect)" for cause in _causes(error))


def _deepest(error: PyreqwestError) -> str:
    """Return the innermost cause: the outer ones name the URL, which may hold a secret."""
    return (_causes(error) or [error.message])[-1]


def _causes(error: PyreqwestError) -> list[str]:
    causes = error.details["causes"] if isinstance(error, DetailedPyreqwestError) else None
    return [cause["message"] for cause in causes or ()]
