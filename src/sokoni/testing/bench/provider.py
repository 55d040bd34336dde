"""The provider of the benchmark: Meta's fake in its own process, noting when replies come."""

import asyncio
import signal
import sys
import time
from collections import defaultdict
from pathlib import Path

import msgspec
import uvloop
from typing_extensions import override

from sokoni.testing.bench.plan import NUMBERS, SECRET, Plan, number_id
from sokoni.testing.fake_graph import FakeGraph, Reporting, fake_graph
from sokoni.testing.loopback import Answered, Asked


class Took(msgspec.Struct, frozen=True):
    """What reached the provider: per contact the moments at which replies came."""

    came: dict[str, list[float]]


class Noting(FakeGraph):
    """Notes when each reply came."""

    came: dict[str, list[float]]

    @override
    def answer(self, asked: Asked) -> Answered:
        answered = super().answer(asked)
        to = _recipient(asked.body)
        if to and answered.status == 200:
            self.came[to].append(time.monotonic())
        return answered


class _Envelope(msgspec.Struct):
    to: str = ""


_ENVELOPE = msgspec.json.Decoder(_Envelope)


def _recipient(body: bytes) -> str:
    return _ENVELOPE.decode(body).to.removeprefix("+")


async def provide(plan: Plan, port: int) -> Took:
    """Serve until asked to end."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    urls = {}
    if plan.statuses:
        at = f"http://127.0.0.1:{plan.port}/webhook/whatsapp/bench-"
        urls = {number_id(number): f"{at}{number}" for number in range(NUMBERS)}
    graph = Noting(app_secret=SECRET, reporting=Reporting(urls=urls), keep=False)
    graph.came = defaultdict(list)
    async with fake_graph(graph, port):
        await stop.wait()
    return Took(dict(graph.came))


def main() -> None:
    """Serve on the port that the second argument names; leave what was taken."""
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    took = uvloop.run(provide(plan, int(sys.argv[2])))
    Path(plan.folder, "took.json").write_bytes(msgspec.json.encode(took))


if __name__ == "__main__":
    main()
