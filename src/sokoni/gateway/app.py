"""The ASGI app: webhooks on the fast path, everything else behind it."""

import secrets
from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.contextvars import bind_contextvars

from sokoni.channels.registry import Registry
from sokoni.config import Settings
from sokoni.gateway.asgi import NOSNIFF, AsgiApp, Event, Header, Receive, Scope, Send
from sokoni.gateway.batcher import Batcher
from sokoni.gateway.doors import Accounts, Doors, find_door
from sokoni.gateway.health import Health, Services, Silences, no_loops, no_services
from sokoni.gateway.links import Links, link_routes
from sokoni.gateway.media import media_door
from sokoni.gateway.metrics import GatewayMetrics
from sokoni.gateway.operations import operations
from sokoni.gateway.payment_door import PaymentDoor
from sokoni.gateway.payments import payment_routes
from sokoni.gateway.rate import RateLimit
from sokoni.gateway.timing import Timed
from sokoni.gateway.webhooks import Webhooks
from sokoni.kit.clock import Clock
from sokoni.media.room import Media
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.wakeups import Hints

# Pages load scripts and styles of their own; nobody may frame them or turn their addresses.
_SECURITY: Final[tuple[Header, ...]] = (
    NOSNIFF,
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(self)"),
    (
        b"content-security-policy",
        b"frame-ancestors 'self'; object-src 'none'; base-uri 'self'; form-action 'self'",
    ),
)
_ONLY_HTTPS: Final[Header] = (b"strict-transport-security", b"max-age=31536000")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayParts:
    """What the gateway is made of."""

    settings: Settings
    engine: AsyncEngine
    clock: Clock
    accounts: Accounts
    registry: Registry
    inbox: Inbox
    hints: Hints
    figures: CollectorRegistry
    """Where all rooms of the process leave their figures."""
    silences: Silences = no_loops
    services: Services = no_services
    media: Media | None = None
    """None: files are given out elsewhere."""
    links: Links | None = None
    """None: no address of ours leads on."""
    payments: PaymentDoor | None = None
    """None: gateways tell somebody else."""


def build_gateway(parts: GatewayParts, inner: FastAPI | None = None) -> AsgiApp:
    """Return the app that answers webhooks itself and hands the rest to `inner`.

    `inner` (the API and the pages) is given `/health`, `/live` and `/metrics`.
    """
    metrics = GatewayMetrics(parts.figures)
    health = Health(
        parts.engine, parts.clock, parts.settings.redis_url, parts.silences, parts.services
    )
    behind = inner or FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    behind.include_router(operations(health, parts.figures))
    if parts.media is not None:
        behind.include_router(media_door(parts.media.links, parts.media.archive))
    if parts.links is not None:
        behind.include_router(link_routes(parts.links))
    if parts.payments is not None:
        behind.include_router(payment_routes(parts.payments))
    webhooks = Webhooks(
        doors=Doors(parts.accounts, parts.registry, production=parts.settings.production),
        batcher=Batcher(parts.inbox.store, metrics.flushed),
        hints=parts.hints,
        metrics=metrics,
        limit=RateLimit(parts.settings.global_rate_per_second, parts.clock),
        clock=parts.clock,
        public_url=parts.settings.public_url,
    )
    safe = Safe(behind, https=parts.settings.production)
    return Gateway(webhooks, Timed(safe, metrics.served))


class Gateway:
    """Sends a webhook down the fast path, and everything else past it."""

    def __init__(self, webhooks: Webhooks, behind: AsgiApp) -> None:
        self._webhooks = webhooks
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        door = find_door(scope["path"]) if scope["type"] == "http" else None
        if door is None:
            await self._behind(scope, receive, send)
        else:
            await self._webhooks.handle(door, scope, receive, send)


class Safe:
    """Adds security headers to every answer, and a trace id to every line logged for it."""

    def __init__(self, app: AsgiApp, *, https: bool) -> None:
        self._app = app
        self._headers = (*_SECURITY, _ONLY_HTTPS) if https else _SECURITY

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace = secrets.token_hex(8)
        bind_contextvars(trace=trace)

        async def send_safely(event: Event) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = self._with_ours(event.get("headers", ()), trace)
            await send(event)

        await self._app(scope, receive, send_safely)

    def _with_ours(self, headers: list[Header], trace: str) -> list[Header]:
        """Return the headers with ours, except where the answer sets its own."""
        theirs = {name.lower() for name, _ in headers}
        ours = [header for header in self._headers if header[0] not in theirs]
        return [*headers, *ours, (b"x-trace-id", trace.encode())]
