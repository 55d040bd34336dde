"""People who write by signed webhooks, each posted until it is answered with 200, as Meta does."""

import asyncio
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from sokoni.kit.http import HttpClient, TransportError
from sokoni.testing.fake_graph import FakeGraph, deliver
from sokoni.testing.meta_webhooks import Signed
from sokoni.testing.pictures import photo
from tests.failures.place import NUMBERS, door, number_id

_PLACES = ("Gokwe", "Harare", "Bulawayo", "Gweru", "Mutare", "Kwekwe")
_FAR_OFF = "Beitbridge"
"""Where none of those live who talk on and on: a request goes to neighbours, too."""
_THINGS = ("maize", "chickens", "tomatoes", "beans", "cabbages", "onions", "sheep", "pigs")
_AGAIN = 1.0
_PATIENCE = 60.0


def talk(contact: int) -> Iterator[list[str]]:
    """Yield round after round of what one contact writes.

    Every line is answered, and every "yes" makes one listing.
    """
    for number in count():
        yield [
            f"selling {_THINGS[(contact + number) % len(_THINGS)]}",
            str(contact % 40 + 2),
            f"${contact % 90 + 5}",
            _PLACES[contact % len(_PLACES)],
            "yes",
            *([f"Seller {_letters(contact)}"] if number == 0 else []),
            "menu",
            "my listings",
        ]


def _letters(contact: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(contact)).capitalize()


