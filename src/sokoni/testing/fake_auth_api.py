"""The Auth API of seed 002 on loopback: sends codes, checks them, and knows who is registered."""

import re
import secrets
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sokoni.kit.clock import Clock, utc_now
from sokoni.testing.loopback import Answered, Asked, serving

_LASTS: Final = timedelta(minutes=5)
_MOST: Final = 5
_NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}")


def failing(status: int, **headers: str) -> Answered:
    """Return an answer of some status; `retry_after="7"` becomes a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(status, b'{"detail":"no"}', named)


@dataclass(slots=True)
class _Out:
    code: str
    until: datetime
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Called:
    """A request as it came."""

    path: str
    body: Mapping[str, Any]
    key: str
    """Its idempotency key."""


@dataclass(slots=True)
class FakeAuthApi:
    """Take it from `fake_auth_api`. The same key has a code sent once."""

    clock: Clock = utc_now
    token: str = ""
    """Who shows another one, or none, is not let in; "": everybody is."""
    url: str = ""
    calls: list[Called] = field(default_factory=list)
    registered: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)
    """Numbers to which a code went out, in order."""
    _out: dict[str, _Out] = field(default_factory=dict)
    _keys: set[str] = field(default_factory=set)
    _script: deque[Answered | None] = field(default_factory=deque)
    _always: Answered | None = None

    def script(self, *answers: Answered | None) -> None:
        """Answer so to what is asked next; None: as always."""
        self._script.extend(answers)

    def always(self, answer: Answered | None) -> None:
        """Answer so to everything until told otherwise."""
        self._always = answer

    def code_of(self, number: str) -> str:
        return self._out[number].code

    def answer(self, asked: Asked) -> Answered:
        if asked.path == "/health":
            return self._always or Answered(200, b'{"status":"ok"}')
        body = _json(asked.body)
        key = asked.headers.get("idempotency-key", "")
        self.calls.append(Called(asked.path, body, key))
        scripted = self._script.popleft() if self._script else self._always
        if scripted is not None:
            return scripted
        if self.token and asked.headers.get("authorization") != f"Bearer {self.token}":
            return failing(401)
        match asked.method, asked.path:
            case "POST", "/auth/send-otp":
                return self._send(body, key)
            case "POST", "/auth/verify-otp":
                return self._verify(body)
            case _:
                return failing(404)

    def _send(self, body: Mapping[str, Any], key: str) -> Answered:
        number, metadata = body.get("phone_number", ""), body.get("metadata")
        known = isinstance(metadata, dict) and {"source", "onboarding_data"} <= metadata.keys()
        if not _NUMBER.fullmatch(str(number)) or not body.get("user_type") or not known:
            return failing(422)
        if number in self.registered:
            return failing(409)
        if key not in self._keys or not key:
            self._keys.add(key)
            code = str(body.get("otp") or f"{secrets.randbelow(10**6):06}")
            self._out[number] = _Out(code, self.clock() + _LASTS)
            self.sent.append(number)
        return Answered(200, b'{"message":"OTP sent"}')

    def _verify(self, body: Mapping[str, Any]) -> Answered:
        out = self._out.get(str(body.get("phone_number", "")))
        if out is None or out.until <= self.clock():
            return failing(410)
        out.tries += 1
        if out.tries > _MOST:
            return failing(429)
        if body.get("otp") != out.code:
            return failing(400)
        del self._out[str(body["phone_number"])]
        return Answered(200, b'{"verified":true}')


def _json(body: bytes) -> Mapping[str, Any]:
    try:
        said = msgspec.json.decode(body)
    except msgspec.MsgspecError:
        return {}
    return said if isinstance(said, dict) else {}


@asynccontextmanager
async def fake_auth_api(
    clock: Clock = utc_now, *, token: str = "", port: int = 0
) -> AsyncIterator[FakeAuthApi]:
    """Serve one on loopback."""
    fake = FakeAuthApi(clock, token)
    async with serving(fake.answer, port) as url:
        fake.url = url
        yield fake
