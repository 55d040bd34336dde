"""Puts the API together: its own routers and those that capabilities bring."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from sokoni.api import contacts, conversations, events, payments, places, reports, simulator, stats
from sokoni.api.aliases import Aliases
from sokoni.api.reference import describe
from sokoni.web.bodies import SmallBodies
from sokoni.web.parts import WebParts
from sokoni.web.problems import Problem, answer_with_problems, describe_problems

PREFIX: Final = "/api/v1"
OURS: Final = (
    conversations.router,
    contacts.router,
    events.router,
    payments.router,
    places.router,
    reports.router,
    stats.router,
)
_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    "default": {"model": Problem, "description": "What went wrong, as application/problem+json."}
}

_SERVED: Final[dict[tuple[int, ...], Sequence[BaseRoute]]] = {}
"""By routers, none of which goes while its routes are here."""


def create_api(parts: WebParts, capabilities: Iterable[APIRouter] = ()) -> FastAPI:
    """Return the API; mount it at the root, since its paths are whole."""
    app = FastAPI(
        title="Sokoni",
        version=version("sokoni"),
        description="Conversations, events and what each capability keeps, for one merchant.",
        docs_url=None,
        redoc_url=None,
        routes=list(_routes(tuple(capabilities), production=parts.production)),
    )
    app.state.parts = parts
    app.add_middleware(SmallBodies, prefix=PREFIX)
    # Added last, it is asked first.
    app.add_middleware(Aliases, prefix=PREFIX)
    answer_with_problems(app)
    describe_problems(app)
    describe(app)
    return app


def _routes(capabilities: tuple[APIRouter, ...], *, production: bool) -> Sequence[BaseRoute]:
    """Return what is served, whomever it is for: the servers of one process share it.

    What each route wants is read from its function when it is first asked for: for all together
    that takes half a second.
    """
    key = (production, *map(id, capabilities))
    if key not in _SERVED:
        _SERVED[key] = _put_together(capabilities, production=production)
    return _SERVED[key]


def _put_together(capabilities: tuple[APIRouter, ...], *, production: bool) -> Sequence[BaseRoute]:
    whole = APIRouter(responses=_REFUSALS)
    if not production:
        # First: simulated phones ask more often than anybody, and routes are tried in their order.
        whole.include_router(simulator.router, prefix=PREFIX)
    for router in (*OURS, *capabilities):
        whole.include_router(router, prefix=PREFIX)
    return whole.routes
