"""Sends codes by Twilio."""

from typing import ClassVar
from urllib.parse import urlencode

from sokoni.connectors.codes import CodeUnknownError, Sending, Sent, Verdict, WayAwayError
from sokoni.connectors.twilio_codes.config import TwilioConfig, TwilioSmsConfig, TwilioVerifyConfig
from sokoni.connectors.twilio_codes.payloads import refusal, sid_of, verdict
from sokoni.kit.clock import Clock
from sokoni.kit.http import HttpClient, NotSentError, OutcomeUnknownError, Response
from sokoni.kit.ids import PhoneNumber


class _Twilio:
    """Posts forms with an account's credentials. There is no idempotency key."""

    def __init__(self, config: TwilioConfig, http: HttpClient, clock: Clock) -> None:
        self._credentials = config.credentials
        self._http = http
        self._clock = clock

    async def made(self, url: str, form: dict[str, str]) -> str:
        """Have something made; return its id, or raise a `CodeError`."""
        try:
            response = await self.posted(url, form)
        except NotSentError as error:
            raise WayAwayError(type(error).__name__) from error
        except OutcomeUnknownError as error:
            raise CodeUnknownError(type(error).__name__) from error
        if response.status >= 300:
            raise refusal(response, self._clock)
        return sid_of(response)

    async def posted(self, url: str, form: dict[str, str]) -> Response:
        headers = {"content-type": "application/x-www-form-urlencoded", **self._credentials}
        return await self._http.request(
            "POST", url, headers=headers, body=urlencode(form).encode()
        )


class TwilioVerify:
    """Twilio makes the code, counts the tries, and says what it found."""

    name: ClassVar[str] = "twilio_verify"
    checks = True
    keyed = False

    def __init__(self, config: TwilioVerifyConfig, http: HttpClient, clock: Clock) -> None:
        self._config = config
        self._twilio = _Twilio(config, http, clock)

    async def send(self, sending: Sending) -> Sent:
        form = {"To": str(sending.number), "Channel": str(self._config.channel)}
        sid = await self._twilio.made(f"{self._config.url}/Verifications", form)
        return Sent(provider_id=sid)

    async def check(self, number: PhoneNumber, provider_id: str, code: str, key: str) -> Verdict:  # noqa: ARG002
        named = {"VerificationSid": provider_id} if provider_id else {"To": str(number)}
        url = f"{self._config.url}/VerificationCheck"
        try:
            return verdict(await self._twilio.posted(url, {**named, "Code": code}))
        except NotSentError:
            return Verdict.AWAY
        except OutcomeUnknownError:
            return Verdict.UNKNOWN


class TwilioSms:
    """Our own code in a plain SMS."""

    name: ClassVar[str] = "twilio_sms"
    checks = False
    keyed = False

    def __init__(self, config: TwilioSmsConfig, http: HttpClient, clock: Clock) -> None:
        self._config = config
        self._twilio = _Twilio(config, http, clock)

    async def send(self, sending: Sending) -> Sent:
        form = {"To": str(sending.number), **self._config.sender, "Body": sending.text}
        return Sent(provider_id=await self._twilio.made(self._config.url, form))

    async def check(self, number: PhoneNumber, provider_id: str, code: str, key: str) -> Verdict:  # noqa: ARG002
        raise CodeUnknownError("an SMS checks nothing")
