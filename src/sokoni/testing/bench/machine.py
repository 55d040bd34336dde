"""What the processes of a run cost: CPU seconds by part, and resident memory."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds used so far, and megabytes resident, of one part of the system."""

    cpu: float
    resident: float


def cost_of(pids: Mapping[str, int], *, database: str) -> dict[str, Cost]:
    """Return the cost of each named process, and of the database server where it is one."""
    costs = {name: _cost([psutil.Process(pid)]) for name, pid in pids.items()}
    if database == "postgresql":
        servers = [one for one in psutil.process_iter(["name"]) if one.info["name"] == "postgres"]
        costs["postgresql"] = _cost(servers)
    return costs


def _cost(processes: list[psutil.Process]) -> Cost:
    cpu = resident = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            cpu += times.user + times.system
            resident += process.memory_info().rss / 1e6
    return Cost(cpu, resident)
