"""A performer that asks a real server on loopback, and what the server was asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import msgspec

from sokoni.kit.http import NotSentError, OutcomeUnknownError, ReqwestClient
from sokoni.messaging.requests import (
    Asked,
    Done,
    RequestDelayedError,
    RequestOutcomeUnknownError,
    RequestRefusedError,
)
from sokoni.testing.loopback import Answered, serving
from sokoni.testing.loopback import Asked as HttpAsked

KIND = "test.doubled"


@dataclass
class Office:
    """The outside world: it doubles a number, once per idempotency key."""

    answers: list[Answered] = field(default_factory=list)
    """What it does with the next requests in place of doubling."""
    keys: list[str] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: HttpAsked) -> Answered:
        self.keys.append(asked.headers["idempotency-key"])
        if self.answers:
            return self.answers.pop(0)
        return Answered(body=msgspec.json.encode(2 * msgspec.json.decode(asked.body)))


class Doubling:
    """Names each answer of the office as a performer must."""

    def __init__(self, office: Office, http: ReqwestClient, *, repeatable: bool) -> None:
        self.repeatable = repeatable
        self.tries = 3
        self.seconds = 2.0
        self._office = office
        self._http = http

    async def perform(self, request: Asked) -> Done:
        headers = {"idempotency-key": request.idempotency_key}
        try:
            response = await self._http.request(
                "POST", self._office.url, headers=headers, body=request.payload
            )
        except NotSentError as error:
            raise RequestDelayedError(str(error)) from error
        except OutcomeUnknownError as error:
            raise RequestOutcomeUnknownError(str(error)) from error
        if response.status == 429:
            raise RequestDelayedError("busy", retry_after=7)
        if response.status == 503:
            raise RequestDelayedError("away")
        if response.status >= 400:
            raise RequestRefusedError("too_big", {"most": 100})
        return Done(msgspec.json.decode(response.body))


@asynccontextmanager
async def office(*, repeatable: bool = True) -> AsyncIterator[tuple[Office, Doubling]]:
    place = Office()
    async with serving(place.answer) as place.url, ReqwestClient(total=0.3) as http:
        yield place, Doubling(place, http, repeatable=repeatable)
