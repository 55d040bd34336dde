"""Makes figures of what the town saw and what the processes used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sokoni.testing.bench.machine import Cost
from sokoni.testing.bench.town import Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One run. Times in milliseconds from the moment a message was due to its reply's arrival."""

    sent: int
    replied: int
    refused: int
    per_second: float
    p50: float
    p95: float
    p99: float
    cpu_per_message: Mapping[str, float]
    """Microseconds by process."""
    resident: Mapping[str, float]
    """Megabytes by process at the end."""

    @property
    def cpu_total(self) -> float:
        return sum(self.cpu_per_message.values())


def figures(seen: Seen, *, before: Mapping[str, Cost], after: Mapping[str, Cost]) -> Figures:
    waits = sorted(wait * 1000 for wait in seen.waits)
    return Figures(
        sent=seen.sent,
        replied=seen.replied,
        refused=seen.refused,
        per_second=seen.replied / seen.seconds if seen.seconds else 0,
        p50=quantile(waits, 0.50),
        p95=quantile(waits, 0.95),
        p99=quantile(waits, 0.99),
        cpu_per_message={
            name: (after[name].cpu - before[name].cpu) / max(seen.sent, 1) * 1e6 for name in after
        },
        resident={name: cost.resident for name, cost in after.items()},
    )


def quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0
