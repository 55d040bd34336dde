"""What an operator's tools ask: `/health`, `/live` and `/metrics`."""

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from sokoni.gateway.health import Health, Report
from sokoni.gateway.metrics import NumberFigures, QueueFigures


def operations(health: Health, figures: CollectorRegistry) -> APIRouter:
    """Return the routes. `figures` is where all rooms of the process leave theirs."""
    router = APIRouter(include_in_schema=False)
    queues, numbers = QueueFigures(figures), NumberFigures(figures)

    @router.get("/health")
    async def read_health() -> Response:
        return _answer(await health.report())

    @router.get("/live")
    async def read_live() -> Response:
        return _answer(health.alive())

    @router.get("/metrics")
    async def read_metrics() -> Response:
        if found := await health.queues():
            queues.set(found)
        if (priced := await health.numbers()) is not None:
            numbers.set(priced)
        return Response(generate_latest(figures), media_type=CONTENT_TYPE_LATEST)

    return router


def operations_only(health: Health, figures: CollectorRegistry) -> FastAPI:
    """Return the app of a process that serves nothing else."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(operations(health, figures))
    return app


def _answer(report: Report) -> Response:
    status = 200 if report.healthy else 503
    return Response(str(report) or "ok\n", status, media_type="text/plain")
