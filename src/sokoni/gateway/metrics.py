"""What Prometheus is told of the gateway, and of the queues in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from sokoni.channels.inbound import Message
from sokoni.gateway.queues import Queues
from sokoni.messaging.inbox import Arrival, Stored
from sokoni.messaging.pricing import Usage

_SIZES: Final = (1, 2, 5, 10, 25, 50, 100, 250, 500)
_FLUSHES: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
_ANSWERS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_AGES: Final = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 600, 3600, 86400)


class GatewayMetrics:
    """The gateway's figures, in a registry that other rooms of the process may share."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._webhooks = Counter(
            "sokoni_webhooks", "Webhooks by answer", ("platform", "result"), registry=registry
        )
        self._strays = Counter(
            "sokoni_webhook_strays",
            "Items for accounts that we do not have or that another secret signs for",
            ("platform",),
            registry=registry,
        )
        self._forged = Counter(
            "sokoni_signature_failures",
            "Webhooks whose signature was bad or missing",
            ("platform",),
            registry=registry,
        )
        self._duplicates = Counter(
            "sokoni_duplicates", "Events that had been stored before", registry=registry
        )
        self._flush_size = Histogram(
            "sokoni_flush_events", "Events in a flush", buckets=_SIZES, registry=registry
        )
        self._flush_seconds = Histogram(
            "sokoni_flush_seconds", "Time of a flush", buckets=_FLUSHES, registry=registry
        )
        self._age = Histogram(
            "sokoni_webhook_age_seconds",
            "From when the contact wrote until we heard",
            buckets=_AGES,
            registry=registry,
        )

        self._served = Histogram(
            "sokoni_http_seconds",
            "Time until a request that is no webhook was answered",
            ("part", "status"),
            buckets=_ANSWERS,
            registry=registry,
        )

    def served(self, part: str, status: int, seconds: float) -> None:
        self._served.labels(part, f"{status // 100}xx").observe(seconds)

    def answered(self, platform: str, result: str) -> None:
        self._webhooks.labels(platform, result).inc()

    def forged(self, platform: str) -> None:
        self._forged.labels(platform).inc()

    def stray(self, platform: str, items: int) -> None:
        self._strays.labels(platform).inc(items)

    def flushed(self, size: int, seconds: float, stored: Stored) -> None:
        self._flush_size.observe(size)
        self._flush_seconds.observe(seconds)
        self._duplicates.inc(max(size - stored.new - len(stored.refused), 0))

    def arrived(self, arrival: Arrival) -> None:
        if isinstance(arrival.item, Message):
            self._age.observe(_seconds(arrival.item.sent_at, arrival.received_at))


class QueueFigures:
    """What waits, as any process may tell: it is read from the database when somebody asks."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._depths = Gauge("sokoni_queue", "Rows that wait", ("queue",), registry=registry)
        self._oldest = Gauge(
            "sokoni_inbox_oldest_seconds", "Age of the oldest event due", registry=registry
        )

    def set(self, queues: Queues) -> None:
        for name, depth in queues.depths.items():
            self._depths.labels(name).set(depth)
        self._oldest.set(queues.oldest_seconds)


class NumberFigures:
    """What this month's messages of each number cost, read likewise."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._priced = Gauge(
            "sokoni_priced_messages",
            "Messages of this month that arrived, as their provider priced them",
            ("channel", "number", "category", "billable"),
            registry=registry,
        )
        self._used = Gauge(
            "sokoni_free_messages_used_ratio",
            "Which part of this month's free messages is used up",
            ("channel", "number"),
            registry=registry,
        )

    def set(self, numbers: Sequence[Usage]) -> None:
        # What was counted in another month is over.
        self._priced.clear()
        self._used.clear()
        for one in numbers:
            for category, each in one.categories.items():
                labels = (one.channel, one.key, category)
                self._priced.labels(*labels, "yes").set(each.billable)
                self._priced.labels(*labels, "no").set(each.free)
            if one.allowance:
                self._used.labels(one.channel, one.key).set(one.metered / one.allowance)


def _seconds(since: datetime, until: datetime) -> float:
    return max((until - since).total_seconds(), 0.0)
