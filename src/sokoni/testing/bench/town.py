"""The load: thousands of contacts who write by signed webhooks and wait for replies.

It is a process of its own and hosts the provider, so that it sees replies as they arrive.
"""

import asyncio
import hmac
import sys
import time
from collections.abc import Iterator
from itertools import chain, count, cycle
from pathlib import Path
from typing import Final

import msgspec
import uvloop

from sokoni.testing.bench.line import Line
from sokoni.testing.bench.mix import SEEDERS, phase, rounds, seeding
from sokoni.testing.bench.plan import (
    CONTACTS,
    EVERYBODY,
    SECRET,
    Plan,
    contact_of,
    number_id,
    number_of,
    phone,
)
from sokoni.testing.bench.provider import Provider
from sokoni.testing.fake_graph import fake_graph

_SILENCE_SECONDS: Final = 3.0
_TICK: Final = 0.001


class Seen(msgspec.Struct, frozen=True):
    """What the measured part brought."""

    sent: int
    replied: int
    refused: int
    """Webhooks that were not answered with 200, and sent again."""
    seconds: float
    """From the first message to the last reply."""
    waits: list[float]
    """Seconds from the moment a message was due to its reply's arrival."""


class Town:
    """Sends contacts' messages in turn; a contact writes again only when all others did."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._mouths = [rounds(contact) for contact in range(plan.contacts)]
        self._seeders = [seeding(seeder) for seeder in range(SEEDERS)]
        self._run = f"{time.time_ns():x}"
        self._free = asyncio.Semaphore(plan.in_flight)
        self._due: list[list[float]] = [[] for _ in range(EVERYBODY)]
        self._lines: list[Line] = []
        self._numbers = count(1)
        self._sent = self._replied = 0
        self._last_reply = self._ended = 0.0
        self._waits: list[float] = []

    # --- both ways --------------------------------------------------------------------------

    def took(self, to: str) -> None:
        """Note a reply's arrival; what nobody waits for is a notice."""
        waiting = self._due[contact_of(to)]
        if not waiting:
            return
        self._last_reply = self._ended = time.monotonic()
        self._waits.append(self._ended - waiting.pop(0))
        self._replied += 1
        self._free.release()

    def say(self, contact: int, text: str, due: float) -> None:
        self._due[contact].append(due)
        self._sent += 1
        # Never the same twice: what was said while warming is not said again.
        message_id = f"wamid.{self._run}.{next(self._numbers)}"
        request = webhook(contact, text, message_id, self._plan.port)
        self._lines[self._sent % len(self._lines)].put(request)

    # --- before, and measured ---------------------------------------------------------------

    async def connect(self) -> None:
        """Open the connections, anew where the server may have closed idle ones."""
        loop = asyncio.get_running_loop()
        self._lines = []
        for _ in range(self._plan.connections):
            _, line = await loop.create_connection(Line, "127.0.0.1", self._plan.port)
            self._lines.append(line)

    async def warm_up(self) -> None:
        """Fill the market, and bring every contact to their phase."""
        for _ in range(2):
            for seeder, mouth in enumerate(self._seeders):
                await self._say_when_free(CONTACTS + seeder, next(mouth))
            await self.all_replied()
        for contact in chain.from_iterable(_in_step(self._plan.contacts)):
            await self._say_when_free(contact, next(self._mouths[contact]))
        await self.all_replied()

    async def measure(self) -> Seen:
        self._sent = self._replied = 0
        self._waits = []
        await self.connect()
        begin = time.monotonic()
        await (self._steadily(begin) if self._plan.rate else self._eagerly(begin))
        await self.all_replied()
        refused = sum(line.refused for line in self._lines)
        return Seen(self._sent, self._replied, refused, self._ended - begin, self._waits)

    async def all_replied(self) -> None:
        """Wait for what is on its way, until nothing has come for a while."""
        self._last_reply = time.monotonic()
        while any(self._due) and time.monotonic() - self._last_reply < _SILENCE_SECONDS:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        for waiting in self._due:
            waiting.clear()
        self._free = asyncio.Semaphore(self._plan.in_flight)

    async def _steadily(self, begin: float) -> None:
        """Send at the rate, whether or not replies keep up."""
        order, total = cycle(range(self._plan.contacts)), int(self._plan.rate * self._plan.seconds)
        for number in range(total):
            due = begin + number / self._plan.rate
            while time.monotonic() < due:  # noqa: ASYNC110
                await asyncio.sleep(_TICK)
            contact = next(order)
            self.say(contact, next(self._mouths[contact]), due)

    async def _eagerly(self, begin: float) -> None:
        end = begin + self._plan.seconds
        for contact in cycle(range(self._plan.contacts)):
            if time.monotonic() >= end:
                return
            await self._say_when_free(contact, next(self._mouths[contact]))

    async def _say_when_free(self, contact: int, text: str) -> None:
        """Wait for a place, and for the reply to what the contact wrote before."""
        await self._free.acquire()
        patience = time.monotonic() + _SILENCE_SECONDS
        while self._due[contact] and time.monotonic() < patience:  # noqa: ASYNC110
            await asyncio.sleep(_TICK)
        self.say(contact, text, time.monotonic())


def _in_step(contacts: int) -> Iterator[Iterator[int]]:
    """Yield, step by step, the contacts whose phase is still ahead of them."""
    steps = max(phase(contact) for contact in range(contacts))
    for step in range(steps):
        yield (contact for contact in range(contacts) if phase(contact) > step)


def webhook(contact: int, text: str, message_id: str, port: int) -> bytes:
    """Return a signed webhook as the bytes of an HTTP request."""
    sender = phone(contact)
    value = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": "263242700000",
            "phone_number_id": number_id(number_of(contact)),
        },
        "contacts": [{"profile": {"name": f"Contact {contact}"}, "wa_id": sender}],
        "messages": [
            {
                "from": sender,
                "id": message_id,
                "timestamp": str(int(time.time())),
                "type": "text",
                "text": {"body": text},
            }
        ],
    }
    change = {"field": "messages", "value": value}
    envelope = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}
    body = msgspec.json.encode(envelope)
    digest = hmac.digest(SECRET.encode(), body, "sha256").hex()
    path = f"/webhook/whatsapp/bench-{number_of(contact)}"
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-type: application/json\r\n"
        f"x-hub-signature-256: sha256={digest}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run(plan: Plan) -> Seen:
    """Warm up, say so on standard output, and measure when a line comes on standard input."""
    town = Town(plan)
    async with fake_graph(Provider(plan, town.took), plan.provider_port):
        await town.connect()
        await town.warm_up()
        sys.stdout.write("warm\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.readline)
        return await town.measure()


def main() -> None:
    """Do as the plan in the file named by the first argument says; leave what was seen."""
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    seen = uvloop.run(run(plan))
    Path(plan.folder, "seen.json").write_bytes(msgspec.json.encode(seen))


if __name__ == "__main__":
    main()
