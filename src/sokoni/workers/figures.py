"""What the loops count, for Prometheus."""

from typing import Final

from prometheus_client import Counter, Gauge

SENDS: Final = Counter(
    "sokoni_sends_total", "Messages handed to a provider, by what it said.", ["outcome"]
)
RESENDS: Final = Counter(
    "sokoni_resends_total", "Messages sent once more because no outcome was ever reported."
)
OUTBOX_WAITING: Final = Gauge("sokoni_outbox_waiting", "Messages this process has yet to send.")
OUTBOX_AGE: Final = Gauge(
    "sokoni_outbox_age_seconds", "Age of the oldest message this process has yet to send."
)
STATUSES: Final = Counter(
    "sokoni_statuses_total", "Delivery statuses, by what was done with them.", ["result"]
)
LOOP_STEPS: Final = Gauge(
    "sokoni_loop_last_step_timestamp_seconds", "When each loop last took a step.", ["loop"]
)
REQUESTS: Final = Counter(
    "sokoni_requests_total", "Runs of requests, by kind and outcome.", ["kind", "outcome"]
)
