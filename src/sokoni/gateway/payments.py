"""Where payment gateways tell what happened, and where browsers come back to.

`POST /payments/{gateway}/callback/{token}` verifies the bytes as they came, stores what happened
as events of the payments' conversations, and answers 200 after the commit.
"""

from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, Request, Response

from sokoni.errors import AppError
from sokoni.gateway.asgi import LARGEST
from sokoni.gateway.health import FAULTS
from sokoni.gateway.pages import PAGE_HEADERS, Page, PayPages
from sokoni.gateway.payment_door import PaymentDoor

_log = structlog.get_logger(__name__)
_TEXT: Final = "text/plain"


class BodyTooLargeError(AppError):
    code = "body_too_large"
    http_status = 413


def payment_routes(door: PaymentDoor) -> APIRouter:
    """Return the routes; what is wrong with an address or a body is said by a code alone."""
    router = APIRouter(include_in_schema=False, prefix="/payments")
    pages = PayPages(door.catalogues)

    @router.post("/{gateway}/callback/{token}")
    async def take(gateway: str, token: str, request: Request) -> Response:
        return await _answered(_taking(door, gateway, token, request))

    @router.get("/{gateway}/callback/{token}")
    async def back(gateway: str, token: str) -> Response:
        return await _answered(_page(pages.back, door.back(gateway, token)))

    @router.get("/sandbox/pay/{token}")
    async def show(token: str) -> Response:
        return await _answered(_page(pages.sandbox, door.sandbox(token)))

    @router.post("/sandbox/pay/{token}")
    async def choose(token: str, request: Request) -> Response:
        return await _answered(_chosen(door, pages, token, request))

    return router


async def _taking(door: PaymentDoor, gateway: str, token: str, request: Request) -> Response:
    headers = {name.lower(): value for name, value in request.headers.items()}
    await door.take(gateway, token, await _body(request), headers)
    return Response("ok\n", media_type=_TEXT)


async def _chosen(door: PaymentDoor, pages: PayPages, token: str, request: Request) -> Response:
    said = dict(parse_qsl((await _body(request)).decode("latin-1")))
    return _html(pages.chosen(await door.choose(token, said.get("choice", ""))))


async def _page(show: Callable[[Page], str], finding: Awaitable[Page]) -> Response:
    return _html(show(await finding))


def _html(text: str) -> Response:
    return Response(text, headers=PAGE_HEADERS, media_type="text/html")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise BodyTooLargeError
    return bytes(body)


async def _answered(answering: Awaitable[Response]) -> Response:
    """Answer a refusal by its code; have the gateway come again where nothing could be stored."""
    try:
        return await answering
    except AppError as error:
        return Response(f"{error.code}\n", error.http_status, media_type=_TEXT)
    except FAULTS as error:
        _log.warning("payment_event_not_stored", error=type(error).__name__)
        return Response("not_stored\n", 503, {"retry-after": "1"}, media_type=_TEXT)
