"""The provider of the benchmark: Meta's fake, telling to whom each reply went."""

from collections.abc import Callable
from typing import Final

import msgspec
from typing_extensions import override

from sokoni.testing.bench.plan import NUMBERS, SECRET, Plan, number_id
from sokoni.testing.fake_graph import FakeGraph, Reporting
from sokoni.testing.loopback import Answered, Asked


class _Envelope(msgspec.Struct):
    to: str = ""


_ENVELOPE: Final = msgspec.json.Decoder(_Envelope)


class Provider(FakeGraph):
    """Calls back with the recipient of every message that it took."""

    def __init__(self, plan: Plan, took: Callable[[str], None]) -> None:
        at = f"http://127.0.0.1:{plan.port}/webhook/whatsapp/bench-"
        urls = {number_id(number): f"{at}{number}" for number in range(NUMBERS)}
        reporting = Reporting(urls=urls if plan.statuses else {})
        super().__init__(app_secret=SECRET, reporting=reporting, keep=False)
        self._took = took

    @override
    def answer(self, asked: Asked) -> Answered:
        answered = super().answer(asked)
        if answered.status == 200:
            to = _ENVELOPE.decode(asked.body).to
            if to:
                self._took(to)
        return answered
