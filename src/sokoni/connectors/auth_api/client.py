"""Asks the Auth API to send a code, and whether one is right."""

from collections.abc import Sequence
from typing import Any, ClassVar

import msgspec

from sokoni.connectors.answers import PAUSES, asked, retry_after
from sokoni.connectors.auth_api.config import AuthApiConfig
from sokoni.connectors.codes import (
    CodeUnknownError,
    NumberRefusedError,
    NumberTakenError,
    Sending,
    Sent,
    Verdict,
    WayAwayError,
)
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient, NotSentError, OutcomeUnknownError, Response, TransportError
from sokoni.kit.ids import PhoneNumber

_CONFLICT, _TOO_MANY, _FAULT = 409, 429, 500
_BAD_NUMBER = frozenset({400, 422})
_WRONG = frozenset({400, 422})
_GONE = frozenset({404, 410})


class _Said(msgspec.Struct, frozen=True):
    """What an answer may say besides its status."""

    valid: bool | None = None
    verified: bool | None = None


class AuthApi:
    """One merchant's. A lost answer is asked for again: the same key has nothing done twice."""

    name: ClassVar[str] = "auth_api"
    keyed = True

    def __init__(
        self,
        config: AuthApiConfig,
        http: HttpClient,
        clock: Clock,
        *,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self._config = config
        self._pauses = pauses
        self._http = http
        self._clock = clock

    @property
    def checks(self) -> bool:
        return not self._config.code_field

    @property
    def place(self) -> str:
        return self._config.url

    async def send(self, sending: Sending) -> Sent:
        """Have a code sent, or raise a `CodeError`."""
        body: dict[str, Any] = {
            "phone_number": sending.number,
            "user_type": sending.user_type or self._config.user_type,
            "metadata": {"source": "whatsapp", "onboarding_data": dict(sending.details)},
        }
        if self._config.code_field:
            body[self._config.code_field] = sending.code
        try:
            response = await self._asked(self._config.otp_path, body, sending.key)
        except NotSentError as error:
            raise WayAwayError(type(error).__name__) from error
        except OutcomeUnknownError as error:
            raise CodeUnknownError(type(error).__name__) from error
        if 200 <= response.status < 300:
            return Sent()
        raise self._refusal(response)

    def _refusal(self, response: Response) -> WayAwayError | NumberRefusedError:
        reason = str(response.status)
        if response.status == _CONFLICT:
            return NumberTakenError(reason)
        if response.status in _BAD_NUMBER:
            return NumberRefusedError(reason)
        return WayAwayError(reason, retry_after=retry_after(response, self._clock()))

    async def check(self, number: PhoneNumber, provider_id: str, code: str, key: str) -> Verdict:  # noqa: ARG002
        """Ask about a code that was typed."""
        body = {"phone_number": number, "otp": code}
        try:
            response = await self._asked(self._config.verify_path, body, key)
        except NotSentError:
            return Verdict.AWAY
        except OutcomeUnknownError:
            return Verdict.UNKNOWN
        return self._verdict(response)

    def _verdict(self, response: Response) -> Verdict:
        if 200 <= response.status < 300:
            return Verdict.RIGHT if _agrees(response.body) else Verdict.WRONG
        if response.status in _WRONG:
            return Verdict.WRONG
        if response.status in _GONE:
            return Verdict.EXPIRED
        if response.status == _TOO_MANY and not response.headers.get("retry-after"):
            return Verdict.BURNT
        return Verdict.AWAY

    async def health(self) -> str:
        """Say how it is: "ok", or why not."""
        url = self._config.url + self._config.health_path
        try:
            response = await self._http.request("GET", url, headers=self._token(), timeout=2.0)
        except TransportError as error:
            return f"down ({type(error).__name__})"
        return "ok" if response.status < _FAULT else f"down ({response.status})"

    async def _asked(self, path: str, body: object, key: str) -> Response:
        return await asked(lambda: self._post(path, body, key), self._pauses)

    async def _post(self, path: str, body: object, key: str) -> Response:
        return await self._http.request(
            "POST",
            self._config.url + path,
            headers={"idempotency-key": key, **self._token()},
            json=body,
            timeout=self._config.seconds,
        )

    def _token(self) -> dict[str, str]:
        token = self._config.token.get_secret_value()
        return {"authorization": f"Bearer {token}"} if token else {}


def _agrees(body: bytes) -> bool:
    """Tell whether an answer that is well says nothing else in its body."""
    try:
        said = msgspec.json.decode(body, type=_Said) if body.strip() else _Said()
    except msgspec.MsgspecError:
        return True
    return said.valid is not False and said.verified is not False
