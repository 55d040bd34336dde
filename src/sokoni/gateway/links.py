"""Leads on from addresses of our own, and has it noted who went there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.vault import Vault
from sokoni.dialogue.manifest import FollowHandler
from sokoni.dialogue.short_links import PATH
from sokoni.gateway.health import FAULTS
from sokoni.gateway.rate import OverloadedError, RateLimit
from sokoni.kit.clock import Clock

_PER_SECOND: Final = 200
_HEADERS: Final = {
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
    "referrer-policy": "no-referrer",
}
# Who fetches a page to show what is behind the link, or to see whether it is safe, is no reader.
_MACHINE: Final = re.compile(
    r"facebook|whatsapp/|telegram|twitter|slack|skype|bot\b|crawl|spider|preview|scan|curl|wget"
    r"|python|headless",
    re.IGNORECASE,
)
_AHEAD_OF_TIME: Final = ("purpose", "sec-purpose", "x-purpose", "x-moz")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """What knows where addresses lead."""

    engine: AsyncEngine
    vault: Vault
    clock: Clock
    follow: Sequence[FollowHandler]

    async def find(self, token: str, *, counts: bool) -> str | None:
        """Return where an address leads, None where it is nobody's."""
        for handler in self.follow:
            url = await handler(self.engine, self.vault, token, self.clock(), counts=counts)
            if url is not None:
                return url
        return None


def link_routes(links: Links) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    limit = RateLimit(_PER_SECOND, links.clock)

    @router.api_route(f"{PATH}{{token}}", methods=["GET", "HEAD"])
    async def follow(token: str, request: Request) -> Response:
        try:
            limit.check(1)
            url = await links.find(token, counts=_is_a_reader(request))
        except (OverloadedError, *FAULTS):
            later = {**_HEADERS, "retry-after": "1"}
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=later)
        if url is None:
            return Response(status_code=HTTPStatus.NOT_FOUND, headers=_HEADERS)
        return Response(status_code=HTTPStatus.FOUND, headers={**_HEADERS, "location": url})

    return router


def _is_a_reader(request: Request) -> bool:
    """Tell whether somebody wants to see the page; what cannot be told from a machine is one."""
    browser = request.headers.get("user-agent", "")
    ahead = any(
        "fetch" in request.headers.get(name, "") or "preview" in request.headers.get(name, "")
        for name in _AHEAD_OF_TIME
    )
    return request.method == "GET" and bool(browser) and not ahead and not _MACHINE.search(browser)
