"""Phones of the simulator channel: they go through its two doors, as everybody does."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from typing_extensions import override

from sokoni.api.simulator import MOST
from sokoni.testing.asgi import Answer, AsgiClient
from sokoni.testing.transcripts.matching import Offered, Shown
from sokoni.testing.transcripts.phones import Phones, RefusedError
from sokoni.testing.transcripts.playing import Picked, Written
from sokoni.testing.transcripts.steps import Contact, File, Location, Words

_OK: Final = 300


class SimulatedPhones(Phones):
    """Everyone who writes to one merchant."""

    def __init__(self, web: AsgiClient, merchant: str) -> None:
        self._web = web
        self._merchant = merchant
        self._received: dict[str, list[Shown]] = {}

    @override
    async def write(self, who: str, what: Written) -> None:
        body = {"merchant": self._merchant, "from": who, **_act(what)}
        _check(await self._web.post("/webhook/simulator", body))

    @override
    async def sent_to(self, who: str) -> Sequence[Shown]:
        received = self._received.setdefault(who, [])
        more = await self._after(who, len(received))
        received += more
        while len(more) == MOST:
            more = await self._after(who, len(received))
            received += more
        return tuple(received)

    @override
    async def settle(self) -> bool:
        return False

    async def _after(self, who: str, seen: int) -> list[Shown]:
        path = f"/api/v1/simulator/{quote(self._merchant)}/{quote(who)}/messages?after={seen}"
        answer = await self._web.get(path)
        _check(answer)
        return [_shown(message) for message in answer.json()["messages"]]


def _act(what: Written) -> Mapping[str, Any]:
    match what:
        case Words(text):
            return {"text": text}
        case Picked(offer, _):
            return {"choice": offer.id, "label": offer.label}
        case Location(latitude, longitude):
            return {"location": {"latitude": latitude, "longitude": longitude}}
        case Contact(phone):
            return {"contact": phone}
        case File(kind, name):
            return {"media": {"kind": kind, "filename": name}}


def _shown(message: Mapping[str, Any]) -> Shown:
    choices = [
        Offered(one["label"], one["id"], one.get("description", ""))
        for one in message.get("choices", ())
    ]
    link = message.get("link")
    links = [Offered(link["label"], url=link["url"])] if link else []
    return Shown(
        message["text"], (*choices, *links), kind=message["kind"], id=message.get("id", "")
    )


def _check(answer: Answer) -> None:
    if answer.status >= _OK:
        raise RefusedError(answer.status, answer.body)
