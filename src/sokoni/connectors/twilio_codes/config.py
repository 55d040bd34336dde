"""What a merchant fills in of an account at Twilio."""

from base64 import b64encode
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, HttpUrl, SecretStr, model_validator
from pydantic import TypeAdapter as Checker

from sokoni.connectors.codes import WayConfig


def _checked(url: str) -> str:
    Checker(HttpUrl).validate_python(url)
    return url.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(_checked)]


class TwilioConfig(WayConfig):
    """The account, which sends by its token or by an API key."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    secrets: ClassVar[frozenset[str]] = frozenset({"auth_token", "api_key_secret"})

    account_sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    auth_token: SecretStr = SecretStr("")
    api_key_sid: str = Field("", pattern=r"^(SK[0-9a-fA-F]{32})?$")
    """In place of the token; it can be revoked without it."""
    api_key_secret: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _lets_in(self) -> Self:
        if bool(self.api_key_sid) != bool(self.api_key_secret.get_secret_value()):
            raise ValueError("api_key_sid and api_key_secret belong together")
        if not (self.api_key_sid or self.auth_token.get_secret_value()):
            raise ValueError("auth_token, or an API key, is needed")
        return self

    @property
    def credentials(self) -> dict[str, str]:
        """Return the header that lets us in."""
        user, secret = self.account_sid, self.auth_token
        if self.api_key_sid:
            user, secret = self.api_key_sid, self.api_key_secret
        basic = b64encode(f"{user}:{secret.get_secret_value()}".encode()).decode()
        return {"authorization": f"Basic {basic}"}


class TwilioVerifyConfig(TwilioConfig):
    """A service of Twilio Verify: codes are made and checked there."""

    service_sid: str = Field(pattern=r"^VA[0-9a-fA-F]{32}$")
    channel: Literal["sms", "whatsapp", "call"] = "sms"
    """How the code comes."""
    base_url: BaseUrl = "https://verify.twilio.com"

    @property
    def url(self) -> str:
        return f"{self.base_url}/v2/Services/{self.service_sid}"


class TwilioSmsConfig(TwilioConfig):
    """A number, or a service of several, that sends SMS."""

    number: str = Field("", pattern=r"^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})?$")
    """Or the name that is shown as sender, where that is allowed."""
    messaging_service_sid: str = Field("", pattern=r"^(MG[0-9a-fA-F]{32})?$")
    base_url: BaseUrl = "https://api.twilio.com"

    @model_validator(mode="after")
    def _has_sender(self) -> Self:
        if not (self.number or self.messaging_service_sid):
            raise ValueError("number or messaging_service_sid is needed")
        return self

    @property
    def url(self) -> str:
        return f"{self.base_url}/2010-04-01/Accounts/{self.account_sid}/Messages.json"

    @property
    def sender(self) -> dict[str, str]:
        if self.messaging_service_sid:
            return {"MessagingServiceSid": self.messaging_service_sid}
        return {"From": self.number}
