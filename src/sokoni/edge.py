"""The web side of a process: webhooks, API, pages, on one port."""

from enum import StrEnum
from pkgutil import resolve_name

from fastapi import FastAPI
from prometheus_client import REGISTRY, CollectorRegistry

from sokoni.api.app import PREFIX, create_api
from sokoni.bootstrap import App
from sokoni.dashboard.app import add_pages
from sokoni.dashboard.simulator.door import Door
from sokoni.dashboard.simulator.page import SimulatorParts
from sokoni.gateway.app import GatewayParts, build_gateway
from sokoni.gateway.asgi import AsgiApp
from sokoni.gateway.links import Links
from sokoni.gateway.payment_door import PaymentDoor
from sokoni.messaging.wakeups import INBOX
from sokoni.web.parts import WebParts
from sokoni.web.problems import answer_unknown
from sokoni.workers.looping import silences


class Side(StrEnum):
    """What a process may serve; the dashboard runs in one process only."""

    GATEWAY = "gateway"
    API = "api"
    DASHBOARD = "dashboard"


ALL: frozenset[Side] = frozenset(Side)


def edge(app: App, sides: frozenset[Side] = ALL, figures: CollectorRegistry = REGISTRY) -> AsgiApp:
    """Return the ASGI app of these sides; health and metrics come with any."""
    inner = _api(app) if Side.API in sides else FastAPI(docs_url=None, openapi_url=None)
    gateway = build_gateway(_gateway_parts(app, figures), inner)
    if Side.DASHBOARD in sides:
        answer_unknown(inner, PREFIX)
        # Last: pages answer whatever no route before them does.
        add_pages(inner, _simulator(app, gateway))
    return gateway


def _api(app: App) -> FastAPI:
    parts = WebParts(
        engine=app.engine,
        vault=app.vault,
        clock=app.clock,
        merchants=app.merchants,
        accounts=app.accounts,
        inbox=app.inbox,
        places=app.places,
        file_url=app.media.links.of,
        upload=app.media.uploader.picture,
        wake=lambda: app.hints.notify(INBOX),
        cache=app.cache,
        exports={name: one.export for name, one in app.capabilities.items() if one.export},
        erasers=[one.erase_contact for one in app.capabilities.values() if one.erase_contact],
        judges={name: one.judge for name, one in app.capabilities.items() if one.judge},
        installed=app.capabilities,
        production=app.settings.production,
        gateways=app.gateways,
        by_day={one.name: one.by_day for one in app.capabilities.values() if one.by_day},
    )
    routers = [resolve_name(one.router) for one in app.capabilities.values() if one.router]
    return create_api(parts, routers)


def _simulator(app: App, gateway: AsgiApp) -> SimulatorParts | None:
    if app.settings.production:
        return None
    return SimulatorParts(
        engine=app.engine,
        vault=app.vault,
        merchants=app.merchants,
        accounts=app.accounts,
        places=app.places,
        catalogues=app.catalogues,
        door=Door(gateway),
    )


def _gateway_parts(app: App, figures: CollectorRegistry) -> GatewayParts:
    return GatewayParts(
        settings=app.settings,
        engine=app.engine,
        clock=app.clock,
        accounts=app.accounts,
        registry=app.registry,
        inbox=app.inbox,
        hints=app.hints,
        figures=figures,
        silences=silences,
        services=app.ways.look,
        media=app.media,
        links=Links(
            engine=app.engine,
            vault=app.vault,
            clock=app.clock,
            follow=[one.follow for one in app.capabilities.values() if one.follow],
        ),
        payments=PaymentDoor(
            engine=app.engine,
            vault=app.vault,
            clock=app.clock,
            inbox=app.inbox,
            gateways=app.gateways,
            catalogues=app.catalogues,
            wake=lambda: app.hints.notify(INBOX),
        ),
    )
