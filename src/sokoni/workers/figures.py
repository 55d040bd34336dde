"""What the loops count, for Prometheus."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

_RESPONSES: Final = (0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 3600)

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
RESPONSES: Final = Histogram(
    "sokoni_response_seconds",
    "From a message's arrival until the provider took the first answer to it.",
    ["channel"],
    buckets=_RESPONSES,
)
UNDELIVERED: Final = Counter(
    "sokoni_undelivered_total", "Messages that were taken and failed later, by kind.", ["kind"]
)
TURN_FAILURES: Final = Counter(
    "sokoni_turn_failures_total", "Turns that failed, by the kind of error.", ["error"]
)
PARKED: Final = Counter("sokoni_parked_total", "Events set aside, since their turns failed.")
LOOP_FAULTS: Final = Counter(
    "sokoni_loop_faults_total",
    "Steps of loops that failed, by the kind of error.",
    ["loop", "error"],
)
