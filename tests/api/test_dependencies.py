"""What endpoints depend on is never run in a thread: to wait for one costs more than it does."""

from collections.abc import Callable, Iterator
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, APIRouter

from sokoni.api.app import OURS
from sokoni.api.simulator import router as simulator
from sokoni.capabilities.booking.api import router as bookings
from sokoni.capabilities.marketplace.api import router as marketplace
from sokoni.capabilities.store.api import router as store

Call = Callable[..., Any]


def _routes(router: APIRouter) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner)


def _calls(dependant: Dependant) -> Iterator[Call]:
    if dependant.call is not None:
        yield dependant.call
    for one in dependant.dependencies:
        yield from _calls(one)


def _waits_itself(call: Call) -> bool:
    own = type(call).__call__ if not hasattr(call, "__name__") else call
    return iscoroutinefunction(own) or isasyncgenfunction(own)


ROUTES = [
    route
    for router in (*OURS, simulator, bookings, marketplace, store)
    for route in _routes(router)
]


def test_all_routers_have_routes() -> None:
    assert len(ROUTES) > 50


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: f"{min(one.methods)} {one.path}")
def test_a_route_and_all_that_it_depends_on_are_coroutines(route: APIRoute) -> None:
    threaded = [call for call in _calls(route.dependant) if not _waits_itself(call)]

    assert threaded == []
