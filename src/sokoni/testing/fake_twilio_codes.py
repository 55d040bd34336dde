"""Twilio Verify v2 and plain SMS on loopback: makes codes, counts tries, forgets what is over."""

import re
import secrets
import time
from base64 import b64encode
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import msgspec

from sokoni.kit.clock import Clock, utc_now
from sokoni.kit.ids import new_id
from sokoni.testing.loopback import Answered, Asked, serving

ACCOUNT: Final = "AC00000000000000000000000000000001"
SERVICE: Final = "VA00000000000000000000000000000001"
TOKEN: Final = "fake-auth-token"  # noqa: S105 - of the fake
NUMBER: Final = "+15005550006"
_LASTS: Final = timedelta(minutes=10)
_MOST: Final = 5
_NUMBER: Final = re.compile(r"\+[1-9]\d{6,14}")
_CHANNELS: Final = frozenset({"sms", "whatsapp", "call", "email", "sna", "auto"})


def refused(code: int, status: int = 400, **headers: str) -> Answered:
    """Return one of Twilio's errors; `retry_after="7"` becomes a header."""
    error = {
        "code": code,
        "message": "Refused",
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(status, msgspec.json.encode(error), named)


@dataclass(slots=True)
class Verification:
    """A code that is out. The same is sent again while it is pending."""

    sid: str
    to: str
    channel: str
    code: str
    until: datetime
    sends: int = 0
    checks: int = 0


@dataclass(frozen=True, slots=True)
class Sms:
    """A message that went out."""

    to: str
    body: str


class FakeTwilioCodes:
    """Take it from `fake_twilio_codes`: its `url` stands for both of Twilio's base URLs."""

    def __init__(self, clock: Clock = utc_now) -> None:
        self.url = ""
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        """Paths and forms, in order, those that were refused too."""
        self.sms: list[Sms] = []
        self.blocked: set[str] = set()
        """Numbers whose prefix Verify does not send to."""
        self.seconds = 0.0
        """How long every answer takes: what was asked is done before it comes."""
        self._due: list[float] = []
        self._clock = clock
        self._open: dict[str, Verification] = {}
        self._script: deque[Answered | None] = deque()

    def script(self, *answers: Answered | None) -> None:
        """Answer so to what is asked next; None: as always."""
        self._script.extend(answers)

    def code_of(self, number: str) -> str:
        """Return the code that Verify sent to a number."""
        return self._open[number].code

    def answer(self, asked: Asked) -> Answered:
        path = urlsplit(asked.path).path
        form = dict(parse_qsl(asked.body.decode(), keep_blank_values=True))
        self.asked.append((path, form))
        if asked.headers.get("authorization") != _basic():
            return refused(20003, 401)
        scripted = self._script.popleft() if self._script else None
        if scripted is not None:
            return scripted
        doors = {
            f"/v2/Services/{SERVICE}/Verifications": self._verification,
            f"/v2/Services/{SERVICE}/VerificationCheck": self._check,
            f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json": self._message,
        }
        door = doors.get(path) if asked.method == "POST" else None
        answered = refused(20404, 404) if door is None else door(form)
        self._due.append(time.monotonic() + self.seconds)
        return replace(answered, delay=self.seconds)

    @property
    def on_the_wire(self) -> int:
        """How many were asked whose answer is still to come."""
        now = time.monotonic()
        return sum(due > now for due in self._due)

    # --- Verify -------------------------------------------------------------------------------

    def _verification(self, form: Mapping[str, str]) -> Answered:
        to, channel = form.get("To", ""), form.get("Channel", "")
        if not _NUMBER.fullmatch(to) or channel not in _CHANNELS:
            return refused(60200)
        if to in self.blocked:
            return refused(60410, 403)
        found = self._pending(to) or self._made(to, channel)
        if found.sends >= _MOST:
            return refused(60203, 429)
        found.sends += 1
        return _json(_shown(found, "pending") | {"send_code_attempts": []}, 201)

    def _made(self, to: str, channel: str) -> Verification:
        code = f"{secrets.randbelow(10**6):06}"
        made = Verification(f"VE{new_id().hex}", to, channel, code, self._clock() + _LASTS)
        self._open[to] = made
        return made

    def _check(self, form: Mapping[str, str]) -> Answered:
        found = self._named(form)
        if not re.fullmatch(r"\d{4,10}", form.get("Code", "")):
            return refused(60200)
        if found is None:
            return refused(20404, 404)
        if found.checks >= _MOST:
            return refused(60202, 429)
        found.checks += 1
        if form["Code"] != found.code:
            return _json(_shown(found, "pending"))
        del self._open[found.to]
        return _json(_shown(found, "approved"))

    def _named(self, form: Mapping[str, str]) -> Verification | None:
        sid = form.get("VerificationSid", "")
        to = form.get("To") or next((one.to for one in self._open.values() if one.sid == sid), "")
        return self._pending(to)

    def _pending(self, to: str) -> Verification | None:
        found = self._open.get(to)
        return found if found is not None and found.until > self._clock() else None

    # --- messages -----------------------------------------------------------------------------

    def _message(self, form: Mapping[str, str]) -> Answered:
        if not _NUMBER.fullmatch(form.get("To", "")):
            return refused(21211)
        if form.get("From") != NUMBER and "MessagingServiceSid" not in form:
            return refused(21606)
        if not form.get("Body", "").strip():
            return refused(21602)
        self.sms.append(Sms(form["To"], form["Body"]))
        return _json({"sid": f"SM{new_id().hex}", "status": "queued", "to": form["To"]}, 201)


def _shown(one: Verification, status: str) -> dict[str, object]:
    return {
        "sid": one.sid,
        "service_sid": SERVICE,
        "account_sid": ACCOUNT,
        "to": one.to,
        "channel": one.channel,
        "status": status,
        "valid": status == "approved",
    }


def _basic() -> str:
    return f"Basic {b64encode(f'{ACCOUNT}:{TOKEN}'.encode()).decode()}"


def _json(said: object, status: int = 200) -> Answered:
    return Answered(status, msgspec.json.encode(said))


@asynccontextmanager
async def fake_twilio_codes(
    clock: Clock = utc_now, port: int = 0
) -> AsyncIterator[FakeTwilioCodes]:
    """Serve one on loopback."""
    fake = FakeTwilioCodes(clock)
    async with serving(fake.answer, port) as url:
        fake.url = url
        yield fake
