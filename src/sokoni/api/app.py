"""Puts the API together: its own routers and those that capabilities bring."""

from collections.abc import Iterable
from importlib.metadata import version
from typing import Any, Final

from fastapi import APIRouter, FastAPI

from sokoni.api import contacts, conversations, events, payments, places, reports, simulator, stats
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


def create_api(parts: WebParts, capabilities: Iterable[APIRouter] = ()) -> FastAPI:
    """Return the API; mount it at the root, since its paths are whole."""
    app = FastAPI(
        title="Sokoni",
        version=version("sokoni"),
        description="Conversations, events and what each capability keeps, for one merchant.",
        docs_url=None,
        redoc_url=None,
        responses=_REFUSALS,
    )
    app.state.parts = parts
    app.add_middleware(SmallBodies, prefix=PREFIX)
    answer_with_problems(app)
    describe_problems(app)
    describe(app)
    if not parts.production:
        # First: simulated phones ask more often than anybody, and routes are tried in their order.
        app.include_router(simulator.router, prefix=PREFIX)
    for router in (*OURS, *capabilities):
        app.include_router(router, prefix=PREFIX)
    return app
