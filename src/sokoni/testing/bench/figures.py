"""Joins what the town sent with what the provider took, and makes figures of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sokoni.testing.bench.machine import Cost


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


def figures(
    due: Mapping[str, Sequence[float]],
    came: Mapping[str, Sequence[float]],
    *,
    refused: int,
    before: Mapping[str, Cost],
    after: Mapping[str, Cost],
) -> Figures:
    """Match each contact's n-th reply with their n-th message."""
    sent = sum(len(times) for times in due.values())
    pairs = [
        pair for who, times in due.items() for pair in zip(times, came.get(who, ()), strict=False)
    ]
    begin = min((asked for asked, _ in pairs), default=0.0)
    waits = sorted((at - asked) * 1000 for asked, at in pairs)
    span = max((at for _, at in pairs), default=begin + 1) - begin
    return Figures(
        sent=sent,
        replied=sum(len(times) for times in came.values()),
        refused=refused,
        per_second=len(pairs) / span,
        p50=_quantile(waits, 0.50),
        p95=_quantile(waits, 0.95),
        p99=_quantile(waits, 0.99),
        cpu_per_message={
            name: (after[name].cpu - before[name].cpu) / max(sent, 1) * 1e6 for name in after
        },
        resident={name: cost.resident for name, cost in after.items()},
    )


def _quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0
