"""The load: thousands of contacts who write by signed webhooks, in a process of their own."""

import asyncio
import hmac
import sys
import time
from collections import deque
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Final, cast

import msgspec
import uvloop
from typing_extensions import override

from sokoni.testing.bench.mix import ROUND, phase, rounds
from sokoni.testing.bench.plan import SECRET, Plan, number_id, number_of, phone

_GRACE: Final = 30.0
_LONGEST_WARMING: Final = 300.0
_RETRY: Final = 0.2


class Wrote(msgspec.Struct, frozen=True):
    """What the town sent: per contact the moments at which each message was due."""

    due: dict[str, list[float]]
    refused: int
    """Webhooks that were not answered with 200, and sent again."""


class Town:
    """Sends each contact's messages in turn; a contact writes again only when all others did.

    `warming`: bring every contact to their phase first, unmeasured.
    """

    def __init__(self, plan: Plan, *, warming: bool) -> None:
        self._plan = plan
        self._warming = warming
        everyone = range(plan.contacts)
        self._mouths = [
            rounds(contact, skip=0 if warming else phase(contact)) for contact in everyone
        ]
        self._order: Iterator[int] = _warming(plan.contacts) if warming else cycle(everyone)
        self._run = f"{time.time_ns():x}"
        self._written = 0
        self.due: dict[str, list[float]] = {phone(one): [] for one in everyone}
        self.refused = 0

    def next_request(self, due: float) -> bytes | None:
        """Return the next webhook as HTTP bytes; None: everybody is at their phase."""
        contact = next(self._order, None)
        if contact is None:
            return None
        self.due[phone(contact)].append(due)
        self._written += 1
        text = next(self._mouths[contact])
        return _request(contact, text, f"wamid.{self._run}.{self._written}", self._plan.port)

    async def write(self) -> None:
        loop = asyncio.get_running_loop()
        lines = []
        for _ in range(self._plan.connections):
            _, line = await loop.create_connection(
                lambda: Line(self), "127.0.0.1", self._plan.port
            )
            lines.append(line)
        steady = self._plan.rate and not self._warming
        await (self._steadily(lines) if steady else self._eagerly(lines))
        async with asyncio.timeout(_GRACE):
            await asyncio.gather(*(line.quiet() for line in lines))

    async def _steadily(self, lines: list["Line"]) -> None:
        """Send at the rate, whether or not answers keep up."""
        start, sent = time.monotonic(), 0
        total = int(self._plan.rate * self._plan.seconds)
        while sent < total:
            until = min(total, int((time.monotonic() - start) * self._plan.rate) + 1)
            while sent < until:
                due = start + sent / self._plan.rate
                lines[sent % len(lines)].put(self.next_request(due) or b"")
                sent += 1
            await asyncio.sleep(0.001)

    async def _eagerly(self, lines: list["Line"]) -> None:
        """Keep one webhook in flight on every connection."""
        end = time.monotonic() + (_LONGEST_WARMING if self._warming else self._plan.seconds)
        await asyncio.gather(*(self._keep_busy(line, end) for line in lines))

    async def _keep_busy(self, line: "Line", end: float) -> None:
        while (now := time.monotonic()) < end:
            request = self.next_request(now)
            if request is None:
                return
            line.put(request)
            await line.quiet()


class Line(asyncio.Protocol):
    """One kept connection; requests on it wait for one another."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._waiting: deque[bytes] = deque()
        self._on_wire: bytes | None = None
        self._heard = b""
        self._quiet: asyncio.Future[None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        self._heard += data
        head, ended, rest = self._heard.partition(b"\r\n\r\n")
        if not ended or len(rest) < _length(head):
            return
        answered, self._heard, self._on_wire = self._on_wire, b"", None
        if answered is not None and not head.startswith(b"HTTP/1.1 200"):
            self._town.refused += 1
            asyncio.get_running_loop().call_later(_RETRY, self.put, answered)
        self._send()

    def put(self, request: bytes) -> None:
        self._waiting.append(request)
        self._send()

    async def quiet(self) -> None:
        """Return once everything was answered."""
        while self._waiting or self._on_wire is not None:
            self._quiet = asyncio.get_running_loop().create_future()
            await self._quiet

    def _send(self) -> None:
        if self._on_wire is not None or self._transport is None:
            return
        if self._waiting:
            self._on_wire = self._waiting.popleft()
            self._transport.write(self._on_wire)
        elif self._quiet is not None and not self._quiet.done():
            self._quiet.set_result(None)


def _length(head: bytes) -> int:
    _, found, after = head.lower().partition(b"content-length:")
    return int(after.partition(b"\r\n")[0]) if found else 0


def _request(contact: int, text: str, message_id: str, port: int) -> bytes:
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


def _warming(contacts: int) -> Iterator[int]:
    """Yield contacts until each has written as often as their phase says."""
    for step in range(ROUND):
        yield from (contact for contact in range(contacts) if phase(contact) > step)


def main() -> None:
    """Write as the plan in the file named by the first argument says; leave what was sent.

    The second argument names the file to leave it in: `warmed` or `wrote`.
    """
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    town = Town(plan, warming=sys.argv[2] == "warmed")
    uvloop.run(town.write())
    wrote = Wrote(town.due, town.refused)
    Path(plan.folder, sys.argv[2]).with_suffix(".json").write_bytes(msgspec.json.encode(wrote))


if __name__ == "__main__":
    main()
