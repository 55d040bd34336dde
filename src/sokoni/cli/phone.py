"""The simulator's two doors, as a phone in the terminal uses them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import msgspec

from sokoni.errors import AppError
from sokoni.kit.http import HttpClient, Response, TransportError
from sokoni.kit.phones import find_phone

_PIN: Final = re.compile(r"/pin\s+(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)")
_DIGITS: Final = re.compile(r"\+?[\d\s()./-]+")
_FILE: Final = re.compile(r"/file\s+(\S.*)")


class ServerSilentError(AppError):
    """The server does not run, or keeps its simulator shut (as in production)."""

    code = "server_silent"
    http_status = 503


class NumberUnknownError(AppError):
    """It has digits alone, and nobody can be called there."""

    code = "number_unknown"
    http_status = 422


class ChoiceMade(msgspec.Struct, frozen=True):
    """Something to pick."""

    id: str
    label: str
    description: str = ""


class Link(msgspec.Struct, frozen=True):
    label: str
    url: str


class Received(msgspec.Struct, frozen=True):
    """A message that was sent to the phone."""

    n: int
    kind: str
    text: str
    choices: Sequence[ChoiceMade] = ()
    image: str = ""
    document: str = ""
    link: Link | None = None

    @property
    def addresses(self) -> list[str]:
        """Return the web addresses that come with it."""
        link = f"{self.link.label}: {self.link.url}" if self.link else ""
        return [address for address in (self.image, self.document, link) if address]


class _Simulated(msgspec.Struct, frozen=True):
    country: str


class _Answer(msgspec.Struct, frozen=True):
    messages: Sequence[Received]


@dataclass(slots=True)
class Phone:
    """One number that writes to one merchant."""

    http: HttpClient
    url: str
    merchant: str
    number: str = ""
    text_only: bool = False
    """It shows neither buttons nor lists."""
    seen: int = 0
    offered: Sequence[ChoiceMade] = ()

    async def dial(self, typed: str) -> None:
        """Take a number as people write it at home for its full form; keep a name as it is."""
        answer = await self._ask("GET", f"/api/v1/simulator/{quote(self.merchant)}")
        self._check(answer)
        country = msgspec.json.decode(answer.body, type=_Simulated).country
        found = find_phone(typed, country)
        if found is None and _DIGITS.fullmatch(typed):
            raise NumberUnknownError(f"{typed} is no phone number in {country}, nor abroad.")
        self.number = found or typed

    async def write(self, typed: str) -> None:
        """Send what was typed: a choice by its number, a place, a file or words."""
        who = {"merchant": self.merchant, "from": self.number, "text_only": self.text_only}
        body = {**who, **act_of(typed, self.offered)}
        self._check(await self._ask("POST", "/webhook/simulator", body))

    async def news(self) -> Sequence[Received]:
        """Return what was sent since it was last asked."""
        path = f"/api/v1/simulator/{quote(self.merchant)}/{quote(self.number)}/messages"
        answer = await self._ask("GET", f"{path}?after={self.seen}")
        self._check(answer)
        messages = msgspec.json.decode(answer.body, type=_Answer).messages
        for message in messages:
            self.seen, self.offered = message.n, message.choices
        return messages

    async def _ask(self, method: str, path: str, body: object = None) -> Response:
        try:
            return await self.http.request(method, f"{self.url.rstrip('/')}{path}", json=body)
        except TransportError as error:
            raise ServerSilentError(f"No server answers at {self.url}. Is it running?") from error

    def _check(self, answer: Response) -> None:
        if answer.status == 404:
            raise ServerSilentError(
                f"The server at {self.url} has no merchant {self.merchant} to simulate."
            )
        if answer.status >= 300:
            raise ServerSilentError(f"The server at {self.url} answered {answer.status}.")


def act_of(typed: str, offered: Sequence[ChoiceMade]) -> Mapping[str, Any]:
    """Return what the door is told."""
    if typed.isdecimal() and 1 <= int(typed) <= len(offered):
        picked = offered[int(typed) - 1]
        return {"choice": picked.id, "label": picked.label}
    if pin := _PIN.fullmatch(typed):
        return {"location": {"latitude": float(pin[1]), "longitude": float(pin[2])}}
    if file := _FILE.fullmatch(typed):
        return {"media": file[1]}
    return {"text": typed}