@dataclass
class Crowd:
    """Writes, hears what the fake took, and remembers both."""

    graph: FakeGraph
    http: HttpClient
    port: int
    chance: random.Random
    duplicated: float = 0.1
    """How many webhooks come twice, though they were answered."""
    pause: float = 2.0
    """Longest time between an answer and the next line."""
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    wrote: dict[str, str] = field(default_factory=dict)
    """Who wrote each message that was acknowledged, by its id."""
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """What each contact wrote, in order."""
    hasty: set[str] = field(default_factory=set)
    """Who writes on before they are answered: what waits together has one answer."""
    seekers: set[str] = field(default_factory=set)
    """Who looks for what nobody has, and has sellers told."""
    showing: set[str] = field(default_factory=set)
    """Who sells what those look for, and writes nothing once they do."""
    photos: dict[str, str] = field(default_factory=dict)
    """Who sent each photo that was acknowledged, one for each listing of theirs, by its id."""
    refused: int = 0
    """Posts that were not answered with 200."""
    _heard: Counter[str] = field(default_factory=Counter)
    _last: dict[str, str] = field(default_factory=dict)
    _seen: int = 0
    _known: set[str] = field(default_factory=set)
    _again: set[asyncio.Task[None]] = field(default_factory=set)

    async def converse(self, contacts: int, *, hasty: int = 0) -> None:
        """Have everyone write line after line, each after the answer to the one before.

        The `hasty` ones write on without waiting for answers. All end their round once it is
        `enough`.
        """
        listening = asyncio.create_task(self.listen())
        try:
            async with asyncio.TaskGroup() as mouths:
                for contact in range(contacts):
                    mouths.create_task(self._talk(contact))
                for contact in range(contacts, contacts + hasty):
                    mouths.create_task(self._chatter(contact))
        finally:
            listening.cancel()
            await asyncio.gather(listening, *self._again, return_exceptions=True)

    async def show(self, sellers: Sequence[int], seekers: Sequence[int]) -> None:
        """Have sellers list things with photos, and then seekers have those sellers told.

        Nobody else deals in what they deal in or lives near, and the sellers write nothing more:
        what they are told answers nothing that they wrote.
        """
        listening = asyncio.create_task(self.listen())
        try:
            async with asyncio.TaskGroup() as mouths:
                for contact in sellers:
                    mouths.create_task(self._list_with_photo(contact))
            async with asyncio.TaskGroup() as mouths:
                for contact in seekers:
                    mouths.create_task(self._seek(contact))
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _list_with_photo(self, contact: int) -> None:
        who, number = phone(contact), contact % NUMBERS
        self.showing.add(who)
        await asyncio.sleep(self.chance.uniform(0, 5))
        for line in (
            f"selling 5 ploughs at $40 each in {_FAR_OFF}",
            "yes",
            f"Seller {_letters(contact)}",
        ):
            if not await self._asked(who, number, line):
                return
        message_id, before = f"wamid.in.{who[1:]}.photo", self._heard[who]
        file = self.graph.media.described(self.graph.media.add(photo()))
        webhook = self.graph.webhooks(number_id(number)).image(who, file=file, id=message_id)
        await self._post_once_or_twice(number, webhook)
        self.photos[message_id] = who
        await self._answered(who, before)

    async def _seek(self, contact: int) -> None:
        who, number = phone(contact), contact % NUMBERS
        self.seekers.add(who)
        await asyncio.sleep(self.chance.uniform(0, 10))
        for line in (f"looking for tractors in {_FAR_OFF}", "yes"):
            if not await self._asked(who, number, line):
                return

    async def say(self, who: str, number: int, text: str) -> None:
        """Write one message, and return once it is acknowledged."""
        message_id = f"wamid.in.{who[1:]}.{len(self.lines[who])}"
        self.lines[who].append(text)
        webhook = self.graph.webhooks(number_id(number)).text(who, text, id=message_id)
        await self._post_once_or_twice(number, webhook)
        self.wrote[message_id] = who

    async def _post_once_or_twice(self, number: int, webhook: Signed) -> None:
        await self.post(number, webhook)
        if self.chance.random() < self.duplicated:
            task = asyncio.create_task(self.post(number, webhook))
            self._again.add(task)

    async def post(self, number: int, webhook: Signed) -> None:
        """Post it until it is answered with 200."""
        while not await self._posted(number, webhook):
            self.refused += 1
            await asyncio.sleep(_AGAIN)

    async def _talk(self, contact: int) -> None:
        await asyncio.sleep(self.chance.random())
        for lines in talk(contact):
            for line in lines:
                if not await self._asked(phone(contact), contact % NUMBERS, line):
                    return
            if self.enough.is_set():
                return

    async def ask(self, contact: int, line: str) -> str:
        """Write while somebody listens; return the answer as it was sent."""
        who = phone(contact)
        heard = await self._asked(who, contact % NUMBERS, line)
        assert heard, f"{who} had no answer to {line!r}"
        return self._last[who]

    async def _asked(self, who: str, number: int, line: str) -> bool:
        """Write and wait for the answer; False: it never came, as settling up will show."""
        before = self._heard[who]
        await self.say(who, number, line)
        return await self._answered(who, before)

    async def _answered(self, who: str, before: int) -> bool:
        end = time.monotonic() + _PATIENCE
        while self._heard[who] == before:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.02)
        await asyncio.sleep(self.chance.uniform(0, self.pause))
        return True

    async def _chatter(self, contact: int) -> None:
        who, number = phone(contact), contact % NUMBERS
        self.hasty.add(who)
        while not self.enough.is_set():
            for line in ("menu", "my listings", "looking for ploughs", "help"):
                await self.say(who, number, line)
            await asyncio.sleep(self.chance.uniform(0, 5))

    async def _posted(self, number: int, webhook: Signed) -> bool:
        try:
            return (await deliver(self.http, door(self.port, number), webhook)).status == 200
        except TransportError:
            return False

    async def listen(self) -> None:
        """Notice what came; a message that comes again is no answer to anything."""
        while True:
            for taken in self.graph.taken[self._seen :]:
                if taken.outbox_id not in self._known:
                    self._heard[taken.to] += 1
                    self._last[taken.to] = json.dumps(taken.payload, ensure_ascii=False)
                self._known.add(taken.outbox_id)
                self._seen += 1
            await asyncio.sleep(0.01)


def phone(contact: int) -> str:
    return f"+26377{contact:07d}"
