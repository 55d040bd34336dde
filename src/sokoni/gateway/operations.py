"""What an operator's tools ask: `/health` and `/metrics`."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from sokoni.gateway.health import Health
from sokoni.gateway.metrics import GatewayMetrics


def operations(health: Health, metrics: GatewayMetrics, registry: CollectorRegistry) -> APIRouter:
    """Return the routes."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health")
    async def read_health() -> Response:
        report = await health.report()
        status = 200 if report.healthy else 503
        return Response(str(report), status, media_type="text/plain")

    @router.get("/metrics")
    async def read_metrics() -> Response:
        if queues := await health.queues():
            metrics.queues(queues)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router
